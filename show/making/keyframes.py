"""The artist's keyframes: `ANGLE: 1: (1), 37.5: (1.05), 75: (1.1)`, a value per image and straight lines in between."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from show.errors import StoryError

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_NAME = re.compile(r"\s*[A-Za-z_ ]+:\s*(?=[-+.\d])")
_PAIR = re.compile(rf"\s*({NUMBER})\s*:\s*\(\s*({NUMBER})\s*\)\s*")


@dataclass(frozen=True)
class Track:
    """Values over images: (image number, value) pairs in rising order, image numbers counted from 1 and real-valued."""

    points: tuple[tuple[float, float], ...]

    def at(self, image: float) -> float:
        """The value at an image: linear between keyframes, also fractional ones, and flat beyond both ends."""
        after = bisect_right(self.points, (image, float("inf")))
        if after == 0:
            return self.points[0][1]
        if after == len(self.points):
            return self.points[-1][1]
        (left, low), (right, high) = self.points[after - 1], self.points[after]
        return low + (high - low) * (image - left) / (right - left)


def constant(value: float) -> Track:
    """The same value at every image."""
    return Track(((1.0, value),))


def track(points: Iterable[tuple[float, float]], where: str) -> Track:
    """Keyframes in any order become a track; StoryError when a keyframe stands twice or there is none."""
    ordered = sorted(points)
    if not ordered:
        raise StoryError(f"{where} has no keyframe")
    for (left, _), (right, _) in pairwise(ordered):
        if left == right:
            raise StoryError(f"{where} has image {left:g} twice")
    return Track(tuple(ordered))


def parse_keyframes(text: str, where: str, low: float = float("-inf"), high: float = float("inf")) -> Track:
    """Read `1: (1), 37.5: (1.05)`, with or without the name in front; StoryError tells `where`, what and the range."""
    rest = text[match.end() :] if (match := _NAME.match(text)) else text
    points = []
    while rest.strip():
        pair = _PAIR.match(rest)
        if pair is None or (rest[pair.end() :] and rest[pair.end()] != ","):
            raise StoryError(f"{where} = {text!r} is not like '1: (1), 37.5: (1.05)', from {rest.strip()!r} on")
        points.append((float(pair[1]), _within(float(pair[2]), where, low, high)))
        rest = rest[pair.end() + 1 :]
    return track(points, where)


def _within(value: float, where: str, low: float, high: float) -> float:
    if not low <= value <= high:
        raise StoryError(f"{where} = {value:g} is outside {low:g}..{high:g}")
    return value
