"""The morning report: what it says, when it is written, its sheet, and that nothing it meets costs the desk."""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image

from installation.day import Hours
from installation.desk.contact_sheet import LARGEST_BYTES, Strip, contact_sheet
from installation.desk.morning import FINAL, KEPT_DAYS, MARK, due, keep
from installation.desk.report import MOST_LINES, date_of, gather, span, tell
from show.errors import FilmError
from show.ledger import Ledger, Step
from show.making.speed import Run, Way, remember
from tests.support.desk import DeskRoom, clip, grey
from tests.support.footage import flat, write_film
from tests.support.program import blind_eye
from tests.support.waiting import wait_until

ZONE = ZoneInfo("Europe/Amsterdam")
MORNING = date(2026, 11, 25)
NIGHT = datetime(2026, 11, 25, 2, 0, tzinfo=ZONE)
HOURS = Hours("Mo-Su 10:00-18:00", "Europe/Amsterdam")


class Clock:
    """A clock turned by hand."""

    now = NIGHT.timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db", clock) as ledger:
        yield ledger


def approved(ledger: Ledger, name: str = "a", text: str = "A house. The sea.", author: str = "Anna") -> int:
    id = ledger.receive("folder", name, author, text)
    assert id is not None
    ledger.pass_words(id)
    ledger.approve_words(id, "test")
    return id


def made(ledger: Ledger, name: str = "a", film: Path = Path("/clips/1.mp4")) -> int:
    id = approved(ledger, name)
    ledger.start_making(id)
    ledger.made(id, film, ["A house.", "The sea."])
    return id


def told(ledger: Ledger, estimate: str = "") -> str:
    return tell(gather(ledger, MORNING, ZONE), estimate, {}, [])


# what it says


def test_a_night_in_plain_sentences(ledger: Ledger) -> None:
    done, failed = made(ledger), approved(ledger, "b", "...", "")
    ledger.start_making(failed)
    ledger.failed(failed, "no phrase is left of the text")
    remember(ledger, Run(NIGHT.timestamp(), done, 1000, 2000.0, Way(6, 144, 256, "vqgan critic")))
    remember(ledger, Run(NIGHT.timestamp() - 86400, 9, 77, 2000.0, Way(6, 144, 256, "vqgan critic")))
    asked = ledger.receive("x", "7", "jo____gr", "Murder\x1b[31m by\nnight.")
    assert asked is not None
    ledger.pass_words(asked, "it speaks of “murder”")
    assert told(ledger, "1 story to be made") == (
        "The night to Wednesday 25 November 2026\n"
        "from Tuesday 24 November, 12:00, to Wednesday 25 November, 12:00\n\n"
        "1 film made:\n  1, the folder, Anna: A house. / The sea.\n  1000 images were made in 33 min, 2 s each.\n\n"
        "1 story could not be made or sent:\n  2, the folder: “...” (no phrase is left of the text)\n\n"
        "3 stories came in (2 by the folder, 1 by X):\n  1, the folder, Anna: “A house. The sea.”\n"
        "  2, the folder: “...”\n  3, X, jo____gr: “Murder[31m by night.”\n\n"
        "1 story to be approved:\n  3, X, jo____gr: “Murder[31m by night.” (it speaks of “murder”)\n\n"
        "1 film to be looked at and approved:\n  1, the folder, Anna: “A house. The sea.”\n\n"
        "What is approved and not made:\n  1 story to be made.\n"
    )


def test_what_was_sent_and_what_is_uncertain(ledger: Ledger) -> None:
    for name in "ab":
        id = made(ledger, name)
        ledger.approve_clip(id, "test")
        ledger.shelve(id, "test")
        ledger.start_sending(id)
    ledger.sent(1, "1.mp4")
    ledger.uncertain(2, "X says the answer exists already")
    ledger.remember("x", ["5", "6"], "test")  # sent long before, by no work of this night
    words = told(ledger)
    assert "What was sent out:\n  1 film by the folder.\n" in words
    assert "1 film that may or may not have been sent: look, then say so:\n  2, the folder, Anna: X says" in words


def test_only_what_happened_in_the_night(ledger: Ledger, clock: Clock) -> None:
    made(ledger, "a")
    clock.now += 11 * 3600
    made(ledger, "b")
    assert told(ledger).startswith("The night to Wednesday")
    assert "1 film made" in told(ledger)


def test_a_flood_is_told_as_a_number(ledger: Ledger) -> None:
    for number in range(MOST_LINES + 7):
        id = ledger.receive("page", str(number), "", "Buy now!")
        assert id is not None
        ledger.refuse(id, "gate", "it is the same again and again")
    words = told(ledger)
    assert f"{MOST_LINES + 7} stories refused:" in words
    assert words.count("  and 7 more\n") == 2
    assert len(words.splitlines()) < 2 * MOST_LINES + 12


