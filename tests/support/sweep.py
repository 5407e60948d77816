"""A voice whose pitch tells where it is, and which moment of it a recording played at a moment of the tests' clock."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from tests.support.sink import RATE, Recording, Sink

FIRST_HERTZ, HERTZ_PER_SECOND = 400.0, 1000.0
LEVEL = 0.25
WINDOW = 1920  # 40 ms
EVERY_SECONDS = 10.0

Samples = NDArray[np.float32]


def sweep(seconds: float) -> Samples:
    """A tone that rises evenly from 400 Hz by 1000 Hz a second, float32 mono."""
    at = np.arange(round(seconds * RATE)) / RATE
    turns = FIRST_HERTZ * at + HERTZ_PER_SECOND * at**2 / 2
    return (LEVEL * np.sin(2 * np.pi * turns)).astype(np.float32)


def place(samples: Samples) -> float | None:
    """Seconds into the sweep in the middle of 40 ms of one channel; None where it is not to be heard."""
    if np.sqrt(np.mean(samples**2)) < LEVEL / 4:
        return None
    heights = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * len(samples)))
    peak = int(heights.argmax())
    before, at, after = heights[peak - 1 : peak + 2]
    peak_exactly = peak + (before - after) / (2 * (before - 2 * at + after))
    return float((peak_exactly * RATE / (8 * len(samples)) - FIRST_HERTZ) / HERTZ_PER_SECOND)


class Ear:
    """A recording that knows when each of its samples was played: the growth of its file is watched.

    A sample can arrive late but never early, so the earliest arrival of ten seconds tells when the first one of all
    would have been played at 48000 a second, to within the recorder's own blocks of 20 ms. Every ten seconds anew: a
    card has its own idea of a second, and a null sink that plays cuts every block's length to whole microseconds,
    which makes it 30 millionths fast (0.1 s in an hour; silent, it keeps its rate).
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._moments: list[float] = []
        self._zeros: list[float] = []

    def watch(self, over: threading.Event) -> None:
        frame_bytes = 4 * self.recording.channels
        while not over.wait(0.002):
            frames = self.recording.path.stat().st_size // frame_bytes
            now = time.monotonic()
            zero = now - frames / RATE
            if not self._moments or now >= self._moments[-1] + EVERY_SECONDS / 2:
                self._zeros.append(zero)
                self._moments.append(now + EVERY_SECONDS / 2)
            self._zeros[-1] = min(self._zeros[-1], zero)

    def zero(self, moment: float) -> float:
        """When sample 0 would have been played, had the card always run as it does at this moment."""
        known = len(self._zeros)
        return float(np.interp(moment, self._moments[:known], self._zeros))

    @property
    def now(self) -> float:
        """The moment of the newest sample."""
        return self.moment(len(self.recording.samples))

    def moment(self, sample: int) -> float:
        """When a sample was played."""
        at = self.zero(np.inf) + sample / RATE
        return self.zero(at) + sample / RATE

    def place(self, moment: float, channel: int) -> float | None:
        """What was heard at a moment: seconds into the sweep."""
        middle = round((moment - self.zero(moment)) * RATE)
        return place(self.recording.samples[middle - WINDOW // 2 : middle + WINDOW // 2, channel])


@contextmanager
def listening(sink: Sink) -> Iterator[Ear]:
    """Record while the block runs."""
    over = threading.Event()
    with sink.record() as recording:
        ear = Ear(recording)
        thread = threading.Thread(target=ear.watch, args=[over], daemon=True)
        thread.start()
        try:
            yield ear
        finally:
            over.set()
            thread.join()
