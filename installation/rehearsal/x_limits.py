"""X's counting of calls: for every limit a window of 15 minutes that begins with its first call."""

import time
from collections.abc import Callable
from threading import Lock

WINDOW_SECONDS = 900.0


class Limits:
    """How many calls are left of each limit; `now` gives seconds since 1970."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now, self._lock = now, Lock()
        self._windows: dict[str, tuple[float, int]] = {}
        self.allowed: dict[str, int] = {}  # in place of X's own numbers, by the name of a limit

    def spend(self, name: str, calls: int) -> tuple[bool, dict[str, str]]:
        """Count a call of a limit that allows so many: whether it may be, and the headers that tell what is left."""
        with self._lock:
            most, now = self.allowed.get(name, calls), self._now()
            began, spent = self._windows.get(name, (now, 0))
            if not began <= now < began + WINDOW_SECONDS:
                began, spent = now, 0
            is_allowed = spent < most
            self._windows[name] = (began, spent + is_allowed)
            left = most - spent - is_allowed
        reset = str(int(began + WINDOW_SECONDS) + 1)
        return is_allowed, {
            "x-rate-limit-limit": str(most),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": reset,
        }
