"""What the headphones are asked to play, and what their device says of it."""

from dataclasses import dataclass

RATE = 48_000
LONGEST_COURSE = 8  # segments


@dataclass(frozen=True)
class Segment:
    """A stretch of one group of stems: from `start` (show time) on, from `offset` inside the stems, all in seconds."""

    stem_group: str
    start: float
    offset: float
    duration: float

    @property
    def first(self) -> int:
        """Show time of its first sample, in samples."""
        return round(self.start * RATE)

    @property
    def end(self) -> int:
        """Show time right behind its last sample, in samples."""
        return round((self.start + self.duration) * RATE)

    @property
    def source(self) -> int:
        """Where in the stems it begins, in samples."""
        return round(self.offset * RATE)

    def leads_into(self, other: "Segment") -> bool:
        """Whether the other goes on exactly where this one stops, in time and in the stems."""
        same = self.stem_group == other.stem_group and self.end == other.first
        return same and self.source + self.end - self.first == other.source


@dataclass(frozen=True)
class Course:
    """What sounds when: show time 0 lies at `anchor` (monotonic seconds); a new epoch is a jump."""

    epoch: int = 0
    playing: bool = False
    anchor: float = 0.0
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What the device's clock says: show time 0 of this epoch sounded at `anchor`; read at `taken`, both monotonic."""

    epoch: int
    anchor: float
    taken: float


@dataclass(frozen=True)
class Level:
    """A master level that moves from `start` to `to`, from the moment `begin` on, for so many seconds."""

    start: float = 1.0
    to: float = 1.0
    begin: float = 0.0
    seconds: float = 0.0

    def at(self, moment: float) -> float:
        """The level at a moment, exactly `to` once the time is over."""
        elapsed = moment - self.begin
        if elapsed >= self.seconds:
            return self.to
        if elapsed <= 0.0:
            return self.start
        return self.start + (self.to - self.start) * elapsed / self.seconds


@dataclass(frozen=True)
class Heard:
    """What one headphone hears now: linear gains, 0 when muted, of all of it and of each stem of the table."""

    gain: float = 1.0
    delay_frames: int = 0
    stems: tuple[float, ...] = ()


@dataclass(frozen=True)
class Identify:
    """Say a headphone's number in it, then "left" and "right"; a new request each time `request` grows."""

    request: int = 0
    output: int = 0  # from 0, of those on this device
    number: int = 0  # as people count them


@dataclass(frozen=True)
class Control:
    """Everything the player asks for at one moment; `duck` is the linear gain of the murmur under the narration."""

    course: Course = Course()
    heard: tuple[Heard, ...] = ()
    level: Level = Level()
    duck: float = 1.0
    identify: Identify = Identify()


@dataclass(frozen=True)
class Tick:
    """What the sound callback tells after each block; `anchor` means something only while `sounding`."""

    epoch: int
    sounding: bool
    anchor: float
    taken: float
    blocks: int
    underflows: int
    faults: int


@dataclass(frozen=True)
class Output:
    """One headphone as the mixer sees it: its channels (from 0; one or two), and what no sample of it exceeds."""

    channels: tuple[int, ...]
    mode: str = "stereo"
    ceiling: float = 1.0


@dataclass(frozen=True)
class Mixing:
    """What a mixer is made for: headphones, names of stems, and how fast the murmur ducks, in frames.

    One that `follows` joins the picture again when its device's clock has drifted; the others' clock leads the picture.
    """

    outputs: tuple[Output, ...]
    stems: tuple[str, ...] = ("narration", "murmur")
    attack_frames: int = 7_200
    release_frames: int = 28_800
    follows: bool = False
