"""The murmur as a whole: how it is described in [murmur], and how it is made from speech."""

from dataclasses import dataclass

import numpy as np

from show.making.second_voice.bed import Bed, bed, read_bed
from show.making.second_voice.equaliser import Band, equalised, read_bands
from show.making.second_voice.parts import Part, read_parts, sung
from show.making.second_voice.room import Reverb, in_room, read_reverb
from show.making.second_voice.tune import Tuning, read_tuning, tuned
from show.making.tables import Table
from show.making.voices.sound import RATE, Sound


@dataclass(frozen=True)
class Effects:
    """What is done to the second voice, in this order."""

    tuning: Tuning
    parts: tuple[Part, ...]
    bed: Bed
    bands: tuple[Band, ...]
    reverb: Reverb


def read_effects(table: Table) -> Effects:
    """The keys of [murmur] that say how it sounds."""
    tuning = read_tuning(table)
    return Effects(
        tuning,
        read_parts(table),
        read_bed(table.table("bed"), tuning.tuning_hz),
        read_bands(table),
        read_reverb(table.table("reverb")),
    )


def murmur(spoken: list[tuple[float, Sound]], length: int, effects: Effects) -> Sound:
    """What is said and when, in seconds, as a murmur of `length` samples."""
    speech, voice = np.zeros(length, np.float32), np.zeros(length, np.float32)
    for start, sound in spoken:
        lay(speech, sound, start)
        lay(voice, tuned(sound, effects.tuning), start)
    gain = np.float32(10 ** (effects.bed.gain_db / 20))
    mixed = sung(voice, effects.parts) + gain * bed(speech, effects.bed)
    return in_room(equalised(mixed, effects.bands), effects.reverb)


def lay(track: Sound, sound: Sound, start_seconds: float) -> None:
    """Add a sound where it is heard; what does not fit is left away."""
    start = round(start_seconds * RATE)
    fits = sound[: max(0, track.size - start)]
    track[start : start + fits.size] += fits
