"""The word lists: what is refused, what a person should look at, and what is innocent though it looks otherwise.

A list is a text file of one language. A section head names the grade and what its words are; then a word or a phrase
stands on each line, in small letters, `#` begins a comment:

    [common]                 words by which the language is told from others
    [refuse] a threat        or [look] swearing
    [innocent]               words and phrases in which nothing is looked for

`word*` is every word that begins so, `*word*` every word that holds it, `~word` counts only where the text is in this
language as far as can be told, for the word is harmless in another. A word without accents stands for those with them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from pathlib import Path

from show.errors import GateError
from show.gates.normal import WORD, Reading, Word, visible

LISTS = Path(__file__).with_name("lists")
LARGEST_BYTES = 1_000_000
SHORTEST_HIDDEN = 4  # letters; shorter words come about by chance where letters stand apart
MOST_MASKED = 50
PART = re.compile(rf"(\*?)({WORD.pattern})(\*?)")


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


@dataclass(frozen=True)
class Match:
    """A term found in a text, and how it stands there."""

    grade: Grade
    kind: str
    shown: str


class WordLists:
    """The lists at work."""

    def __init__(self, terms: Sequence[Term], common: dict[str, frozenset[str]]) -> None:
        self._innocent = Index(term for term in terms if not term.grade)
        self._others = Index(term for term in terms if term.grade)
        self._known, self._common = frozenset(common), dict[str, list[str]]()
        for language, words in common.items():
            for word in words:
                self._common.setdefault(word, []).append(language)

    @classmethod
    def load(cls, blocklist: Path | None = None, allowlist: Path | None = None, folder: Path = LISTS) -> "WordLists":
        """The shipped lists and the house's own two, of one phrase a line; GateError names file and line."""
        terms: list[Term] = []
        common: dict[str, frozenset[str]] = {}
        for path in sorted(folder.glob("*.txt")):
            found, words = _read_list(path)
            terms += found
            common[path.stem] = words
        if not terms:
            raise GateError(f"{folder} holds no word lists")
        terms += _read_own(blocklist, Grade.REFUSE, "what the house's own list keeps out")
        terms += _read_own(allowlist, Grade.PASS, "")
        return cls(terms, common)

    def find(self, reading: Reading) -> Match | None:
        """The gravest term in a text, the first of those; None when there is none."""
        return max(self._found(reading), key=lambda match: match.grade, default=None)

    def _found(self, reading: Reading) -> Iterator[Match]:
        languages = self._languages(reading.words)
        innocent = self._places(reading.words)
        for place in range(len(reading.words)):
            for term in self._others.terms_at(reading.words, place):
                span = range(place, place + len(term.parts))
                if not innocent.intersection(span) and (not term.needs_language or term.language in languages):
                    shown = " ".join(reading.words[each].shown for each in span)
                    yield Match(term.grade, term.kind, shown)
        yield from self._hidden(reading.hidden)
        for masked in reading.masked[:MOST_MASKED]:
            if term_or_none := self._others.unmasked(masked):
                yield Match(Grade.LOOK, term_or_none.kind, masked)

    def _hidden(self, words: tuple[Word, ...]) -> Iterator[Match]:
        """Whole words only, and none that needs to know the language."""
        for place, word in enumerate(words):
            if self._innocent.terms_at(words, place, hidden=True):
                continue
            for term in self._others.terms_at(words, place, hidden=True):
                yield Match(term.grade, term.kind, word.shown if len(word.shown) < 40 else term.parts[0].text)

    def _places(self, words: tuple[Word, ...]) -> frozenset[int]:
        """The places of words that are innocent, or stand in an innocent phrase."""
        spans = (
            range(place, place + len(term.parts))
            for place in range(len(words))
            for term in self._innocent.terms_at(words, place)
        )
        return frozenset(place for span in spans for place in span)

    def _languages(self, words: tuple[Word, ...]) -> frozenset[str]:
        """The languages the text may be in: those of whose common words it holds the most, all when it holds none."""
        counts = Counter(language for word in words for language in self._common.get(word.shown, ()))
        most = max(counts.values(), default=0)
        return frozenset(name for name in self._known if counts[name] == most)


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


def _read_list(path: Path) -> tuple[list[Term], frozenset[str]]:
    """The terms of a list, and the common words of its language."""
    terms, common = [], set()
    grade, kind = "", ""
    for number, line in _lines(path):
        if head := re.fullmatch(r"\[(common|innocent|look|refuse)\]\s*(.*)", line):
            grade, kind = head[1], head[2]
        elif not grade or line.startswith("["):
            raise GateError(f"{path}: line {number} must be a head such as [look] swearing, or stand under one")
        elif grade == "common":
            common |= set(visible(line).split())
        else:
            terms.append(_term(path, number, line, _grade(grade), kind, path.stem))
    return terms, frozenset(common)


def _grade(name: str) -> Grade:
    return Grade.PASS if name == "innocent" else Grade[name.upper()]


def _read_own(path: Path | None, grade: Grade, kind: str) -> list[Term]:
    return [_term(path, number, line, grade, kind, "") for number, line in _lines(path)] if path else []


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_BYTES:
            raise GateError(f"{path} is longer than {LARGEST_BYTES // 1000} kB: it must be a phrase a line")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise GateError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GateError(f"{path} is not UTF-8 text (byte {error.start})") from error
    for number, line in enumerate(text.splitlines(), 1):
        said = re.sub(r"(?:\A|\s)#.*", "", line).strip()
        if said:
            yield number, said


def _term(path: Path, number: int, line: str, grade: Grade, kind: str, language: str) -> Term:
    parts = tuple(_part(found) for found in PART.finditer(visible(line)))
    if not parts:
        raise GateError(f"{path}: line {number} has no word in it: {line!r}")
    return Term(parts, grade, kind, language, line.startswith("~"))


def _part(found: re.Match[str]) -> Part:
    """Words of scripts without spaces are looked for within what stands there without one."""
    within = any("\u0e00" <= letter <= "\u0e7f" or "\u3040" <= letter <= "\u9fff" for letter in found[2])
    return Part(found[2], within or bool(found[1]), within or bool(found[3]))
