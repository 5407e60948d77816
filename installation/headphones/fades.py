"""Nothing is switched: gains walk."""

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]  # (frames, channels)
Gain = float | Sound  # steady, or one value per frame, (frames, 1)

FADE_FRAMES = 1920  # 40 ms


class Ramp:
    """A gain that walks to its target in 40 ms, or in as many frames as it is told."""

    def __init__(self, value: float) -> None:
        self.value = self._target = value
        self._left = 0

    @property
    def silent(self) -> bool:
        """Whether it rests at 0."""
        return not self._left and self.value == 0.0

    def aim(self, target: float, frames: int = FADE_FRAMES) -> None:
        """Start walking from where it is; nothing happens when it is on its way there."""
        if target != self._target:
            self._target, self._left = target, frames

    def take(self, frames: int) -> Gain:
        """The gain of the next frames."""
        if not self._left:
            return self.value
        walk = self.value + (self._target - self.value) * np.arange(1, min(frames, self._left) + 1) / self._left
        gains = np.full((frames, 1), self._target, np.float32)
        gains[: len(walk), 0] = walk
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


class Delay:
    """How many frames late a headphone hears; another delay is faded over to."""

    def __init__(self, frames: int) -> None:
        self._now = self._before = frames
        self._over = Ramp(1.0)

    def aim(self, frames: int) -> None:
        """Fade over to another delay, once an earlier change is over."""
        if frames != self._now and self._over.value == 1.0:
            self._before, self._now = self._now, frames
            self._over = Ramp(0.0)
            self._over.aim(1.0)

    def take(self, frames: int) -> list[tuple[int, Gain]]:
        """The delays to be heard over the next frames, each with its gain."""
        rising = self._over.take(frames)
        if isinstance(rising, float):
            return [(self._now, 1.0)]
        return [(self._before, 1.0 - rising), (self._now, rising)]
