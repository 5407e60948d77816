"""A limiter of sample peaks that looks ahead: what stays below the ceiling is unchanged, nothing passes above it."""

import numpy as np

from installation.headphones.fades import Sound

LOOK_FRAMES = 240  # 5 ms ahead: as long as the gain takes to fall
RECOVERY = np.float64(1 / 9600)  # per frame: from silence to unity in 200 ms

NEARLY = 1.0 - 1e-9


class Limiter:
    """Delays sound by LOOK_FRAMES, channels together; `ceiling` is linear."""

    def __init__(self, ceiling: float, channels: int = 2) -> None:
        self._ceiling = np.float32(ceiling)
        self._sound: Sound = np.zeros((LOOK_FRAMES, channels), np.float32)
        self._needed = np.ones(LOOK_FRAMES)  # the gain each of the latest frames allows
        self._walked = np.ones(LOOK_FRAMES)  # the smallest of them to come, recovering slowly
        self._resting = True

    def take(self, sound: Sound) -> Sound:
        """So many frames (frames, channels), of LOOK_FRAMES ago."""
        frames = len(sound)
        sound, peaks = _peaks(sound)
        line = np.concatenate([self._sound, sound])
        self._sound = line[frames:]
        needed = self._gains(peaks)
        if needed is None and self._resting:
            return line[:frames]
        return self._limit(line[:frames], np.ones(frames) if needed is None else needed)

    def _gains(self, peaks: np.ndarray) -> np.ndarray | None:
        if peaks.max(initial=0.0) <= self._ceiling:
            return None
        gains: np.ndarray = self._ceiling / np.maximum(peaks, self._ceiling, dtype=np.float64)
        return gains

    def _limit(self, sound: Sound, needed: np.ndarray) -> Sound:
        """A mean over LOOK_FRAMES of gains each of which is small enough for what is in the middle of them."""
        frames = len(sound)
        needed = np.concatenate([self._needed, needed])
        smallest = _smallest_of_the_last(needed, LOOK_FRAMES + 1)
        slope = np.arange(len(smallest)) * RECOVERY
        walked = np.minimum.accumulate(np.minimum(smallest, self._walked[-1] + RECOVERY + slope) - slope) + slope
        walked = np.concatenate([self._walked, np.where(walked > NEARLY, 1.0, walked)])
        summed = np.cumsum(np.concatenate([[0.0], walked]))
        gains = (summed[LOOK_FRAMES + 1 :] - summed[: -LOOK_FRAMES - 1]) / (LOOK_FRAMES + 1)
        self._needed, self._walked = needed[frames:], walked[frames:]
        self._resting = bool((self._needed == 1.0).all() and (self._walked == 1.0).all())
        limited: Sound = sound * gains[-frames:, np.newaxis].astype(np.float32)
        return np.clip(limited, -self._ceiling, self._ceiling, out=limited)


def _peaks(sound: Sound) -> tuple[Sound, np.ndarray]:
    """The sound and the peak of each frame; what is not a number is silence, or no ceiling would hold it."""
    peaks = np.abs(sound).max(axis=1)
    if np.isfinite(peaks).all():
        return sound, peaks
    sound = np.nan_to_num(sound, nan=0.0, posinf=0.0, neginf=0.0)
    return sound, np.abs(sound).max(axis=1)


def _smallest_of_the_last(values: np.ndarray, count: int) -> np.ndarray:
    """For each place that has as many before it, the smallest of the last `count` values, itself among them."""
    width = 1
    while 2 * width <= count:
        values, width = np.minimum(values[width:], values[:-width]), 2 * width
    rest = count - width
    return np.minimum(values[rest:], values[: len(values) - rest]) if rest else values
