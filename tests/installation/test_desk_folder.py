"""The folder's way in and out, through the real desk and file by file."""

import json
import os
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest

from installation.desk.intake_folder import AT_ONCE, FolderInbox, NotAStory, read_story
from show.ledger import Ledger, Step
from tests.support.desk import DeskRoom, kill
from tests.support.waiting import wait_until


@pytest.fixture
def room(tmp_path: Path) -> DeskRoom:
    return DeskRoom(tmp_path)


def test_a_story_goes_in_and_its_film_comes_out_once(room: DeskRoom) -> None:
    with room.desk() as desk:
        room.drop("anna.json", '{"text": "A red house. A tree, a cloud.", "author": "Anna"}')
        room.wait_for(Step.WORDS_APPROVED)
        assert room.make() == 1
        room.wait_for(Step.SENT)
        assert desk.stop() == 0
    assert sorted(path.name for path in room.outbox.iterdir()) == ["0001-anna.json", "0001-anna.mp4", "0001-anna.txt"]
    assert (room.outbox / "0001-anna.mp4").read_bytes() == (room.state.clips / "1.mp4").read_bytes()
    told = json.loads((room.outbox / "0001-anna.json").read_text())
    assert (told["author"], told["phrases"]) == ("Anna", ["A red house.", "A tree,", "a cloud."])
    text = (room.outbox / "0001-anna.txt").read_text()
    assert text == "A film for Anna, from these phrases:\n\nA red house.\nA tree,\na cloud.\n"
    assert (room.inbox / "taken" / "anna.json").exists()


def test_the_shelf_tells_the_wall_and_no_names(room: DeskRoom) -> None:
    with room.desk() as desk:
        room.drop("anna.json", '{"text": "@someone A red house.", "author": "Anna"}')
        room.wait_for(Step.WORDS_APPROVED)
        room.make()
        room.wait_for(Step.SENT)
        wait_until(lambda: room.told().get("sent") == 1)
        assert desk.stop() == 0
    (clip,) = json.loads(room.state.shelf.read_text())
    assert (clip["id"], clip["text"], Path(clip["film"]).name) == (1, "A red house.", "1.mp4")
    assert "Anna" not in json.dumps(clip)


def test_by_hand_nothing_passes_without_a_person(tmp_path: Path) -> None:
    room = DeskRoom(tmp_path, approve="by hand")
    with room.desk() as desk:
        room.drop("a.txt", "A red house.")
        room.wait_for(Step.WAITING)
        wait_until(lambda: room.told().get("to_approve_words") == 1)
        with room.ledger() as ledger:
            ledger.approve_words(1, "person")
        assert room.make() == 1
        wait_until(lambda: room.told().get("made") == 1)
        assert json.loads(room.state.shelf.read_text()) == []
        with room.ledger() as ledger:
            ledger.approve_clip(1, "person")
        room.wait_for(Step.SENT)
        assert desk.stop() == 0


def test_killed_between_film_and_books_it_delivers_once(room: DeskRoom) -> None:
    with room.ledger() as ledger:
        ledger.receive("folder", "anna~1", "Anna", "A red house.")
        ledger.approve_words(1, "site")
        room.make()
        ledger.approve_clip(1, "site")
        ledger.shelve(1, "desk")
        ledger.start_sending(1)
    with room.desk() as desk:
        room.wait_for(Step.SENT)
        kill(desk)
    assert len(list(room.outbox.glob("*.mp4"))) == 1


def test_an_outbox_that_cannot_be_written_is_told_and_tried_again(room: DeskRoom) -> None:
    room.outbox.write_text("in the way")
    with room.desk() as desk:
        room.drop("a.txt", "A red house.")
        room.wait_for(Step.WORDS_APPROVED)
        room.make()
        wait_until(lambda: "outbox" in str(room.told().get("words")))
        assert room.stories()[0].state is Step.SHELVED
        assert desk.stop() == 0


MALFORMED = {
    "bytes.txt": (b"A \xff\xfe house", "bytes.txt is not UTF-8 text (byte 2)"),
    "broken.json": (b'{"text": "A house', "broken.json is not JSON: Unterminated string"),
    "list.json": (b'["A house"]', 'list.json is not an object such as {"text": "...", "author": "..."}'),
    "number.json": (b'{"text": 5}', 'number.json has no "text" that is a string'),
    "author.json": (b'{"text": "a", "author": []}', 'author.json has an "author" that is not a string'),
    "deep.json": (b"[" * 60_000, "deep.json is nested too deeply"),
    "empty.txt": (b"", "empty.txt has no words in it"),
    "dots.txt": (b"... 12", "dots.txt has no words in it"),
    "long.txt": (b"a house " * 10_000, "long.txt is longer than 64 kB"),
    "story.docx": (b"PK", "story.docx is neither .txt nor .json"),
}


def test_malformed_files_are_refused_with_a_reason_and_kept(room: DeskRoom) -> None:
    with room.desk() as desk:
        for name, (content, _) in MALFORMED.items():
            room.drop(name, content)
        room.drop("good.txt", "A red house.")
        room.wait_for(Step.WORDS_APPROVED)
        refused = room.inbox / "refused"
        wait_until(lambda: len(list(refused.glob("*.reason.txt"))) == len(MALFORMED))
        assert "Traceback" not in desk.output
        assert desk.stop() == 0
    for name, (content, reason) in MALFORMED.items():
        assert (refused / name).read_bytes() == content
        assert (refused / f"{name}.reason.txt").read_text().startswith(reason)
    assert len(room.stories()) == 1


