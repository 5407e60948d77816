"""The ledger of submissions: what came in, what became of it, who decided, and that nothing is answered twice.

Every method is one short transaction in a SQLite file (WAL, synchronous=FULL), so that a process or the power may die
between any two of them and the next process goes on. Desk, maker and command line open it each for themselves; the
player never does. One Ledger belongs to one thread.

LedgerError says what is wrong in one sentence; DamagedLedger, a LedgerError, that the file must not be trusted.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from show.errors import LedgerError
from show.ledger_file import DamagedLedger, told
from show.ledger_reader import LedgerReader
from show.submission import ALLOWED, IN_QUEUE, Change, Step, Submission

__all__ = ["ALLOWED", "Change", "DamagedLedger", "Ledger", "LedgerError", "Step", "Submission"]

TOO_LATE = "it had been answered when it was withdrawn, as {}"
WAIT_OF_A_SECOND_STORY_SECONDS = 86400.0  # an author's next story stands behind what others send within a day

_IN_QUEUE = ", ".join(f"'{step}'" for step in IN_QUEUE)  # written out: only then is the index of the queue used
_TURN = f"SELECT COUNT(*) FROM submissions WHERE source = ? AND author_id = ? AND state IN ({_IN_QUEUE})"
_INSERT = (
    "INSERT INTO submissions"
    " (source, source_id, author, text, state, received, author_id, room, public, code, look, rank, changed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, source_id) DO NOTHING RETURNING id"
)
_FORGET = (
    "UPDATE submissions SET author = '', author_id = '', text = '', phrases = '[]', film = '', look = '', code = ''"
    " WHERE id = ?"
)
_FORGET_QUOTED = "UPDATE changes SET note = '' WHERE submission = ? AND actor IN ('gate', 'maker')"  # they quote words
_SET_MARK = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Ledger(LedgerReader):
    """The ledger that can be written in as well."""

    # coming in

    def receive(
        self,
        source: str,
        source_id: str,
        author: str,
        text: str,
        at: float | None = None,
        *,
        author_id: str = "",
        room: bool = True,
        public: bool = True,
        code: str = "",
        look: str = "",
        note: str = "",
    ) -> int | None:
        """Write down a story, received `at` (seconds since 1970; None: now); its id, or None when already known.

        look: what its source noticed, for which a person must see it whatever the gate finds. note: for the books.
        Its rank in the order of making is the time it came, and a day more for every story of the same author that is
        still to be made: so nobody waits behind another's flood, and nobody for ever.
        """
        when, who = self._now() if at is None else at, _storable(author_id or author)
        with self._transaction() as db:
            turn = db.execute(_TURN, (source, who)).fetchone()[0] if who else 0
            rank = when + turn * WAIT_OF_A_SECOND_STORY_SECONDS
            words = (source, _storable(source_id), _storable(author), _storable(text))
            row = (*words, Step.RECEIVED, when, who, room, public, code, _storable(look), rank, self._now())
            made = db.execute(_INSERT, row).fetchone()
            if made:
                self._note(made[0], "", Step.RECEIVED, source, note)
        return int(made[0]) if made else None

    def remember(self, source: str, source_ids: Iterable[str], actor: str) -> int:
        """Write down ids answered before this ledger began, so that they never are again; how many were new."""
        new = 0
        with self._transaction() as db:
            for source_id in source_ids:
                now = self._now()
                row = (source, source_id, "", "", Step.SENT, now, "", False, False, "", "", now, now)
                made = db.execute(_INSERT, row).fetchone()
                if made:
                    new += 1
                    self._note(made[0], "", Step.SENT, actor, "imported: answered before this ledger began")
        return new

    def pass_words(self, id: int, look: str = "") -> None:
        """The words passed the gate; `look`, beside what their source noticed, says why a person must see them."""
        both = "; ".join(reason for reason in (self.get(id).look, look) if reason)
        self._move(id, Step.WAITING, "gate", both, look=both)

    def approve_words(self, id: int, actor: str) -> None:
        """The words may be made into a clip."""
        self._move(id, Step.WORDS_APPROVED, actor, "", tries=0, due=0.0, look="")

    def refuse(self, id: int, actor: str, reason: str = "") -> None:
        """The words, or the clip, are not to be shown."""
        self._move(id, Step.REFUSED, actor, reason)

    # making

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

    def pass_clip(self, id: int, look: str = "") -> None:
        """The clip passed the gate; `look` says why a person must see it all the same."""
        self._move(id, Step.CHECKED, "gate", look, look=look)

    def approve_clip(self, id: int, actor: str) -> None:
        """The clip may be seen."""
        if self.get(id).film is None:
            raise LedgerError(f"submission {id} has no clip yet")
        self._move(id, Step.CLIP_APPROVED, actor, "", look="")

    def shelve(self, id: int, actor: str, reason: str = "") -> None:
        """Put an approved clip on the shelf to be sent; or put one back that is known not to have been sent."""
        self._move(id, Step.SHELVED, actor, reason)

    def set_audience(self, id: int, actor: str, *, room: bool | None = None, public: bool | None = None) -> None:
        """Whether it may be shown in the room, and answered in public; None leaves a switch as it is."""
        with self._transaction() as db:
            story = self.get(id)
            room, public = story.room if room is None else room, story.public if public is None else public
            said = f"room {'yes' if room else 'no'}, public answer {'yes' if public else 'no'}"
            db.execute("UPDATE submissions SET room = ?, public = ? WHERE id = ?", (room, public, id))
            self._note(id, story.state, story.state, actor, said)

    def note(self, id: int, actor: str, sentence: str) -> None:
        """Write something down without changing anything."""
        with self._transaction():
            state = self.get(id).state
            self._note(id, state, state, actor, sentence)

    # sending

    def start_sending(self, id: int, due: float = 0.0, actor: str = "desk") -> None:
        """The intent, written down before the answer can be seen by anyone; LedgerError when it may not be answered.

        Should nothing more be heard of it, the answer is looked for from `due` (seconds since 1970), not before.
        """
        tries = self.get(id).tries + 1
        self._move(id, Step.SENDING, actor, f"try {tries}", tries=tries, due=due)

    def sent(self, id: int, reply: str, actor: str = "desk") -> None:
        """The answer exists and is called `reply` at the source.

        That is written down also where it was withdrawn meanwhile, for somebody must delete the answer there.
        """
        with self._transaction() as db:
            if self.get(id).state is Step.WITHDRAWN:
                db.execute("UPDATE submissions SET reply = ? WHERE id = ?", (reply, id))
                self._note(id, Step.WITHDRAWN, Step.WITHDRAWN, actor, TOO_LATE.format(reply))
                return
        self._move(id, Step.SENT, actor, reply, reply=reply)

    def not_sent(self, id: int, due: float, reason: str) -> None:
        """Known not to have been sent: it may be tried again from `due` (seconds since 1970)."""
        self._move(id, Step.SHELVED, "desk", reason, due=due)

    def wait(self, id: int, due: float) -> None:
        """Do not look at it again before `due` (seconds since 1970); its state stays."""
        with self._transaction() as db:
            db.execute("UPDATE submissions SET due = ? WHERE id = ?", (due, id))

    def hurry(self, latest: float, due: float) -> int:
        """What waits for a time after `latest`, which a wrong clock must have meant, is due at `due`; how many."""
        with self._transaction() as db:
            waiting = "state IN ('shelved', 'sending') AND due > ?"
            return db.execute(f"UPDATE submissions SET due = ? WHERE {waiting}", (due, latest)).rowcount

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
            db.execute(_FORGET, (id,))
            db.execute(_FORGET_QUOTED, (id,))
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")  # the journal held the words as well

    def silence(self, source: str, author_id: str, actor: str) -> None:
        """An author wants to be left alone: nothing of theirs is taken in any more."""
        with self._transaction() as db:
            row = (source, author_id, self._now(), actor)
            db.execute("INSERT INTO silenced VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)

    def unsilence(self, source: str, author_id: str) -> None:
        """They thought again."""
        with self._transaction() as db:
            db.execute("DELETE FROM silenced WHERE source = ? AND author_id = ?", (source, author_id))

    def set_mark(self, name: str, value: str) -> None:
        """Remember a place."""
        with self._transaction() as db:
            db.execute(_SET_MARK, (name, value))

    # inside

    def _move(self, id: int, after: Step, actor: str, note: str, **columns: object) -> None:
        """Change the state, where the table allows it, and write down who did."""
        with self._transaction() as db:
            row = db.execute("SELECT state, public FROM submissions WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise self._unknown(id)
            before = Step(row[0])
            if after not in ALLOWED[before]:
                raise LedgerError(f"submission {id} is {before.plain}: it cannot become {after.plain}")
            if after is Step.SENDING and not row[1]:
                raise LedgerError(f"submission {id} is not to be answered in public")
            columns |= {"state": after, "changed": self._now()}
            names = ", ".join(f"{name} = ?" for name in columns)
            db.execute(f"UPDATE submissions SET {names} WHERE id = ?", (*columns.values(), id))
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


def _storable(text: str) -> str:
    """Lone surrogates and null bytes, which no file can hold, become the replacement character."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
