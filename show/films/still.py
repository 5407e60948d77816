"""A still picture in the place of a film: nothing to decode, there from the first moment to the last."""

from fractions import Fraction
from pathlib import Path

from show.films.frame import Frame
from show.films.probe import FilmInfo


class Still:
    """One frame as long as its item lasts, asked for as a strand is; no file, no thread."""

    error: str | None = None
    ready = ended = True
    failed = False

    def __init__(self, film: FilmInfo, frame: Frame) -> None:
        self.film = film
        self.first: Frame | None = frame

    def settled(self, _seconds: float) -> bool:
        """Whether waiting would bring no better frame."""
        return True

    def at(self, _seconds: float) -> Frame | None:
        """The frame due at a time."""
        return self.first

    def seek(self, seconds: float) -> None:
        """Go on from another time."""

    def close(self, wait: bool = True) -> None:
        """There is nothing to stop."""


def still_film(name: str, frame: Frame, seconds: float) -> FilmInfo:
    """What a film of one picture holds that lasts so long."""
    return FilmInfo(Path(name), frame.width, frame.height, 1 / Fraction(seconds), 1, seconds)
