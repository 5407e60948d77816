"""After a storm: what became of every story that was sent, in a table."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from show.ledger import Ledger, Step, Submission

COLUMNS = ("sent in", "answered once", "answered twice", "uncertain", "waiting", "refused", "failed", "lost")
NUMBER = re.compile(r"Number (\d+)\.")


@dataclass
class Row:
    """One source."""

    source: str
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def line(self) -> str:
        """As a line of the table."""
        return f"| {self.source} | " + " | ".join(str(self.counts[column]) for column in COLUMNS) + " |"


def reckon(source: str, sent: Iterable[int], ledger: Ledger, answers: Counter[int]) -> Row:
    """Follow every story of a source that was sent in to where it is now."""
    row, known = Row(source), _by_number(ledger, source)
    for number in sent:
        row.counts["sent in"] += 1
        what, why = _fate(known.get(number, []), answers[number])
        row.counts[what] += 1
        if why:
            row.reasons[f"{source}: {what}: {why}"] += 1
        elif what not in {"answered once", "waiting"}:
            row.reasons[f"{source}: {what}: number {number}"] += 1
    return row


def _fate(stories: list[Submission], answers: int) -> tuple[str, str]:
    if answers > 1 or len(stories) > 1:
        return "answered twice", f"{answers} answers, {len(stories)} lines in the ledger"
    if not stories:
        return "lost", "not in the ledger"
    state = stories[0].state
    if state is Step.SENT:
        return ("answered once", "") if answers else ("lost", "called sent, but there is no answer")
    if state in {Step.UNCERTAIN, Step.FAILED, Step.REFUSED, Step.WITHDRAWN}:
        return str(state), ""
    return "waiting", f"is {state}" + (" though answered" if answers else "")


def _by_number(ledger: Ledger, source: str) -> dict[int, list[Submission]]:
    found: dict[int, list[Submission]] = {}
    for story in ledger.list():
        number = NUMBER.search(story.text)
        if story.source == source and number:
            found.setdefault(int(number[1]), []).append(story)
    return found


def table(rows: Iterable[Row]) -> str:
    """All sources, as Markdown."""
    head = f"| way | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}"
    return "\n".join([head, *(row.line for row in rows)])
