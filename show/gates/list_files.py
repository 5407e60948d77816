"""Reading a word list.

A list is a text file of one language. A section head names the grade and what its words are; then a word or a phrase
stands on each line, in small letters, `#` begins a comment:

    [common]                 words by which the language is told from others
    [refuse] a threat        or [look] swearing
    [innocent]               words and phrases in which nothing is looked for

`word*` is every word that begins so, `*word*` every word that holds it, `~word` counts only where the text is in this
language as far as can be told, for the word is harmless in another. A word without accents stands for those with them
in English. The house's own lists have no heads. GateError names file and line.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from show.errors import GateError
from show.gates.normal import WORD, visible
from show.gates.terms import Grade, Part, Term

LARGEST_BYTES = 1_000_000
PART = re.compile(rf"(\*?)({WORD.pattern})(\*?)")


def read_list(path: Path) -> tuple[list[Term], frozenset[str]]:
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


def read_own(path: Path | None, grade: Grade, kind: str) -> list[Term]:
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
