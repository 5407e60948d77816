import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.night import FIRST_WAIT_SECONDS, PATIENCE_SECONDS, Night
from show.ledger import Ledger, Step
from tests.support.waiting import wait_until

MARGIN = 300.0
WORKS = "import time; time.sleep(60)"
DEAF = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(60)"


@pytest.fixture
def night() -> Iterator[Night]:
    night = Night([sys.executable, "-c", WORKS], MARGIN)
    yield night
    night.stop()


def test_the_maker_runs_while_closed_and_something_waits(night: Night) -> None:
    night.tick(0.0, closed=True, seconds_until_open=3600, to_make=0)
    assert not night.making
    night.tick(1.0, closed=True, seconds_until_open=3600, to_make=1)
    assert night.making


@pytest.mark.parametrize(("closed", "until_open"), [(False, 0.0), (True, MARGIN)])
def test_the_maker_never_runs_near_visitors(night: Night, closed: bool, until_open: float) -> None:
    night.tick(0.0, closed, until_open, to_make=3)
    assert not night.making


def test_the_maker_ends_before_opening(night: Night) -> None:
    night.tick(0.0, closed=True, seconds_until_open=301, to_make=1)
    night.tick(2.0, closed=True, seconds_until_open=299, to_make=1)
    wait_until(lambda: not night.making, "the maker's end")


def test_a_maker_that_died_is_started_again_after_a_while(night: Night) -> None:
    dying = Night([sys.executable, "-c", "raise SystemExit(9)"], MARGIN)
    dying.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
    wait_until(lambda: not dying.making, "its end")
    dying.tick(1.0, closed=True, seconds_until_open=3600, to_make=1)
    assert (dying.restarts, dying.making) == (1, False)
    assert dying.trouble == "the maker ended with 9; it goes on at its last checkpoint"
    dying.tick(7.0, closed=True, seconds_until_open=3600, to_make=1)
    wait_until(lambda: not dying.making, "its second end")
    dying.tick(8.0, closed=True, seconds_until_open=3600, to_make=0)
    assert dying.trouble == ""


def test_a_deaf_maker_is_killed_before_the_doors_open(tmp_path: Path) -> None:
    night = Night([sys.executable, "-c", DEAF, str(tmp_path / "up")], MARGIN)
    night.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
    wait_until((tmp_path / "up").exists, "the deaf maker")
    night.tick(1.0, closed=False, seconds_until_open=0, to_make=1)
    assert night.making
    night.tick(1.1 + PATIENCE_SECONDS, closed=False, seconds_until_open=0, to_make=1)
    wait_until(lambda: not night.making, "its end")


def test_a_slow_image_may_be_ended_while_the_margin_lasts(tmp_path: Path) -> None:
    night = Night([sys.executable, "-c", DEAF, str(tmp_path / "up")], MARGIN)
    night.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
    wait_until((tmp_path / "up").exists, "the slow maker")
    night.tick(1.0, closed=True, seconds_until_open=MARGIN, to_make=1)
    night.tick(200.0, closed=True, seconds_until_open=MARGIN - 199, to_make=1)
    assert night.making
    night.tick(272.0, closed=True, seconds_until_open=MARGIN - 271, to_make=1)
    wait_until(lambda: not night.making, "its end before the doors open")


def test_a_maker_that_cannot_be_started_is_tried_again() -> None:
    night = Night(["/nowhere/maker"], MARGIN)
    for now in (0.0, 10.0):
        night.tick(now, closed=True, seconds_until_open=3600, to_make=1)
        assert not night.making


def test_a_maker_that_is_done_leaves_the_desk_time_to_say_so(tmp_path: Path) -> None:
    code, runs = "import sys; open(sys.argv[1], 'a').write('once ')", tmp_path / "runs"
    night = Night([sys.executable, "-c", code, str(runs)], MARGIN)
    night.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
    wait_until(lambda: not night.making, "its end")
    night.tick(1.0, closed=True, seconds_until_open=3600, to_make=1)
    night.tick(0.9 + FIRST_WAIT_SECONDS, closed=True, seconds_until_open=3600, to_make=1)
    assert not night.making
    night.tick(1.0 + FIRST_WAIT_SECONDS, closed=True, seconds_until_open=3600, to_make=1)
    wait_until(lambda: runs.read_text() == "once once ", "its second run")
    night.stop()


def test_a_maker_sent_away_before_it_began_did_not_fail(night: Night) -> None:
    night.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
    night.tick(1.0, closed=False, seconds_until_open=0, to_make=1)
    wait_until(lambda: not night.making, "the maker's end")
    night.tick(2.0, closed=False, seconds_until_open=0, to_make=1)
    assert night.restarts == 0


def test_a_pause_keeps_the_maker_away_and_sends_it_away(night: Night) -> None:
    night.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
    night.paused = True
    night.tick(1.0, closed=True, seconds_until_open=3600, to_make=1)
    wait_until(lambda: not night.making, "the maker's end")
    night.tick(20.0, closed=True, seconds_until_open=3600, to_make=1)
    assert not night.making
    night.paused = False
    night.tick(40.0, closed=True, seconds_until_open=3600, to_make=1)
    assert night.making


def test_the_real_maker_ends_before_the_doors_open_and_goes_on_the_next_night(tmp_path: Path) -> None:
    """Its images are slow: the clock of the house is turned while one is being made."""
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.approve_words(ledger.receive("folder", "a", "", "The sea at night.") or 0, "test")
        folders = [word for name in ("work", "clips") for word in (f"--{name}", str(tmp_path / name))]
        slow = ["--images", "3", "--checkpoint", "50", "--iterations", "12", "--width", "64", "--height", "64"]
        command = [sys.executable, "-m", "show.making.maker", "--ledger", str(tmp_path / "ledger.db"), *folders, *slow]
        night = Night(command, MARGIN)
        night.tick(0.0, closed=True, seconds_until_open=3600, to_make=1)
        wait_until(lambda: list(tmp_path.glob("work/*/*.png")), "the first image", 60)
        night.tick(1.0, closed=True, seconds_until_open=MARGIN, to_make=1)
        wait_until(lambda: not night.making, "its end", 60)
        assert ledger.get(1).state is Step.MAKING
        assert list(tmp_path.glob("work/*/checkpoint.safetensors"))
        night.tick(2.0, closed=False, seconds_until_open=0, to_make=1)
        night.tick(40000.0, closed=True, seconds_until_open=3600, to_make=1)
        wait_until(lambda: ledger.get(1).state is Step.MADE, "the film of two nights", 60)
        night.stop()
    assert night.restarts == 0
