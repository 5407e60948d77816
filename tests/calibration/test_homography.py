"""The maths that every pixel on the wall goes through."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calibration.homography import Corners, problem, project, quad_to_unit, unit_to_quad

UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
UPRIGHT = ((100.0, 50.0), (300.0, 50.0), (300.0, 450.0), (100.0, 450.0))

side = st.floats(2, 900)
place = st.floats(-500, 1500)


@st.composite
def any_quads(draw: st.DrawFn) -> Corners:
    """Four corners around a place, each in its own quarter; most can carry a picture, some are folded."""
    x, y, (a, b, c, d) = draw(place), draw(place), draw(st.tuples(*[st.tuples(side, side)] * 4))
    return (x - a[0], y - a[1]), (x + b[0], y - b[1]), (x + c[0], y + c[1]), (x - d[0], y + d[1])


quads = any_quads()


def rotated(corners: Corners, steps: int) -> Corners:
    a, b, c, d = (corners[(i + steps) % 4] for i in range(4))
    return a, b, c, d


@given(quads)
def test_panel_corners_land_on_the_quad(corners: Corners) -> None:
    assume(problem(corners) is None)
    assert np.allclose(project(unit_to_quad(corners), UNIT), corners, rtol=0, atol=1e-6)


@given(quads, st.floats(0, 1), st.floats(0, 1))
def test_there_and_back_is_the_same_place(corners: Corners, u: float, v: float) -> None:
    assume(problem(corners) is None)
    there = project(unit_to_quad(corners), np.array([u, v]))
    assert np.allclose(project(quad_to_unit(corners), there), [u, v], rtol=0, atol=1e-6)


@given(quads, st.floats(0, 1), st.floats(0, 1))
def test_the_picture_stays_inside_its_quad(corners: Corners, u: float, v: float) -> None:
    assume(problem(corners) is None)
    x, y = project(unit_to_quad(corners), np.array([u, v]))
    for (ax, ay), (bx, by) in zip(corners, rotated(corners, 1), strict=True):
        assert (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-3


@given(quads, st.floats(0.01, 0.99))
def test_straight_lines_stay_straight(corners: Corners, v: float) -> None:
    assume(problem(corners) is None)
    a, middle, b = project(unit_to_quad(corners), np.array([[0.0, v], [0.37, v], [1.0, v]]))
    length = math.dist(a, b)
    aside = ((b - a)[0] * (middle - a)[1] - (b - a)[1] * (middle - a)[0]) / length
    assert abs(aside) < 1e-6


def test_a_rectangle_is_a_plain_stretch() -> None:
    matrix = unit_to_quad(UPRIGHT)
    assert np.array_equal(matrix, [[200, 0, 100], [0, 400, 50], [0, 0, 1]])


def test_a_camera_is_recovered_exactly() -> None:
    camera = np.array([[310.0, 12.0, 90.0], [-25.0, 640.0, 70.0], [0.21, -0.08, 1.0]])
    a, b, c, d = ((float(x), float(y)) for x, y in project(camera, UNIT))
    assert np.allclose(unit_to_quad((a, b, c, d)), camera, rtol=1e-12, atol=1e-9)


@given(quads, st.integers(1, 3))
def test_turning_a_panel_changes_nothing_about_folds(corners: Corners, steps: int) -> None:
    folded = problem(corners) is not None and "folded" in str(problem(corners))
    turned = problem(rotated(corners, steps))
    assert (turned is not None and "folded" in turned) == folded


@given(quads)
def test_a_panel_is_upright_or_mirrored_never_both(corners: Corners) -> None:
    assert problem(corners) or problem(corners, flipped=True)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        (((0, 0), (100, 100), (100, 0), (0, 100)), "folded"),  # a bow tie
        (((0, 0), (100, 0), (20, 20), (0, 100)), "folded"),  # a dart
        (((0, 0), (100, 0), (100, 100), (50, 50)), "folded"),  # three on one line
        (((5, 5), (5, 5), (5, 5), (5, 5)), "folded"),
        (((100, 0), (0, 0), (0, 100), (100, 100)), "mirrored"),
        (((0, 0), (1000, 0), (1000, 3.9), (0, 3.9)), "too thin"),
        (((0, 0), (1000, 0), (520, 300), (480, 300)), "too steeply"),
        (((0, 0), (math.nan, 0), (100, 100), (0, 100)), "not a finite number"),
        (((0, 0), (math.inf, 0), (100, 100), (0, 100)), "not a finite number"),
    ],
)
def test_a_quad_that_cannot_carry_a_picture_says_why(corners: Corners, words: str) -> None:
    assert words in str(problem(corners))


def test_the_thinnest_panel_allowed_is_four_pixels() -> None:
    assert problem(((0, 0), (4000, 0), (4000, 4.01), (0, 4.01))) is None


@pytest.mark.parametrize(("top", "usable"), [(51.0, True), (49.0, False)])
def test_the_steepest_view_allowed_is_one_to_twenty(top: float, usable: bool) -> None:
    left, right = 500 - top / 2, 500 + top / 2
    assert (problem(((left, 0), (right, 0), (1000, 400), (0, 400))) is None) == usable


def test_a_mirrored_panel_must_be_wished_for() -> None:
    mirrored = ((300.0, 50.0), (100.0, 50.0), (100.0, 450.0), (300.0, 450.0))
    assert problem(mirrored, flipped=True) is None
    assert "not mirrored" in str(problem(UPRIGHT, flipped=True))


@given(st.tuples(*[st.tuples(st.floats(), st.floats())] * 4), st.booleans())
def test_any_numbers_at_all_get_an_answer(corners: Corners, flipped: bool) -> None:
    with np.errstate(all="ignore"):
        wrong = problem(corners, flipped)
    assert wrong is None or wrong
