"""A ledger of a hundred thousand submissions: what its questions cost, and by which index they are answered.

`script/test --bench tests/bench/taking-part/test_ledger.py` prints the tables that README.md keeps.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from installation.desk.papers import on_shelf
from show.ledger import ALLOWED, Ledger, Step

ROWS = 100_000
SIZES = (0, 10_000, ROWS)
SOURCES = ("page", "x", "mastodon", "folder")
# How a hundred thousand lie after years of showing: most are answered, some refused, a queue waits.
SHARES = {
    Step.SENT: 0.72,
    Step.REFUSED: 0.12,
    Step.WITHDRAWN: 0.05,
    Step.FAILED: 0.02,
    Step.SHELVED: 0.03,
    Step.UNCERTAIN: 0.001,
    Step.WORDS_APPROVED: 0.02,
    Step.WAITING: 0.02,
    Step.CHECKED: 0.005,
}
WAY = (Step.RECEIVED, Step.WAITING, Step.WORDS_APPROVED, Step.MAKING, Step.MADE, Step.CHECKED, Step.CLIP_APPROVED)
WITH_FILM = {Step.SHELVED, Step.SENT, Step.UNCERTAIN, Step.CHECKED}
TEXT = "I am walking with my brother on a field of one thousand images. We understand each other, the sun is shining."
INSERT = (
    "INSERT INTO submissions (source, source_id, author, text, state, received, film, phrases, made, reply, author_id,"
    " room, public, code, rank, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
CHANGE = "INSERT INTO changes (submission, at, before, after, actor, note) VALUES (?, ?, ?, ?, ?, '')"


def fill(path: Path, rows: int) -> None:
    """A ledger as it would be after so many submissions, with their changes; always the same."""
    dice = random.Random(rows)
    states = dice.choices(list(SHARES), list(SHARES.values()), k=rows)
    with Ledger(path) as ledger:
        ledger._db.execute("BEGIN")
        for number, state in enumerate(states, 1):
            ledger._db.execute(INSERT, _row(number, state, dice))
            ledger._db.executemany(CHANGE, _changes(number, state))
        ledger._db.execute("COMMIT")


def _row(number: int, state: Step, dice: random.Random) -> tuple[object, ...]:
    source, at, author = dice.choice(SOURCES), 1000.0 * number, f"author {dice.randrange(ROWS // 3)}"
    film, code = ("", "")[:2] if state not in WITH_FILM else (f"/clips/{number:06}.mp4", "")
    code = f"code{number}" if source == "page" else code
    phrases = json.dumps(TEXT.split(". ")) if film else "[]"
    reply = f"reply {number}" if state is Step.SENT else ""
    audience = (dice.random() < 0.9, dice.random() < 0.9)
    words = (source, f"id {number}", author, TEXT, state, at)
    return (*words, film, phrases, at + 500 if film else 0, reply, author, *audience, code, at, at + 900)


def _changes(number: int, state: Step) -> Iterator[tuple[object, ...]]:
    steps = ["", *(WAY[:2] if state is Step.REFUSED else WAY), state]
    if state in WAY:
        steps = ["", *WAY[: WAY.index(state) + 1]]
    for place in range(1, len(steps)):
        yield (number, 1000.0 * number + 100 * place, steps[place - 1], steps[place], "desk")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("full") / "ledger.db"
    fill(path, ROWS)
    return path


def milliseconds(ask: Callable[[], object], times: int = 30) -> tuple[float, float]:
    """Median and worst of a few."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), max(took)


