"""The desk as a process: its end, its papers, its ledger, its only one at a time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from installation.desk.patience import Patience
from show.ledger import Step
from tests.support.desk import DeskRoom
from tests.support.mastodon import hand_desk
from tests.support.waiting import wait_until


@pytest.fixture
def room(tmp_path: Path) -> DeskRoom:
    return DeskRoom(tmp_path)


def test_it_ends_on_sigterm_with_0(room: DeskRoom) -> None:
    with room.desk() as desk:
        wait_until(room.told)
        assert desk.stop() == 0
        assert desk.output == ""
    assert room.told()["words"] == ""


def test_a_signal_about_a_file_in_the_inbox_does_not_end_it(room: DeskRoom) -> None:
    with room.desk() as desk:
        wait_until(room.told)
        desk.process.send_signal(signal.SIGIO)
        assert desk.stop() == 0


def test_it_ends_with_its_parent(room: DeskRoom) -> None:
    where = ["--site", str(room.site), "--state", str(room.state.root)]
    parent = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-m', 'installation.desk', *sys.argv[1:]]).pid, flush=True)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", parent, *where], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        wait_until(room.told)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not _is_alive(child), "the desk to end")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_wrong_site_is_one_sentence_and_78(room: DeskRoom) -> None:
    room.site.write_text(room.site.read_text().replace("poll_seconds = 1.0", "poll_seconds = 0"))
    with room.desk() as desk:
        assert desk.process.wait(20) == 78
        assert desk.output == f"desk: {room.site}: [x] poll_seconds = 0 is wrong: it must be a number from 1 to 86400\n"


def test_two_desks_never_work_on_one_ledger(room: DeskRoom) -> None:
    with room.desk() as first:
        wait_until(room.told)
        with room.desk() as second:
            second.wait_for("another desk works on", 60)
            assert second.process.wait(10) == 1
        assert first.stop() == 0


def test_a_damaged_ledger_stops_everything_is_told_and_mended_by_a_sound_copy(room: DeskRoom) -> None:
    with room.ledger() as ledger:
        ledger.receive("folder", "a", "", "A red house.")
    sound = room.state.ledger.read_bytes()
    room.state.ledger.write_bytes(b"damage" * 1000)
    with room.desk() as desk:
        wait_until(lambda: "the ledger is damaged" in str(room.told().get("words")))
        room.drop("b.txt", "A blue house.")
        assert room.state.ledger.read_bytes() == b"damage" * 1000
        assert not room.state.shelf.exists()
        copy = room.state.root / "copy"
        copy.write_bytes(sound)
        copy.rename(room.state.ledger)
        room.wait_for(Step.WORDS_APPROVED, 2)
        wait_until(lambda: room.told()["words"] == "")
        assert "Traceback" not in desk.output
        assert desk.stop() == 0


def test_damage_while_it_runs_keeps_the_shelf_as_it_was(room: DeskRoom) -> None:
    with room.desk() as desk:
        room.drop("a.txt", "A red house.")
        room.wait_for(Step.WORDS_APPROVED)
        room.make()
        room.wait_for(Step.SENT)
        wait_until(lambda: room.told().get("sent") == 1)
        shelf = room.state.shelf.read_text()
        with room.ledger() as ledger:
            ledger._db.execute("UPDATE submissions SET phrases = 'nonsense'")
        wait_until(lambda: "the ledger is damaged" in str(room.told().get("words")))
        assert desk.stop() == 0
        assert "well again" not in desk.output
    assert room.state.shelf.read_text() == shelf
    assert room.told()["sent"] == 1


def shelved_until(room: DeskRoom, due: float) -> None:
    """A story from the folder with its clip, not to be sent before a time."""
    with room.ledger() as ledger:
        ledger.approve_words(ledger.receive("folder", "a", "", "A red house.") or 0, "test")
    room.make()
    with room.ledger() as ledger:
        ledger.approve_clip(1, "test")
        ledger.shelve(1, "test")
        ledger.wait(1, due)


def test_a_new_desk_does_not_wait_for_a_time_that_a_wrong_clock_meant(room: DeskRoom) -> None:
    shelved_until(room, time.time() + 3600)
    with room.desk() as desk:
        room.wait_for(Step.SENT)
        assert desk.stop() == 0


def test_a_clock_that_is_set_right_keeps_nothing_waiting(room: DeskRoom) -> None:
    with hand_desk(room) as desk:
        shelved_until(room, desk.time + 600)
        desk.rounds(2)
        assert room.stories()[0].state is Step.SHELVED
        desk.time -= 3600
        desk.rounds(3)
        assert room.stories()[0].state is Step.SENT


def test_an_inbox_that_cannot_be_read_does_not_stop_the_rest(room: DeskRoom) -> None:
    room.inbox.rmdir()
    room.inbox.write_text("in the way")
    with room.ledger() as ledger:
        ledger.receive("folder", "a", "", "A red house.")
    with room.desk() as desk:
        room.wait_for(Step.WORDS_APPROVED)
        wait_until(lambda: str(room.told().get("words")).startswith("inbox: "))
        assert desk.stop() == 0


def test_papers_that_cannot_be_written_are_told_once(room: DeskRoom) -> None:
    room.state.desk.mkdir()
    with room.desk() as desk:
        desk.wait_for("desk.json cannot be written")
        room.drop("a.txt", "A red house.")
        room.wait_for(Step.WORDS_APPROVED)
        assert desk.output.count("cannot be written") == 1
        room.state.desk.rmdir()
        wait_until(lambda: room.told().get("errors") == 1)
        assert desk.stop() == 0


def test_desk_json_is_written_when_something_has_changed(room: DeskRoom) -> None:
    with room.desk() as desk:
        wait_until(room.told)
        before = os.stat(room.state.desk).st_mtime_ns
        room.drop("a.txt", "A red house.")
        room.wait_for(Step.WORDS_APPROVED)
        wait_until(lambda: room.told().get("waiting") == 1)
        assert os.stat(room.state.desk).st_mtime_ns > before
        assert desk.stop() == 0
    told = room.told()
    assert (told["received"], told["making"], told["made"], told["sent"], told["errors"]) == (1, 0, 0, 0, 0)


# patience


def test_patience_grows_and_is_short_again_after_success() -> None:
    patience = Patience(first_seconds=2.0)
    waits = []
    for _ in range(12):
        patience.failed(1000.0)
        waits.append(patience.until - 1000.0)
    assert 1.0 <= waits[0] <= 2.0
    assert 450.0 <= waits[-1] <= 900.0
    assert not patience.is_over(1000.0)
    patience.went_well()
    assert patience.is_over(1000.0)


def test_patience_keeps_to_a_time_it_is_told_but_not_for_ever() -> None:
    patience = Patience(first_seconds=2.0)
    patience.failed(1000.0, until=1300.0)
    assert patience.until == 1300.0
    patience.failed(1000.0, until=9e9)
    assert patience.until < 1000.0 + 910.0
    patience.failed(1000.0, until=0.0)
    assert patience.until > 1000.0
