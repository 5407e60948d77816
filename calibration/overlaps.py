"""Which panels lie over each other on the wall. Pure; places in output px."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from calibration.homography import Corners, Point

LEAST_PX = 4.0  # square px; panels that touch along an edge do not count


@lru_cache(maxsize=4)
def overlaps(panels: tuple[Corners, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of panels, counted from 0, that share more than a sliver; each panel must be convex."""
    pairs = combinations(range(len(panels)), 2)
    return tuple((a, b) for a, b in pairs if _area(shared(panels[a], panels[b])) > LEAST_PX)


def shared(one: Corners, other: Corners) -> list[Point]:
    """The outline of what two panels share, empty when they are apart."""
    left = list(one)
    inward = 1.0 if _turn(*other[:3]) > 0 else -1.0
    for a, b in _sides(other):
        left = list(_cut(left, a, b, inward))
    return left


def _cut(outline: Sequence[Point], a: Point, b: Point, inward: float) -> Iterator[Point]:
    """The part of an outline on the inner side of the line through a and b."""
    for start, end in _sides(outline):
        before, after = inward * _turn(a, b, start), inward * _turn(a, b, end)
        if before >= 0:
            yield start
        if before * after < 0:
            share = before / (before - after)
            yield start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _sides(outline: Sequence[Point]) -> list[tuple[Point, Point]]:
    return [(point, outline[(place + 1) % len(outline)]) for place, point in enumerate(outline)]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _area(outline: Sequence[Point]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(outline))) / 2
