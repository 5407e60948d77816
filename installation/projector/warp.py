"""The arithmetic of the draw: corners of panels as the shader takes them, and colour matrices. No GL."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from calibration.homography import Point
from calibration.mapping import Mapping, Surface
from installation.projector.look import Look
from show.films import Form, Frame, Matrix

Box = tuple[float, float, float, float]
NOWHERE: Box = (2.0, 2.0, 3.0, 3.0)

FIELDS = {
    "position": 2,
    "place": 3,
    "inside": 4,
    "crop": 4,
    "card_box": 4,
    "card_part": 4,
    "level": 1,
    "former_crop": 4,
    "former_level": 1,
}
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
    quad["crop"], quad["level"] = _share(look, index)
    quad["card_box"], quad["card_part"] = card.box, card.part
    if look.former:
        quad["former_crop"], quad["former_level"] = _share(look.former, index)
    return quad[TRIANGLES]


def _share(look: Look, index: int) -> tuple[Box, float]:
    """The part of its film that a panel shows, and how bright."""
    crop = look.crops[index]
    return (crop.x0, crop.y0, crop.x1, crop.y1), look.opacities[index] * look.brightness


@dataclass(frozen=True)
class Run:
    """Vertices that can be drawn at once, since they show the same film, and in a cross-fade the same former one."""

    film: int
    former: int | None
    first: int
    count: int


def runs(look: Look, panels: int) -> tuple[Run, ...]:
    """What is to be drawn one after the other."""
    shown = [(look.film(index), look.former.film(index) if look.former else None) for index in range(panels)]
    found, first = [], 0
    for films, alike in groupby(shown):
        count = len(list(alike)) * len(TRIANGLES)
        found.append(Run(*films, first, count))
        first += count
    return tuple(found)


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


@dataclass(frozen=True)
class Sight:
    """How the shader is to see a film's textures: their form; for planes, Y, U, V in 0..1 to R, G, B by columns, the
    shift after it, and where chroma sits in chroma texels.
    """

    form: Form
    colour: tuple[float, ...]
    colour_shift: tuple[float, ...]
    chroma_shift: tuple[float, float]


def sight(frame: Frame) -> Sight:
    """How a frame is to be seen."""
    sharing = round(frame.width / frame.planes[1].width) if frame.planes else 1
    return _sight(frame.form, frame.matrix, frame.full_range, sharing)


@cache
def _sight(form: Form, matrix: Matrix, full_range: bool, sharing: int) -> Sight:
    """MPEG carries chroma at the left of the luma samples that share it."""
    colour, shift = (FROM_GBR, np.zeros(3)) if matrix == "rgb" else _colour(matrix, full_range)
    return Sight(form, tuple(colour.T.ravel().tolist()), tuple(shift.tolist()), ((1 - 1 / sharing) / 2, 0.0))


def _colour(name: Matrix, full_range: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrix (3, 3) and shift (3,) that take Y, U, V samples in 0..1 to R, G, B in 0..1."""
    red, blue = LUMA_WEIGHTS[name]
    green = 1 - red - blue
    from_yuv = np.array(
        [
            [1, 0, 2 * (1 - red)],
            [1, -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green],
            [1, 2 * (1 - blue), 0],
        ]
    )
    black, luma, chroma = (0, 255, 255) if full_range else (16, 219, 224)
    matrix = from_yuv * (255 / np.array([luma, chroma, chroma]))
    return matrix, -matrix @ (np.array([black, 128, 128]) / 255)


def longest_sides(surface: Surface) -> tuple[int, int]:
    """Width and height in output px of the panel, taken along its longer sides."""
    top, right, bottom, left = (float(np.hypot(*np.subtract(b, a))) for a, b in _edges(surface))
    return round(max(top, bottom)), round(max(left, right))


def _edges(surface: Surface) -> list[tuple[Point, Point]]:
    return list(pairwise((*surface.corners, surface.corners[0])))
