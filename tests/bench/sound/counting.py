"""Sound of any length that counts its own samples, and what a recording of it has lost. In pieces: an hour is 4 GB."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from installation.headphones.course import RATE
from tests.support.listening import COUNT, counts

PERIOD = 2**23  # samples until the counter begins again, about three minutes
PIECE = 60 * RATE
END = RATE // 5  # of a recording, in which a player stops


def numbers(seconds: float) -> Iterator[NDArray[np.float32]]:
    """The number of each sample, from 1, as often as it takes; quiet enough to be exact in float32."""
    period = (np.arange(1, PERIOD + 1) / COUNT).astype("<f4")
    for begin in range(0, round(seconds * RATE), PERIOD):
        yield period[: round(seconds * RATE) - begin]


def write_stem(path: Path, seconds: float) -> Path:
    """One channel, as the headphones read it."""
    stem = np.lib.format.open_memmap(path, "w+", np.float32, (round(seconds * RATE), 1))
    for number, piece in enumerate(numbers(seconds)):
        stem[number * PERIOD : number * PERIOD + len(piece), 0] = piece
    return path


def write_raw(path: Path, seconds: float, channels: int) -> Path:
    """The same on every channel, without a header."""
    with path.open("wb") as file:
        for piece in numbers(seconds):
            np.repeat(piece[:, np.newaxis], channels, axis=1).tofile(file)
    return path


def lost(sound: NDArray[np.float32]) -> tuple[int, int]:
    """Of a recorded counter, from a second after its beginning on: samples left out or silent, and in how many gaps."""
    begin, end = _heard(sound[:PIECE])[0] + RATE, len(sound) - PIECE
    end = max(0, end) + _heard(sound[max(0, end) :])[-1] - END
    samples = gaps = 0
    place = number = np.zeros(0, int)  # of the last sample heard in the piece before
    for first in range(begin, end, PIECE):
        found = counts(sound[first : min(first + PIECE, end)])
        here = np.flatnonzero(found > 0)
        places, said = np.concatenate([place, first + here]), np.concatenate([number, found[here]])
        jumps = (np.diff(said) - 1) % PERIOD
        missing = np.minimum(jumps, PERIOD - jumps) + np.diff(places) - 1
        samples, gaps = samples + int(missing.sum()), gaps + int((missing > 0).sum())
        place, number = places[-1:], said[-1:]
    return samples, gaps


def _heard(sound: NDArray[np.float32]) -> NDArray[np.int_]:
    places: NDArray[np.int_] = np.flatnonzero(counts(sound) > 0)
    return places
