"""Narration on headphones, in a process of its own for each sound device: the player's side.

The player describes a course and the processes follow it; `reading` says where the first device's clock stands, and
the player leans after it. When a process or a device is lost the show goes on, and what returns joins the picture.
A process each, because PortAudio finds a device that returned only after closing all others.
"""

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from installation.commands import HeadphoneIdentify, LevelCommand
from installation.headphones.course import RATE, Control, Course, Heard, Identify, Level, Reading, Segment
from installation.headphones.identify import WORDS
from installation.headphones.link import COMMAND, Link
from installation.headphones.shared import PICTURES_ONLY, PLAYING, STARTING
from installation.levels import Levels, linear
from installation.sound_settings import MURMUR, NARRATION, SoundSettings
from installation.status import OutputStatus

__all__ = ["STARTING", "Course", "Found", "Headphones", "Reading", "Segment", "find_output", "list_outputs"]

LISTING_SECONDS = 20.0


class Found(NamedTuple):
    """An output, or `why_not`; `place` is where its sound comes out, `others` are what fits as well."""

    name: str
    why_not: str
    place: str = ""
    others: Sequence[str] = ()


class Headphones:
    """What the visitors hear. `stems` are .npy files, float32 (frames, 1 or 2), named "group/stem"; `output` is a file
    descriptor for the processes' words. Silent until `set_level` and `follow` say otherwise. Used by one thread:
    the kernel ends the processes with the thread that started them.
    """

    def __init__(self, settings: SoundSettings, stems: Mapping[str, Path], output: int | None = None) -> None:
        self._settings, self._stems = settings, dict(stems)
        self._clips: dict[str, Path] = {}
        self._leaving: dict[str, Path] = {}  # what was shelved until the last call: it may still be fading away
        self.known = _known(settings, stems)
        self._names = (NARRATION, MURMUR, *(name for name in self.known if name not in (NARRATION, MURMUR)))
        self._levels = Levels.of_site(settings)
        self._control = Control(level=Level(0.0, 0.0))
        self._links = [Link(device, settings, self._names, n > 0, output) for n, device in enumerate(settings.devices)]
        self._tell_stems()
        self._ask(self._control)

    @property
    def wanted(self) -> bool:
        """Whether the site asks for sound at all."""
        return bool(self._links)

    @property
    def levels(self) -> Levels:
        """Gains, mutes, delays and routes, as asked."""
        return self._levels

    @levels.setter
    def levels(self, levels: Levels) -> None:
        self._levels = levels
        self._ask(self._control)

    @property
    def outputs(self) -> tuple[OutputStatus, ...]:
        """Every output, as asked."""
        return tuple(
            OutputStatus(each.name, each.gain_db, each.mute, each.delay_ms, " + ".join(each.stems))
            for each in self._levels.outputs
        )

    @property
    def pid(self) -> int | None:
        """The first device's process, while there is one."""
        return self._links[0].pid if self._links else None

    @property
    def restarts(self) -> int:
        """How often a process was started again."""
        return sum(link.restarts for link in self._links)

    @property
    def underflows(self) -> int:
        """Blocks that came too late since the devices were opened."""
        return sum(link.underflows for link in self._links)

    @property
    def state(self) -> str:
        """Either "playing", or why not in one sentence."""
        states = [link.state for link in self._links]
        if not states:
            return f"the site asks for no sound: {PICTURES_ONLY}"
        lacking = [link for link, state in zip(self._links, states, strict=True) if state != PLAYING]
        if len(lacking) in (0, len(states)):
            return states[0]
        told = [f"{self._headphones_on(link)}: {link.state.removesuffix(f': {PICTURES_ONLY}')}" for link in lacking]
        return f"{'; '.join(told)}: the others play"

    @property
    def reading(self) -> Reading | None:
        """The clock of the first device that sounds; None while nothing does: paused, lost, starting."""
        return next((reading for link in self._links if (reading := link.reading)), None)

    def start(self) -> None:
        """Start the processes, without waiting; they look for their devices as long as those are missing."""
        for link in self._links:
            link.start()

    def follow(self, course: Course) -> None:
        """Play along a course. A new epoch fades over to where its anchor says. Within an epoch segments may be added
        before they are due, and the anchor kept up to date for sound that returns: what sounds is not disturbed.
        """
        self._ask(replace(self._control, course=course))

    def shelve(self, sounds: Mapping[str, Path]) -> None:
        """Replace the stems of clips, named "group/stem"; at least a tenth of a second before one is due."""
        if sounds != self._clips or self._leaving:
            self._leaving = {name: path for name, path in self._clips.items() if name not in sounds}
            self._clips = dict(sounds)
            self._tell_stems()

    def take(self, command: LevelCommand | HeadphoneIdentify) -> None:
        """Change levels or identify a headphone; ValueError with the reason why not."""
        if isinstance(command, HeadphoneIdentify):
            self._identify(command.output)
        else:
            self.levels = self._levels.changed(command, self.known, self._settings.outputs)

    def set_level(self, level: float, seconds: float) -> None:
        """Master level, 0 to 1, reached in so many seconds from wherever it is."""
        now = time.monotonic()
        self._ask(replace(self._control, level=Level(self._control.level.at(now), level, now, seconds)))

    def poll(self) -> None:
        """Look after the processes; called about once a second."""
        for link in self._links:
            link.poll()

    def stop(self) -> None:
        """Fade out and end the processes; nothing of them remains."""
        for link in self._links:
            link.stop()

    def _identify(self, number: int) -> None:
        if self._levels.output(number).mute:
            raise ValueError(f"headphone {number} is muted")
        if WORDS not in self._stems:
            raise ValueError("the spoken numbers could not be read when the show started")
        self._ask(replace(self._control, identify=Identify(self._control.identify.request + 1, number - 1, number)))

    def _ask(self, control: Control) -> None:
        self._control = control
        for link in self._links:
            link.ask(self._heard_on(link, control))

    def _heard_on(self, link: Link, control: Control) -> Control:
        heard = tuple(self._heard(number) for number in link.numbers)
        asked = control.identify
        here = replace(asked, output=link.numbers.index(asked.output)) if asked.output in link.numbers else Identify()
        return replace(control, heard=heard, duck=linear(self._levels.duck_db), identify=here)

    def _heard(self, number: int) -> Heard:
        output = self._levels.outputs[number]
        gains = tuple(self._levels.stem_gain(number, name) for name in self._names)
        delay = round(output.delay_ms * RATE / 1000)
        return Heard(0.0 if output.mute else linear(output.gain_db), delay, gains)

    def _tell_stems(self) -> None:
        for link in self._links:
            link.know(self._stems | self._leaving | self._clips)

    def _headphones_on(self, link: Link) -> str:
        return ", ".join(self._levels.outputs[number].name for number in link.numbers)


def _known(settings: SoundSettings, stems: Mapping[str, Path]) -> tuple[str, ...]:
    """The stems a headphone can be told to hear."""
    named = {name.rpartition("/")[2] for name in stems if name != WORDS}
    heard = {name for output in settings.outputs for name in output.stems}
    return tuple(sorted(named | heard))


def list_outputs() -> list[tuple[str, int]]:
    """Name and number of channels of each sound output of this PC; empty when there are none or nothing can be said."""
    said = _asked("--list")
    return [(name, channels) for name, channels in json.loads(said)] if said else []


def find_output(pattern: str, channels: int) -> Found:
    """The output that a site's device means."""
    said = _asked("--find", pattern, str(channels))
    return Found(*json.loads(said)) if said else Found("", "the sound devices of this PC cannot be listed")


def _asked(*arguments: str) -> str:
    try:
        asked = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, timeout=LISTING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return asked.stdout if asked.returncode == 0 else ""
