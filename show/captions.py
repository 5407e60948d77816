"""Captions in WebVTT: `<c.prompt>` made the pictures, `<c.narrative>` (or no class) tells the story, `<c.page>` invites
to the visitors' page and is shown with the page's code, where there is one.

Of what else players know, cue settings place the words, `<br>` breaks a line and `<rt>` is set in brackets; slanted and
bold letters, voices, and all colours but yellow (a prompt's) say nothing here.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal

from show.caption_places import AT_THE_FOOT, Place, read_place
from show.errors import CaptionError

Kind = Literal["prompt", "narrative", "page"]
KINDS: dict[str, Kind] = {
    "prompt": "prompt",
    "narrative": "narrative",
    "page": "page",
    "yellow": "prompt",
    "white": "narrative",
}
COLOUR = re.compile(r"(?:bg_)?(?:white|lime|cyan|red|yellow|magenta|blue|black)")  # classes that every player knows
MARKS = {"br": "\n", "br/": "\n", "br /": "\n", "rt": " (", "/rt": ")"}  # tags that stand for signs

CLOCK = r"(?:(\d{1,6}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"\s*{CLOCK}\s+-->\s+{CLOCK}(?:\s(.*))?")
TOKEN = re.compile(r"<(?P<tag>[^<>]*)>|(?P<text>[^<]+)|(?P<stray><)")
ELSEWHERE = ("NOTE", "STYLE", "REGION")  # blocks that are no captions


@dataclass(frozen=True)
class Line:
    """Words to be shown; a line break inside `text` is meant."""

    text: str
    kind: Kind
    place: Place = AT_THE_FOOT


@dataclass(frozen=True)
class Cue:
    """Lines shown from `start` until just before `end`, in seconds of the film."""

    start: float
    end: float
    lines: tuple[Line, ...]


class Captions:
    """What is to be read at each moment of a film."""

    def __init__(self, cues: tuple[Cue, ...] = ()) -> None:
        self.cues = cues
        self._changes = sorted({time for cue in cues for time in (cue.start, cue.end)})
        self._shown = [self._lines(time) for time in self._changes]

    def at(self, seconds: float) -> tuple[Line, ...]:
        """The lines to be read at that moment, in the file's order."""
        place = bisect_right(self._changes, seconds)
        return self._shown[place - 1] if place else ()

    def next_change(self, seconds: float) -> float | None:
        """The next moment after this one at which other lines may be shown; None when there is none."""
        place = bisect_right(self._changes, seconds)
        return self._changes[place] if place < len(self._changes) else None

    def _lines(self, seconds: float) -> tuple[Line, ...]:
        return tuple(line for cue in self.cues if cue.start <= seconds < cue.end for line in cue.lines)


def load_captions(path: Path) -> Captions:
    """Read a WebVTT file; CaptionError naming file and line where it is malformed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaptionError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise CaptionError(f"{path}: is not UTF-8 text") from error
    return parse_captions(text, str(path))


def load_languages(files: Mapping[str, Path]) -> dict[str, Captions]:
    """The captions of each language; CaptionError where one of the files is malformed."""
    return {language: load_captions(path) for language, path in files.items()}


def parse_captions(text: str, name: str) -> Captions:
    """Captions from the text of a WebVTT file called `name` in errors."""
    rows = re.split(r"\r\n|\r|\n", text.replace("\0", "\ufffd"))
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", rows[0]):
        raise CaptionError(f"{name}, line 1: a WebVTT file begins with WEBVTT")
    blocks = [list(block) for filled, block in groupby(enumerate(rows, 1), _is_filled) if filled]
    parsed = [_cue(block, name) for block in (_after_header(blocks[0]), *blocks[1:]) if block]
    return Captions(tuple(cue for cue in parsed if cue))


def _is_filled(row: tuple[int, str]) -> bool:
    return bool(row[1].strip())


def _after_header(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """A cue that follows WEBVTT without an empty line; what else stands there says nothing, such as `Language: en`."""
    cue = next((place for place, (_, row) in enumerate(block) if place and "-->" in row), len(block))
    return block[cue:]


def _cue(block: list[tuple[int, str]], name: str) -> Cue | None:
    """One block between empty lines; None for a note or a style."""
    if block[0][1].split(maxsplit=1)[0] in ELSEWHERE:
        return None
    if "-->" not in block[0][1] and len(block) > 1:
        del block[0]  # the cue's own name
    (number, row), *rest = block
    if not (timing := TIMING.fullmatch(row)):
        raise CaptionError(f"{name}, line {number}: expected a time such as 00:01.000 --> 00:04.000")
    start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:8])
    if end <= start:
        raise CaptionError(f"{name}, line {number}: the caption ends before it begins")
    try:
        place = read_place(timing[9] or "")
    except ValueError as wrong:
        raise CaptionError(f"{name}, line {number}: {wrong}") from None
    return Cue(start, end, _lines(rest, place, name))


def _seconds(clock: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in clock)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _lines(rows: list[tuple[int, str]], place: Place, name: str) -> tuple[Line, ...]:
    """The cue's text as lines of one kind each."""
    pieces: list[tuple[Kind, str]] = []
    opened: list[Kind | None] = []
    for number, row in rows:
        for token in TOKEN.finditer(row):
            _read(token, pieces, opened, f"{name}, line {number}")
        pieces.append((_kind(opened), "\n"))
    if opened:
        raise CaptionError(f"{name}, line {rows[-1][0]}: a <c> is not closed by </c>")
    joined = ((kind, "".join(text for _, text in same)) for kind, same in groupby(pieces, key=itemgetter(0)))
    return tuple(Line(text.strip(), kind, place) for kind, text in joined if text.strip())


def _read(token: re.Match[str], pieces: list[tuple[Kind, str]], opened: list[Kind | None], where: str) -> None:
    """Take in a text, or open or close a class; other tags of WebVTT say nothing here."""
    if token["text"]:
        pieces.append((_kind(opened), unescape(token["text"])))
    elif token["stray"]:
        raise CaptionError(f"{where}: a < opens no tag; write &lt; for the sign itself")
    elif token["tag"] in MARKS:
        pieces.append((_kind(opened), MARKS[token["tag"]]))
    elif token["tag"] == "/c":
        if not opened:
            raise CaptionError(f"{where}: </c> closes nothing")
        opened.pop()
    elif token["tag"].split(".")[0].strip() == "c":
        opened.append(_named(token["tag"], where))


def _named(tag: str, where: str) -> Kind | None:
    """The kind that a class tag such as c.prompt gives to its text; None for a plain <c>."""
    classes = tag.split()[0].split(".")[1:]
    if unknown := [name for name in classes if name not in KINDS and not COLOUR.fullmatch(name)]:
        raise CaptionError(f"{where}: <c.{unknown[0]}> is none of <c.prompt>, <c.narrative> and <c.page>")
    return next((KINDS[name] for name in classes if name in KINDS), None)


def _kind(opened: list[Kind | None]) -> Kind:
    return next((kind for kind in reversed(opened) if kind), "narrative")
