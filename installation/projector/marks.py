"""What a technician sees lying over the projection: strokes, rings and labels in output px. Plain values, no window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from installation.projector.look import Picture

Place = tuple[float, float]
Colour = tuple[float, float, float, float]  # red, green, blue, opacity, each 0..1

FIELDS = {"position": 2, "place": 2, "ends": 4, "shape": 2, "colour": 4, "label_part": 3}
VERTEX = np.dtype([(name, np.float32, (size,)) for name, size in FIELDS.items()])
SOFT_PX = 1.0  # room for the smooth edge


@dataclass(frozen=True)
class Stroke:
    """A straight line with round ends; with both ends at one place a disc."""

    a: Place
    b: Place
    width: float
    colour: Colour


@dataclass(frozen=True)
class Ring:
    """A circle; the radius goes to the middle of its line."""

    middle: Place
    radius: float
    width: float
    colour: Colour


@dataclass(frozen=True, eq=False)
class Label:
    """A picture (rows, columns, 4), straight alpha, its top left corner on a whole px; one at a time."""

    corner: tuple[int, int]
    picture: Picture


Mark = Stroke | Ring | Label


def vertices(marks: Sequence[Mark], width: int, height: int) -> NDArray[np.void]:
    """Six corners of two triangles for each mark, in their order, dtype VERTEX, for an output of that size."""
    quads = np.zeros((len(marks), 6), VERTEX)
    for quad, mark in zip(quads, marks, strict=True):
        if isinstance(mark, Label):
            _lay_label(quad, mark)
        else:
            _lay_line(quad, mark)
    quads["position"] = quads["place"] / [width, height] * [2, -2] + [-1, 1]
    return quads.ravel()


def _lay_line(quad: NDArray[np.void], mark: Stroke | Ring) -> None:
    a, b, radius = (mark.a, mark.b, 0.0) if isinstance(mark, Stroke) else (mark.middle, mark.middle, mark.radius)
    reach = radius + mark.width / 2 + SOFT_PX
    quad["place"] = _box(np.minimum(a, b) - reach, np.maximum(a, b) + reach)
    quad["ends"], quad["shape"], quad["colour"] = (*a, *b), (radius, mark.width / 2), mark.colour


def _lay_label(quad: NDArray[np.void], label: Label) -> None:
    rows, columns = label.picture.shape[:2]
    x, y = label.corner
    quad["place"] = _box(np.array([x, y]), np.array([x + columns, y + rows]))
    quad["label_part"][:, :2] = _box(np.zeros(2), np.ones(2))
    quad["label_part"][:, 2] = 1.0


def _box(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    (x0, y0), (x1, y1) = low, high
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y0), (x1, y1), (x0, y1)])
