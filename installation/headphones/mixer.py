"""From courses and stems to blocks of sound: numpy only, no device, no clock of its own.

At unity a sample passes unchanged. Nothing is switched: what begins, ends, is cut or changes gain does so over 40 ms.
The mixer works LOOK_FRAMES ahead of what it hands out, which is how far the limiters look ahead.
"""

from collections.abc import Mapping
from functools import cache, partial

import numpy as np

from installation.headphones.bus import Source, buses
from installation.headphones.course import RATE, Control, Course, Mixing
from installation.headphones.fades import FADE_FRAMES, Gain, Ramp, Sound, Voice
from installation.headphones.identify import WORDS
from installation.headphones.limiter import LOOK_FRAMES
from installation.headphones.tap import tap

SPOKEN = 0.01  # -40 dBFS: louder narration makes the murmur duck
DRIFT_SECONDS = 0.02  # a mixer that follows joins the picture again when it is farther off


class Mixer:
    """Mixes what a course holds into blocks for a device's channels."""

    def __init__(self, mixing: Mixing, control: Control) -> None:
        self._mixing = mixing
        self._buses = buses(mixing, control.heard)
        self._level = Ramp(control.level.to)
        self._identified = control.identify.request
        self._voice: Voice | None = None
        self._courses: dict[Voice, Course] = {}

    @property
    def voice(self) -> Voice | None:
        """What follows the course now, if anything does; LOOK_FRAMES ahead of what was handed out."""
        return self._voice

    def rejoin(self) -> None:
        """Let go what sounds; the next block joins the course anew."""
        if self._voice:
            self._voice.let_go()
        self._voice = None

    def mix(self, out: Sound, moment: float | None, control: Control, stems: Mapping[str, Sound]) -> None:
        """Fill `out` (frames, channels), whose first frame sounds at `moment`; None: not known yet, so join nothing."""
        out.fill(0.0)
        frames, ahead = len(out), None if moment is None else moment + LOOK_FRAMES / RATE
        self._follow(control.course, ahead)
        self._identify(control)
        level = self._take_level(frames, ahead, control)
        voices = [(course, *voice.take(frames)) for voice, course in self._courses.items()]
        sources = [(envelope, _source(course, stems, at, frames)) for course, at, envelope in voices]

        @cache
        def spoken(name: str, delay: int) -> bool:
            return any(self._spoken(course, name, stems, at - delay, frames) for course, at, _ in voices)

        for bus, heard in zip(self._buses, control.heard, strict=True):
            bus.begin(frames, heard, control.duck, spoken)
            sum_of_all: Sound = np.zeros((frames, 2), np.float32)
            for envelope, source in sources:
                bus.add(sum_of_all, envelope, source)
            bus.finish(sum_of_all, out, level, stems.get(WORDS))
        self._courses = {voice: course for voice, course in self._courses.items() if not voice.gone}

    def _follow(self, course: Course, moment: float | None) -> None:
        if self._voice and not (course.playing and self._voice.epoch == course.epoch):
            self.rejoin()
        if self._mixing.follows and self._voice and moment is not None and self._drifted(self._voice, course, moment):
            self.rejoin()
        if course.playing and self._voice is None and moment is not None:
            self._voice = Voice(course.epoch, round((moment - course.anchor) * RATE))
        if self._voice:
            self._courses[self._voice] = course

    def _drifted(self, voice: Voice, course: Course, moment: float) -> bool:
        return abs(moment - voice.position / RATE - course.anchor) > DRIFT_SECONDS

    def _identify(self, control: Control) -> None:
        asked = control.identify
        if asked.request > self._identified:
            self._buses[asked.output].identify(asked.number)
            self._identified = asked.request

    def _take_level(self, frames: int, moment: float | None, control: Control) -> Gain:
        if moment is not None:
            self._level.aim(control.level.at(moment + FADE_FRAMES / RATE))
        return self._level.take(frames)

    def _spoken(self, course: Course, name: str, stems: Mapping[str, Sound], position: int, frames: int) -> bool:
        """Whether a narration sounds in these frames, or so soon that the murmur has to begin to duck."""
        coming = tap(course, name, stems, position, frames + self._mixing.attack_frames)
        return coming is not None and bool(np.abs(coming).max() > SPOKEN)


def _source(course: Course, stems: Mapping[str, Sound], position: int, frames: int) -> Source:
    """The stems of a course from a place on, each read once however many headphones hear it."""
    return cache(partial(_late, course, stems, position, frames))


def _late(
    course: Course, stems: Mapping[str, Sound], position: int, frames: int, name: str, delay: int
) -> Sound | None:
    return tap(course, name, stems, position - delay, frames)