def test_a_text_without_a_phrase_is_refused_in_the_ledger(room: DeskRoom) -> None:
    with room.desk() as desk:
        room.drop("link.txt", "https://example.org/a")
        room.wait_for(Step.REFUSED)
        assert desk.stop() == 0


# file by file


class Hands:
    """An inbox turned by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder / "inbox", 100.0
        self.folder.mkdir()
        self.ledger = Ledger(folder / "ledger.db")
        self.inbox = FolderInbox(self.folder, lambda: self.now)

    def rounds(self, number: int = 2) -> list[str]:
        """So many rounds a second apart; the texts taken so far."""
        for _ in range(number):
            self.inbox.round(self.ledger)
            self.now += 1.0
        return [story.text for story in self.ledger.list()]


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    return Hands(tmp_path)


def test_a_growing_file_is_left_alone_until_it_rests(hands: Hands) -> None:
    story = hands.folder / "a.txt"
    for words in ("A red", "A red house", "A red house."):
        story.write_text(words)
        assert hands.rounds(1) == []
    assert hands.rounds() == ["A red house."]


def test_a_file_open_for_writing_is_left_alone_however_long(hands: Hands) -> None:
    with (hands.folder / "a.txt").open("w") as file:
        file.write("A red house.")
        file.flush()
        assert hands.rounds(5) == []
    assert hands.rounds() == ["A red house."]


def test_a_heap_of_files_holds_up_nothing_else(hands: Hands) -> None:
    for number in range(AT_ONCE + 1):
        (hands.folder / f"{number:03d}.txt").write_text(f"Story {number}.")
    assert len(hands.rounds(2)) == AT_ONCE
    assert hands.rounds(1)[-1] == f"Story {AT_ONCE}."


def test_what_comes_by_folder_is_for_the_room_only_where_the_site_says_so(hands: Hands) -> None:
    hands.inbox = FolderInbox(hands.folder, lambda: hands.now, room=False)
    (hands.folder / "a.txt").write_text("A red house.")
    hands.rounds()
    assert not hands.ledger.get(1).room


def test_a_name_that_colours_terminals_is_shown_without(hands: Hands) -> None:
    (hands.folder / "\x1b[31m\na.exe").write_text("A red house.")
    hands.rounds()
    (reason,) = (hands.folder / "refused").glob("*.reason.txt")
    assert reason.read_text() == "?[31m?a.exe is neither .txt nor .json\n"


def test_unfinished_and_hidden_names_are_left_alone(hands: Hands) -> None:
    for name in (".a.txt", "a.txt.part", "a.txt~", "a.txt.crdownload"):
        (hands.folder / name).write_text("A red house.")
    (hands.folder / "folder.txt").mkdir()
    assert hands.rounds(4) == []
    assert len(list(hands.folder.iterdir())) == 5


def test_the_same_file_twice_is_one_story_and_both_are_kept(hands: Hands) -> None:
    for _ in range(2):
        (hands.folder / "a.txt").write_text("A red house.")
        assert hands.rounds() == ["A red house."]
    (hands.folder / "a.txt").write_text("Another house.")
    assert hands.rounds() == ["A red house.", "Another house."]
    assert len(list((hands.folder / "taken").iterdir())) == 3


def test_taken_before_a_crash_and_moved_after(hands: Hands) -> None:
    (hands.folder / "a.txt").write_text("A red house.")
    story = read_story(hands.folder / "a.txt")
    hands.ledger.receive("folder", story.name, story.author, story.text)
    assert hands.rounds() == ["A red house."]
    assert [path.name for path in hands.folder.iterdir()] == ["taken"]


def test_an_id_of_its_own_counts(hands: Hands) -> None:
    (hands.folder / "a.json").write_text('{"text": "A house.", "id": 7}')
    (hands.folder / "b.json").write_text('{"text": "A hose.", "id": "7"}')
    assert hands.rounds() == ["A house."]


def test_what_is_no_ordinary_file_is_never_read(hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("A secret.")
    (hands.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(hands.folder / "pipe.txt")
    assert hands.rounds(3) == []
    refused = hands.folder / "refused"
    assert (refused / "link.txt.reason.txt").read_text() == "link.txt is not an ordinary file\n"
    assert (refused / "pipe.txt.reason.txt").read_text() == "pipe.txt is not an ordinary file\n"
    assert (tmp_path / "secret.txt").read_text() == "A secret."


def test_a_file_that_cannot_be_moved_is_not_in_the_others_way(hands: Hands) -> None:
    longest = hands.folder / f"{'a' * 251}.txt"
    for _ in range(2):  # the second one's new name would be longer than a name can be
        longest.write_text("A red house.")
        (hands.folder / "b.txt").write_text("A blue house.")
        hands.inbox.round(hands.ledger)
        hands.now += 1.0
        with nullcontext() if not hands.ledger.list() else pytest.raises(OSError, match="too long"):
            hands.inbox.round(hands.ledger)
    assert not (hands.folder / "b.txt").exists()
    assert [story.text for story in hands.ledger.list()] == ["A red house.", "A blue house."]


def test_a_name_of_any_bytes_is_taken(hands: Hands) -> None:
    subprocess.run(["touch", "--", b"\xff\xfe.txt"], cwd=hands.folder, check=True)
    (hands.folder / os.fsdecode(b"\xff\xfe.txt")).write_text("A red house.")
    assert hands.rounds() == ["A red house."]


def test_windows_and_right_to_left_texts_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + "بيت أحمر\r\nشجرة".encode())
    assert read_story(tmp_path / "a.txt").text == "بيت أحمر\r\nشجرة"


def test_a_file_of_nothing_but_signs_is_no_story(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("!?")
    with pytest.raises(NotAStory, match=r"a\.txt has no words in it"):
        read_story(tmp_path / "a.txt")
