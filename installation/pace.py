"""The frame loop's own deadlines: sleep, then spin the last moment; after lateness start afresh, never chase."""

import time
from collections.abc import Callable

SPIN_SECONDS = 0.0003  # a sleep overshoots by a third of it; every refresh pays for all of it


class Pace:
    """Rounds of equal length on the monotonic clock; clock and sleep are handed in."""

    def __init__(
        self,
        period_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.period = period_seconds
        self._clock, self._sleep = clock, sleep
        self._deadline = clock()

    def wait(self) -> float:
        """Wait for the next deadline and return the moment it was reached."""
        self._deadline += self.period
        now = self._clock()
        if now > self._deadline:
            self._deadline = now
            return now
        if self._deadline - now > SPIN_SECONDS:
            self._sleep(self._deadline - now - SPIN_SECONDS)
        while (now := self._clock()) < self._deadline:
            pass
        return now
