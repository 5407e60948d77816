"""The word lists at work: what a text holds that is refused, or that a person should look at."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from show.errors import GateError
from show.gates.list_files import read_list, read_own
from show.gates.normal import Reading, Word
from show.gates.terms import Grade, Index, Term

LISTS = Path(__file__).with_name("lists")
MOST_MASKED = 50


@dataclass(frozen=True)
class Match:
    """A term found in a text, and how it stands there."""

    grade: Grade
    kind: str
    shown: str


class WordLists:
    """The lists at work."""

    def __init__(self, terms: Sequence[Term], common: dict[str, frozenset[str]]) -> None:
        self._number = sum(term.grade is not Grade.PASS for term in terms)
        self._innocent = Index(term for term in terms if not term.grade)
        self._others = Index(term for term in terms if term.grade)
        self._known, self._common = frozenset(common), dict[str, list[str]]()
        for language, words in common.items():
            for word in words:
                self._common.setdefault(word, []).append(language)

    def __len__(self) -> int:
        """How many words and phrases are looked for."""
        return self._number

    @classmethod
    def load(cls, blocklist: Path | None = None, allowlist: Path | None = None, folder: Path = LISTS) -> "WordLists":
        """The shipped lists and the house's own two, of one phrase a line; GateError names file and line."""
        terms: list[Term] = []
        common: dict[str, frozenset[str]] = {}
        for path in sorted(folder.glob("*.txt")):
            found, words = read_list(path)
            terms += found
            common[path.stem] = words
        if not terms:
            raise GateError(f"{folder} holds no word lists")
        terms += read_own(blocklist, Grade.REFUSE, "what the house's own list keeps out")
        terms += read_own(allowlist, Grade.PASS, "")
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
                is_innocent = term.language and innocent.intersection(
                    span
                )  # what the house keeps out is never innocent
                if not is_innocent and (not term.needs_language or term.language in languages):
                    shown = " ".join(reading.words[each].shown for each in span)
                    yield Match(term.grade, term.kind, shown)
        yield from self._hidden(reading.hidden)
        for masked in reading.masked[:MOST_MASKED]:
            if meant := self._others.unmasked(masked):
                yield Match(Grade.LOOK, meant.kind, masked)

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
