"""How long strangers' words are kept, and that nothing of them is left anywhere."""

import os
from pathlib import Path

import pytest

from installation.desk.intake_folder import FolderInbox
from installation.desk.keeping import Keeper
from installation.desk.outbox_folder import FolderOutbox
from installation.site import load_site
from show.ledger import Ledger, Step
from tests.support.desk import DeskRoom, clip
from tests.support.mastodon import hand_desk

DAY = 86400.0
START = 1_800_000_000.0


class House:
    """A desk's room with a ledger and a keeper on one clock turned by hand."""

    def __init__(self, folder: Path, days: str = "") -> None:
        self.room = DeskRoom(folder)
        site = self.room.site.read_text().replace("[submissions]", f"[submissions]\n{days}")
        self.room.site.write_text(site)
        self.time = START
        self.ledger = Ledger(self.room.state.ledger, lambda: self.time)
        self.site = load_site(self.room.site)
        self.keeper = Keeper(self.site, self.room.state, lambda: self.time)

    def take(self, name: str, content: str) -> int:
        """A story comes by the folder; its id."""
        self.room.drop(name, content)
        inbox, before = FolderInbox(self.room.inbox, lambda: self.time), len(self.ledger.list())
        for _ in range(2):
            inbox.round(self.ledger)
            self.time += 2.0
        assert len(self.ledger.list()) == before + 1
        return self.ledger.list()[-1].id

    def answer(self, id: int) -> Path:
        """It is made, shown and delivered; its film."""
        self.ledger.approve_words(id, "person")
        self.ledger.start_making(id)
        film = clip(self.room.state.clips / f"{id}.mp4", (64, 64), 8)
        self.ledger.made(id, film, ["A house."])
        self.ledger.approve_clip(id, "person")
        self.ledger.shelve(id, "desk")
        FolderOutbox(self.room.outbox, lambda: self.time).round(self.ledger)
        assert self.ledger.get(id).state is Step.SENT
        return film

    def after(self, days: float) -> None:
        """Days later, the keeper's round."""
        self.time += days * DAY
        self.keeper.round(self.ledger)

    def texts(self) -> list[str]:
        return [story.text for story in self.ledger.list()]

    def files(self) -> set[str]:
        """All that lies in inbox, outbox and clips."""
        folders = (self.room.inbox, self.room.outbox, self.room.state.clips)
        return {path.name for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_what_was_refused_is_forgotten_after_its_days(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.ledger.refuse(house.take("anna.txt", "A red house."), "gate", "no")
    house.ledger.refuse(
        house.take("bert.json", '{"text": "A blue house.", "author": "Bert", "id": "b/1"}'), "gate", "no"
    )
    house.take("cleo.txt", "A green house.")
    house.after(6.9)
    assert house.texts() == ["A red house.", "A blue house.", "A green house."]
    house.after(0.2)
    assert house.texts() == ["", "", "A green house."]
    assert house.ledger.get(2).author == ""
    assert house.files() == {"cleo.txt"}
    assert house.ledger.receive("folder", "b/1", "Bert", "A blue house.") is None
    assert house.ledger.changes(1)[-1].actor == "keeper"


def test_what_was_answered_stays_for_ever_unless_the_site_says_otherwise(tmp_path: Path) -> None:
    house = House(tmp_path)
    film = house.answer(house.take("anna.txt", "A red house."))
    house.after(3650)
    assert (house.texts(), film.exists()) == (["A red house."], True)
    assert house.files() == {"anna.txt", "1.mp4", "0001-anna.mp4", "0001-anna.json", "0001-anna.txt"}


def test_what_was_answered_goes_with_film_and_files(tmp_path: Path) -> None:
    house = House(tmp_path, "keep_answered_days = 30")
    house.answer(house.take("anna.txt", "A red house."))
    house.after(29)
    assert house.texts() == ["A red house."]
    house.after(1.1)
    assert (house.texts(), house.files()) == ([""], set())
    assert house.ledger.shelf() == []


def test_what_is_never_answered_is_not_kept_for_ever_either(tmp_path: Path) -> None:
    house = House(tmp_path, "keep_answered_days = 30")
    ids = [house.take(f"{name}.txt", f"A house of {name}.") for name in ("anna", "bert", "carl")]
    for id in ids:
        house.answer(id)
    house.ledger._db.execute("UPDATE submissions SET state = 'shelved'")
    house.ledger._db.execute("UPDATE submissions SET state = 'failed' WHERE id = 1")
    house.ledger.set_audience(2, "person", public=False)
    house.after(31)
    assert [bool(text) for text in house.texts()] == [False, False, True]


def test_what_is_forgotten_is_forgotten_in_the_reports_too(tmp_path: Path) -> None:
    house = House(tmp_path, "keep_answered_days = 30")
    for name in ("anna", "bert"):
        house.answer(house.take(f"{name}.txt", "A house."))
        house.time += DAY
    folder = house.room.state.reports / "2027-01-15"
    folder.mkdir(parents=True)
    (folder / "report.txt").write_text("2 films made:\n  1, the folder, Anna: A house.\n  2, the folder: A house.\n")
    (folder / "contact-sheet.png").touch()
    house.after(28.5)
    assert (folder / "report.txt").read_text() == "2 films made:\n  1: (forgotten)\n  2, the folder: A house.\n"
    assert [path.name for path in folder.iterdir()] == ["report.txt"]


def test_what_its_author_took_back_goes_as_what_was_refused(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.ledger.withdraw(house.take("anna.txt", "A red house."), "author", "taken back")
    house.after(7.1)
    assert (house.texts(), house.files()) == ([""], set())


def test_nothing_is_forgotten_where_the_site_keeps_all(tmp_path: Path) -> None:
    house = House(tmp_path, "keep_refused_days = 0")
    house.ledger.refuse(house.take("anna.txt", "A red house."), "gate", "no")
    house.after(3650)
    assert house.texts() == ["A red house."]


def test_two_files_of_one_name_go_each_with_its_own_story(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.ledger.refuse(house.take("a.txt", "A red house."), "gate", "no")
    house.take("a.txt", "A blue house.")
    house.after(7.1)
    assert house.texts() == ["", "A blue house."]
    assert [path.read_text() for path in (house.room.inbox / "taken").iterdir()] == ["A blue house."]


def test_files_that_were_refused_at_the_door_go_by_their_age(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.room.drop("a.pdf", "no story")
    refused = house.room.inbox / "refused"
    inbox = FolderInbox(house.room.inbox, lambda: house.time)
    for _ in range(2):
        inbox.round(house.ledger)
        house.time += 2.0
    assert {path.name for path in refused.iterdir()} == {"a.pdf", "a.pdf.reason.txt"}
    house.time = os.stat(refused / "a.pdf").st_ctime
    house.after(6.9)
    assert len(list(refused.iterdir())) == 2
    house.after(0.2)
    assert list(refused.iterdir()) == []


def test_it_looks_once_an_hour_and_again_soon_when_there_was_much(tmp_path: Path) -> None:
    house = House(tmp_path)
    for number in range(60):
        id = house.ledger.receive("x", str(number), "", f"Story {number}.")
        assert id is not None
        house.ledger.refuse(id, "gate", "no")
    house.after(8)
    assert house.texts().count("") == 50
    house.time += 30
    house.keeper.round(house.ledger)
    assert house.texts().count("") == 50
    house.time += 40
    house.keeper.round(house.ledger)
    assert house.texts().count("") == 60
    house.ledger.refuse(house.take("a.txt", "A red house."), "gate", "no")
    house.time += 3000
    house.keeper.round(house.ledger)
    assert house.ledger.get(61).text == "A red house."


def test_a_clock_that_was_set_back_does_not_stop_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.after(0)
    house.time -= 100 * DAY
    house.ledger.refuse(house.take("a.txt", "A red house."), "gate", "no")
    house.after(7.1)
    assert house.texts() == [""]


def test_broken_off_anywhere_it_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, "keep_answered_days = 30")
    house.answer(house.take("anna.txt", "A red house."))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for broken in ("installation.desk.keeping.clear_away", "show.ledger.Ledger.erase"):
        with monkeypatch.context() as patched:
            patched.setattr(broken, die)
            house.time += 31 * DAY
            with pytest.raises(KeyboardInterrupt):
                house.keeper.round(house.ledger)
    house.after(31)
    assert (house.texts(), house.files()) == ([""], set())


def test_the_desk_keeps_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.time = os.stat(tmp_path).st_ctime - 8 * DAY
    house.ledger.refuse(house.take("anna.txt", "A red house."), "gate", "no")
    with hand_desk(house.room):
        assert house.texts() == [""]
