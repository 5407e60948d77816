"""When what is approved will have been made: by the speed of late, within the nights of the house."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from installation.day import Hours
from installation.desk.estimate import Estimate, Forecast, estimate, ready_about
from installation.desk.pages.telling import Teller
from installation.site import Site, load_site
from installation.state import State
from show.ledger import Ledger
from show.making.speed import Run, Way, remember
from tests.support.desk import DeskRoom
from tests.support.waiting import wait_until

ZONE = ZoneInfo("Europe/Amsterdam")
DAILY = "Mo-Su 10:00-18:00"
EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=ZONE)
HOURLY = Way(6, 144, 256, "vqgan critic")  # with 500 images a phrase an hour, below


@pytest.fixture
def room(tmp_path: Path) -> DeskRoom:
    room = DeskRoom(tmp_path)
    room.site.write_text(room.site.read_text() + f'[hours]\nopen = "{DAILY}"\n')
    return room


@pytest.fixture
def site(room: DeskRoom) -> Site:
    return load_site(room.site)


@pytest.fixture
def ledger(room: DeskRoom) -> Iterator[Ledger]:
    with room.ledger() as ledger:
        remember(ledger, Run(1000.0, 1, 500, 3600.0, HOURLY))
        yield ledger


def approve(ledger: Ledger, name: str, phrases: int) -> int:
    id = ledger.receive("folder", name, name, "A house. " * phrases)
    assert id is not None
    ledger.approve_words(id, "test")
    return id


def foretold(ledger: Ledger, site: Site, state: State, rule: str = DAILY, now: datetime = EVENING) -> Estimate:
    return estimate(ledger, site, state, Hours(rule, "Europe/Amsterdam"), now)


def test_nothing_to_make(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    assert foretold(ledger, site, room.state) == Estimate()
    assert Estimate().words == ""


def test_one_after_another_in_the_order_of_making(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    first, second = approve(ledger, "a", 2), approve(ledger, "b", 3)
    found = foretold(ledger, site, room.state)
    assert (found.stories, found.images, found.seconds, found.nights) == (2, 2500, 5 * 3600, 1)
    assert found.ready == ((first, EVENING.replace(hour=22)), (second, EVENING.replace(day=25, hour=1)))
    assert found.words == "2 stories to be made: 2500 images, about 5.0 h of making in 1 night"


def test_what_does_not_fit_goes_on_the_next_night(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    """14 h less five minutes until ten, then from six in the evening on."""
    id = approve(ledger, "a", 12)
    late = EVENING.replace(hour=23)
    (ready,) = foretold(ledger, site, room.state, now=late).ready
    assert ready == (id, EVENING.replace(day=25, hour=19, minute=5))
    assert foretold(ledger, site, room.state, now=late).nights == 2


def test_while_open_the_night_is_still_to_come(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    id = approve(ledger, "a", 1)
    assert foretold(ledger, site, room.state, now=EVENING.replace(hour=11)).ready == ((id, EVENING.replace(hour=19)),)


def test_in_the_minutes_before_the_doors_open_nothing_is_begun(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    id = approve(ledger, "a", 1)
    now = EVENING.replace(hour=9, minute=56)
    assert foretold(ledger, site, room.state, now=now).ready == ((id, EVENING.replace(hour=19)),)


def test_a_night_of_the_clock_change_is_an_hour_longer(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    id = approve(ledger, "a", 6)
    now = datetime(2026, 10, 24, 23, 0, tzinfo=ZONE)
    assert foretold(ledger, site, room.state, now=now).ready == ((id, datetime(2026, 10, 25, 4, 0, tzinfo=ZONE)),)


@pytest.mark.parametrize("rule", ["", "24/7"])
def test_a_house_that_never_closes_never_makes(ledger: Ledger, site: Site, room: DeskRoom, rule: str) -> None:
    approve(ledger, "a", 1)
    found = foretold(ledger, site, room.state, rule)
    assert (found.seconds, found.nights, found.ready) == (3600, None, ())
    assert found.words == "1 story to be made: 500 images, about 60 min of making"


def test_a_house_that_is_closed_for_good_makes_on(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    id = approve(ledger, "a", 30)
    found = foretold(ledger, site, room.state, "2020 Mo-Su 10:00-18:00")
    assert found.nights == 1
    assert found.ready == ((id, EVENING.replace(day=25, hour=8)),)


def test_images_that_are_there_are_not_made_again(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    id = approve(ledger, "a", 2)
    ledger.start_making(id)
    folder = room.state.work / f"submission-{id}"
    folder.mkdir()
    for number in range(250):
        (folder / f"{number:06}.png").touch()
    assert foretold(ledger, site, room.state).images == 750


def test_before_the_first_is_made_nobody_knows(site: Site, room: DeskRoom) -> None:
    with room.ledger() as ledger:
        approve(ledger, "a", 2)
        found = foretold(ledger, site, room.state)
    assert (found.seconds, found.ready) == (None, ())
    assert found.words == "1 story to be made: 1000 images; how long that takes is not known before the first is made"


def test_a_forecast_is_worked_out_now_and_then(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    forecast, now = Forecast(site, room.state), EVENING.timestamp()
    id = approve(ledger, "a", 1)
    for later, ready in ((0, 0), (10, 0), (60, 1)):
        forecast.round(ledger, now + later)
        assert forecast.latest.ready == ((id, EVENING.replace(hour=21, minute=ready)),)
    approve(ledger, "b", 1)
    forecast.round(ledger, now + 61)
    assert forecast.latest.stories == 2


@pytest.mark.parametrize("nonsense", [{}, {"forecast": {"ready": []}}, {"forecast": {"ready": {"1": "soon"}}}])
def test_nonsense_is_no_forecast(ledger: Ledger, room: DeskRoom, nonsense: object) -> None:
    story = ledger.get(approve(ledger, "a", 1))
    assert ready_about(room.state, story) is None
    room.state.desk.write_text(json.dumps(nonsense))
    assert ready_about(room.state, story) is None


def test_the_pickup_page_says_when(ledger: Ledger, site: Site, room: DeskRoom) -> None:
    story = ledger.get(approve(ledger, "a", 1))
    teller = Teller(site, room.state, EVENING.timestamp)
    assert teller.tell(story).sentences[0].startswith("Films are being made now")
    for moment, words in (
        (EVENING.replace(hour=21), "today at 21:00"),
        (EVENING.replace(day=26), "on Thursday at 20:00"),
    ):
        room.state.desk.write_text(json.dumps({"forecast": {"ready": {str(story.id): moment.isoformat()}}}))
        assert teller.tell(story).sentences == (f"It will be made {words}, or thereabouts.",)
    room.state.desk.write_text(json.dumps({"forecast": {"ready": {str(story.id): "2020-01-01T10:00+01:00"}}}))
    assert teller.tell(story).sentences[0].startswith("Films are being made now")


def test_the_desk_tells_it(ledger: Ledger, room: DeskRoom) -> None:
    with room.desk() as desk:
        room.drop("a.txt", "A red house. A tree.")
        wait_until(lambda: room.told().get("estimate"), "the estimate")
        assert desk.stop() == 0
    told = room.told()
    assert told["estimate"].startswith("1 story to be made: 1000 images, about 2.0 h of making in ")
    assert told["forecast"]["seconds"] == 7200
    assert datetime.fromisoformat(told["forecast"]["ready"]["1"]).tzinfo is not None
    assert ready_about(room.state, ledger.get(1)) == datetime.fromisoformat(told["forecast"]["ready"]["1"])