def test_what_services_say_and_what_goes_wrong(ledger: Ledger) -> None:
    words = tell(gather(ledger, MORNING, ZONE), "", {"X": {"words": "X: 12 calls today"}}, ["the disk is full"])
    assert "What services allow:\n  X: 12 calls today\n" in words
    assert "What goes wrong just now:\n  the disk is full.\n" in words


@pytest.mark.parametrize(("hour", "day"), [(0, 25), (11, 25), (12, 26), (23, 26)])
def test_a_night_is_the_date_of_its_morning(hour: int, day: int) -> None:
    at = NIGHT.replace(hour=hour)
    assert date_of(at).day == day
    assert span(date_of(at), ZONE)[0] <= at < span(date_of(at), ZONE)[1]


# when


def is_due(ledger: Ledger, at: datetime) -> tuple[str, str]:
    return due(ledger, HOURS, at, ZONE)


def test_after_an_empty_night_there_is_none(ledger: Ledger) -> None:
    ledger.receive("folder", "a", "", "A house.")
    assert is_due(ledger, NIGHT) == is_due(ledger, NIGHT.replace(hour=10)) == ("", "")


def test_it_is_due_when_nothing_is_left_to_make_and_once_more_when_the_doors_open(ledger: Ledger) -> None:
    made(ledger)
    early = is_due(ledger, NIGHT)
    assert early == ("2026-11-25", str(NIGHT.timestamp()))
    ledger.set_mark(MARK, json.dumps(dict([early])))
    assert is_due(ledger, NIGHT) == ("", "")
    assert is_due(ledger, NIGHT.replace(hour=10)) == ("2026-11-25", FINAL)
    ledger.set_mark(MARK, json.dumps({"2026-11-25": FINAL}))
    assert is_due(ledger, NIGHT.replace(hour=10)) == ("", "")


def test_while_there_is_something_to_make_it_waits_for_the_morning(ledger: Ledger) -> None:
    made(ledger)
    approved(ledger, "b")
    assert is_due(ledger, NIGHT) == ("", "")
    assert is_due(ledger, NIGHT.replace(hour=10))[1] == FINAL


def test_what_is_made_later_in_the_night_is_reported_too(ledger: Ledger, clock: Clock) -> None:
    made(ledger)
    ledger.set_mark(MARK, json.dumps(dict([is_due(ledger, NIGHT)])))
    clock.now += 600
    made(ledger, "b")
    assert is_due(ledger, NIGHT.replace(hour=3)) == ("2026-11-25", str(clock.now))


def test_a_pc_switched_on_in_the_afternoon_catches_up(ledger: Ledger) -> None:
    made(ledger)
    assert is_due(ledger, NIGHT.replace(hour=15)) == ("2026-11-25", FINAL)


def test_a_gate_that_refuses_by_day_is_reported_the_next_morning_only(ledger: Ledger, clock: Clock) -> None:
    clock.now = NIGHT.replace(hour=15).timestamp()
    id = ledger.receive("folder", "a", "", "...")
    assert id is not None
    ledger.refuse(id, "gate", "there is no phrase in it")
    assert is_due(ledger, NIGHT.replace(hour=16)) == is_due(ledger, NIGHT.replace(hour=23)) == ("", "")
    assert is_due(ledger, NIGHT.replace(day=26, hour=10)) == ("2026-11-26", FINAL)


def test_nonsense_about_what_was_written_is_no_end(ledger: Ledger) -> None:
    made(ledger)
    ledger.set_mark(MARK, "{")
    assert is_due(ledger, NIGHT)[0] == "2026-11-25"


# the sheet


def test_the_sheet_has_the_first_picture_of_every_phrase(tmp_path: Path) -> None:
    shades = [40] * 6 + [120] * 6 + [200] * 5 + [230]
    pictures = (flat(np.full((64, 36), shade, np.uint8), 128, 128) for shade in shades)
    film = write_film(tmp_path / "a.mp4", pictures, 12, bf="0")
    png = contact_sheet([Strip(7, film, ("A house.", "قمر", "赤い家、" * 20 + " and on"))])
    sheet = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    seen = [int(sheet[90, 64 + 45 + place * 100]) for place in range(4)]
    assert seen == pytest.approx([28, 121, 214, 249], abs=6)


