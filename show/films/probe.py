"""What a film file holds, found out before it is played."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from show.errors import FilmError
from show.films.frame import Form
from show.films.source import Source, opened, reason

EXACTLY = 1e-6  # seconds or frames; keeps 0.1 * 10 from falling under 1
EVEN = 0.25  # of a frame: how far time stamps stray that only their own rounding moved


State: TypeAlias = tuple[int, int, int]


class Untimed(FilmError):
    """A film whose pictures bear no times."""


@dataclass(frozen=True)
class FilmInfo:
    """A film as it stands on disk: `frames` that are really there, lasting `duration` seconds in all.

    `times` are the seconds at which each frame begins where the rate varies; empty where every frame lasts 1 / `fps`.
    `state` tells this file from one that replaces it; `form` is that of its frames.
    """

    path: Path
    width: int
    height: int
    fps: Fraction
    frames: int
    duration: float
    times: tuple[float, ...] = ()
    state: State = (0, 0, 0)
    form: Form = "planes"

    def index_at(self, seconds: float) -> int:
        """The frame to be shown at a time: the first before the beginning, the last after the end."""
        index = bisect_right(self.times, seconds + EXACTLY) - 1 if self.times else int(seconds * self.fps + EXACTLY)
        return max(0, min(index, self.frames - 1))

    def index_of(self, seconds: float) -> int:
        """The frame whose own time stamp says so."""
        return self.index_at(seconds) if self.times else round(seconds * self.fps)

    def time_of(self, index: int) -> float:
        """When a frame begins, in seconds; one that a longer film had in this place counts as the last."""
        return self.times[min(index, self.frames - 1)] if self.times else float(index / self.fps)


def probe(path: Path) -> FilmInfo:
    """What the film holds; FilmError when it cannot be opened, has no pictures, or the first does not decode."""
    state = file_state(path)
    with opened(path) as source:
        fps: Fraction | None = source.stream.average_rate or source.stream.guessed_rate
        times = _times(source, fps) if fps else []
        if not fps or not times:
            raise FilmError(f"{path}: the film holds no pictures")
    with opened(path) as source:
        first = next((frame for picture in source.pictures() if (frame := source.frame(picture, 0))), None)
        if first is None:
            raise FilmError(f"{path}: none of the film's pictures can be decoded")
    frames = len(times) - 1
    varying = () if _even(times[:-1], fps) else tuple(times[:-1])
    duration = times[-1] if varying else float(frames / fps)
    return FilmInfo(path, first.width, first.height, fps, frames, duration, varying, state, first.form)


def file_state(path: Path) -> State:
    """Which file stands there, how large and how old; FilmError when none does."""
    try:
        found = path.stat()
    except OSError as error:
        raise FilmError(f"{path}: cannot be read as a film: {reason(error)}") from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def _times(source: Source, fps: Fraction) -> list[float]:
    """When each picture is due whose bytes are really in the file, then when the last is over; in seconds.

    By the file's index when it is complete and the pictures come evenly, else by reading the file through.
    """
    entries = source.stream.index_entries
    if source.stream.frames and len(entries) == source.stream.frames:
        size = source.path.stat().st_size
        there = (entry for entry in entries if entry.pos + entry.size <= size and not entry.is_discard)
        decoded_at = sorted(source.moment(entry.timestamp) for entry in there)
        if _even(decoded_at, fps):
            return [*decoded_at, 0.0] if decoded_at else []
    return _read_through(source, fps)


def _read_through(source: Source, fps: Fraction) -> list[float]:
    stamps: dict[float, float] = {}
    for packet in source.packets():
        if packet.pts is None and packet.size:
            raise Untimed(f"{source.path}: it never says when its pictures are due: `blind-eye film import` mends it")
        if packet.pts is not None and packet.size and not packet.is_corrupt and not packet.is_discard:
            stamps[source.moment(packet.pts)] = float((packet.duration or 0) * (packet.time_base or 0))
    times = sorted(stamps)
    return [*times, times[-1] + (stamps[times[-1]] or float(1 / fps))] if times else []


def _even(times: Sequence[float], fps: Fraction) -> bool:
    rate = float(fps)
    return all(abs((at - times[0]) * rate - number) < EVEN for number, at in enumerate(times))
