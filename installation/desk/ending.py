"""How the desk is told to end: by a signal, at any moment, without ever standing still over it."""

from contextlib import suppress
from queue import Empty, SimpleQueue


class Ending:
    """`tell` may be called by a signal's handler; a threading.Event may be caught there in its own lock."""

    def __init__(self) -> None:
        self._told: SimpleQueue[None] = SimpleQueue()
        self._is_told = False

    def tell(self, *_: object) -> None:
        """It is to end."""
        self._told.put(None)

    def wait(self, seconds: float) -> bool:
        """Sleep for so long, or until it is to end; whether it is."""
        with suppress(Empty):
            if not self._is_told:
                self._told.get(timeout=seconds)
                self._is_told = True
        return self._is_told
