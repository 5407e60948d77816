"""The ledger: nothing taken twice, nothing lost, no step skipped, no damage papered over."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from show.ledger import ALLOWED, DamagedLedger, Ledger, LedgerError, Step
from show.ledger_file import LADDER, open_file


class Clock:
    """A clock turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db", clock) as open_ledger:
        yield open_ledger


def received(ledger: Ledger, source_id: str = "1") -> int:
    id = ledger.receive("x", source_id, "jo____gr", "I am walking.", at=5.0)
    assert id is not None
    return id


def shelved(ledger: Ledger, source_id: str = "1") -> int:
    id = received(ledger, source_id)
    ledger.approve_words(id, "person")
    ledger.start_making(id)
    ledger.made(id, Path("/clips/1.mp4"), ("I am walking.",))
    ledger.approve_clip(id, "person")
    ledger.shelve(id, "desk")
    return id


def test_a_story_is_kept_as_it_came(ledger: Ledger) -> None:
    story = ledger.get(received(ledger))
    assert (story.source, story.source_id, story.author, story.text) == ("x", "1", "jo____gr", "I am walking.")
    assert (story.state, story.received, story.film) == (Step.RECEIVED, 5.0, None)


def test_the_same_story_is_taken_once(ledger: Ledger) -> None:
    received(ledger)
    assert ledger.receive("x", "1", "jo____gr", "I am walking.") is None
    assert ledger.receive("folder", "1", "", "Another with the same name elsewhere.") is not None
    assert len(ledger.list()) == 2


def test_the_whole_way_is_written_down(ledger: Ledger, clock: Clock) -> None:
    id = shelved(ledger)
    clock.now = 2000.0
    ledger.start_sending(id)
    ledger.sent(id, "77")
    changes = ledger.changes(id)
    steps = "received words_approved making made clip_approved shelved sending sent"
    assert [change.after for change in changes] == steps.split()
    assert [change.before for change in changes[1:]] == [change.after for change in changes[:-1]]
    assert (changes[1].actor, changes[-1].actor, changes[-1].at, changes[-1].note) == ("person", "desk", 2000.0, "77")


@pytest.mark.parametrize("before", list(Step))
@pytest.mark.parametrize("after", list(Step))
def test_only_the_table_decides_what_may_follow(ledger: Ledger, before: Step, after: Step) -> None:
    id = received(ledger)
    ledger._db.execute("UPDATE submissions SET state = ?", (before,))
    if after in ALLOWED[before]:
        ledger._move(id, after, "test", "")
        assert ledger.get(id).state is after
    else:
        with pytest.raises(LedgerError, match=f"submission 1 is {before.plain}: it cannot become {after.plain}"):
            ledger._move(id, after, "test", "")
        assert ledger.get(id).state is before


def test_every_state_can_be_reached_and_left() -> None:
    reachable = {Step.RECEIVED}
    for _ in Step:
        reachable |= {after for before in reachable for after in ALLOWED[before]}
    assert reachable == set(Step) == set(ALLOWED)
    assert {step for step in Step if not ALLOWED[step]} == {Step.WITHDRAWN}


def test_the_half_made_goes_before_the_oldest(ledger: Ledger) -> None:
    first, second = received(ledger, "1"), received(ledger, "2")
    assert ledger.next_to_make() is None
    ledger.approve_words(second, "person")
    ledger.start_making(second)
    ledger.approve_words(first, "person")
    left = ledger.next_to_make()
    assert left is not None
    assert left.id == second
    ledger.start_making(second)
    ledger.failed(second, "no phrase in it")
    following = ledger.next_to_make()
    assert following is not None
    assert following.id == first


def test_the_shelf_holds_approved_clips_newest_first(ledger: Ledger, clock: Clock) -> None:
    ids = []
    for number in range(3):
        clock.now += 1
        ids.append(shelved(ledger, str(number)))
    ledger.withdraw(ids[1], "person", "they asked")
    assert [story.id for story in ledger.shelf()] == [ids[2], ids[0]]
    assert [story.id for story in ledger.shelf(limit=1)] == [ids[2]]
    assert ledger.shelf()[0].film == Path("/clips/1.mp4")
    assert ledger.shelf()[0].phrases == ("I am walking.",)


def test_a_made_clip_waits_for_its_approval(ledger: Ledger) -> None:
    id = received(ledger)
    ledger.approve_words(id, "person")
    ledger.start_making(id)
    ledger.made(id, Path("/clips/1.mp4"), ["one"])
    assert ledger.shelf() == []
    assert ledger.next_to_send("x") is None


def test_what_was_put_off_is_not_sent_before_it_is_due(ledger: Ledger, clock: Clock) -> None:
    id = shelved(ledger)
    ledger.start_sending(id)
    ledger.not_sent(id, due=1060.0, reason="429")
    assert ledger.next_to_send("x") is None
    clock.now = 1060.0
    due = ledger.next_to_send("x")
    assert due is not None
    assert due.tries == 1
    assert ledger.next_to_send("folder") is None


