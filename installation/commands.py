"""What the outside may ask of the show. Any thread queues; only the frame loop acts."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition


@dataclass(frozen=True)
class Go:
    """Start playing, at the cue (an item of the programme by name or number from 1) or where the show stands."""

    cue: str | None = None


@dataclass(frozen=True)
class Pause:
    """Hold the picture and silence the narration."""


@dataclass(frozen=True)
class Resume:
    """Go on from where the show was paused."""


@dataclass(frozen=True)
class Seek:
    """Move picture and sound to a position of the current item."""

    seconds: float


@dataclass(frozen=True)
class Rate:
    """Play so many times as fast, 1 as the film is meant; at any other rate without sound."""

    rate: float


@dataclass(frozen=True)
class Blackout:
    """Black picture while show and narration run on, or back."""

    on: bool
    seconds: float = 0.0


@dataclass(frozen=True)
class Fade:
    """Bring picture and sound together to a level, 0-1, in so many seconds."""

    to: float
    seconds: float


@dataclass(frozen=True)
class PanelOpacity:
    """Opacity 0-1 of one panel, counted from 1."""

    panel: int
    opacity: float


@dataclass(frozen=True)
class HeadphoneGain:
    """Gain in dB of one output, counted from 1."""

    output: int
    gain_db: float


@dataclass(frozen=True)
class HeadphoneMute:
    """Mute of one output, counted from 1."""

    output: int
    mute: bool


@dataclass(frozen=True)
class HeadphoneDelay:
    """How many milliseconds later one output, counted from 1, is heard."""

    output: int
    delay_ms: float


@dataclass(frozen=True)
class HeadphoneStem:
    """One output, counted from 1, hears this stem alone."""

    output: int
    stem: str


@dataclass(frozen=True)
class StemHeard:
    """Whether one output, counted from 1, hears this stem, beside its others."""

    output: int
    stem: str
    heard: bool


@dataclass(frozen=True)
class StemGain:
    """Gain in dB of one stem in one output, counted from 1."""

    output: int
    stem: str
    gain_db: float


@dataclass(frozen=True)
class HeadphoneIdentify:
    """Say the number of one output, counted from 1, in it, then left and right."""

    output: int


@dataclass(frozen=True)
class NarrationGain:
    """Gain in dB of the narration wherever it is heard."""

    gain_db: float


@dataclass(frozen=True)
class NarrationMute:
    """Mute of the narration wherever it is heard."""

    mute: bool


@dataclass(frozen=True)
class MurmurDuck:
    """How far the murmur goes down under the narration, in dB."""

    duck_db: float


@dataclass(frozen=True)
class SaveLevels:
    """Keep the levels of all outputs as they are."""


@dataclass(frozen=True)
class UndoLevels:
    """Back to the levels saved last; when nothing was changed since, to those saved before."""


@dataclass(frozen=True)
class CaptionLanguage:
    """Show the film's captions in one of the site's languages."""

    language: str


@dataclass(frozen=True)
class ShowCaptions:
    """Show captions, or none."""

    on: bool


@dataclass(frozen=True)
class PlayClip:
    """Show a clip of the shelf now, by its number, then go on with the programme."""

    clip: int


@dataclass(frozen=True)
class RemoveClip:
    """Take a clip off the wall and the shelf, by its number, for good."""

    clip: int


@dataclass(frozen=True)
class PauseMaking:
    """Make no clips until the house next opens."""


@dataclass(frozen=True)
class ResumeMaking:
    """Make clips again while the house is closed."""


OutputCommand = HeadphoneGain | HeadphoneMute | HeadphoneDelay | HeadphoneStem | StemHeard | StemGain
LevelCommand = OutputCommand | NarrationGain | NarrationMute | MurmurDuck
SoundCommand = LevelCommand | HeadphoneIdentify | SaveLevels | UndoLevels
ClipCommand = PlayClip | RemoveClip | PauseMaking | ResumeMaking
CaptionCommand = CaptionLanguage | ShowCaptions
Transport = Go | Pause | Resume | Seek | Rate
Command = Transport | Blackout | Fade | PanelOpacity | SoundCommand | CaptionCommand | ClipCommand
QUEUE_IS_FULL = "too many commands are waiting; send it again"


def _ignore(_reason: str | None) -> None:
    """Answer to a sender who does not want one."""


@dataclass(frozen=True)
class Request:
    """A command and how its sender is answered: with None when applied, else with the reason of the refusal."""

    command: Command
    answer: Callable[[str | None], None] = _ignore

    @property
    def is_seen(self) -> bool:
        """Whether it may change what is on the wall."""
        return not isinstance(self.command, SoundCommand | PauseMaking | ResumeMaking)


class CommandQueue:
    """The one bounded queue between every control surface and the frame loop."""

    def __init__(self, maxsize: int = 256) -> None:
        self._requests: deque[Request] = deque()
        self._maxsize = maxsize
        self._change = Condition()

    def put(self, request: Request) -> bool:
        """Queue a request; False when the queue is full and the sender must be told."""
        with self._change:
            if len(self._requests) >= self._maxsize:
                return False
            self._requests.append(request)
            self._change.notify()
            return True

    def wait(self, seconds: float) -> bool:
        """Wait so long at most for a request that may change what is on the wall; whether there is one."""
        with self._change:
            return self._change.wait_for(lambda: any(request.is_seen for request in self._requests), seconds)

    def drain(self) -> list[Request]:
        """Take all waiting requests, oldest first."""
        with self._change:
            requests = list(self._requests)
            self._requests.clear()
            return requests
