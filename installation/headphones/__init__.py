"""Narration on headphones, in a process of its own: the player's side.

The player describes a course and the process follows it; `reading` says where the device's clock stands, and the player
leans after it. When the process or the device is lost the show goes on, and what returns joins the picture.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from installation.children import Child
from installation.headphones.course import Control, Course, Level, Reading, Segment, Tick
from installation.headphones.shared import Shared, pack_control, pack_table, unpack_tick, unpack_words
from installation.site import SoundSettings
from installation.status import OutputStatus

__all__ = ["Course", "Headphones", "Reading", "Segment", "list_outputs"]

logger = logging.getLogger(__name__)

COMMAND = [sys.executable, "-m", "installation.headphones"]
STUCK_SECONDS = 15.0  # without a sign of life
FAREWELL_SECONDS = 3.0
LISTING_SECONDS = 20.0


class Headphones:
    """What the visitors hear. `stems` are .npy files, float32 (frames, 1 or 2), named "group/stem"; `output` is a file
    descriptor for the process's words. Silent until `set_level` and `follow` say otherwise. Used by one thread:
    the kernel ends the process with the thread that started it.
    """

    def __init__(self, settings: SoundSettings, stems: Mapping[str, Path], output: int | None = None) -> None:
        self._settings, self._stems = settings, dict(stems)
        self._outputs = [OutputStatus(each.name, each.gain_db, each.mute) for each in settings.outputs]
        self._control = Control(level=Level(0.0, 0.0))
        self._alive_since = 0.0
        self._shared = Shared.create()
        memory = self._shared.descriptor
        self._child = Child("headphones", [*COMMAND, str(memory), str(os.getpid())], output, inherit=[memory])
        self._write_table()
        self._write_gains()

    @property
    def wanted(self) -> bool:
        """Whether the site asks for sound at all."""
        return self._settings.device != "none" and bool(self._settings.outputs)

    @property
    def outputs(self) -> tuple[OutputStatus, ...]:
        """Gain and mute of every output, as asked."""
        return tuple(self._outputs)

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._child.pid if self._child.running else None

    @property
    def restarts(self) -> int:
        """How often the process was started again."""
        return self._child.restarts

    @property
    def underflows(self) -> int:
        """Blocks that came too late since the device was opened."""
        tick = self._tick()
        return tick.underflows if tick else 0

    @property
    def state(self) -> str:
        """Either "playing", or why not in one sentence."""
        if not self.wanted:
            return "the site asks for no sound: playing pictures only"
        if not self._child.running:
            return "the headphones process is not running: playing pictures only"
        payload = self._shared.words.read()
        words = unpack_words(payload) if payload else None
        return words.sentence if words and words.beat > self._alive_since else "starting"

    @property
    def reading(self) -> Reading | None:
        """The device's clock; None while nothing sounds: paused, lost, starting."""
        tick = self._tick()
        patience = max(0.5, 3 * self._settings.latency_seconds)
        if tick is None or not tick.sounding or time.monotonic() - tick.taken > patience:
            return None
        return Reading(tick.epoch, tick.anchor, tick.taken)

    def start(self) -> None:
        """Start the process, without waiting; it opens the device, and goes on looking for it while it is missing."""
        if self.wanted:
            self._alive_since = time.monotonic()
            self._child.start(self._alive_since)

    def follow(self, course: Course) -> None:
        """Play along a course. A new epoch fades over to where its anchor says. Within an epoch segments may be added
        before they are due, and the anchor kept up to date for sound that returns: what sounds is not disturbed.
        """
        self._ask(replace(self._control, course=course))

    def add_stem(self, name: str, path: Path) -> None:
        """Make a stem known, named "group/stem", at least a tenth of a second before it is due."""
        self._stems[name] = path
        self._write_table()

    def set_gain(self, output: int, gain_db: float) -> None:
        """Gain of an output, counted from 1; ValueError when there is no such output."""
        self._set(output, replace(self._output(output), gain_db=gain_db))

    def set_mute(self, output: int, mute: bool) -> None:
        """Mute of an output, counted from 1; ValueError when there is no such output."""
        self._set(output, replace(self._output(output), mute=mute))

    def set_level(self, level: float, seconds: float) -> None:
        """Master level, 0 to 1, reached in so many seconds from wherever it is."""
        now = time.monotonic()
        self._ask(replace(self._control, level=Level(self._control.level.at(now), level, now, seconds)))

    def poll(self) -> None:
        """Look after the process; called about once a second."""
        now = time.monotonic()
        if self._stuck(now):
            logger.warning("the headphones process gave no sign of life for %.0f s and is ended", STUCK_SECONDS)
            os.kill(self._child.pid or 0, signal.SIGKILL)
        restarts = self._child.restarts
        self._child.poll(now)
        if self._child.restarts != restarts:
            self._alive_since = now

    def stop(self) -> None:
        """Fade out and end the process; nothing of it remains."""
        self._child.stop(FAREWELL_SECONDS)
        self._shared.close()

    def _output(self, number: int) -> OutputStatus:
        if not 1 <= number <= len(self._outputs):
            raise ValueError(f"headphone {number} does not exist: there are {len(self._outputs)}")
        return self._outputs[number - 1]

    def _set(self, number: int, output: OutputStatus) -> None:
        self._outputs[number - 1] = output
        self._write_gains()

    def _write_gains(self) -> None:
        gains = tuple(0.0 if each.mute else 10 ** (each.gain_db / 20) for each in self._outputs)
        self._ask(replace(self._control, gains=gains))

    def _ask(self, control: Control) -> None:
        self._control = control
        self._shared.control.write(pack_control(control))

    def _write_table(self) -> None:
        settings = self._settings
        outputs = [
            {"channels": [channel - 1 for channel in each.channels], "stem": each.stem} for each in settings.outputs
        ]
        values = {
            "device": settings.device,
            "channels": settings.channels,
            "latency_seconds": settings.latency_seconds,
            "outputs": outputs,
            "stems": {name: str(path) for name, path in self._stems.items()},
        }
        self._shared.table.write(pack_table(values))

    def _tick(self) -> Tick | None:
        payload = self._shared.tick.read()
        return unpack_tick(payload) if payload else None

    def _stuck(self, now: float) -> bool:
        payload = self._shared.words.read()
        beat = max(unpack_words(payload).beat if payload else 0.0, self._alive_since)
        return self._child.running and now - beat > STUCK_SECONDS


def list_outputs() -> list[tuple[str, int]]:
    """Name and number of channels of each sound output of this PC; empty when there are none or nothing can be said."""
    try:
        asked = subprocess.run(
            [*COMMAND, "--list"], capture_output=True, text=True, timeout=LISTING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return []
    if asked.returncode != 0:
        return []
    return [(name, channels) for name, channels in json.loads(asked.stdout)]
