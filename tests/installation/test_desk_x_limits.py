"""What X costs: counted, capped, told, and remembered over restarts and turned clocks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.trouble import Busy
from installation.desk.x_meter import Meter, kind_of
from installation.rehearsal.x_stand_in import XStandIn
from show.ledger import Ledger, Step
from tests.support.desk import stand_in
from tests.support.x_side import XSide

NOON = 1_800_000_000.0 - 1_800_000_000.0 % 86400.0 + 43200.0


class Clock:
    """Turned by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db", clock) as ledger:
        yield ledger


@pytest.fixture
def x() -> Iterator[XStandIn]:
    with stand_in(processing_seconds=0.05) as running:
        yield running


def meter(ledger: Ledger, clock: Clock, cap: int = 0, price: float = 0.0) -> Meter:
    meter = Meter(cap, price, clock)
    meter.write_into(ledger)
    return meter


def headers(left: int, reset: float) -> dict[str, str]:
    return {"x-rate-limit-limit": "300", "x-rate-limit-remaining": str(left), "x-rate-limit-reset": str(int(reset))}


MENTIONS = ("GET", "/2/users/12/mentions")


def test_every_kind_of_call_has_its_name() -> None:
    assert kind_of(*MENTIONS) == "mentions"
    assert kind_of("POST", "/2/tweets") == "answers"
    assert kind_of("GET", "/2/tweets/5") == "posts"
    assert kind_of("POST", "/2/media/upload/5/append") == "films"
    assert kind_of("DELETE", "/2/tweets/5") == "other"


def test_calls_and_spending_are_told(ledger: Ledger, clock: Clock) -> None:
    counting = meter(ledger, clock, cap=500, price=0.005)
    for _ in range(3):
        counting.before(*MENTIONS)
    counting.before("POST", "/2/tweets")
    counting.after(*MENTIONS, headers(297, NOON + 600))
    told = counting.told()
    assert told["words"] == "X: 4 of 500 calls today; spent at most: 0.02 today, 0.02 this month."
    assert told["by_kind"] == {"answers": 1, "mentions": 3}
    assert (told["spent_today"], told["spent_this_month"]) == (0.02, 0.02)
    assert told["left"]["mentions"]["remaining"] == 297
    clock.time += 601
    assert counting.told()["left"] == {}


def test_a_restart_forgets_no_call_and_midnight_forgets_them_all(ledger: Ledger, clock: Clock) -> None:
    meter(ledger, clock, price=1.0).before(*MENTIONS)
    again = meter(ledger, clock, price=1.0)
    again.before(*MENTIONS)
    assert again.told()["words"] == "X: 2 calls today; spent at most: 2.00 today, 2.00 this month."
    clock.time += 43200
    assert again.told()["words"] == "X: 0 calls today; spent at most: 0.00 today, 2.00 this month."
    clock.time += 31 * 86400
    assert meter(ledger, clock, price=1.0).told()["spent_this_month"] == 0.0


def test_the_cap_holds_until_midnight(ledger: Ledger, clock: Clock) -> None:
    counting = meter(ledger, clock, cap=2)
    for _ in range(2):
        counting.before(*MENTIONS)
    with pytest.raises(Busy, match=r"today's 2 calls \(\[x\] calls_per_day\) are used up") as caught:
        counting.before(*MENTIONS)
    assert caught.value.until == NOON + 43200
    with pytest.raises(Busy):
        meter(ledger, clock, cap=2).before(*MENTIONS)
    clock.time += 43200
    counting.before(*MENTIONS)


def test_a_limit_that_is_used_up_is_not_tried(ledger: Ledger, clock: Clock) -> None:
    counting = meter(ledger, clock)
    counting.after(*MENTIONS, headers(0, NOON + 300))
    with pytest.raises(Busy, match="takes no more calls for now") as caught:
        counting.before(*MENTIONS)
    assert caught.value.until == NOON + 300
    counting.before("POST", "/2/tweets")
    clock.time += 301
    counting.before(*MENTIONS)


def test_a_reset_that_cannot_be_meant_is_not_waited_for(ledger: Ledger, clock: Clock) -> None:
    counting = meter(ledger, clock)
    counting.after(*MENTIONS, headers(0, NOON + 86400 * 365))
    counting.before(*MENTIONS)


def test_a_mark_that_nobody_understands_is_begun_anew(ledger: Ledger, clock: Clock) -> None:
    ledger.set_mark("x.calls", '{"day": 5, "calls": []}')
    counting = meter(ledger, clock)
    counting.before(*MENTIONS)
    assert counting.told()["calls_today"] == 1


# in the desk


def test_with_a_cap_it_reads_seldom_enough_to_answer_as_well(tmp_path: Path, x: XStandIn) -> None:
    side = XSide(tmp_path, x, ("x", "calls_per_day = 48"))
    side.read()
    side.later(3500.0)
    side.read()
    assert side.calls("/mentions") == 1
    side.later(100.0)
    side.read()
    assert side.calls("/mentions") == 2
    side.close()


def test_when_the_cap_is_reached_nothing_is_asked_until_tomorrow(tmp_path: Path, x: XStandIn) -> None:
    side = XSide(tmp_path, x, ("x", "calls_per_day = 4"))
    mention = side.made()
    with pytest.raises(Busy, match="today's 4 calls"):
        side.send()
    spent = len(x.calls)
    side.begin()
    with pytest.raises(Busy, match="today's 4 calls"):
        side.read()
    assert len(x.calls) == spent == 4
    assert side.told()["calls_today"] == 4
    side.room.site.write_text(side.room.site.read_text().replace("calls_per_day = 4", "calls_per_day = 40"))
    side.later(86400.0)
    side.begin()
    side.read()
    side.send()
    assert len(x.replies(mention)) == 1
    side.close()


@pytest.mark.parametrize("form", ["credits", "spend cap", "usage cap"])
def test_an_account_that_is_not_paid_for_is_told_and_nothing_is_lost(tmp_path: Path, x: XStandIn, form: str) -> None:
    side = XSide(tmp_path, x)
    mention = side.made()
    fault = x.fault("POST", "/2/tweets", form=form, times=3)
    for _ in range(3):
        with pytest.raises(Busy, match="X is not paid for any more"):
            side.send()
        side.later(2000.0)
    assert fault.times == 0
    assert side.ledger.get(1).state is Step.SHELVED
    side.send()
    assert len(x.replies(mention)) == 1
    side.close()


def test_what_is_left_of_the_limits_is_told(tmp_path: Path, x: XStandIn) -> None:
    side = XSide(tmp_path, x)
    side.read()
    assert side.told()["left"]["mentions"]["limit"] == 300
    assert side.told()["left"]["mentions"]["remaining"] == 299
    x.allow("mentions", 2)
    side.read()
    calls = len(x.calls)
    with pytest.raises(Busy, match="takes no more calls"):
        side.read()
    assert len(x.calls) == calls
    side.close()
