"""The arithmetic of the draw: corners of panels as the shader takes them, and colour matrices. No GL."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calibration.homography import Point
from calibration.mapping import Mapping, Surface
from installation.projector.look import Look
from show.films import Frame, Matrix

Box = tuple[float, float, float, float]
NOWHERE: Box = (2.0, 2.0, 3.0, 3.0)

FIELDS = {"position": 2, "place": 3, "inside": 4, "crop": 4, "card_box": 4, "card_part": 4, "level": 1}
VERTEX = np.dtype([(name, np.float32, (size,)) for name, size in FIELDS.items()])
TRIANGLES = [0, 1, 2, 0, 2, 3]

FROM_GBR = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
LUMA_WEIGHTS: dict[Matrix, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}


@dataclass(frozen=True)
class Card:
    """A picture lying on a panel: its box on the panel and its part of the texture of all cards, both 0..1."""

    box: Box = NOWHERE
    part: Box = NOWHERE


def vertices(mapping: Mapping, look: Look, cards: Sequence[Card]) -> NDArray[np.void]:
    """Six corners of two triangles for each panel, dtype VERTEX."""
    quads = [
        _quad(surface, mapping, look, index, card)
        for index, (surface, card) in enumerate(zip(mapping.surfaces, cards, strict=True))
    ]
    return np.concatenate(quads)


def _quad(surface: Surface, mapping: Mapping, look: Look, index: int, card: Card) -> NDArray[np.void]:
    corners = np.array(surface.corners, np.float64)
    quad = np.zeros(4, VERTEX)
    quad["position"] = corners / [mapping.width, mapping.height] * [2, -2] + [-1, 1]
    quad["place"] = np.c_[corners, np.ones(4)] @ surface.to_panel.T
    quad["inside"] = _distances(corners)
    crop = look.crops[index]
    quad["crop"] = (crop.x0, crop.y0, crop.x1, crop.y1)
    quad["card_box"], quad["card_part"] = card.box, card.part
    quad["level"] = look.opacities[index] * look.brightness
    return quad[TRIANGLES]


def _distances(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each corner (rows) to each edge (columns), positive inside, along the axis nearer to its normal.

    So measured, a pixel whose four neighbours are inside is at least 1 px from every edge.
    """
    ends = pairwise((*corners, corners[0]))
    columns = [_cross(end - start, corners - start) / np.abs(end - start).max() for start, end in ends]
    distances = np.stack(columns, axis=1)
    inside: NDArray[np.float64] = distances * np.sign(distances.sum())
    return inside


def _cross(edge: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    turned: NDArray[np.float64] = edge[0] * points[:, 1] - edge[1] * points[:, 0]
    return turned


def colour(frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrix (3, 3) and shift (3,) that take the frame's Y, U, V samples in 0..1 to R, G, B in 0..1."""
    if frame.matrix == "rgb":
        return FROM_GBR, np.zeros(3)
    red, blue = LUMA_WEIGHTS[frame.matrix]
    green = 1 - red - blue
    from_yuv = np.array(
        [
            [1, 0, 2 * (1 - red)],
            [1, -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green],
            [1, 2 * (1 - blue), 0],
        ]
    )
    black, luma, chroma = (0, 255, 255) if frame.full_range else (16, 219, 224)
    matrix = from_yuv * (255 / np.array([luma, chroma, chroma]))
    return matrix, -matrix @ (np.array([black, 128, 128]) / 255)


def chroma_shift(frame: Frame) -> tuple[float, float]:
    """Where chroma sits, in chroma texels: MPEG carries it at the left of the luma samples that share it."""
    sharing = round(frame.width / frame.planes[1].width)
    return ((1 - 1 / sharing) / 2, 0.0)


def longest_sides(surface: Surface) -> tuple[int, int]:
    """Width and height in output px of the panel, taken along its longer sides."""
    top, right, bottom, left = (float(np.hypot(*np.subtract(b, a))) for a, b in _edges(surface))
    return round(max(top, bottom)), round(max(left, right))


def _edges(surface: Surface) -> list[tuple[Point, Point]]:
    return list(pairwise((*surface.corners, surface.corners[0])))
