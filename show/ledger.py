"""The ledger of submissions: what came in, what became of it, who decided, and that nothing is answered twice.

Every method is one short transaction in a SQLite file (WAL, synchronous=FULL), so that a process or the power may die
between any two of them and the next process goes on. Desk, maker and command line open it each for themselves; the
player never does. One Ledger belongs to one thread.

LedgerError says what is wrong in one sentence; DamagedLedger, a LedgerError, that the file must not be trusted.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from show.errors import LedgerError
from show.ledger_file import DamagedLedger, damaged, open_file, told
from show.submission import ALLOWED, ON_SHELF, Change, Step, Submission

__all__ = ["ALLOWED", "Change", "DamagedLedger", "Ledger", "LedgerError", "Step", "Submission"]

Submissions = list[Submission]  # inside the class `list` is a method
Changes = list[Change]
Ids = list[str]

_COLUMNS = "id, source, source_id, author, text, state, received, film, phrases, made, reply, tries, due"
_INSERT = (
    "INSERT INTO submissions (source, source_id, author, text, state, received) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (source, source_id) DO NOTHING RETURNING id"
)
_SET_MARK = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Ledger:
    """The ledger in the file `path`, made if there is none; `now` gives seconds since 1970."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self._now = now
        self._db = open_file(self.path)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # coming in

    def receive(self, source: str, source_id: str, author: str, text: str, at: float | None = None) -> int | None:
        """Write down a story, received `at` (seconds since 1970; None: now); its id, or None when already known."""
        when = self._now() if at is None else at
        row = (source, _storable(source_id), _storable(author), _storable(text), Step.RECEIVED, when)
        with self._transaction() as db:
            made = db.execute(_INSERT, row).fetchone()
            if made:
                self._note(made[0], "", Step.RECEIVED, source, "")
        return int(made[0]) if made else None

    def remember(self, source: str, source_ids: Iterable[str], actor: str) -> int:
        """Write down ids answered before this ledger began, so that they never are again; how many were new."""
        new = 0
        with self._transaction() as db:
            for source_id in source_ids:
                row = (source, source_id, "", "", Step.SENT, self._now())
                made = db.execute(_INSERT, row).fetchone()
                if made:
                    new += 1
                    self._note(made[0], "", Step.SENT, actor, "imported: answered before this ledger began")
        return new

    def approve_words(self, id: int, actor: str) -> None:
        """The words may be made into a clip."""
        self._move(id, Step.WORDS_APPROVED, actor, "", tries=0, due=0.0)

    def refuse(self, id: int, actor: str, reason: str = "") -> None:
        """The words, or the clip, are not to be shown."""
        self._move(id, Step.REFUSED, actor, reason)

    # making

    def next_to_make(self) -> Submission | None:
        """What was left half made, else the oldest story whose words are approved."""
        for state in (Step.MAKING, Step.WORDS_APPROVED):
            found = self._select("WHERE state = ? ORDER BY id LIMIT 1", state)
            if found:
                return found[0]
        return None

    def start_making(self, id: int) -> None:
        """The maker begins, or goes on where it was interrupted."""
        self._move(id, Step.MAKING, "maker", "", film="")

    def made(self, id: int, film: Path, phrases: Iterable[str]) -> None:
        """The clip is finished in the file `film`, from these phrases."""
        words = json.dumps([_storable(each) for each in phrases], ensure_ascii=False)
        self._move(id, Step.MADE, "maker", "", film=str(Path(film).absolute()), phrases=words, made=self._now())

    def failed(self, id: int, reason: str, actor: str = "maker") -> None:
        """It cannot be made, or cannot be sent, and is not tried again by itself."""
        self._move(id, Step.FAILED, actor, reason)

    # showing

    def approve_clip(self, id: int, actor: str) -> None:
        """The clip may be seen."""
        self._move(id, Step.CLIP_APPROVED, actor, "")

    def shelve(self, id: int, actor: str, reason: str = "") -> None:
        """Put an approved clip on the shelf to be sent; or put one back that is known not to have been sent."""
        self._move(id, Step.SHELVED, actor, reason)

    def shelf(self) -> Submissions:
        """Clips that may be seen in the room, newest first."""
        marks = ", ".join("?" for _ in ON_SHELF)
        return self._select(f"WHERE state IN ({marks}) AND film != '' ORDER BY made DESC, id DESC", *ON_SHELF)

    # sending

    def next_to_send(self, source: str) -> Submission | None:
        """The oldest clip from `source` that waits to be sent and is due."""
        found = self._select(
            "WHERE state = ? AND source = ? AND due <= ? ORDER BY id LIMIT 1", Step.SHELVED, source, self._now()
        )
        return found[0] if found else None

    def unfinished(self, source: str) -> Submissions:
        """Those whose sending was begun and never ended: a crash or a time-out lies behind them."""
        return self._select("WHERE state = ? AND source = ? ORDER BY id", Step.SENDING, source)

    def start_sending(self, id: int, due: float = 0.0, actor: str = "desk") -> None:
        """The intent, written down before the answer can be seen by anyone.

        Should nothing more be heard of it, the answer is looked for from `due` (seconds since 1970), not before.
        """
        tries = self.get(id).tries + 1
        self._move(id, Step.SENDING, actor, f"try {tries}", tries=tries, due=due)

    def sent(self, id: int, reply: str, actor: str = "desk") -> None:
        """The answer exists and is called `reply` at the source."""
        self._move(id, Step.SENT, actor, reply, reply=reply)

    def not_sent(self, id: int, due: float, reason: str) -> None:
        """Known not to have been sent: it may be tried again from `due` (seconds since 1970)."""
        self._move(id, Step.SHELVED, "desk", reason, due=due)

    def wait(self, id: int, due: float) -> None:
        """Do not look at it again before `due` (seconds since 1970); its state stays."""
        with self._transaction() as db:
            db.execute("UPDATE submissions SET due = ? WHERE id = ?", (due, id))

    def uncertain(self, id: int, reason: str) -> None:
        """Whether the answer was sent cannot be known: a person must look."""
        self._move(id, Step.UNCERTAIN, "desk", reason)

    # taking back

    def withdraw(self, id: int, actor: str, reason: str = "") -> None:
        """Take it from wall, shelf and queue, for good."""
        self._move(id, Step.WITHDRAWN, actor, reason)

    def erase(self, id: int, actor: str) -> None:
        """Forget author, words and film; only the id stays, so that it is not taken in again."""
        if self.get(id).state is not Step.WITHDRAWN:
            self.withdraw(id, actor, "erased")
        with self._transaction() as db:
            db.execute("UPDATE submissions SET author = '', text = '', phrases = '[]', film = '' WHERE id = ?", (id,))
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")  # the journal held the words as well

    # asking

    def get(self, id: int) -> Submission:
        """The submission with this id."""
        found = self._select("WHERE id = ?", id)
        if not found:
            raise LedgerError(f"there is no submission {id} in {self.path}")
        return found[0]

    def list(self, state: Step | None = None) -> Submissions:
        """All submissions, or those in one state, oldest first."""
        if state is None:
            return self._select("ORDER BY id")
        return self._select("WHERE state = ? ORDER BY id", Step(state))

    def counts(self) -> dict[str, int]:
        """How many are in each state; every state is named."""
        counts = {str(step): 0 for step in Step}
        for state, number in self._rows("SELECT state, COUNT(*) FROM submissions GROUP BY state"):
            counts[state] = number
        return counts

    def changes(self, id: int) -> Changes:
        """All that befell a submission, first to last."""
        rows = self._rows(
            "SELECT submission, at, before, after, actor, note FROM changes WHERE submission = ? ORDER BY id", id
        )
        return [Change(*row) for row in rows]

    def is_reply(self, reply: str) -> bool:
        """Whether `reply` is the name of one of our own answers."""
        return bool(self._rows("SELECT 1 FROM submissions WHERE reply = ? AND reply != '' LIMIT 1", reply))

    def known_ids(self, source: str) -> Ids:
        """What every submission from `source` is called there, oldest first."""
        return [row[0] for row in self._rows("SELECT source_id FROM submissions WHERE source = ? ORDER BY id", source)]

    def mark(self, name: str) -> str:
        """A remembered place, such as how far a source was read; empty when there is none."""
        found = self._rows("SELECT value FROM meta WHERE name = ?", name)
        return str(found[0][0]) if found else ""

    def set_mark(self, name: str, value: str) -> None:
        """Remember a place."""
        with self._transaction() as db:
            db.execute(_SET_MARK, (name, value))

    # inside

    def _move(self, id: int, after: Step, actor: str, note: str, **columns: object) -> None:
        """Change the state, where the table allows it, and write down who did."""
        with self._transaction() as db:
            row = db.execute("SELECT state FROM submissions WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise LedgerError(f"there is no submission {id} in {self.path}")
            before = Step(row[0])
            if after not in ALLOWED[before]:
                raise LedgerError(f"submission {id} is {before}: it cannot become {after}")
            names = "".join(f", {name} = ?" for name in columns)
            db.execute(f"UPDATE submissions SET state = ?{names} WHERE id = ?", (after, *columns.values(), id))
            self._note(id, before, after, actor, note)

    def _note(self, id: int, before: str, after: str, actor: str, note: str) -> None:
        self._db.execute(
            "INSERT INTO changes (submission, at, before, after, actor, note) VALUES (?, ?, ?, ?, ?, ?)",
            (id, self._now(), before, after, actor, _storable(note)),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, sqlite3.Error):
                raise told(self.path, error) from error
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            with suppress(sqlite3.Error):  # what went wrong first is what is told
                self._db.execute("ROLLBACK")

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
    id, source, source_id, author, text, state, received, film, phrases, made, reply, tries, due = row
    return Submission(
        id=id,
        source=source,
        source_id=source_id,
        author=author,
        text=text,
        state=Step(state),
        received=received,
        film=Path(film) if film else None,
        phrases=tuple(json.loads(phrases)),
        made=made,
        reply=reply,
        tries=tries,
        due=due,
    )


def _storable(text: str) -> str:
    """Lone surrogates and null bytes, which no file can hold, become the replacement character."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
