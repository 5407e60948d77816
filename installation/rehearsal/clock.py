"""A wall clock that runs on by itself and can be turned by hand."""

import time
from datetime import datetime, timedelta

from installation.day import Hours


class TurnedClock:
    """Aware wall-clock time; calling it tells the time."""

    def __init__(self, start: datetime) -> None:
        self.turn(start)

    def turn(self, to: datetime) -> None:
        """Set it; a single assignment, so any thread may."""
        self._set = (to, time.monotonic())

    def __call__(self) -> datetime:
        """The time it shows."""
        start, at = self._set
        return start + timedelta(seconds=time.monotonic() - at)


def last_minutes_of_a_day(hours: Hours, now: datetime, seconds: float) -> datetime | None:
    """So many seconds before the next closing time; None when the house never closes."""
    opening = now if hours.is_open(now) else hours.next_change(now)
    closing = hours.next_change(opening) if opening else None
    return closing - timedelta(seconds=seconds) if closing else None
