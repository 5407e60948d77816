"""An equaliser of biquads, with the formulas of Robert Bristow-Johnson's cookbook."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from show.making.tables import Table
from show.making.voices.sound import RATE, Sound

SIXTY_DB = np.log(1000)  # as an exponent
KINDS = ("low cut", "high cut", "low shelf", "high shelf", "bell")


@dataclass(frozen=True)
class Band:
    """One biquad; a cut has no gain, and falls by 12 dB for each octave."""

    kind: str
    hz: float
    gain_db: float
    q: float


USUAL = (Band("low cut", 90.0, 0.0, 0.7), Band("bell", 420.0, 3.0, 0.8), Band("high cut", 2600.0, 0.0, 0.7))


def read_bands(table: Table) -> tuple[Band, ...]:
    """The tables [[band]]; `band = []` leaves the sound as it is."""
    if not table.has("band"):
        return USUAL
    return tuple(
        Band(
            each.choice("kind", "bell", KINDS),
            each.number("hz", 1000.0, 20.0, 20_000.0),
            each.number("gain_db", 0.0, -24.0, 24.0),
            each.number("q", 0.7, 0.1, 10.0),
        )
        for each in table.some_tables("band")
    )


def equalised(sound: Sound, bands: tuple[Band, ...]) -> Sound:
    """The sound through all bands."""
    if not bands:
        return sound
    return np.asarray(sosfilt(np.stack([biquad(band) for band in bands]), sound), np.float32)


def ringing_seconds(bands: tuple[Band, ...]) -> float:
    """How long the bands go on by themselves, at most, until they are 60 dB down."""
    slowest = [np.abs(np.roots(biquad(band)[3:])).max(initial=0.0) for band in bands]
    return float(sum(SIXTY_DB / -np.log(pole) for pole in slowest if pole) / RATE)


def biquad(band: Band) -> NDArray[np.float64]:
    """Six coefficients, as scipy wants them: b0 b1 b2 1 a1 a2."""
    turn = 2 * np.pi * band.hz / RATE
    cosine, alpha, gain = np.cos(turn), np.sin(turn) / (2 * band.q), 10 ** (band.gain_db / 40)
    match band.kind:
        case "bell":
            up = [1 + alpha * gain, -2 * cosine, 1 - alpha * gain]
            down = [1 + alpha / gain, -2 * cosine, 1 - alpha / gain]
        case "low cut":
            up = [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2]
            down = [1 + alpha, -2 * cosine, 1 - alpha]
        case "high cut":
            up = [(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2]
            down = [1 + alpha, -2 * cosine, 1 - alpha]
        case _:
            up, down = _shelf(cosine, alpha, gain, 1 if band.kind == "low shelf" else -1)
    return np.asarray(np.array([*up, *down]) / down[0])


def _shelf(cosine: float, alpha: float, gain: float, side: int) -> tuple[list[float], list[float]]:
    """Below (`side` 1) or above (-1)."""
    slope, more, less = 2 * np.sqrt(gain) * alpha, gain + 1, (gain - 1) * side * cosine
    up = [
        gain * (more - less + slope),
        2 * gain * side * (gain - 1 - more * side * cosine),
        gain * (more - less - slope),
    ]
    down = [more + less + slope, -2 * side * (gain - 1 + more * side * cosine), more + less - slope]
    return up, down