def test_an_answer_that_came_too_late_is_remembered(ledger: Ledger) -> None:
    id = shelved(ledger)
    ledger.start_sending(id)
    ledger.withdraw(id, "person")
    ledger.sent(id, "99")
    assert (ledger.get(id).state, ledger.is_reply("99")) == (Step.WITHDRAWN, True)
    assert ledger.changes(id)[-1].note == "it had been answered when it was withdrawn, as 99"


def test_an_unended_sending_is_found_by_the_next_process(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as first:
        id = shelved(first)
        first.start_sending(id)
    with Ledger(tmp_path / "ledger.db") as second:
        assert [story.id for story in second.unfinished("x")] == [id]
        second.uncertain(id, "the timeline cannot be read")
        assert second.unfinished("x") == []
        assert second.next_to_send("x") is None


def test_counts_name_every_state(ledger: Ledger) -> None:
    shelved(ledger, "1")
    received(ledger, "2")
    counts = ledger.counts()
    assert set(counts) == {str(step) for step in Step}
    assert (counts["shelved"], counts["received"], counts["sent"]) == (1, 1, 0)


def test_ids_from_before_are_never_taken_again(ledger: Ledger) -> None:
    assert ledger.remember("x", ["10", "11", "10"], "person") == 2
    assert ledger.receive("x", "10", "someone", "again") is None
    assert ledger.known_ids("x") == ["10", "11"]
    assert ledger.shelf() == []
    assert ledger.next_to_send("x") is None


def test_our_own_answers_are_known(ledger: Ledger) -> None:
    id = shelved(ledger)
    ledger.start_sending(id)
    ledger.sent(id, "77")
    assert ledger.is_reply("77")
    assert not ledger.is_reply("78")
    assert not ledger.is_reply("")


def test_marks_are_kept(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as first:
        assert first.mark("x.since") == ""
        first.set_mark("x.since", "5")
        first.set_mark("x.since", "6")
    with Ledger(tmp_path / "ledger.db") as second:
        assert second.mark("x.since") == "6"


def test_erasing_forgets_the_words_and_keeps_the_id(ledger: Ledger) -> None:
    id = shelved(ledger)
    ledger.erase(id, "person")
    story = ledger.get(id)
    assert (story.author, story.text, story.phrases, story.film, story.state) == ("", "", (), None, Step.WITHDRAWN)
    assert ledger.receive("x", "1", "jo____gr", "I am walking.") is None
    ledger.close()
    assert b"walking" not in ledger.path.read_bytes()


def test_erasing_forgets_the_words_that_the_gate_quoted(ledger: Ledger) -> None:
    id = received(ledger)
    ledger.pass_words(id, 'It holds swearing: "walking".')
    ledger.erase(id, "person")
    assert [change.note for change in ledger.changes(id)] == ["", "", "erased"]


def test_erased_words_are_in_no_file_while_others_use_the_ledger(ledger: Ledger) -> None:
    id = ledger.receive("x", "1", "jo____gr", "I am walking.")
    assert id is not None
    with Ledger(ledger.path) as desk:
        assert desk.list()
        ledger.erase(id, "person")
        assert not [path for path in ledger.path.parent.iterdir() if b"walking" in path.read_bytes()]


def test_an_unknown_submission_is_named(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"there is no submission 9 in .*ledger\.db"):
        ledger.withdraw(9, "person")


def test_text_no_file_can_hold_is_mended(ledger: Ledger) -> None:
    id = ledger.receive("folder", "a", "", "one \ud800 two \0 three")
    assert id is not None
    assert ledger.get(id).text == "one ? two \ufffd three"


def test_two_processes_write_the_same_file(tmp_path: Path, ledger: Ledger) -> None:
    with Ledger(tmp_path / "ledger.db") as other:
        first, second = ledger.receive("x", "1", "", "a"), other.receive("x", "2", "", "b")
        assert {first, second} == {1, 2}
        assert other.receive("x", "1", "", "a") is None


def test_power_safe_settings_are_on(ledger: Ledger) -> None:
    assert ledger._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert ledger._db.execute("PRAGMA synchronous").fetchone()[0] == 2


def sent_by(ledger: Ledger, author: str, name: str, at: float) -> int:
    id = ledger.receive("x", name, author, f"words {name}", at, author_id=f"id of {author}")
    assert id is not None
    ledger.pass_words(id)
    ledger.approve_words(id, "person")
    return id


def order(ledger: Ledger) -> list[str]:
    """The names of what is made, in the order in which it is made."""
    names = []
    while story := ledger.next_to_make():
        names.append(story.source_id)
        ledger.start_making(story.id)
        ledger.made(story.id, Path("/clips/1.mp4"), ("words",))
    return names


def test_an_authors_second_story_waits_behind_others_first(ledger: Ledger) -> None:
    for number in range(3):
        sent_by(ledger, "eager", f"eager {number}", at=10.0 + number)
    sent_by(ledger, "late", "late", at=3600.0)
    sent_by(ledger, "later", "later", at=86300.0)
    assert order(ledger) == ["eager 0", "late", "later", "eager 1", "eager 2"]


def test_nobody_waits_for_ever(ledger: Ledger) -> None:
    for number in range(2):
        sent_by(ledger, "eager", f"eager {number}", at=10.0 + number)
    sent_by(ledger, "days later", "days later", at=3 * 86400.0)
    assert order(ledger) == ["eager 0", "eager 1", "days later"]


def test_stories_without_an_author_do_not_wait_for_each_other(ledger: Ledger) -> None:
    for number in range(3):
        ledger.approve_words(ledger.receive("folder", str(number), "", "words", at=float(number)) or 0, "person")
    assert order(ledger) == ["0", "1", "2"]


def test_what_the_source_noticed_is_kept_beside_what_the_gate_finds(ledger: Ledger) -> None:
    first = ledger.receive("x", "1", "a", "A house.", look="X marks it as possibly sensitive")
    second = ledger.receive("x", "2", "a", "A tree.", look="X marks it as possibly sensitive")
    assert first is not None
    assert second is not None
    ledger.pass_words(first)
    ledger.pass_words(second, "it holds a link")
    assert ledger.get(first).look == "X marks it as possibly sensitive"
    assert ledger.get(second).look == "X marks it as possibly sensitive; it holds a link"


def test_a_reason_to_look_is_kept_until_somebody_has(ledger: Ledger) -> None:
    id = received(ledger)
    ledger.pass_words(id, "it holds a link")
    assert (ledger.get(id).state, ledger.get(id).look) == (Step.WAITING, "it holds a link")
    ledger.approve_words(id, "person")
    assert ledger.get(id).look == ""
    assert "it holds a link" in [change.note for change in ledger.changes(id)]


def test_the_switches_keep_a_clip_from_the_room_or_from_being_answered(ledger: Ledger) -> None:
    id = shelved(ledger)
    ledger.set_audience(id, "person", room=False)
    assert ledger.shelf() == []
    assert ledger.next_to_send("x") is not None
    ledger.set_audience(id, "person", room=True, public=False)
    assert [story.id for story in ledger.shelf()] == [id]
    assert ledger.next_to_send("x") is None
    assert ledger.changes(id)[-1].note == "room yes, public answer no"
    with pytest.raises(LedgerError, match="submission 1 is not to be answered in public"):
        ledger.start_sending(id)


def test_no_clip_is_approved_that_is_not_there(ledger: Ledger) -> None:
    id = received(ledger)
    ledger.refuse(id, "person")
    with pytest.raises(LedgerError, match="submission 1 has no clip yet"):
        ledger.approve_clip(id, "person")


def test_a_code_opens_its_own_story_only(ledger: Ledger) -> None:
    id = ledger.receive("page", "a", "", "words", code="kumo")
    ledger.receive("page", "b", "", "words")
    found = ledger.by_code("kumo")
    assert found is not None
    assert found.id == id
    assert ledger.by_code("") is None
    assert ledger.by_code("other") is None


def test_what_an_author_sent_is_counted_and_found(ledger: Ledger) -> None:
    first = sent_by(ledger, "one", "a", at=100.0)
    second = sent_by(ledger, "one", "b", at=200.0)
    sent_by(ledger, "two", "c", at=200.0)
    assert ledger.taken_since("x", "id of one", 150.0) == 1
    assert [story.id for story in ledger.by_author("x", "id of one")] == [first, second]


def test_who_wants_to_be_left_alone_is(ledger: Ledger) -> None:
    ledger.silence("x", "7", "author")
    ledger.silence("x", "7", "author")
    assert ledger.is_silenced("x", "7")
    assert not ledger.is_silenced("mastodon", "7")
    ledger.unsilence("x", "7")
    assert not ledger.is_silenced("x", "7")


def test_the_latest_come_in_pages(ledger: Ledger) -> None:
    ids = [received(ledger, str(number)) for number in range(5)]
    ledger.refuse(ids[4], "person")
    assert [story.id for story in ledger.latest(2)] == [5, 4]
    assert [story.id for story in ledger.latest(2, before=4)] == [3, 2]
    assert [story.id for story in ledger.latest(9, states=[Step.RECEIVED])] == [4, 3, 2, 1]


def test_what_is_stale_is_found_once(ledger: Ledger, clock: Clock) -> None:
    id = received(ledger)
    ledger.refuse(id, "person")
    clock.now += 100
    assert [story.id for story in ledger.stale([Step.REFUSED], clock.now - 50)] == [id]
    assert ledger.stale([Step.REFUSED], clock.now - 150) == []
    ledger.erase(id, "keeping")
    assert ledger.stale(list(Step), clock.now + 50) == []


def test_the_tally_is_what_counting_gives(ledger: Ledger) -> None:
    shelved(ledger, "1")
    for number in range(2, 5):
        received(ledger, str(number))
    ledger.refuse(3, "person")
    ledger.remember("x", ["77", "78"], "person")
    counted = dict(ledger._db.execute("SELECT state, COUNT(*) FROM submissions GROUP BY state"))
    assert {state: number for state, number in ledger.counts().items() if number} == counted
    assert ledger.in_queue() == 2


def test_a_ledger_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    old = open_file(path, LADDER[:1])
    row = "('x', ?, 'jo____gr', 'I am walking.', ?, 5.0)"
    for name, state in (("1", "received"), ("2", "sent"), ("3", "sent")):
        old.execute(
            f"INSERT INTO submissions (source, source_id, author, text, state, received) VALUES {row}", (name, state)
        )
    old.close()
    with Ledger(path) as ledger:
        story = ledger.get(1)
        assert (story.author_id, story.room, story.public, story.look, story.code) == ("jo____gr", True, True, "", "")
        assert (ledger.counts()["sent"], ledger.counts()["received"]) == (2, 1)
        ledger.pass_words(1)
        assert (ledger.counts()["waiting"], ledger.counts()["received"]) == (1, 0)


# damage


def make(path: Path) -> None:
    with Ledger(path) as ledger:
        for number in range(200):
            received(ledger, str(number))


@pytest.mark.parametrize("content", [b"", b"not a ledger at all" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(DamagedLedger, match=r"the ledger is damaged .*; nothing is sent until"):
        Ledger(path)
    assert path.read_bytes() == content


def test_damage_inside_the_file_is_found_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)
    with pytest.raises(DamagedLedger):
        Ledger(path)


def test_a_shortened_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(DamagedLedger):
        Ledger(path)


def test_a_lost_file_beside_its_journal_is_not_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        received(ledger)
        journal = (tmp_path / "ledger.db-wal").read_bytes()
    path.unlink()
    (tmp_path / "ledger.db-wal").write_bytes(journal)
    with pytest.raises(DamagedLedger, match="the file is gone but its journal is there"):
        Ledger(path)


@pytest.mark.parametrize("nonsense", ["state = 'dreaming'", "phrases = 'nonsense'"])
def test_a_line_that_makes_no_sense_is_found_before_anything_is_sent(ledger: Ledger, nonsense: str) -> None:
    received(ledger, "1")
    ledger.examine()
    ledger._db.execute(f"UPDATE submissions SET {nonsense}")
    with pytest.raises(DamagedLedger, match="what is written of submission 1 makes no sense"):
        ledger.examine()


@pytest.mark.parametrize("version", [0, len(LADDER) + 1])
def test_a_ledger_of_another_version_is_refused(tmp_path: Path, version: int) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={version}")
    db.close()
    with pytest.raises(DamagedLedger, match=f"has version {version}, this program knows 1 to {len(LADDER)}"):
        Ledger(path)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()
    with pytest.raises(DamagedLedger, match="is not a ledger of submissions"):
        Ledger(path)


def test_an_older_ledger_climbs_the_ladder_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    taller = (*LADDER, ("ALTER TABLE submissions ADD COLUMN language TEXT NOT NULL DEFAULT ''",))
    for _ in range(2):
        db = open_file(path, taller)
        assert db.execute("SELECT language, COUNT(*) FROM submissions").fetchone() == ("", 200)
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(taller)
        db.close()


def test_a_rung_that_breaks_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    broken = (*LADDER, ("ALTER TABLE submissions ADD COLUMN language TEXT", "ALTER TABLE nowhere ADD COLUMN a"))
    with pytest.raises(LedgerError):
        open_file(path, broken)
    with Ledger(path) as ledger:
        assert len(ledger.list()) == 200


def test_damage_found_while_open_is_told(ledger: Ledger) -> None:
    received(ledger)
    ledger._db.execute("UPDATE submissions SET state = 'nonsense'")
    with pytest.raises(DamagedLedger):
        ledger.list()


WRITER = """
import sys
from pathlib import Path
from show.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for number in range(100000):
    id = ledger.receive("x", str(number), "", "words")
    ledger.approve_words(id, "test")
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        last = 0
        while last < 40:
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        acknowledged = [last, *(int(line) for line in writer.stdout)]
    with Ledger(path) as ledger:
        approved = {story.source_id for story in ledger.list(Step.WORDS_APPROVED)}
    assert {str(number) for number in range(acknowledged[-1] + 1)} <= approved
