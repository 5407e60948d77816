"""The frame loop's deadlines: sleep, then spin the last moment. A late round goes at once, the next in the old beat."""

import time
from collections.abc import Callable

SPIN_SECONDS = 0.0003  # a sleep overshoots by a third of it; every refresh pays for all of it
BETWEEN = 0.5  # of a period: a round begun later than this makes the next one late
YIELDS_EVERY = 4  # periods: a single cue may do so where nothing waits for a refresh, a hand on a fader may not


def wait_until(
    moment: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> float:
    """Wait for a moment on the clock, to a few microseconds; the moment that it then is."""
    if (rest := moment - clock()) > SPIN_SECONDS:
        sleep(rest - SPIN_SECONDS)
    while (now := clock()) < moment:
        pass
    return now


class Pace:
    """Rounds of equal length on the monotonic clock; clock and sleep are handed in.

    `doze` sleeps too, and returns true when called early: then there is one more round at once, for the moment that the
    last one was for, and the deadlines stay as they are. Only in the first half of a period, and after a round that
    drew nothing: two pictures in one refresh would leave all that follow a refresh behind. Where `hold` is used, and
    where rounds are `free` because no display's refresh is waited for, now and then also later or after a picture.
    """

    def __init__(
        self,
        period_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        doze: Callable[[float], bool] | None = None,
        free: bool = False,
    ) -> None:
        self.period, self._free = period_seconds, free
        self._clock, self._sleep, self._doze = clock, sleep, doze
        self._deadline = self._moment = clock()
        self._between = self._interrupted = False
        self._yield_at = 0.0

    @property
    def coming(self) -> float:
        """The moment of the coming refresh, at which what this round draws belongs on the wall."""
        return self._deadline if self._between else self._deadline + self.period

    def wait(self, drawn: bool = False) -> float:
        """Wait for the next round and return the moment that it is for; `drawn` tells what the last one did."""
        between, self._between = self._between, False
        interrupted, self._interrupted = self._interrupted, False
        if not between:
            self._deadline += self.period
            if interrupted or (not drawn and self._called()):
                self._between = True
                return self._moment
        self._moment = self._wait_for_deadline()
        return self._moment

    def hold(self, until: float) -> None:
        """Wait with a picture for its moment; a call ends that, and then there is one more round at once."""
        now = self._clock()
        if now >= self._yield_at and self._dozed(until - SPIN_SECONDS - now):
            self._yield_at, self._interrupted = now + YIELDS_EVERY * self.period, True
        else:
            wait_until(until, self._clock, self._sleep)

    def _called(self) -> bool:
        now, half = self._clock(), self._deadline - BETWEEN * self.period
        if not self._free or now < self._yield_at:
            return self._dozed(half - now)
        called = self._dozed(self._deadline - SPIN_SECONDS - now)
        if called and self._clock() > half:
            self._yield_at = now + YIELDS_EVERY * self.period
        return called

    def _dozed(self, seconds: float) -> bool:
        """Whether there was a call within so many seconds."""
        return self._doze is not None and seconds > 0 and self._doze(seconds)

    def _wait_for_deadline(self) -> float:
        now = self._clock()
        if now > self._deadline:  # another beat would move every frame against the sound
            self._deadline = now - (now - self._deadline) % self.period
            return now
        return wait_until(self._deadline, self._clock, self._sleep)
