"""What story.toml says of the voices: [narration], [countdown] and [murmur]."""

from dataclasses import dataclass

from show.errors import StoryError
from show.house_voices import HouseVoices
from show.making.second_voice.murmur import Effects, read_effects
from show.making.tables import Table
from show.making.voices.choose import read_manner
from show.making.voices.speaker import Manner

LOUDNESS_LUFS = (-50.0, -14.0)


@dataclass(frozen=True)
class Narration:
    """The voice that reads the white captions."""

    manner: Manner
    breath_seconds: float  # before a line begins and after it ends, at least
    loudness_lufs: float


@dataclass(frozen=True)
class Countdown:
    """What the second voice says as the film begins, "" for nothing: a stem of its own, heard in the murmur as well."""

    text: str
    slowness: float
    start_seconds: float
    loudness_lufs: float
    in_murmur: bool


@dataclass(frozen=True)
class Murmur:
    """The same words, by the second voice, and what is done to them."""

    manner: Manner
    effects: Effects
    delay_seconds: float  # behind the narration
    loudness_lufs: float


def read_narration(table: Table, house: HouseVoices | None = None) -> Narration:
    """The table [narration]."""
    asks_for_a_pace = table.has("slowness")
    manner = read_manner(table, 1.25, house)
    if asks_for_a_pace and not manner.voice.paced:
        raise StoryError(
            f"{table.where('slowness')} = {manner.slowness:g} must be left out: this voice has a pace of its own"
        )
    return Narration(
        manner=manner,
        breath_seconds=table.number("breath_seconds", 0.25, 0.0, 10.0),
        loudness_lufs=table.number("loudness_lufs", -20.0, *LOUDNESS_LUFS),
    )


def read_countdown(table: Table, murmur: Murmur) -> Countdown:
    """The table [countdown], in the murmur's voice; one that has a pace of its own keeps it unless told otherwise."""
    return Countdown(
        text=table.text("text", "three. two. one.", empty=True),
        slowness=table.number("slowness", 1.6 if murmur.manner.voice.paced else 1.0, 0.5, 3.0),
        start_seconds=table.number("start_seconds", 0.0, 0.0, 600.0),
        loudness_lufs=table.number("loudness_lufs", -20.0, *LOUDNESS_LUFS),
        in_murmur=table.flag("in_murmur", True),
    )


def read_murmur(table: Table, narration: Narration, house: HouseVoices | None = None) -> Murmur:
    """The table [murmur]; without a voice of its own it has the narration's."""
    return Murmur(
        manner=read_manner(table, 1.5, house, narration.manner),
        effects=read_effects(table),
        delay_seconds=table.number("delay_seconds", 1.0, 0.0, 60.0),
        loudness_lufs=table.number("loudness_lufs", -24.0, *LOUDNESS_LUFS),
    )
