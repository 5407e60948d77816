import pytest

from installation.pace import Pace


class HandClock:
    """A clock that moves a little at every look and by each sleep."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 0.0001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_deadlines_do_not_drift() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep)
    start = clock.now
    for _ in range(100):
        reached = pace.wait()
    assert abs(reached - start - 2.0) < 0.001


def test_what_is_late_goes_at_once_and_then_on_in_the_old_beat() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep)
    start = clock.now
    pace.wait()
    clock.now = start + 1.013
    rounds = [pace.wait() - start for _ in range(3)]
    assert rounds == pytest.approx([1.013, 1.02, 1.04], abs=0.001)


def test_rounds_that_are_too_long_follow_one_another_at_once() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep)
    start = pace.wait()
    for number in range(1, 9):
        clock.now += 0.03
        assert pace.wait() == pytest.approx(start + number * 0.03, abs=0.002)


def test_a_call_brings_one_round_at_once_and_moves_no_deadline() -> None:
    clock, calls = HandClock(), [True, False, True, True]
    naps: list[float] = []

    def doze(seconds: float) -> bool:
        naps.append(seconds)
        called = calls.pop(0)
        clock.now += seconds / 4 if called else seconds
        return called

    pace = Pace(0.02, clock, clock.sleep, doze)
    start = clock.now
    rounds = [pace.wait() - start for _ in range(4)]
    assert rounds == pytest.approx([0.0, 0.02, 0.04, 0.04], abs=0.001)
    assert max(naps) <= 0.01  # a call in the second half waits for the deadline, which it would otherwise make late


def test_after_a_round_that_drew_nobody_is_heard_before_the_deadline() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep, lambda _: pytest.fail("a second picture in one refresh"))
    start = clock.now
    assert pace.wait(drawn=True) - start == pytest.approx(0.02, abs=0.001)


def test_a_call_after_a_late_round_does_not_go_back_behind_it() -> None:
    clock, calls = HandClock(), [False, True]
    pace = Pace(0.02, clock, clock.sleep, lambda seconds: clock.sleep(seconds / 4) or calls.pop(0))
    pace.wait()
    clock.now += 0.105  # the beat before it was five milliseconds ago
    assert pace.wait() <= pace.wait()


def test_a_call_after_lateness_changes_nothing() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep, lambda _: pytest.fail("there is no time to doze"))
    clock.now += 1.0
    assert pace.wait() == pytest.approx(clock.now, abs=0.001)


def test_what_is_drawn_is_for_the_coming_beat_however_late_the_round_began() -> None:
    clock, calls = HandClock(), [False, True]
    pace = Pace(0.02, clock, clock.sleep, lambda seconds: clock.sleep(seconds / 4) or calls.pop(0))
    start = pace.wait()
    assert pace.coming - start == pytest.approx(0.02, abs=0.001)
    clock.now += 0.033
    late = pace.wait()
    assert (late - start, pace.coming - start) == pytest.approx((0.033, 0.04), abs=0.001)
    pace.wait()
    between = pace.wait()
    assert between - start < 0.05
    assert pace.coming - start == pytest.approx(0.06, abs=0.001)


def test_a_picture_is_held_until_the_coming_beat() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep, lambda seconds: bool(clock.sleep(seconds)))
    start = pace.wait()
    pace.hold(pace.coming)
    assert clock.now - start == pytest.approx(0.02, abs=0.001)
    assert pace.wait(drawn=True) - start == pytest.approx(0.02, abs=0.001)
    clock.now += 0.03
    late = clock.now
    pace.hold(pace.coming)
    assert clock.now - late < 0.001


def test_a_call_ends_the_hold_and_brings_one_round_at_once() -> None:
    clock, calls = HandClock(), [False, True, False]

    def doze(seconds: float) -> bool:
        called = calls.pop(0)
        clock.sleep(seconds / 4 if called else seconds)
        return called

    pace = Pace(0.02, clock, clock.sleep, doze)
    start = clock.now
    first = pace.wait()
    pace.hold(pace.coming)
    assert clock.now - start == pytest.approx(0.025, abs=0.001)
    at_once = pace.wait(drawn=True)
    assert clock.now - start == pytest.approx(0.025, abs=0.001)
    assert (first - start, at_once - start, pace.coming - start) == pytest.approx((0.02, 0.02, 0.04), abs=0.001)
    assert pace.wait(drawn=True) - start == pytest.approx(0.04, abs=0.001)


def test_a_free_pace_answers_a_call_at_any_time() -> None:
    clock = HandClock()
    naps: list[float] = []

    def doze(seconds: float) -> bool:
        naps.append(seconds)
        clock.sleep(0.9 * seconds)
        return True

    pace = Pace(0.02, clock, clock.sleep, doze, free=True)
    start = clock.now
    assert pace.wait() == pytest.approx(start, abs=0.001)
    assert clock.now - start == pytest.approx(0.018, abs=0.001)
    clock.now += 0.01
    late = pace.wait(drawn=True)
    assert (late - start, pace.coming - start) == pytest.approx((0.028, 0.04), abs=0.001)
    assert len(naps) == 1


def test_calls_that_never_end_delay_few_rounds() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep, lambda seconds: not clock.sleep(0.9 * seconds), free=True)
    start, rounds = clock.now, 0
    while clock.now < start + 2:
        pace.wait(drawn=True)
        clock.now += 0.012
        pace.hold(pace.coming)
        rounds += 1
    assert rounds == pytest.approx(100 * (1 + 1 / 5), abs=6)
