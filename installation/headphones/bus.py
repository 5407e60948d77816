"""One headphone's way from stems to ears: gains, delay, mode, limiter."""

from collections.abc import Callable, Sequence

import numpy as np

from installation.headphones.course import Heard, Mixing, Output
from installation.headphones.fades import Delay, Gain, Ramp, Sound
from installation.headphones.identify import Announcement
from installation.headphones.limiter import Limiter
from installation.sound_settings import MURMUR, UNSPOKEN

Spoken = Callable[[str, int], bool]  # whether that stem speaks, or is about to, so many frames late
Source = Callable[[str, int], Sound | None]  # a stem by name, so many frames late; None where it is silent


class Bus:
    """Made anew with every opening of the device, already at the levels that `heard` tells."""

    def __init__(self, output: Output, mixing: Mixing, heard: Heard) -> None:
        self._output, self._mixing = output, mixing
        self._gain = Ramp(heard.gain)
        self._stems = [Ramp(gain) for gain in heard.stems]
        self._delay = Delay(heard.delay_frames)
        self._duck, self._programme = Ramp(1.0), Ramp(1.0)
        self._limiter = Limiter(output.ceiling)
        self._announcement: Announcement | None = None
        self._moves: list[Gain] = []
        self._taps: list[tuple[int, Gain]] = []
        self._ducked: Gain = 1.0

    def identify(self, number: int) -> None:
        """Say the headphone's number, unless it is being said; the programme fades away meanwhile."""
        self._announcement = self._announcement or Announcement(number)

    def begin(self, frames: int, heard: Heard, duck: float, spoken: Spoken) -> None:
        """Walk towards what is to be heard now; `duck` is the gain of the murmur while something is spoken."""
        self._gain.aim(heard.gain)
        self._delay.aim(heard.delay_frames)
        for ramp, gain in zip(self._stems, heard.stems, strict=True):
            ramp.aim(gain)
        target = duck if duck < 1.0 and self._hears_speech(heard, spoken) else 1.0
        falls = target < self._duck.value
        self._duck.aim(target, self._mixing.attack_frames if falls else self._mixing.release_frames)
        self._moves = [ramp.take(frames) for ramp in self._stems]
        self._taps = self._delay.take(frames)
        self._ducked = self._duck.take(frames)

    def add(self, bus: Sound, envelope: Gain, source: Source) -> None:
        """Add the stems of one voice to `bus` (frames, 2)."""
        for name, gain in zip(self._mixing.stems, self._moves, strict=True):
            if isinstance(gain, float) and gain == 0.0:
                continue
            for delay, share in self._taps:
                sound = source(name, delay)
                if sound is not None:
                    bus += sound * (gain * share * envelope * (self._ducked if name == MURMUR else 1.0))

    def finish(self, bus: Sound, out: Sound, level: Gain, words: Sound | None) -> None:
        """Master level, announcement, mode and limiter, and into its channels of `out` (frames, channels)."""
        self._programme.aim(0.0 if self._announcement else 1.0)
        bus *= self._programme.take(len(bus)) * level
        if self._announcement:
            bus += self._announcement.take(len(bus), words)
            self._announcement = None if self._announcement.over else self._announcement
        bus *= self._gain.take(len(bus))
        limited = self._limiter.take(self._in_mode(bus))
        for number, channel in enumerate(self._output.channels):
            out[:, channel] = limited[:, number]

    def _in_mode(self, bus: Sound) -> Sound:
        if self._output.mode == "mono" or len(self._output.channels) == 1:
            middle: Sound = (bus[:, :1] + bus[:, 1:]) * np.float32(0.5)
            return np.repeat(middle, 2, axis=1)
        return bus[:, ::-1] if self._output.mode == "swapped" else bus

    def _hears_speech(self, heard: Heard, spoken: Spoken) -> bool:
        said = [name for name, gain in zip(self._mixing.stems, heard.stems, strict=True) if gain > 0.0]
        return any(spoken(name, heard.delay_frames) for name in said if name not in UNSPOKEN)


def buses(mixing: Mixing, heard: Sequence[Heard]) -> list[Bus]:
    """A bus for each headphone."""
    return [Bus(output, mixing, each) for output, each in zip(mixing.outputs, heard, strict=True)]
