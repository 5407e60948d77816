"""A sound card with headphones on it, stems that count their own samples, and what a recording of it counts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from installation.headphones import Course, Headphones, Segment
from installation.headphones.course import RATE
from installation.sound_settings import SoundOutput, SoundSettings
from tests.support.sink import Recording, Sink
from tests.support.waiting import wait_until

COUNT = 2.0**24  # the left channel of every stem holds the number of its sample, from 1: exact in float32
OUTPUTS = tuple(SoundOutput(f"stool {n}", (2 * n - 1, 2 * n), {"narration": 0.0}) for n in (1, 2, 3))


def counter(path: Path, seconds: float, seed: int) -> Path:
    """A stem: its own sample numbers on the left, noise on the right."""
    numbers = np.arange(1, seconds * RATE + 1) / COUNT
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, len(numbers))
    noise[[0, -1]] = 0.0
    np.save(path, np.stack([numbers, noise], axis=1).astype(np.float32))
    return path


def counts(sound: np.ndarray) -> np.ndarray:
    """Sample numbers of a recorded left channel; -1 where it fades or is silent."""
    numbers = sound.astype(np.float64) * COUNT
    whole = (numbers == np.round(numbers)) & (numbers > 0)
    return np.where(whole, numbers, -1).astype(int)


@dataclass
class Room:
    """A sound card, two stems of 20 and 2 seconds, and headphones on it."""

    sink: Sink
    stems: dict[str, Path]
    settings: SoundSettings = field(default_factory=lambda: SoundSettings("headphones", 6, 0.1, 0.0, OUTPUTS))

    @contextmanager
    def headphones(self, **changes: object) -> Iterator[Headphones]:
        headphones = Headphones(SoundSettings(**{**vars(self.settings), **changes}), self.stems)  # type: ignore[arg-type]
        headphones.set_level(1.0, 0.0)
        headphones.start()
        try:
            yield headphones
        finally:
            headphones.stop()

    def source(self, name: str) -> np.ndarray:
        return np.load(self.stems[name])


def play(headphones: Headphones, *segments: Segment, epoch: int = 1, wait: float = 0.5) -> float:
    """Begin at show time 0 half a second after the device is there; the anchor."""
    headphones.follow(Course(epoch, True, time.monotonic() + 3600, ()))
    wait_until(lambda: headphones.reading, "the device")
    anchor = time.monotonic() + wait
    headphones.follow(Course(epoch + 1, True, anchor, segments or (Segment("film", 0.0, 0.0, 20.0),)))
    wait_until(lambda: headphones.reading and headphones.reading.epoch == epoch + 1)
    return anchor


def wait_for_count(recording: Recording, number: int) -> None:
    wait_until(lambda: counts(recording.samples[-RATE:, 0]).max(initial=-1) >= number, f"sample {number}")
