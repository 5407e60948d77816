"""What the device calls for every block of sound: it reads what is asked, mixes, counts and tells, and nothing else."""

import logging
import time
from dataclasses import replace
from typing import Any

from installation.headphones.clock import DacClock
from installation.headphones.course import Control, Course, Output, Tick
from installation.headphones.mixer import Mixer, Sound
from installation.headphones.shared import Shared, pack_tick, unpack_control
from installation.headphones.stems import Stems

logger = logging.getLogger(__name__)

STALL_SECONDS = 0.25  # a clock that jumped further joins the picture again; less, and the picture leans after it


class Callback:
    """What the device calls for every block: mixes and counts."""

    def __init__(self, shared: Shared, stems: Stems, outputs: list[Output]) -> None:
        self._shared, self._stems = shared, stems
        self._sequence = 0
        self._control = Control(gains=(0.0,) * len(outputs))
        self._read_control()
        self._mixer = Mixer(outputs, self._control)
        self._clock = DacClock()
        self._samples = 0
        self.blocks = self.underflows = self.faults = 0
        self.last = time.monotonic()
        self.leaving = False

    def __call__(self, out: Sound, frames: int, info: Any, flags: Any) -> None:
        """Fill `out` (frames, channels)."""
        self.last = now = time.monotonic()
        self.blocks += 1
        self.underflows += bool(flags.output_underflow)
        try:
            self._play(out, now + (info.outputBufferDacTime - info.currentTime))
        except Exception:
            self.faults += 1
            out.fill(0.0)
            if self.faults == 1:  # a hundred a second would make it late as well
                logger.exception("a block was lost; further ones are only counted")
        self._samples += frames
        self._tell(now)

    def _play(self, out: Sound, dac: float) -> None:
        if abs(self._clock.tick(dac, self._samples)) > STALL_SECONDS:
            self._mixer.rejoin()
        if self.leaving:
            self._control = replace(self._control, course=Course())
        elif self._shared.control.sequence != self._sequence:
            self._read_control()
        moment = self._clock.moment(self._samples) if self._clock.settled else None
        self._mixer.mix(out, moment, self._control, self._stems.arrays)

    def _read_control(self) -> None:
        sequence, payload = self._shared.control.sequence, self._shared.control.read()
        if payload:
            self._control, self._sequence = unpack_control(payload), sequence

    def _tell(self, now: float) -> None:
        voice = self._mixer.voice
        anchor = self._clock.moment(self._samples - voice.position) if voice else 0.0
        epoch = voice.epoch if voice else -1
        tick = Tick(epoch, voice is not None, anchor, now, self.blocks, self.underflows, self.faults)
        self._shared.tick.write(pack_tick(tick))
