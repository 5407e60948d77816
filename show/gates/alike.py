"""Whether a text was sent before, as it is or with little changed.

A text is remembered as the smallest numbers that its runs of five letters come to: two texts share as large a part of
these as they share of their letters, so comparing them takes the same short time however long they are. Nothing of the
words can be read out of the numbers.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from unicodedata import category

from show.gates.normal import visible

LETTERS = 5
KEPT = 64  # numbers of a text; the share they tell is right within a tenth or so
ALIKE = 0.5  # of a story with three words changed more than half stays, of another one next to nothing
SHORTEST = 24  # letters; strangers do send the same few words
LONGEST_TEXT = 4000  # characters looked at

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Likeness:
    """The earlier texts that say the same, or else nearly the same, in the order in which they were given.

    is_short: it is so few words that strangers may well say them too.
    """

    same: tuple[int, ...]
    nearly: tuple[int, ...]
    is_short: bool


@dataclass(frozen=True)
class Sketch:
    """What is remembered of a text: a number for the whole of it, how many letters it has, its smallest numbers."""

    whole: int
    letters: int
    smallest: Numbers


class Memory:
    """The sketches of recent texts by their ids, so that each is only made once."""

    def __init__(self) -> None:
        self._sketches: dict[int, Sketch] = {}

    def find(self, text: str, earlier: Iterable[tuple[int, str]]) -> Likeness:
        """Which of the earlier texts, given with their ids, this one repeats."""
        self._sketches = {id: self._sketches.get(id) or sketch(each) for id, each in earlier}
        this = sketch(text)
        same = tuple(id for id, other in self._sketches.items() if other.whole == this.whole)
        nearly = () if same else tuple(id for id, other in self._sketches.items() if are_alike(this, other))
        return Likeness(same, nearly, this.letters < SHORTEST)


def sketch(text: str) -> Sketch:
    """What to remember of a text."""
    said = "".join(letter for letter in visible(text[:LONGEST_TEXT]) if letter.isalnum() or category(letter) == "So")
    data = [zlib.crc32(said[start : start + LETTERS].encode()) for start in range(max(1, len(said) - LETTERS + 1))]
    return Sketch(zlib.crc32(said.encode()), len(said), tuple(nsmallest(KEPT, set(data))))


def are_alike(one: Sketch, other: Sketch) -> bool:
    """Whether two texts that are not short share most of their letters, in their order."""
    if min(one.letters, other.letters) < SHORTEST:
        return False
    union = nsmallest(KEPT, {*one.smallest, *other.smallest})
    shared = set(one.smallest) & set(other.smallest) & set(union)
    return len(shared) >= ALIKE * len(union)
