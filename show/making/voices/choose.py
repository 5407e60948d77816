"""Which voice a table of story.toml asks for."""

import re
from collections.abc import Callable
from pathlib import Path

from show.errors import StoryError
from show.house_voices import HouseVoices
from show.making.tables import Table
from show.making.voices.programs import Program
from show.making.voices.recorded import Recorded
from show.making.voices.resembled import SERVER, Resembled
from show.making.voices.speaker import Manner
from show.making.voices.trained import Trained
from show.making.voices.voice import Voice

EXAMPLES = "'flite:slt', 'espeak-ng:en-gb', 'piper:FILE.onnx', 'recorded:FOLDER', 'resemble' or 'trained'"
SLOWNESS = (0.5, 3.0)


def read_manner(table: Table, slowness: float, house: HouseVoices | None, usual: Manner | None = None) -> Manner:
    """The keys voice, slowness and say; a table that names no voice speaks with the usual one, as it does.

    What the story does not say of a voice, the house may; without a house nothing is spoken, and it may stay unsaid.
    """
    pace = table.number("slowness", slowness, *SLOWNESS)
    if usual and not table.has("voice"):
        voice, say = usual.voice, {**usual.say, **table.pairs("say")}
        for other in _OTHERS:
            table.set_aside(other)
    else:
        voice, say = _voice(table, house), table.pairs("say")
    return Manner(voice, {} if isinstance(voice, Recorded) else say, pace)  # recordings are found by what is written


def _voice(table: Table, house: HouseVoices | None) -> Voice:
    where, text = table.where("voice"), table.text("voice", "flite:slt")
    kind, _, name = text.partition(":")
    recordings = {said: table.path.parent / file for said, file in table.pairs("recordings").items()}
    if text in _OTHERS:
        return _OTHERS[text](table.table(text), house)
    for other in _OTHERS:
        table.set_aside(other)
    if name and (kind == "piper" or (kind == "flite" and re.search(r"[./]", name))):
        return Program(kind, str((table.path.parent / name).resolve()))
    if kind in ("flite", "espeak-ng") and name:
        return Program(kind, name)
    if kind == "recorded":
        return Recorded(table.path.parent / name, recordings)
    raise StoryError(f"{where} = {text!r} is not like {EXAMPLES}")


def _trained(table: Table, house: HouseVoices | None) -> Trained:
    files = house or HouseVoices()
    return Trained(
        tacotron=table.path.parent / _said(table, "tacotron", files.tacotron, house),
        waveglow=table.path.parent / _said(table, "waveglow", files.waveglow, house),
        device=table.choice("device", files.device or "auto", ("auto", "cpu", "cuda")),
        seed=table.whole("seed", 1, 0, 2**31 - 1),
        liveliness=table.number("liveliness", 0.6, 0.0, 1.0),
        hush=table.number("hush", 0.1, 0.0, 2.0),
    )


def _resembled(table: Table, house: HouseVoices | None) -> Resembled:
    account = house or HouseVoices()
    key_file = table.file("key") if table.has("key") else account.key
    project = _said(table, "project", account.project, house)
    voice = _said(table, "voice", account.voice, house)
    server = table.text("server", account.server or SERVER)
    return Resembled(project, voice, server.rstrip("/") + "/", key_file)


def _said(table: Table, key: str, of_house: Path | str | None, house: HouseVoices | None) -> str:
    """What the story says, else the house; StoryError where neither does and something is to be spoken."""
    if table.has(key):
        return table.text(key)
    if house and not of_house:
        raise StoryError(f"{table.where(key)} is missing: say it here, or in the [voices] of a site that --site names")
    return str(of_house or "")


_OTHERS: dict[str, Callable[[Table, HouseVoices | None], Voice]] = {"resemble": _resembled, "trained": _trained}
