"""Breaking a text into rows for a narrow panel: as few as can be, and as even as that allows.

Where a row may end is told by Unicode's line breaking algorithm, which knows Chinese and Japanese; a word wider than a
row is cut between its signs. Thai and its kin, written without spaces, are cut too: a U+200B between words is better.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from uniseg.linebreak import line_break_units

from show.typefaces import clusters

Measure = Callable[[str], float]

UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer
# Rows of these end at spaces only; the full algorithm takes 0.5 ms a letter, for which the frame loop may have to wait.
PLAIN = re.compile(r"[A-Za-z0-9\u00c0-\u024f.,;:!?'’ ]+")


def broken(text: str, measure: Measure, width: float) -> list[str]:
    """Rows no wider than `width` px; breaks in the text stay."""
    return [row for paragraph in text.splitlines() for row in even_rows(paragraph, measure, width)]


def even_rows(paragraph: str, measure: Measure, width: float) -> list[str]:
    """The rows of one paragraph: of all ways with the fewest rows the one that leaves the least room in any."""
    parts = [part for unit in _units(paragraph) for part in _parts(unit, measure, width)]
    best = [(0, 0.0, 0)]  # for each count of parts: rows, unevenness, where the last row begins
    for end in range(1, len(parts) + 1):
        best.append(min(_ways(parts, end, best, measure, width)))
    rows: list[str] = []
    end = len(parts)
    while end:
        begin = best[end][2]
        rows.insert(0, "".join(parts[begin:end]).rstrip())
        end = begin
    return rows


def words(text: str) -> list[str]:
    """What should not be cut: all that stands between places where a row may end."""
    return [unit.rstrip() for unit in _units(text) if not UNSPACED.search(unit)]


def _ways(
    parts: Sequence[str], end: int, best: Sequence[tuple[int, float, int]], measure: Measure, width: float
) -> Iterator[tuple[int, float, int]]:
    """Each way to end a row before the part `end`; a part alone is a way even where it is too wide."""
    used = 0.0
    for begin in range(end - 1, -1, -1):
        used += measure(parts[begin] if begin < end - 1 else parts[begin].rstrip())
        if used > width and begin < end - 1:
            return
        rows, unevenness, _ = best[begin]
        yield rows + 1, unevenness + (width - used) ** 2, begin


@lru_cache(maxsize=64)
def _units(text: str) -> tuple[str, ...]:
    if PLAIN.fullmatch(text):
        return tuple(re.findall(r"\S+\s*", text))
    return tuple(line_break_units(text)) if text.strip() else ()


def _parts(unit: str, measure: Measure, width: float) -> list[str]:
    """A unit whole, or all its signs where it is wider than a row."""
    return clusters(unit) if measure(unit.rstrip()) > width else [unit]
