"""The frame loop's deadlines: sleep, then spin the last moment. A late round goes at once, the next in the old beat."""

import time
from collections.abc import Callable

SPIN_SECONDS = 0.0003  # a sleep overshoots by a third of it; every refresh pays for all of it
BETWEEN = 0.5  # of a period: a round begun later than this would make the next one late


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
    last one was for, and the deadlines stay as they are. Only after a round that drew nothing, or whose picture was
    held: elsewhere two pictures in one refresh would leave all that follow a refresh behind. For the same reason a call
    in the second half waits, unless the rounds are `free`: no display's refresh is waited for, so none is missed.
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

    def hold(self) -> None:
        """Wait with a picture for the coming refresh; a call ends that, and then there is one more round at once."""
        rest = self.coming - SPIN_SECONDS - self._clock()
        self._interrupted = self._doze is not None and rest > 0 and self._doze(rest)
        if not self._interrupted:
            wait_until(self.coming, self._clock, self._sleep)

    def _called(self) -> bool:
        needed = SPIN_SECONDS if self._free else BETWEEN * self.period
        rest = self._deadline - needed - self._clock()
        return self._doze is not None and rest > 0 and self._doze(rest)

    def _wait_for_deadline(self) -> float:
        now = self._clock()
        if now > self._deadline:  # another beat would move every frame against the sound
            self._deadline = now - (now - self._deadline) % self.period
            return now
        return wait_until(self._deadline, self._clock, self._sleep)
