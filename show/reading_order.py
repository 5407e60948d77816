"""A row of words as it is set from left to right: runs of one typeface and one direction, in the order of Unicode's
bidirectional algorithm."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from bidi import algorithm, get_base_level
from PIL import ImageDraw

from show.line_breaks import Measure
from show.typefaces import AS_EMOJI, EMOJI, INTER, Typeface, clusters, face_of, has, sized

LEFTWARD = {"R", "AL", "AN", "RLE", "RLO", "RLI"}
# Isolates as embeddings, which order the same words in all but contrived cases.
EMBEDDINGS = str.maketrans({"\u2066": "\u202a", "\u2067": "\u202b", "\u2068": "\u202a", "\u2069": "\u202c"})


@dataclass(frozen=True)
class Run:
    """Signs of one typeface that are read in one direction."""

    text: str
    face: Typeface
    leftward: bool

    def width(self, size: float) -> float:
        """In px, letters of `size` px."""
        return sized(self.face, size).getlength(self.text, direction=self.direction)

    @property
    def direction(self) -> str:
        """As Pillow and raqm name it."""
        return "rtl" if self.leftward else "ltr"


def reads_leftward(paragraph: str) -> bool:
    """Whether a paragraph reads from right to left, which its first letter tells."""
    return bool(paragraph and get_base_level(paragraph))


@lru_cache(maxsize=2048)
def runs(row: str, leftward: bool = False) -> tuple[Run, ...]:
    """The row's runs from left to right, in a paragraph that reads in the given direction."""
    levels = _levels(row, int(leftward))
    made: list[tuple[Run, int]] = []
    for (face, level), cells in groupby(_cells(row, levels), key=lambda cell: cell[1:]):
        made.append((Run("".join(cluster for cluster, _, _ in cells), face, level % 2 == 1), level))
    return tuple(run for run, _ in _ordered(made))


@lru_cache(maxsize=16)
def measured(size: float) -> Measure:
    """Widths of words in px, letters of `size` px, each measured once."""
    return lru_cache(maxsize=1024)(lambda text: sum(run.width(size) for run in runs(text)))


def set_row(
    pen: ImageDraw.ImageDraw, row: Sequence[Run], at: tuple[float, float], size: float, fill: int | tuple[int, int, int]
) -> None:
    """Draw a row from its left end, on its base line."""
    x, base = at
    for run in row:
        font = sized(run.face, size)
        pen.text((x, base), run.text, fill=fill, font=font, anchor="ls", direction=run.direction)
        x += run.width(size)


def _cells(row: str, levels: list[int]) -> Iterator[tuple[str, Typeface, int]]:
    """Each cluster with its typeface and level; between letters of one typeface, what it has is taken from it too."""
    place, last = 0, INTER
    for cluster in clusters(row):
        kept = not cluster[0].isalnum() and AS_EMOJI not in cluster and has(last, cluster)
        face = last if kept else face_of(cluster) or INTER
        last = INTER if face is EMOJI else face
        yield cluster, face, levels[place]
        place += len(cluster)


def _ordered(made: list[tuple[Run, int]]) -> list[tuple[Run, int]]:
    """Turn round what stands at each level or above, the highest first (rule L2)."""
    for level in range(max((level for _, level in made), default=0), 0, -1):
        turned: list[tuple[Run, int]] = []
        for _, group in groupby(made, key=lambda pair: pair[1] >= level):
            same = list(group)
            turned += reversed(same) if same[0][1] >= level else same
        made = turned
    return made


def _levels(row: str, base: int) -> list[int]:
    """The embedding level of each sign; odd ones are read from right to left."""
    if not base and not any(unicodedata.bidirectional(sign) in LEFTWARD for sign in row):
        return [0] * len(row)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(row.translate(EMBEDDINGS), storage)
    for place, sign in enumerate(storage["chars"]):
        sign["place"] = place
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    levels = [base] * len(row)
    for sign in storage["chars"]:
        levels[sign["place"]] = sign["level"]
    return levels
