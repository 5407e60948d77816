"""What the word lists are made of: terms, what they ask for, and an index by which a text finds them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain

from show.gates.normal import Word

SHORTEST_HIDDEN = 4  # letters; shorter words come about by chance where letters stand apart


class Grade(IntEnum):
    """What a word asks for."""

    PASS = 0
    LOOK = 1
    REFUSE = 2


@dataclass(frozen=True)
class Term:
    """A line of a list: its words, what it asks for and is, its language, and whether it counts only in that."""

    parts: tuple["Part", ...]
    grade: Grade
    kind: str
    language: str
    needs_language: bool

    def begins_at(self, words: tuple[Word, ...], place: int) -> bool:
        """Whether all its words stand there, one after the other."""
        if place + len(self.parts) > len(words):
            return False
        return all(part.is_in(self.readings(words[place + number])) for number, part in enumerate(self.parts))

    def readings(self, word: Word) -> frozenset[str]:
        """What a word may be read as; accents mean nothing in English, nor to the house's own lists."""
        return word.readings | word.bare if self.language in ("", "en") else word.readings


@dataclass(frozen=True)
class Part:
    """One word of a term; `open_end`: more letters may follow, `open_start`: may go before."""

    text: str
    open_start: bool
    open_end: bool

    def is_in(self, readings: Iterable[str]) -> bool:
        """Whether one of a word's readings is this."""
        return any(self._is(reading) for reading in readings)

    def _is(self, reading: str) -> bool:
        if self.open_start:
            return self.text in reading if self.open_end else reading.endswith(self.text)
        return reading.startswith(self.text) if self.open_end else reading == self.text


class Index:
    """Terms by their first word, so that a text takes as long as it has words, however long the lists are."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._whole: dict[str, list[Term]] = {}
        self._begun: dict[str, list[Term]] = {}
        self._within: dict[str, list[Term]] = {}
        for term in terms:
            first = term.parts[0]
            kind = self._within if first.open_start else self._begun if first.open_end else self._whole
            kind.setdefault(first.text, []).append(term)
        self._longest = max((len(text) for text in self._begun), default=0)
        self._inner = re.compile("|".join(self._within) or r"(?!)")

    def terms_at(self, words: tuple[Word, ...], place: int, hidden: bool = False) -> list[Term]:
        """Those that begin at this word; a hidden word is only ever a whole term of its own."""
        word = words[place]
        readings = word.readings | word.bare
        likely = [term for reading in readings for term in self._likely(reading)]
        if hidden:
            return [term for term in likely if len(term.parts) == 1 and _may_hide(term)]
        return [term for term in likely if term.begins_at(words, place)]

    def _likely(self, reading: str) -> Iterator[Term]:
        yield from self._whole.get(reading, ())
        for length in range(1, min(len(reading), self._longest) + 1):
            yield from self._begun.get(reading[:length], ())
        for text in set(self._inner.findall(reading)):
            yield from self._within[text]

    def unmasked(self, masked: str) -> Term | None:
        """A term that a word with stars for letters may mean."""
        pattern = re.compile("".join("." if letter in "*#" else re.escape(letter) for letter in masked))
        for text, terms in chain(self._whole.items(), self._begun.items(), self._within.items()):
            if len(text) == len(masked) and len(terms[0].parts) == 1 and pattern.fullmatch(text):
                return terms[0]
        return None


def _may_hide(term: Term) -> bool:
    return not term.needs_language and len(term.parts[0].text) >= SHORTEST_HIDDEN
