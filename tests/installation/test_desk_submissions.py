"""`blind-eye submissions` and `blind-eye phrases`, as they are typed."""

import getpass
import json
from pathlib import Path

import pytest

from installation.desk.decisions import NOT_IN_THE_ROOM
from installation.state import State
from show.ledger import Ledger, Step
from tests.support.desk import DeskRoom, clip
from tests.support.mastodon import hand_desk
from tests.support.program import blind_eye


class Books:
    """A state folder and the command on it."""

    def __init__(self, folder: Path) -> None:
        self.state = State.find(folder / "state")

    def run(self, action: str, *args: object, status: int = 0) -> str:
        """What it says; on standard error when it fails."""
        done = blind_eye("submissions", "--state", self.state.root, action, *args)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if status else done.stdout

    def ledger(self) -> Ledger:
        return Ledger(self.state.ledger)

    def now(self, id: int) -> Step:
        with self.ledger() as ledger:
            return ledger.get(id).state


@pytest.fixture
def books(tmp_path: Path) -> Books:
    books = Books(tmp_path)
    with books.ledger() as ledger:
        ledger.receive("x", "900719925474099312", "a_visitor", "@blind_eye A red house,\n\x1b[31ma tree.", at=1.7e9)
        ledger.receive("folder", "anna~1", "Anna", "A blue house.", at=1.7e9)
    return books


def make(books: Books, id: int) -> Path:
    film = books.state.clips / f"{id}.mp4"
    with books.ledger() as ledger:
        ledger.start_making(id)
        ledger.made(id, clip(film, (64, 64), 8), ["A red house."])
    return film


def test_list_shows_a_line_each_that_no_stranger_can_colour(books: Books) -> None:
    first, second = books.run("list").splitlines()
    assert first.split()[:2] == ["1", "received"]
    assert "A red house, / [31ma tree." in first
    assert "\x1b" not in first
    assert "Anna" in second
    assert books.run("list", "--only", "sent") == "there are no submissions that are sent\n"


def test_the_state_folder_is_named_before_or_behind_the_action(books: Books, tmp_path: Path) -> None:
    told = books.run("list")
    assert blind_eye("submissions", "list", "--state", books.state.root).stdout == told
    assert blind_eye("submissions", "--state", tmp_path / "other", "list", "--state", books.state.root).stdout == told


def test_list_for_programs_tells_every_change(books: Books) -> None:
    books.run("approve", 1)
    (story,) = json.loads(books.run("list", "--json", "--only", "words_approved"))
    assert (story["id"], story["source_id"], story["state"]) == (1, "900719925474099312", "words_approved")
    assert [change["to"] for change in story["changes"]] == ["received", "words_approved"]
    assert story["changes"][1]["actor"]


def test_approve_lets_words_then_the_clip_through(books: Books) -> None:
    assert books.run("approve", 1) == "submission 1: its words may be made into a clip\n"
    make(books, 1)
    assert books.run("approve", 1) == "submission 1: its clip may be shown\n"
    assert books.now(1) is Step.CLIP_APPROVED


def test_those_that_wait_for_a_person_are_listed_and_let_through(books: Books) -> None:
    with books.ledger() as ledger:
        ledger.pass_words(1, "it holds a link")
    (line,) = books.run("list", "--only", "waiting").splitlines()
    assert line.split()[:2] == ["1", "waiting"]
    assert json.loads(books.run("list", "--json"))[0]["look"] == "it holds a link"
    books.run("approve", 1)
    make(books, 1)
    with books.ledger() as ledger:
        ledger.pass_clip(1, "the picture may be too much")
    assert books.run("list", "--only", "checked").split()[0] == "1"
    books.run("reject", 1)
    assert books.run("approve", 1) == "submission 1: its clip may be shown\n"


