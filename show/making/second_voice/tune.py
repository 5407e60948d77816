"""Auto-tune: the pitch of a voice drawn to the notes of a scale, its vowels left as they are (WORLD, Morise 2016)."""

from dataclasses import dataclass

import numpy as np
import pyworld
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import resample_poly

from show.making.second_voice.scale import Values, hertz, nearest, notes, read_scale
from show.making.tables import Table
from show.making.voices.sound import RATE, Sound

FRAME_MS = 5.0
WORK_RATE = 24_000  # WORLD at half the rate takes half the time, and a murmur has nothing above
SHORTEST_SECONDS = 0.1


@dataclass(frozen=True)
class Tuning:
    """To which scale, how fully (0..1), how long a note must be wanted, and how long the way from note to note is."""

    scale: tuple[int, ...]
    tuning_hz: float
    amount: float
    steady_seconds: float
    glide_seconds: float


def read_tuning(table: Table) -> Tuning:
    """The keys scale, tuning_hz, tune, steady_seconds and glide_seconds."""
    return Tuning(
        read_scale(table.text("scale", "A minor pentatonic"), table.where("scale")),
        table.number("tuning_hz", 440.0, 400.0, 480.0),
        table.number("tune", 1.0, 0.0, 1.0),
        table.number("steady_seconds", 0.06, 0.005, 1.0),
        table.number("glide_seconds", 0.04, 0.0, 1.0),
    )


def tuned(speech: Sound, tuning: Tuning) -> Sound:
    """Speech (mono, 48 kHz) in tune, as long as before."""
    if tuning.amount == 0 or speech.size < SHORTEST_SECONDS * RATE:
        return speech
    voice = resample_poly(speech.astype(np.float64), 1, RATE // WORK_RATE)
    found, times = pyworld.harvest(voice, WORK_RATE, frame_period=FRAME_MS)
    pitch = pyworld.stonemask(voice, found, times, WORK_RATE)
    vowels = pyworld.cheaptrick(voice, pitch, times, WORK_RATE)
    breath = pyworld.d4c(voice, pitch, times, WORK_RATE)
    sung = pyworld.synthesize(drawn(pitch, tuning), vowels, breath, WORK_RATE, FRAME_MS)
    whole = np.zeros(speech.size, np.float32)
    fine = resample_poly(sung, RATE // WORK_RATE, 1)[: speech.size]
    whole[: fine.size] = fine
    return whole


def drawn(pitch: Values, tuning: Tuning) -> Values:
    """A course of pitches in hertz, 0 where there is no voice, drawn to the scale within each stretch of voice."""
    wanted = pitch.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], pitch > 0, [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        sung = notes(pitch[start:end], tuning.tuning_hz)
        # a note shorter than half the filter's width is passed over
        steady = median_filter(sung, 2 * _frames(tuning.steady_seconds) + 1, mode="nearest")
        glide = uniform_filter1d(nearest(steady, tuning.scale), _frames(tuning.glide_seconds), mode="nearest")
        wanted[start:end] = hertz(sung + tuning.amount * (glide - sung), tuning.tuning_hz)
    return wanted


def _frames(seconds: float) -> int:
    return max(1, round(1000 * seconds / FRAME_MS))
