"""Panels that lie over each other."""

import pytest

from calibration.homography import Corners
from calibration.mapping import default_mapping
from calibration.overlaps import overlaps, shared

SQUARE: Corners = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))


def at(x: float, y: float, mirrored: bool = False) -> Corners:
    a, b, c, d = ((px + x, py + y) for px, py in SQUARE)
    return (b, a, d, c) if mirrored else (a, b, c, d)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    ("place", "expected"),
    [((5, 5), True), ((0, 0), True), ((10, 0), False), ((9.8, 0), False), ((20, 0), False), ((-7, 7), True)],
)
def test_two_squares(place: tuple[float, float], expected: bool, mirrored: bool) -> None:
    assert overlaps((SQUARE, at(*place, mirrored))) == (((0, 1),) if expected else ())
    assert overlaps((at(*place, mirrored), SQUARE)) == (((0, 1),) if expected else ())


def test_a_cross_has_no_corner_of_one_in_the_other() -> None:
    tall: Corners = ((4.0, -5.0), (6.0, -5.0), (6.0, 15.0), (4.0, 15.0))
    assert sorted(shared(SQUARE, tall)) == [(4.0, 0.0), (4.0, 10.0), (6.0, 0.0), (6.0, 10.0)]


def test_every_pair_is_named_and_bay_windows_are_apart() -> None:
    assert overlaps((SQUARE, at(20, 0), at(5, 0), at(15, 5))) == ((0, 2), (1, 3))
    assert overlaps(tuple(surface.corners for surface in default_mapping(1280, 800).surfaces)) == ()
