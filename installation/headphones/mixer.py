"""From courses and stems to blocks of sound: numpy only, no device, no clock of its own.

At unity a sample passes unchanged. Nothing is switched: what begins, ends or changes its gain does so over 40 ms, and a
segment that begins or ends in the middle of its stem over 5 ms, unless the next segment goes on from there.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from installation.headphones.course import RATE, Control, Course, Output, Segment

Sound = npt.NDArray[np.float32]  # (frames, channels)
Gain = float | Sound  # steady, or one value per frame

FADE_FRAMES = 1920  # 40 ms
EDGE_FRAMES = 240  # 5 ms


class Ramp:
    """A gain that walks to its target in 40 ms."""

    def __init__(self, value: float) -> None:
        self.value = self._target = value
        self._left = 0

    @property
    def silent(self) -> bool:
        """Whether it rests at 0."""
        return not self._left and self.value == 0.0

    def aim(self, target: float) -> None:
        """Start walking from where it is; nothing happens when it is on its way there."""
        if target != self._target:
            self._target, self._left = target, FADE_FRAMES

    def take(self, frames: int) -> Gain:
        """The gain of the next frames."""
        if not self._left:
            return self.value
        walk = np.linspace(self.value, self._target, self._left + 1, dtype=np.float32)[1 : frames + 1]
        gains = np.full(frames, self._target, np.float32)
        gains[: len(walk)] = walk
        self._left -= len(walk)
        self.value = float(walk[-1]) if self._left else self._target
        return gains


class Voice:
    """One run along a course, sample by sample from where it joined it, until it is let go."""

    def __init__(self, epoch: int, position: int) -> None:
        self.epoch, self.position = epoch, position
        self._envelope = Ramp(0.0)
        self._envelope.aim(1.0)

    @property
    def gone(self) -> bool:
        """Whether it was let go and has faded out."""
        return self._envelope.silent

    def let_go(self) -> None:
        """Fade out."""
        self._envelope.aim(0.0)

    def take(self, frames: int) -> tuple[int, Gain]:
        """Where the next frames begin (show time in samples) and the envelope over them."""
        position = self.position
        self.position += frames
        return position, self._envelope.take(frames)


class Mixer:
    """Mixes what a course holds into blocks for a device's channels."""

    def __init__(self, outputs: Sequence[Output], control: Control) -> None:
        self._outputs = tuple(outputs)
        self._gains = [Ramp(gain) for gain in control.gains]
        self._level = Ramp(control.level.to)
        self._voice: Voice | None = None
        self._courses: dict[Voice, Course] = {}

    @property
    def voice(self) -> Voice | None:
        """What follows the course now, if anything does."""
        return self._voice

    def rejoin(self) -> None:
        """Let go what sounds; the next block joins the course anew."""
        if self._voice:
            self._voice.let_go()
        self._voice = None

    def mix(self, out: Sound, moment: float | None, control: Control, stems: Mapping[str, Sound]) -> None:
        """Fill `out` (frames, channels), whose first frame sounds at `moment`; None: not known yet, so join nothing."""
        out.fill(0.0)
        self._follow(control, moment)
        gains = self._take_gains(len(out), moment, control)
        for voice, course in self._courses.items():
            position, envelope = voice.take(len(out))
            heard = [gain * envelope for gain in gains]
            for segment in course.segments:
                self._add(out, position, course, segment, heard, stems)
        self._courses = {voice: course for voice, course in self._courses.items() if not voice.gone}
        np.clip(out, -1.0, 1.0, out=out)

    def _follow(self, control: Control, moment: float | None) -> None:
        course = control.course
        if self._voice and not (course.playing and self._voice.epoch == course.epoch):
            self.rejoin()
        if course.playing and self._voice is None and moment is not None:
            self._voice = Voice(course.epoch, round((moment - course.anchor) * RATE))
        if self._voice:
            self._courses[self._voice] = course

    def _take_gains(self, frames: int, moment: float | None, control: Control) -> list[Gain]:
        if moment is not None:
            self._level.aim(control.level.at(moment + FADE_FRAMES / RATE))
        level = self._level.take(frames)
        for ramp, gain in zip(self._gains, control.gains, strict=True):
            ramp.aim(gain)
        return [ramp.take(frames) * level for ramp in self._gains]

    def _add(
        self,
        out: Sound,
        position: int,
        course: Course,
        segment: Segment,
        gains: Sequence[Gain],
        stems: Mapping[str, Sound],
    ) -> None:
        begin, end = max(position, segment.first), min(position + len(out), segment.end)
        if begin >= end:
            return
        for output, gain in zip(self._outputs, gains, strict=True):
            stem = stems.get(f"{segment.stem_group}/{output.stem}")
            if stem is None:
                continue
            source = segment.source + begin - segment.first
            sound = stem[source : source + end - begin]
            if len(sound):
                edged = sound * _edges(course, segment, begin, len(sound), len(stem))
                _route(out[begin - position :], output.channels, edged, _part(gain, begin - position, len(sound)))


def _part(gain: Gain, start: int, frames: int) -> Gain:
    return gain if isinstance(gain, float) else gain[start : start + frames, np.newaxis]


def _route(out: Sound, channels: tuple[int, ...], sound: Sound, gain: Gain) -> None:
    """Add a stem of one or two channels to one or two channels of the device."""
    if len(channels) == 1 and sound.shape[1] == 2:
        sound = (sound[:, :1] + sound[:, 1:]) * np.float32(0.5)
    heard = sound * gain
    for number, channel in enumerate(channels):
        out[: len(sound), channel] += heard[:, number % heard.shape[1]]


def _edges(course: Course, segment: Segment, begin: int, frames: int, stem_frames: int) -> Gain:
    """1, or a fade where the segment cuts into its stem."""
    at = begin - segment.first
    length = segment.end - segment.first
    cut_in = segment.source > 0 and not any(other.leads_into(segment) for other in course.segments)
    cut_out = segment.source + length < stem_frames and not any(segment.leads_into(other) for other in course.segments)
    rising = cut_in and at < EDGE_FRAMES
    falling = cut_out and at + frames > length - EDGE_FRAMES
    if not (rising or falling):
        return 1.0
    places = np.arange(at, at + frames, dtype=np.float32)[:, np.newaxis]
    up = (places + 1) / EDGE_FRAMES if rising else 1.0
    down = (length - places) / EDGE_FRAMES if falling else 1.0
    edges: Sound = np.clip(np.minimum(up, down), 0.0, 1.0).astype(np.float32)
    return edges
