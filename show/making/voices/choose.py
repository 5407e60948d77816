"""Which voice a table of story.toml asks for."""

import re
from collections.abc import Callable

from show.errors import StoryError
from show.making.tables import Table
from show.making.voices.programs import Program
from show.making.voices.recorded import Recorded
from show.making.voices.resembled import SERVER, Resembled
from show.making.voices.speaker import Manner
from show.making.voices.trained import Trained
from show.making.voices.voice import Voice

EXAMPLES = "'flite:slt', 'espeak-ng:en-gb', 'piper:FILE.onnx', 'recorded:FOLDER', 'resemble' or 'trained'"
SLOWNESS = (0.5, 3.0)


def read_manner(table: Table, slowness: float, usual: Manner | None = None) -> Manner:
    """The keys voice, slowness and say; a table that names no voice speaks with the usual one, as it does."""
    pace = table.number("slowness", slowness, *SLOWNESS)
    if usual and not table.has("voice"):
        voice, say = usual.voice, {**usual.say, **table.pairs("say")}
        for other in _OTHERS:
            table.set_aside(other)
    else:
        voice, say = _voice(table), table.pairs("say")
    return Manner(voice, {} if isinstance(voice, Recorded) else say, pace)  # recordings are found by what is written


def _voice(table: Table) -> Voice:
    where, text = table.where("voice"), table.text("voice", "flite:slt")
    kind, _, name = text.partition(":")
    recordings = {said: table.path.parent / file for said, file in table.pairs("recordings").items()}
    if text in _OTHERS:
        return _OTHERS[text](table.table(text))
    for other in _OTHERS:
        table.set_aside(other)
    if name and (kind == "piper" or (kind == "flite" and re.search(r"[./]", name))):
        return Program(kind, str((table.path.parent / name).resolve()))
    if kind in ("flite", "espeak-ng") and name:
        return Program(kind, name)
    if kind == "recorded":
        return Recorded(table.path.parent / name, recordings)
    raise StoryError(f"{where} = {text!r} is not like {EXAMPLES}")


def _trained(table: Table) -> Trained:
    return Trained(
        tacotron=table.file("tacotron"),
        waveglow=table.file("waveglow"),
        device=table.choice("device", "auto", ("auto", "cpu", "cuda")),
        seed=table.whole("seed", 1, 0, 2**31 - 1),
        liveliness=table.number("liveliness", 0.6, 0.0, 1.0),
        hush=table.number("hush", 0.1, 0.0, 2.0),
    )


def _resembled(table: Table) -> Resembled:
    key_file = table.file("key") if table.has("key") else None
    return Resembled(
        table.text("project"), table.text("voice"), table.text("server", SERVER).rstrip("/") + "/", key_file
    )


_OTHERS: dict[str, Callable[[Table], Voice]] = {"resemble": _resembled, "trained": _trained}
