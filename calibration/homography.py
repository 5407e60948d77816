"""The projective map of a panel onto the four corners where it hangs.

Panel coordinates are u, v in 0..1 from its top left corner. Output coordinates are pixels, origin at the top left
corner of the top left pixel, so that pixel centres lie at .5. Corners run top left, top right, bottom right, bottom
left. All float64.
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
Matrix = NDArray[np.float64]

LEAST_ALTITUDE_PX = 4.0  # a thinner corner triangle turns rounding into visible shifts
LEAST_DEPTH_RATIO = 0.05  # nearest to farthest corner; below it the panel runs into its own horizon


def unit_to_quad(corners: Corners) -> Matrix:
    """The 3x3 homography from panel u, v to output pixels, its last element 1; a degenerate quad is a ValueError."""
    (x0, y0), (x1, y1), _, (x3, y3) = corners
    g, h = _horizon(corners)
    return np.array(
        [
            [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            [g, h, 1.0],
        ]
    )


def quad_to_unit(corners: Corners) -> Matrix:
    """The inverse: output pixels to panel u, v."""
    return np.linalg.inv(unit_to_quad(corners)).astype(np.float64)


def project(matrix: Matrix, points: NDArray[np.float64]) -> Matrix:
    """Points of shape (..., 2) through a homography."""
    u, v = points[..., 0], points[..., 1]
    x, y, w = (row[0] * u + row[1] * v + row[2] for row in matrix)
    return np.stack([x / w, y / w], axis=-1)


def problem(corners: Corners, flipped: bool = False) -> str | None:
    """Why these corners cannot carry a picture, or None when they can; `flipped` asks for a mirrored panel."""
    if not all(math.isfinite(value) for point in corners for value in point):
        return "a corner is not a finite number"
    turns = _turns(corners)
    if not (all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)):
        return "the panel is folded, its corners do not run once around it"
    if (turns[0] < 0) != flipped:
        return "the panel is mirrored without `flipped`" if not flipped else "the panel is not mirrored, but `flipped`"
    return _too_thin(corners) or _too_steep(corners)


def _too_thin(corners: Corners) -> str | None:
    altitude = min(_altitudes(corners))
    if altitude < LEAST_ALTITUDE_PX:
        return f"the panel is too thin, {altitude:.1f} px at a corner where at least {LEAST_ALTITUDE_PX:g} are needed"
    return None


def _too_steep(corners: Corners) -> str | None:
    g, h = _horizon(corners)
    depths = (1.0, 1.0 + g, 1.0 + g + h, 1.0 + h)
    if min(depths) < LEAST_DEPTH_RATIO * max(depths):
        return "the panel is seen too steeply, one side more than twenty times as far away as the other"
    return None


def _horizon(corners: Corners) -> tuple[float, float]:
    """The projective terms g, h of the homography: w = g u + h v + 1."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    right, below, skew = (x1 - x2, y1 - y2), (x3 - x2, y3 - y2), (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3)
    area = _cross(right, below)
    if area == 0:
        raise ValueError("three corners of the quad lie on one line")
    return _cross(skew, below) / area, _cross(right, skew) / area


def _turns(corners: Corners) -> list[float]:
    """Cross product of the two edges at each corner; all positive when the corners run clockwise on the screen."""
    edges = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise((*corners, corners[0]))]
    return [_cross(edges[i - 1], edges[i]) for i in range(4)]


def _altitudes(corners: Corners) -> list[float]:
    """Smallest altitude of the triangle that each corner makes with its neighbours."""
    turns = _turns(corners)
    return [abs(turns[i]) / _longest(corners[i - 1], corners[i], corners[(i + 1) % 4]) for i in range(4)]


def _longest(a: Point, b: Point, c: Point) -> float:
    return max(math.dist(a, b), math.dist(b, c), math.dist(c, a))


def _cross(a: Point, b: Point) -> float:
    return a[0] * b[1] - a[1] * b[0]
