"""The pitch of a voice, found by autocorrelation alone: nothing of what tunes it is used to judge it."""

import numpy as np
from numpy.typing import NDArray

WINDOW_SECONDS, HOP_SECONDS = 0.06, 0.01
LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
CLEAR = 0.8  # how like itself a stretch must be one period later


def pitches(sound: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """The pitches in hertz of all stretches that clearly have one."""
    window, hop = int(WINDOW_SECONDS * rate), int(HOP_SECONDS * rate)
    frames = np.lib.stride_tricks.sliding_window_view(sound, window)[::hop].astype(np.float64)
    loud = frames[np.square(frames).mean(1) > 0.02 * np.square(frames).mean(1).max()]
    found = [_pitch(frame, rate) for frame in loud]
    return np.array([pitch for pitch in found if pitch])


def _pitch(frame: NDArray[np.float64], rate: int) -> float | None:
    shortest, longest = int(rate / HIGHEST_HZ), int(rate / LOWEST_HZ)
    size = frame.size - longest
    likeness = np.array([_likeness(frame, lag, size) for lag in range(shortest, longest, 4)])
    peaks = np.flatnonzero((likeness[1:-1] > likeness[:-2]) & (likeness[1:-1] >= likeness[2:])) + 1
    if not peaks.size or likeness[peaks].max() < CLEAR:
        return None
    first = peaks[likeness[peaks] > 0.95 * likeness[peaks].max()][0]  # the shortest period, not a double
    near = shortest + 4 * first + np.arange(-6, 7)
    near = near[near < longest]
    fine = np.array([_likeness(frame, int(lag), size) for lag in near])
    best = int(fine.argmax())
    if not 0 < best < len(fine) - 1:
        return rate / float(near[best])
    before, at, after = fine[best - 1 : best + 2]
    return rate / float(near[best] + 0.5 * (before - after) / (before - 2 * at + after))


def _likeness(frame: NDArray[np.float64], lag: int, size: int) -> float:
    one, other = frame[:size], frame[lag : lag + size]
    return float(one @ other / np.sqrt((one @ one) * (other @ other) + 1e-12))
