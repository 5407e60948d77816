import pytest

from show.fades import Fader


def test_a_fade_is_a_straight_line() -> None:
    fader = Fader(1.0)
    fader.move(0.0, 4.0, now=10.0)
    assert [fader.level(10.0 + t) for t in (0, 1, 2, 4, 9)] == [1.0, 0.75, 0.5, 0.0, 0.0]


def test_a_fade_of_no_time_is_there_at_once() -> None:
    fader = Fader(0.0)
    fader.move(1.0, 0.0, now=5.0)
    assert fader.level(5.0) == 1.0
    assert fader.resting(5.0)


def test_a_new_fade_starts_where_the_old_one_stood() -> None:
    fader = Fader(0.0)
    fader.move(1.0, 10.0, now=0.0)
    fader.move(0.0, 1.0, now=5.0)
    assert fader.level(5.5) == pytest.approx(0.25)
    assert not fader.resting(5.5)


@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_before_it_moves_it_is_where_it_was(seconds: float) -> None:
    fader = Fader(0.25)
    fader.move(1.0, seconds, 10.0)
    assert fader.level(9.9) == 0.25
