"""The ledger's file: made once, opened with care, brought up to date rung by rung, never begun again over damage."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from show.errors import LedgerError

BRAND = 0x424C4945  # "BLIE", in the file's header, so that no other SQLite file is taken for a ledger

# One rung per version of the file; a rung, once released, is never edited: the next change is a rung of its own.
LADDER: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE submissions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL,
            source_id TEXT NOT NULL,
            author TEXT NOT NULL,
            text TEXT NOT NULL,
            state TEXT NOT NULL,
            received REAL NOT NULL,
            film TEXT NOT NULL DEFAULT '',
            phrases TEXT NOT NULL DEFAULT '[]',
            made REAL NOT NULL DEFAULT 0,
            reply TEXT NOT NULL DEFAULT '',
            tries INTEGER NOT NULL DEFAULT 0,
            due REAL NOT NULL DEFAULT 0,
            UNIQUE (source, source_id)
        ) STRICT""",
        "CREATE INDEX submissions_by_state ON submissions (state, id)",
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            submission INTEGER NOT NULL REFERENCES submissions (id),
            at REAL NOT NULL,
            before TEXT NOT NULL,
            after TEXT NOT NULL,
            actor TEXT NOT NULL,
            note TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX changes_by_submission ON changes (submission, id)",
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    ),
    (
        "ALTER TABLE submissions ADD COLUMN author_id TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE submissions ADD COLUMN look TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE submissions ADD COLUMN room INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE submissions ADD COLUMN public INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE submissions ADD COLUMN code TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE submissions ADD COLUMN rank REAL NOT NULL DEFAULT 0",  # the order of making, see Ledger.receive
        "ALTER TABLE submissions ADD COLUMN changed REAL NOT NULL DEFAULT 0",
        "UPDATE submissions SET author_id = author, rank = received",
        "UPDATE submissions SET changed = received",
        "CREATE UNIQUE INDEX submissions_by_code ON submissions (code) WHERE code != ''",
        "CREATE INDEX submissions_by_reply ON submissions (reply) WHERE reply != ''",
        "CREATE INDEX submissions_by_author ON submissions (source, author_id, received)",
        "CREATE INDEX submissions_by_rank ON submissions (state, rank, id)",
        "CREATE INDEX submissions_by_change ON submissions (state, changed)",
        """CREATE INDEX submissions_in_queue ON submissions (source, author_id)
            WHERE state IN ('received', 'waiting', 'words_approved', 'making')""",
        "CREATE INDEX submissions_to_send ON submissions (source, id) WHERE state = 'shelved' AND public = 1",
        """CREATE INDEX submissions_on_shelf ON submissions (made, id)
            WHERE state IN ('shelved', 'sending', 'sent', 'uncertain', 'failed') AND film != '' AND room = 1""",
        # Counting a hundred thousand rows anew every second would be felt: the tally is kept as they change.
        "CREATE TABLE tally (state TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT",
        "INSERT INTO tally SELECT state, COUNT(*) FROM submissions GROUP BY state",
        """CREATE TRIGGER tally_new AFTER INSERT ON submissions BEGIN
            INSERT INTO tally VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET number = number + 1;
        END""",
        """CREATE TRIGGER tally_moved AFTER UPDATE OF state ON submissions WHEN old.state != new.state BEGIN
            UPDATE tally SET number = number - 1 WHERE state = old.state;
            INSERT INTO tally VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET number = number + 1;
        END""",
        """CREATE TABLE silenced (
            source TEXT NOT NULL,
            author_id TEXT NOT NULL,
            at REAL NOT NULL,
            actor TEXT NOT NULL,
            PRIMARY KEY (source, author_id)
        ) STRICT""",
    ),
    ("CREATE INDEX changes_by_time ON changes (after, at)",),  # what befell whom in a night
)

DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class DamagedLedger(LedgerError):
    """The file is damaged, missing its other half, or not a ledger: nothing may be sent until a person has looked."""


def told(path: Path, error: sqlite3.Error) -> LedgerError:
    """SQLite's complaint as one sentence."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in DAMAGE:
        return damaged(path, str(error))
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerError(f"{path}: the ledger was busy for too long ({error})")
    return LedgerError(f"{path}: the ledger cannot be used ({error})")


def damaged(path: Path, why: str) -> DamagedLedger:
    """The sentence for a file that must not be trusted."""
    return DamagedLedger(f"{path}: the ledger is damaged ({why}); nothing is sent until a sound copy is put back")


def open_file(
    path: Path, ladder: tuple[tuple[str, ...], ...] = LADDER, wait_seconds: float = 10.0
) -> sqlite3.Connection:
    """A checked connection in autocommit mode; makes the file only where there is none."""
    try:
        if not path.exists():
            _create(path, ladder)
        _refuse_empty(path)
        return _connect(path, ladder, wait_seconds)
    except sqlite3.Error as error:
        raise told(path, error) from error
    except OSError as error:
        raise LedgerError(f"{path}: the ledger cannot be opened ({error.strerror or error})") from error


def _create(path: Path, ladder: tuple[tuple[str, ...], ...]) -> None:
    """Build a whole empty ledger aside and link it into place, so that a half-made one is never seen."""
    journal = path.with_name(path.name + "-wal")
    if journal.exists() and journal.stat().st_size:
        raise damaged(path, "the file is gone but its journal is there")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    aside.unlink(missing_ok=True)
    db = sqlite3.connect(aside, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(f"PRAGMA application_id={BRAND}")
    _climb(db, 0, ladder)
    db.close()
    with suppress(FileExistsError):  # another process was quicker; its ledger is as good
        os.link(aside, path)
    aside.unlink()
    _sync_folder(path.parent)


def _refuse_empty(path: Path) -> None:
    if path.stat().st_size == 0:
        raise damaged(path, "the file is empty")


def _connect(path: Path, ladder: tuple[tuple[str, ...], ...], wait_seconds: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None)
    try:
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            db.execute(f"PRAGMA {pragma}")
        _check(db, path, ladder)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection, path: Path, ladder: tuple[tuple[str, ...], ...]) -> None:
    health = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if health != "ok":
        raise damaged(path, health.splitlines()[0])
    if db.execute("PRAGMA application_id").fetchone()[0] != BRAND:
        raise DamagedLedger(f"{path}: this SQLite file is not a ledger of submissions; nothing is sent")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if not 1 <= version <= len(ladder):
        raise DamagedLedger(
            f"{path}: the ledger has version {version}, this program knows 1 to {len(ladder)}; nothing is sent"
        )
    _climb(db, version, ladder)


def _climb(db: sqlite3.Connection, version: int, ladder: tuple[tuple[str, ...], ...]) -> None:
    """Climb the missing rungs, each in one transaction with its version."""
    for number, rung in enumerate(ladder[version:], version + 1):
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] < number:  # else another process climbed it meanwhile
            for statement in rung:
                db.execute(statement)
            db.execute(f"PRAGMA user_version={number}")
        db.execute("COMMIT")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