def test_a_sheet_of_many_films_stays_small(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    noise = (flat(random.integers(16, 235, (256, 144), np.uint8), 128, 128) for _ in range(13))
    film = write_film(tmp_path / "a.mp4", noise, 12, g="1")
    png = contact_sheet([Strip(number, film, ("A phrase of a few words.",) * 12) for number in range(10)])
    assert len(png) <= LARGEST_BYTES
    assert Image.open(io.BytesIO(png)).width > 400


@pytest.mark.parametrize("content", [b"", b"no film" * 500])
def test_a_film_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(FilmError, match="a.mp4: cannot be read as a film"):
        contact_sheet([Strip(1, tmp_path / "a.mp4", ("A house.",))])


# the command


@pytest.fixture
def room(tmp_path: Path) -> DeskRoom:
    return DeskRoom(tmp_path)


def report(room: DeskRoom, *more: object) -> tuple[int, str, str]:
    done = blind_eye("report", "--site", room.site, "--state", room.state.root, *more)
    return done.returncode, done.stdout, done.stderr


def test_the_command_writes_text_and_sheet_where_it_is_told(room: DeskRoom, tmp_path: Path) -> None:
    clip(room.state.clips / "1.mp4")
    with Ledger(room.state.ledger, Clock()) as ledger:
        made(ledger, film=room.state.clips / "1.mp4")
    status, out, _ = report(room, "--for", "2026-11-25", tmp_path / "out")
    assert (status, out) == (0, (tmp_path / "out" / "report.txt").read_text())
    assert "1 film made" in out
    assert (tmp_path / "out" / "contact-sheet.png").read_bytes().startswith(b"\x89PNG")
    assert not room.state.reports.exists()


@pytest.mark.parametrize("content", [b"no film", None])
def test_a_film_that_is_broken_or_gone_costs_the_sheet_only(room: DeskRoom, content: bytes | None) -> None:
    if content:
        (room.state.clips / "1.mp4").write_bytes(content)
    with Ledger(room.state.ledger, Clock()) as ledger:
        made(ledger, film=room.state.clips / "1.mp4")
    status, out, _ = report(room, "--for", "2026-11-25")
    assert status == 0
    assert ("There is no contact sheet" in out) == bool(content)
    assert (room.state.reports / "latest" / "report.txt").read_text() == out
    assert not (room.state.reports / "latest" / "contact-sheet.png").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(room: DeskRoom) -> None:
    with room.ledger():
        pass
    status, _, error = report(room, room.site / "below")
    assert status == 1
    assert error.startswith("blind-eye: the report cannot be written: ")
    assert error.count("\n") == 1


def test_without_a_ledger_it_is_told_where_one_may_be(room: DeskRoom) -> None:
    status, _, error = report(room)
    assert status == 78
    assert f"there is no ledger in {room.state.root}; " in error
    assert not room.state.ledger.exists()


def test_a_wrong_date_is_one_sentence(room: DeskRoom) -> None:
    status, _, error = report(room, "--for", "yesterday")
    assert status == 2
    assert "yesterday is not a date such as 2026-11-25" in error


def test_old_reports_are_let_go(tmp_path: Path) -> None:
    for name in ("2026-08-01", "2026-11-24", "2026-11-25", "notes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.txt").write_text(name)
    keep(tmp_path, MORNING)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-11-24", "2026-11-25", "latest", "notes"]
    assert (tmp_path / "latest" / "report.txt").read_text() == "2026-11-25"
    assert KEPT_DAYS == 90


# the desk


def test_the_desk_has_it_written_when_all_is_made(room: DeskRoom) -> None:
    room.site.write_text(room.site.read_text() + '[hours]\nopen = "2020 Mo-Su 10:00-18:00"\n')
    with room.desk() as desk:
        room.drop("a.json", json.dumps({"text": "A red house.", "author": "Anna"}))
        room.wait_for(Step.WORDS_APPROVED)
        room.make()
        wait_until((room.state.reports / "latest" / "report.txt").exists, "the report", 60)
        desk.wait_for("is written")
        assert desk.stop() == 0
    (folder,) = (path for path in room.state.reports.iterdir() if path.name != "latest")
    assert folder.name == date_of(datetime.now(ZONE)).isoformat()
    assert "1, the folder, Anna: A red house." in (folder / "report.txt").read_text()
    assert room.told()["words"] == ""


def test_a_report_that_cannot_be_written_is_told_and_stops_nothing(room: DeskRoom) -> None:
    room.site.write_text(room.site.read_text() + '[hours]\nopen = "2020 Mo-Su 10:00-18:00"\n')
    room.state.reports.write_text("in the way")
    grey(room.folder / "1.mp4", (64, 64), 12)
    with Ledger(room.state.ledger) as ledger:
        made(ledger, film=room.folder / "1.mp4")
    with room.desk() as desk:
        wait_until(lambda: "could not be written; it is tried again" in str(room.told().get("words")), "trouble", 60)
        room.drop("b.txt", "A blue house.")
        wait_until(lambda: room.told().get("received") == 2)
        assert desk.stop() == 0
