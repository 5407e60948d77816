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


def test_after_lateness_it_starts_afresh() -> None:
    clock = HandClock()
    pace = Pace(0.02, clock, clock.sleep)
    pace.wait()
    clock.now += 1.0
    late = pace.wait()
    assert abs(pace.wait() - late - 0.02) < 0.001
