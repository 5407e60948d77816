"""What the ledger can be asked. Every answer is one query, and none takes longer when the ledger grows."""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from show.errors import LedgerError
from show.ledger_file import damaged, open_file, told
from show.submission import IN_QUEUE, ON_SHELF, Change, Step, Submission

Submissions = list[Submission]  # inside the class `list` is a method
Changes = list[Change]
Texts = list[tuple[int, str]]
Ids = list[str]

_COLUMNS = (
    "id, source, source_id, author, text, state, received, film, phrases, made, reply, tries, due,"
    " author_id, look, room, public, code, changed"
)
_ON_SHELF = ", ".join(f"'{step}'" for step in ON_SHELF)  # written out: only then is the index of the shelf used
_KNOWN = ", ".join(f"'{step}'" for step in Step)


class LedgerReader:
    """The ledger in the file `path`, made if there is none; `now` gives seconds since 1970."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self._now = now
        self._db = open_file(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # one

    def get(self, id: int) -> Submission:
        """The submission with this id."""
        found = self._select("WHERE id = ?", id)
        if not found:
            raise self._unknown(id)
        return found[0]

    def by_code(self, code: str) -> Submission | None:
        """The submission that a pickup code opens."""
        found = self._select("WHERE code = ? AND code != ''", code)
        return found[0] if found else None

    def changes(self, id: int) -> Changes:
        """All that befell a submission, first to last."""
        rows = self._rows(
            "SELECT submission, at, before, after, actor, note FROM changes WHERE submission = ? ORDER BY id", id
        )
        return [Change(*row) for row in rows]

    def befell(self, after: Step, since: float, until: float) -> Changes:
        """Every change into a state within a time (seconds since 1970), first to last."""
        rows = self._rows(
            "SELECT submission, at, before, after, actor, note FROM changes"
            " WHERE after = ? AND at >= ? AND at < ? AND before != after ORDER BY at, id",
            *(after, since, until),
        )
        return [Change(*row) for row in rows]

    # what comes next

    def next_to_make(self) -> Submission | None:
        """What was left half made, else the first in the fair order whose words are approved."""
        return next(iter(self.to_make(1)), None)

    def to_make(self, limit: int = 500) -> Submissions:
        """What is approved and not made, in the order of making: the half made, then the others in the fair order."""
        where = "WHERE state = ? ORDER BY rank, id LIMIT ?"
        half = self._select(where, Step.MAKING, limit)
        return half + (self._select(where, Step.WORDS_APPROVED, limit - len(half)) if len(half) < limit else [])

    def next_to_send(self, source: str) -> Submission | None:
        """The oldest clip from `source` that waits to be sent, may be, and is due."""
        found = self._select(
            "WHERE state = 'shelved' AND public = 1 AND source = ? AND due <= ? ORDER BY id LIMIT 1",
            *(source, self._now()),
        )
        return found[0] if found else None

    def unfinished(self, source: str) -> Submissions:
        """Those whose sending was begun and never ended: a crash or a time-out lies behind them."""
        return self._select("WHERE state = ? AND source = ? ORDER BY id", Step.SENDING, source)

    # many

    def shelf(self, limit: int = 100) -> Submissions:
        """Clips that may be seen in the room, newest first."""
        index = "INDEXED BY submissions_on_shelf"  # by itself SQLite may choose to sort all that was ever answered
        where = f"{index} WHERE state IN ({_ON_SHELF}) AND film != '' AND room = 1"
        return self._select(f"{where} ORDER BY made DESC, id DESC LIMIT ?", limit)

    def latest(self, limit: int, *, states: Sequence[Step] | None = None, before: int | None = None) -> Submissions:
        """The newest `limit`, newest first: those in some states, and with ids under `before`."""
        below = 2**62 if before is None else before
        if states is None:
            return self._select("WHERE id < ? ORDER BY id DESC LIMIT ?", below, limit)
        query = "SELECT id FROM submissions WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?"
        found = (row[0] for state in states for row in self._rows(query, state, below, limit))  # each by the index
        ids = sorted(found, reverse=True)[:limit]
        return self._select(f"WHERE id IN ({', '.join('?' for _ in ids)}) ORDER BY id DESC", *ids)

    def examine(self) -> None:
        """Read every line once; DamagedLedger when one says what no submission can be."""
        wrong = f"state NOT IN ({_KNOWN}) OR NOT json_valid(phrases)"
        for row in self._rows(f"SELECT id FROM submissions WHERE {wrong} LIMIT 1"):
            raise damaged(self.path, f"what is written of submission {row[0]} makes no sense")

    def list(self, state: Step | None = None) -> Submissions:
        """All submissions, or those in one state, oldest first."""
        if state is None:
            return self._select("ORDER BY id")
        return self._select("WHERE state = ? ORDER BY id", Step(state))

    def by_author(self, source: str, author_id: str) -> Submissions:
        """All that one author sent, oldest first."""
        return self._select("WHERE source = ? AND author_id = ? ORDER BY id", source, author_id)

    def stale(self, states: Sequence[Step], before: float, limit: int = 100) -> Submissions:
        """Not yet erased, and since before a time (seconds since 1970) in one of these states; the longest first.

        Of those on the shelf only what is not to be answered, for the others are still on their way.
        """
        marks = ", ".join("?" for _ in states)
        where = f"WHERE state IN ({marks}) AND changed < ? AND (text != '' OR author != '' OR film != '')"
        where += " AND (state != 'shelved' OR NOT public)"
        return self._select(f"{where} ORDER BY changed LIMIT ?", *states, before, limit)

    # counts and words

    def counts(self) -> dict[str, int]:
        """How many are in each state; every state is named."""
        return {str(step): 0 for step in Step} | dict(self._rows("SELECT state, number FROM tally"))

    def in_queue(self) -> int:
        """How many are still to become a clip."""
        counts = self.counts()
        return sum(counts[step] for step in IN_QUEUE)

    def taken_since(self, source: str, author_id: str, since: float) -> int:
        """How many one author sent since a time (seconds since 1970)."""
        query = "SELECT COUNT(*) FROM submissions WHERE source = ? AND author_id = ? AND received >= ?"
        return int(self._rows(query, source, author_id, since)[0][0])

    def recent_texts(self, limit: int) -> Texts:
        """Ids and texts of the last ones taken in that are not erased, newest first."""
        found = self._rows("SELECT id, text FROM submissions WHERE text != '' ORDER BY id DESC LIMIT ?", limit)
        return [(int(id), str(text)) for id, text in found]

    def known_ids(self, source: str) -> Ids:
        """What every submission from `source` is called there, oldest first."""
        return [row[0] for row in self._rows("SELECT source_id FROM submissions WHERE source = ? ORDER BY id", source)]

    def is_reply(self, reply: str) -> bool:
        """Whether `reply` is the name of one of our own answers."""
        return bool(self._rows("SELECT 1 FROM submissions WHERE reply = ? AND reply != '' LIMIT 1", reply))

    def is_silenced(self, source: str, author_id: str) -> bool:
        """Whether an author asked to be left alone."""
        return bool(self._rows("SELECT 1 FROM silenced WHERE source = ? AND author_id = ?", source, author_id))

    def mark(self, name: str) -> str:
        """A remembered place, such as how far a source was read; empty when there is none."""
        found = self._rows("SELECT value FROM meta WHERE name = ?", name)
        return str(found[0][0]) if found else ""

    # inside

    def _unknown(self, id: int) -> LedgerError:
        return LedgerError(f"there is no submission {id} in {self.path}")

    def _rows(self, query: str, *values: object) -> Any:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise told(self.path, error) from error

    def _select(self, where: str, *values: object) -> Submissions:
        rows = self._rows(f"SELECT {_COLUMNS} FROM submissions {where}", *values)
        try:
            return [_submission(row) for row in rows]
        except ValueError as error:
            raise damaged(self.path, str(error)) from error


def _submission(row: tuple[Any, ...]) -> Submission:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return Submission(
        **values
        | {
            "state": Step(values["state"]),
            "film": Path(values["film"]) if values["film"] else None,
            "phrases": tuple(json.loads(values["phrases"])),
            "room": bool(values["room"]),
            "public": bool(values["public"]),
        }
    )
