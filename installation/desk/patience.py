"""When to try again after trouble: later each time, never at the same moment as everyone else."""

import random

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 900.0


class Patience:
    """Waits 2, 4, 8 ... 900 seconds, each shortened by up to a half at random; time is handed in."""

    def __init__(self, first_seconds: float = FIRST_SECONDS, chance: random.Random | None = None) -> None:
        self.until = 0.0
        self.why = ""
        self._first = first_seconds
        self._next = first_seconds
        self._chance = chance or random.Random()

    def is_over(self, now: float) -> bool:
        """Whether it may be tried; at once when the clock was turned back."""
        return not 0 < self.until - now <= 2 * LONGEST_SECONDS

    def failed(self, now: float, until: float | None = None, why: str = "") -> None:
        """Trouble again; wait until then, if that is known, else longer than last time."""
        self.why = why
        wait = self._next * self._chance.uniform(0.5, 1.0)
        self._next = min(self._next * 2, LONGEST_SECONDS)
        self.until = now + wait if until is None else min(max(until, now + wait), now + LONGEST_SECONDS + wait)

    def went_well(self) -> None:
        """No trouble: the next wait is short again."""
        self.until, self.why, self._next = 0.0, "", self._first
