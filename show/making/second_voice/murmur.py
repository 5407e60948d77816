"""The murmur as a whole: how it is described in [murmur], and how it is made from speech."""

from collections.abc import Callable
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


def murmur(
    spoken: list[tuple[float, Sound]], length: int, effects: Effects, begins: Callable[[str], None] = lambda step: None
) -> Sound:
    """What is said and when, in seconds, as a murmur of `length` samples; `begins` is told of every step."""
    speech, voice = np.zeros(length, np.float32), np.zeros(length, np.float32)
    for start, sound in spoken:
        begins("tune")
        lay(speech, sound, start)
        lay(voice, tuned(sound, effects.tuning), start)
    begins("parts")
    mixed = sung(voice, effects.parts)
    begins("bed")
    mixed += np.float32(10 ** (effects.bed.gain_db / 20)) * bed(speech, effects.bed)
    begins("room")
    return in_room(equalised(mixed, effects.bands), effects.reverb)


def steps(spoken: int) -> int:
    """How many steps `murmur` has."""
    return spoken + 3


def lay(track: Sound, sound: Sound, start_seconds: float) -> None:
    """Add a sound where it is heard; what does not fit is left away."""
    start = round(start_seconds * RATE)
    fits = sound[: max(0, track.size - start)]
    track[start : start + fits.size] += fits