def test_approve_says_who_may_see_it(books: Books) -> None:
    said = books.run("approve", "--no-room", "--no-public", 1)
    assert said == "submission 1: its words may be made into a clip; not in the room, not answered in public\n"
    assert books.run("approve", "--room", 1) == "submission 1: in the room, not answered in public\n"
    with books.ledger() as ledger:
        story = ledger.get(1)
    assert (story.state, story.room, story.public) == (Step.WORDS_APPROVED, True, False)


def test_the_log_tells_all_that_befell_it(books: Books) -> None:
    books.run("reject", "--reason", "not kind", 1)
    books.run("approve", "--no-room", 1)
    lines = [line.partition("  it ")[2] for line in books.run("log", 1).splitlines()]
    me = getpass.getuser()
    assert lines == [
        "is received, by x",
        f"was received and is refused, by {me}: not kind",
        f"is still refused, by {me}: room no, public answer yes",
        f"was refused and is words approved, by {me}",
    ]
    assert "there is no submission 9" in books.run("log", 9, status=78)


def test_reject_keeps_words_and_clips_back(books: Books) -> None:
    books.run("approve", 1)
    make(books, 1)
    books.run("reject", 1, 2, "--reason", "not kind")
    assert {books.now(1), books.now(2)} == {Step.REFUSED}
    assert "not kind" in books.run("list", "--json")


def test_one_that_cannot_be_does_not_stop_the_others(books: Books) -> None:
    said = books.run("approve", 9, 2, status=1)
    assert "there is no submission 9" in said
    assert books.now(2) is Step.WORDS_APPROVED
    assert "submission 2 is words approved" in books.run("approve", 2, status=1)


def test_remove_takes_it_from_shelf_and_disk(books: Books) -> None:
    books.run("approve", 1)
    film = make(books, 1)
    with books.ledger() as ledger:
        ledger.approve_clip(1, "person")
        ledger.shelve(1, "desk")
    books.run("remove", 1)
    assert not film.exists()
    assert json.loads(books.state.shelf.read_text()) == []
    assert books.now(1) is Step.WITHDRAWN


def test_a_removal_that_was_broken_off_is_finished_by_saying_it_again(books: Books) -> None:
    books.run("approve", 1)
    film = make(books, 1)
    with books.ledger() as ledger:
        ledger.withdraw(1, "person")
    assert books.run("remove", 1) == "submission 1: it is removed\n"
    assert not film.exists()


def test_who_removes_what_was_answered_is_told_what_stays(books: Books) -> None:
    books.run("approve", 1)
    make(books, 1)
    with books.ledger() as ledger:
        ledger.approve_clip(1, "person")
        ledger.shelve(1, "desk")
        ledger.start_sending(1)
        ledger.sent(1, "99")
    said = "its answer on X (99) is still there, and must be deleted there"
    assert books.run("remove", 1) == f"submission 1: it is removed; {said}\n"


def test_a_film_that_cannot_be_deleted_is_one_sentence(books: Books) -> None:
    books.run("approve", 1)
    film = make(books, 1)
    film.unlink()
    film.mkdir()
    said = books.run("remove", 1, status=1)
    assert said == f"blind-eye: submission 1: {film} cannot be written or deleted: Is a directory; say it again\n"


def test_nobody_shows_in_the_room_what_its_author_keeps_out(books: Books) -> None:
    with books.ledger() as ledger:
        ledger.set_audience(1, "page", room=False)
        ledger.note(1, "page", NOT_IN_THE_ROOM)
    assert "its author asked for that" in books.run("approve", "--room", 1, status=1)
    with books.ledger() as ledger:
        assert (ledger.get(1).room, ledger.get(1).state) == (False, Step.RECEIVED)


def test_erase_forgets_the_words(books: Books) -> None:
    books.run("erase", 1)
    assert "house" not in books.run("list", "--json", "--only", "withdrawn")
    assert "a_visitor" not in books.run("list", "--json")


