"""What the device calls for every block of sound: it reads what is asked, mixes, counts and tells, and nothing else."""

import logging
import time
from dataclasses import replace
from typing import Any

from installation.headphones.clock import DacClock
from installation.headphones.course import RATE, Control, Heard, Mixing, Tick
from installation.headphones.fades import Sound
from installation.headphones.limiter import LOOK_FRAMES
from installation.headphones.mixer import Mixer
from installation.headphones.shared import Shared, pack_tick, unpack_control
from installation.headphones.stems import Stems

logger = logging.getLogger(__name__)

RUSH = 0.5  # of a block: those that come sooner fill the buffer of a device that does not run yet
STALL_SECONDS = 0.25  # a clock that jumped further joins the picture again; less, and the picture leans after it


class Callback:
    """What the device calls for every block: mixes and counts. While it is `hushed` it plays silence; `running` once
    the device has taken sound, and not only filled its buffer.
    """

    def __init__(self, shared: Shared, stems: Stems, mixing: Mixing) -> None:
        self._shared, self._stems = shared, stems
        self._sequence = 0
        silent = Heard(0.0, 0, (0.0,) * len(mixing.stems))
        self._control = Control(heard=(silent,) * len(mixing.outputs))
        self._read_control()
        self._mixer = Mixer(mixing, self._control)
        self._clock = DacClock()
        self._samples = 0
        self.blocks = self.underflows = self.faults = 0
        self.last = time.monotonic()
        self.leaving, self.hushed = False, True
        self._rushed, self.running = True, False

    def __call__(self, out: Sound, frames: int, info: Any, flags: Any) -> None:
        """Fill `out` (frames, channels)."""
        now = time.monotonic()
        self._rushed = not self.blocks or now - self.last < RUSH * frames / RATE
        self.running = self.running or not self._rushed
        self.last = now
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
        waits = self._rushed and not self._clock.settled
        if not waits and abs(self._clock.tick(dac, self._samples)) > STALL_SECONDS:
            self._mixer.rejoin()
        if self.leaving:
            self._fall_silent()
        elif self._shared.control.sequence != self._sequence:
            self._read_control()
        known = self._clock.settled and not self.hushed
        moment = self._clock.moment(self._samples) if known else None
        self._mixer.mix(out, moment, self._control, self._stems.arrays)
        if self.hushed:
            out.fill(0.0)

    def _fall_silent(self) -> None:
        """What plays and what is being said fade together."""
        silent = tuple(replace(heard, gain=0.0) for heard in self._control.heard)
        self._control = replace(self._control, heard=silent)

    def _read_control(self) -> None:
        sequence, payload = self._shared.control.sequence, self._shared.control.read()
        if payload:
            self._control, self._sequence = unpack_control(payload), sequence

    def _tell(self, now: float) -> None:
        voice = self._mixer.voice
        anchor = self._clock.moment(self._samples + LOOK_FRAMES - voice.position) if voice else 0.0
        epoch = voice.epoch if voice else -1
        tick = Tick(epoch, voice is not None, anchor, now, self.blocks, self.underflows, self.faults)
        self._shared.tick.write(pack_tick(tick))
