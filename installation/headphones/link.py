"""One sound device's process, as the player sees it."""

import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from installation.children import Child
from installation.headphones.course import RATE, Control, Reading, Tick
from installation.headphones.shared import (
    PICTURES_ONLY,
    STARTING,
    Shared,
    pack_control,
    pack_table,
    unpack_tick,
    unpack_words,
)
from installation.levels import linear
from installation.sound_settings import SoundSettings

logger = logging.getLogger(__name__)

COMMAND = [sys.executable, "-m", "installation.headphones"]
STUCK_SECONDS = 15.0  # without a sign of life
SILENT_SECONDS = 1.0
FAREWELL_SECONDS = 3.0


class Link:
    """A process for `device`, which the memory tells what to do; `numbers` (from 0) are the outputs on it.

    One that `follows` another device's clock joins the picture again when it has drifted.
    """

    def __init__(
        self, device: str, settings: SoundSettings, names: tuple[str, ...], follows: bool, output: int | None
    ) -> None:
        self.device, self.numbers = device, settings.on(device)
        self._settings, self._names, self._follows = settings, names, follows
        self._alive_since = 0.0
        self._shared = Shared.create()
        memory = self._shared.descriptor
        self._child = Child("headphones", [*COMMAND, str(memory), str(os.getpid())], output, inherit=[memory])

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
        if not self._child.running:
            return f"the headphones process is not running: {PICTURES_ONLY}"
        payload = self._shared.words.read()
        words = unpack_words(payload) if payload else None
        if words is None or words.beat <= self._alive_since:
            return STARTING
        if time.monotonic() - words.beat > SILENT_SECONDS:
            return f"the headphones process does not answer: {PICTURES_ONLY}"
        return words.sentence

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
        self._alive_since = time.monotonic()
        self._child.start(self._alive_since)

    def ask(self, control: Control) -> None:
        """What to play now."""
        self._shared.control.write(pack_control(control))

    def know(self, stems: Mapping[str, Path]) -> None:
        """Which stems there are."""
        self._shared.table.write(pack_table(self._table(stems)))

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

    def _table(self, stems: Mapping[str, Path]) -> dict[str, Any]:
        settings = self._settings
        outputs = [settings.outputs[number] for number in self.numbers]
        return {
            "device": self.device,
            "channels": settings.devices[self.device],
            "latency_seconds": settings.latency_seconds,
            "follows": self._follows,
            "names": self._names,
            "attack_frames": round(settings.duck_attack_seconds * RATE),
            "release_frames": round(settings.duck_release_seconds * RATE),
            "outputs": [
                {
                    "channels": [channel - 1 for channel in each.channels],
                    "mode": each.mode,
                    "ceiling": linear(each.ceiling_dbfs),
                }
                for each in outputs
            ],
            "stems": {name: str(path) for name, path in stems.items()},
        }

    def _tick(self) -> Tick | None:
        payload = self._shared.tick.read()
        return unpack_tick(payload) if payload else None

    def _stuck(self, now: float) -> bool:
        payload = self._shared.words.read()
        beat = max(unpack_words(payload).beat if payload else 0.0, self._alive_since)
        return self._child.running and now - beat > STUCK_SECONDS