def test_erase_takes_its_files_along_when_it_knows_the_site(tmp_path: Path) -> None:
    room = DeskRoom(tmp_path)
    books = Books(tmp_path)
    room.drop("anna.txt", "A red house.")
    room.drop("bert.txt", "A blue house.")
    with hand_desk(room) as desk:
        desk.until(lambda: len(room.stories(Step.WORDS_APPROVED)) == 2)
        room.make()
        desk.until(lambda: len(room.stories(Step.SENT)) == 2)
    assert books.run("erase", 1, "--site", room.site) == "submission 1: it is erased\n"
    left = [path.name for folder in (room.inbox, room.outbox, room.state.clips) for path in folder.rglob("*.*")]
    assert sorted(left) == ["0002-bert.json", "0002-bert.mp4", "0002-bert.txt", "2.mp4", "bert.txt"]
    said = books.run("erase", 2, "--site", tmp_path / "none.toml", status=78)
    assert said == f"blind-eye: {tmp_path / 'none.toml'} cannot be read: No such file or directory\n"
    assert books.now(2) is Step.SENT


def test_an_uncertain_one_needs_a_look(books: Books) -> None:
    with books.ledger() as ledger:
        ledger._db.execute("UPDATE submissions SET state = 'uncertain'")
    assert "look whether it was answered" in books.run("approve", 1, status=1)
    books.run("approve", "--sent", 1)
    books.run("approve", "--again", 2)
    assert (books.now(1), books.now(2)) == (Step.SENT, Step.SHELVED)


def test_the_artists_ids_come_in_and_go_out(books: Books, tmp_path: Path) -> None:
    old = tmp_path / "ids.json"
    old.write_text('[1380921734820200448, "1380921734820200449", 900719925474099312]')
    assert books.run("import", old) == "2 of 3 ids are new; none of them will be made again\n"
    assert books.run("import", old) == "0 of 3 ids are new; none of them will be made again\n"
    ids = [900719925474099312, 1380921734820200448, 1380921734820200449]
    assert json.loads(books.run("export")) == ids
    books.run("export", tmp_path / "new.json")
    assert json.loads((tmp_path / "new.json").read_text()) == ids
    with books.ledger() as ledger:
        assert ledger.receive("x", "1380921734820200449", "b", "again") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not a JSON list of ids"),
        (b'{"ids": []}', "is not a JSON list of ids"),
        (b"[1, true]", "entry 2 is true, not the id of a post"),
        (b'["abc"]', 'entry 1 is "abc", not the id of a post'),
        (b"[-5]", "entry 1 is -5, not the id of a post"),
        (b"\xff", "is not a JSON list of ids"),
    ],
)
def test_a_malformed_list_changes_nothing(books: Books, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "ids.json").write_bytes(content)
    assert said in books.run("import", tmp_path / "ids.json", status=78)
    assert json.loads(books.run("export")) == [900719925474099312]


def test_a_missing_list_and_a_damaged_ledger_are_one_sentence(books: Books, tmp_path: Path) -> None:
    said = books.run("import", tmp_path / "none.json", status=78)
    assert said == f"blind-eye: {tmp_path / 'none.json'} cannot be read: No such file or directory\n"
    books.state.ledger.write_bytes(b"")
    assert "the ledger is damaged (the file is empty)" in books.run("list", status=78)


def test_a_number_that_is_none_is_wrong_usage(books: Books) -> None:
    assert "is not the number of a submission" in books.run("approve", "9" * 30, status=2)
    assert "is not the number of a submission" in books.run("approve", "a", status=2)


def test_phrases_shows_how_a_text_is_split() -> None:
    done = blind_eye("phrases", "@jo____gr We understand each other, the sun is shining.")
    assert done.stdout == "We understand each other,\nthe sun is shining.\n"
    done = blind_eye("phrases", "--json", "--mode", "artist", "3.5 kilos of 鳥")
    assert json.loads(done.stdout) == ["5 kilos of 鳥"]
