"""Which font draws what: the bundled letters and emoji, then the fonts of this machine.

Inter has Latin, Greek and Cyrillic, Noto Emoji has emoji in one colour. For other scripts the machine's fonts are asked
through fontconfig, of which Noto's are liked best; what no font has is left out: no empty box is ever on the wall.
"""

import subprocess
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont
from uniseg.graphemecluster import grapheme_clusters

BUNDLED = Path(__file__).parent / "fonts"
AS_EMOJI, JOINER = "\ufe0f", "\u200d"
NO_LETTERS = ("Cc", "Co", "Cs")  # control signs, private ones, halves of others
BOLDNESS = ("SemiBold", "Bold", "Medium", "Regular")
ANSWER_SECONDS = 10.0
LISTING = "%{file}\\t%{index}\\t%{family[0]}\\t%{style[0]}\\n"


@dataclass(frozen=True)
class Typeface:
    """A font file, and which of its fonts."""

    path: Path
    index: int = 0


INTER = Typeface(BUNDLED / "Inter-SemiBold.otf")
EMOJI = Typeface(BUNDLED / "NotoEmoji-SemiBold.ttf")


@lru_cache(maxsize=64)
def sized(face: Typeface, size: float) -> ImageFont.FreeTypeFont:
    """The font of a typeface, letters of `size` px."""
    return ImageFont.truetype(face.path, size, face.index, layout_engine=ImageFont.Layout.RAQM)


def clusters(text: str) -> list[str]:
    """The text in what a reader takes for one sign each: letters with their accents, joined emoji."""
    return list(text) if text.isascii() else list(grapheme_clusters(text))


@lru_cache(maxsize=8192)
def face_of(cluster: str) -> Typeface | None:
    """The typeface that has all signs of a cluster; None when there is none on this machine."""
    if unicodedata.category(cluster[0]) in NO_LETTERS and not cluster.isspace():
        return None
    bundled = (EMOJI, INTER) if AS_EMOJI in cluster else (INTER, EMOJI)
    for face in bundled:
        if has(face, cluster):
            return face
    return _of_this_machine(cluster)


@lru_cache(maxsize=8192)
def has(face: Typeface, cluster: str) -> bool:
    """Whether a typeface has a shape of its own for every sign that is to be seen."""
    return all(_drawable(face, sign) for sign in cluster if not sign.isspace() and sign not in (AS_EMOJI, JOINER))


def missing(text: str) -> list[str]:
    """The scripts of the text for which this machine lacks a font, in plain words."""
    return sorted({_script(cluster[0]) for cluster in clusters(text) if face_of(cluster) is None})


def _script(sign: str) -> str:
    """The script of a sign as Unicode names it: Arabic, Thai, CJK; the sign itself where it is no letter."""
    if unicodedata.category(sign)[0] in "LM":
        return unicodedata.name(sign, "LETTERS").split()[0].capitalize().replace("Cjk", "Chinese")
    return f"the sign U+{ord(sign):04X}"


def _of_this_machine(cluster: str) -> Typeface | None:
    """Faces that served before come first: a script is set in one face."""
    for face in _found:
        if has(face, cluster):
            return face
    fitting = next((face for face in _listed(cluster) if has(face, cluster)), None)
    _found.extend([fitting] if fitting else [])
    return fitting


_found: list[Typeface] = []


def _listed(cluster: str) -> Iterable[Typeface]:
    """Faces that have the cluster's first sign, the most fitting first; none where fontconfig is not installed."""
    try:
        query = ("fc-list", "--format", LISTING, f":charset={ord(cluster[0]):x}:scalable=true")
        rows = subprocess.run(query, capture_output=True, check=True, timeout=ANSWER_SECONDS, text=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    listed = sorted(rows.splitlines(), key=_liking)
    return [Typeface(Path(path), int(index)) for path, index, *_ in (row.split("\t") for row in listed)]


def _liking(row: str) -> tuple[bool, bool, int, int, str]:
    """Sorts the plain faces of Noto Sans first, then by boldness."""
    _, _, family, style = row.split("\t")
    boldness = BOLDNESS.index(style) if style in BOLDNESS else len(BOLDNESS)
    return "Sans" not in family, not family.startswith("Noto Sans"), boldness, len(family), row


@lru_cache(maxsize=8192)
def _drawable(face: Typeface, sign: str) -> bool:
    try:
        font = sized(face, 32)
    except OSError:  # taken off the machine since it was listed
        return False
    return bytes(font.getmask(sign)) != bytes(font.getmask("\uffff"))
