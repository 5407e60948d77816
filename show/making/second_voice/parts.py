"""Several parts of one voice: the same words higher and lower, each a little behind the other."""

from dataclasses import dataclass

import numpy as np
from python_stretch import Signalsmith

from show.making.tables import Table
from show.making.voices.sound import RATE, Sound

SEED = 1  # the same sound every time


@dataclass(frozen=True)
class Part:
    """How far from the voice, in semitones, how loud, and how far behind."""

    semitones: float
    gain_db: float
    delay_seconds: float


USUAL = (Part(0.0, -4.0, 0.0), Part(-12.0, -2.0, 0.09), Part(7.0, -11.0, 0.23))


def read_parts(table: Table) -> tuple[Part, ...]:
    """The tables [[part]]; `part = []` is no part at all, which leaves the bed."""
    if not table.has("part"):
        return USUAL
    return tuple(
        Part(
            each.number("semitones", 0.0, -24.0, 24.0),
            each.number("gain_db", 0.0, -60.0, 12.0),
            each.number("delay_seconds", 0.0, 0.0, 10.0),
        )
        for each in table.some_tables("part")
    )


def sung(voice: Sound, parts: tuple[Part, ...]) -> Sound:
    """All parts together, as long as the voice."""
    total = np.zeros(voice.size, np.float32)
    for part in parts:
        behind = min(voice.size, round(part.delay_seconds * RATE))
        total[behind:] += np.float32(10 ** (part.gain_db / 20)) * shifted(voice, part.semitones)[: voice.size - behind]
    return total


def shifted(voice: Sound, semitones: float) -> Sound:
    """The voice at another pitch, as long as before."""
    if semitones == 0:
        return voice
    machine = _machine()
    machine.setTransposeSemitones(semitones)
    return np.asarray(machine.process(voice[None]), np.float32)[0, : voice.size]


def stretched(voice: Sound, slowness: float) -> Sound:
    """The voice at another pace, its pitch as before."""
    if slowness == 1 or not voice.size:
        return voice
    machine = _machine()
    machine.setTimeFactor(1 / slowness)
    return np.asarray(machine.process(voice[None]), np.float32).reshape(-1)


def _machine() -> Signalsmith.Stretch:
    machine = Signalsmith.Stretch(SEED)
    machine.preset(1, float(RATE))
    return machine
