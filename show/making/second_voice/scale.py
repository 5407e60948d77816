"""Notes and scales by name: "A2", "C# dorian", "Eb minor pentatonic"."""

import re

import numpy as np
from numpy.typing import NDArray

from show.errors import StoryError

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"": 0, "#": 1, "b": -1}
MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "whole tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
A4 = 69  # as MIDI counts; 60 is middle C

Values = NDArray[np.float64]


def read_scale(name: str, where: str) -> tuple[int, ...]:
    """The notes of a scale such as "A minor", 0..11 from C; StoryError for any other name."""
    found = re.fullmatch(r"([A-G])([#b]?) (.+)", name)
    if not found or found[3] not in MODES:
        raise StoryError(f"{where} = {name!r} is not like 'A minor' or 'C# dorian'; there are {', '.join(MODES)}")
    root = STEPS[found[1]] + SIGNS[found[2]]
    return tuple(sorted((root + step) % 12 for step in MODES[found[3]]))


def read_note(name: str, where: str) -> int:
    """A note such as "A2" or "F#3" as MIDI counts; StoryError for any other name."""
    found = re.fullmatch(r"([A-G])([#b]?)([0-8])", name)
    if not found:
        raise StoryError(f"{where} holds {name!r}, which is no note such as A2, F#3 or Eb4")
    return 12 * (int(found[3]) + 1) + STEPS[found[1]] + SIGNS[found[2]]


def hertz(notes: Values, tuning_hz: float) -> Values:
    """Notes, whole or in between, as frequencies."""
    return np.asarray(tuning_hz * 2 ** ((notes - A4) / 12))


def notes(frequencies: Values, tuning_hz: float) -> Values:
    """Frequencies above 0 as notes, whole or in between."""
    return np.asarray(A4 + 12 * np.log2(frequencies / tuning_hz))


def nearest(found: Values, scale: tuple[int, ...]) -> Values:
    """For each note the nearest one of the scale."""
    around = np.array(sorted(octave + step for octave in (-12, 0, 12) for step in scale), np.float64)
    octaves, within = np.floor(found / 12) * 12, np.mod(found, 12)
    return np.asarray(octaves + around[np.abs(within[:, None] - around).argmin(1)])
