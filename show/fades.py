"""Levels that move in straight lines, with time handed in."""


class Fader:
    """A level from 0 to 1 that moves to another in so many seconds."""

    def __init__(self, level: float = 1.0) -> None:
        self._from = self._to = level
        self._begin = 0.0
        self._seconds = 0.0

    @property
    def target(self) -> float:
        """Where the level is going."""
        return self._to

    def move(self, to: float, seconds: float, now: float) -> None:
        """Start from wherever the level is at this moment."""
        self._from, self._to = self.level(now), to
        self._begin, self._seconds = now, seconds

    def level(self, now: float) -> float:
        """The level at a moment, exactly the target once the time is over; before the move, where it was."""
        elapsed = now - self._begin
        if elapsed >= self._seconds:
            return self._to
        if elapsed <= 0.0:
            return self._from
        return self._from + (self._to - self._from) * elapsed / self._seconds

    def resting(self, now: float) -> bool:
        """Whether the level has arrived."""
        return now - self._begin >= self._seconds