def questions(ledger: Ledger) -> dict[str, Callable[[], object]]:
    """All that a desk's round, a status page, a gate and the maker ask."""
    return {
        "counts()": ledger.counts,
        "in_queue()": ledger.in_queue,
        "next_to_make()": ledger.next_to_make,
        "to_make(500)": ledger.to_make,
        "next_to_send(x)": lambda: ledger.next_to_send("x"),
        "unfinished(x)": lambda: ledger.unfinished("x"),
        "shelf(100)": ledger.shelf,
        "papers of the shelf": lambda: on_shelf(ledger),
        "latest(50)": lambda: ledger.latest(50),
        "latest(50, three states)": lambda: ledger.latest(50, states=[Step.WAITING, Step.CHECKED, Step.UNCERTAIN]),
        "latest(50, one state)": lambda: ledger.latest(50, states=[Step.REFUSED]),
        "latest(50, before the middle)": lambda: ledger.latest(50, before=ROWS // 2),
        "by_author": lambda: ledger.by_author("x", "author 7"),
        "taken_since": lambda: ledger.taken_since("x", "author 7", 0.0),
        "recent_texts(500)": lambda: ledger.recent_texts(500),
        "by_code": lambda: ledger.by_code("code77"),
        "changes of one": lambda: ledger.changes(ROWS // 2),
        "is_reply": lambda: ledger.is_reply("reply 1"),
        "stale(refused)": lambda: ledger.stale([Step.REFUSED], 5e6),
        "list(received)": lambda: ledger.list(Step.RECEIVED),
    }


def test_questions(full: Path) -> None:
    with Ledger(full) as ledger:
        print(
            f"\n{ROWS} rows, {full.stat().st_size / 1e6:.0f} MB\n\n| question | median ms | worst ms |\n|---|---|---|"
        )
        for name, ask in questions(ledger).items():
            median, worst = milliseconds(ask)
            print(f"| {name} | {median:.2f} | {worst:.2f} |")


def test_opening(tmp_path: Path) -> None:
    print("\n| rows | open, ms | desk's check, ms | MB |\n|---|---|---|---|")
    for rows in SIZES:
        path = tmp_path / f"{rows}.db"
        fill(path, rows)
        opening, _ = milliseconds(lambda path=path: Ledger(path).close(), 5)
        with Ledger(path) as ledger:
            check, _ = milliseconds(ledger.examine, 3)
        print(f"| {rows} | {opening:.1f} | {check:.1f} | {path.stat().st_size / 1e6:.1f} |")


def test_the_way_of_one_submission(tmp_path: Path) -> None:
    """Each step is a transaction brought to the disk: by turns in all three, so that the disk's moods are in each."""
    with ExitStack() as open_ones:
        ledgers = {}
        for rows in SIZES:
            fill(tmp_path / f"{rows}.db", rows)
            ledgers[rows] = open_ones.enter_context(Ledger(tmp_path / f"{rows}.db"))
        took: dict[int, list[list[float]]] = {rows: [] for rows in SIZES}
        for number in range(200):
            for rows, ledger in ledgers.items():
                took[rows].append(_one(ledger, number))
    print("\n| rows | receive | pass_words | approve_words | all to sent (10 steps) |\n|---|---|---|---|---|")
    for rows, laps in took.items():
        print(f"| {rows} |" + "|".join(f" {statistics.median(each):.2f} ms " for each in zip(*laps, strict=True)) + "|")


def _one(ledger: Ledger, number: int) -> list[float]:
    """Milliseconds of the first steps, and of all."""
    begun, laps = time.perf_counter(), []
    id = ledger.receive("page", f"new {number}", "", TEXT, author_id=f"visitor {number}", code=f"new{number}")
    assert id is not None
    for step in (lambda: None, lambda: ledger.pass_words(id), lambda: ledger.approve_words(id, "bench")):
        step()
        laps.append((time.perf_counter() - begun) * 1000 - sum(laps))
    ledger.start_making(id)
    ledger.made(id, Path("/clips/new.mp4"), TEXT.split(". "))
    ledger.pass_clip(id)
    ledger.approve_clip(id, "bench")
    ledger.shelve(id, "bench")
    ledger.start_sending(id)
    ledger.sent(id, f"reply to new {number}")
    return [*laps, (time.perf_counter() - begun) * 1000]


def test_every_question_uses_an_index(full: Path) -> None:
    asked: list[str] = []
    with Ledger(full) as ledger:
        ledger._db.set_trace_callback(asked.append)
        for ask in questions(ledger).values():
            ask()
        ledger._db.set_trace_callback(None)
        plans = {query: _plan(ledger, query) for query in asked if query.startswith("SELECT")}
    shown = dict.fromkeys((_short(query), plan) for query, plan in plans.items())
    print("\n" + "\n".join(f"{query}\n    {plan}" for query, plan in shown))
    assert not [query for query, plan in plans.items() if "SCAN submissions" in plan and "LIMIT" not in query]


def _plan(ledger: Ledger, query: str) -> str:
    return "; ".join(str(row[3]) for row in ledger._db.execute(f"EXPLAIN QUERY PLAN {query}"))


def _short(query: str) -> str:
    return query.partition(" FROM ")[2]


def test_only_a_state_that_exists_is_filled() -> None:
    assert set(SHARES) < set(ALLOWED)
