"""Where surfaces lie: the triangles of each, two, or with a mesh two for each of its cells. No GL.

A mesh costs no shader anything: within a triangle the homography of the four corners holds exactly, and the mesh's part
of it is linear on the surface.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calibration import homography
from calibration.mapping import Surface
from calibration.mesh import Mesh

FIELDS = {
    "position": 2,
    "place": 3,
    "inside": 4,
    "crop": 4,
    "card_box": 4,
    "card_step": 4,
    "card_within": 4,
    "levels": 2,
    "former_crop": 4,
    "window": 4,
    "tone": 4,
    "side_width": 4,
    "side_power": 4,
    "side_level": 4,
    "lift": 4,
    "masked": 4,
}
VERTEX = np.dtype([(name, np.float32, (size,)) for name, size in FIELDS.items()])
TRIANGLES = [0, 1, 2, 0, 2, 3]  # of a quad whose corners run around it

Array = NDArray[np.float64]


def triangles(surface: Surface, width: int, height: int) -> NDArray[np.void]:
    """The corners of a surface's triangles, dtype VERTEX, of which position, place and inside are told."""
    if surface.mesh:
        return _woven(surface, surface.mesh, width, height)
    corners = np.array(surface.corners, np.float64)
    quad = np.zeros(4, VERTEX)
    quad["position"] = _position(corners, width, height)
    quad["place"] = np.c_[corners, np.ones(4)] @ surface.to_panel.T
    quad["inside"] = _distances(corners)
    return quad[TRIANGLES]


def _position(points: Array, width: int, height: int) -> Array:
    clip: Array = points / [width, height] * [2, -2] + [-1, 1]
    return clip


def _distances(corners: Array) -> Array:
    """Distance of each corner (rows) to each edge (columns), positive inside, along the axis nearer to its normal.

    So measured, a pixel whose four neighbours are inside is at least 1 px from every edge.
    """
    ends = pairwise((*corners, corners[0]))
    columns = [_cross(end - start, corners - start) / np.abs(end - start).max() for start, end in ends]
    distances = np.stack(columns, axis=1)
    inside: Array = distances * np.sign(distances.sum())
    return inside


def _woven(surface: Surface, mesh: Mesh, width: int, height: int) -> NDArray[np.void]:
    points = homography.project(surface.to_output, mesh.places)
    x0, y0, x1, y1 = surface.crop
    depth = np.concatenate([points, np.ones((*points.shape[:2], 1))], axis=-1) @ surface.to_panel[2]
    lattice = np.zeros(points.shape[:2], VERTEX)
    lattice["position"] = _position(points, width, height)
    lattice["place"][..., :2] = (mesh.grid * [x1 - x0, y1 - y0] + [x0, y0]) * depth[..., np.newaxis]
    lattice["place"][..., 2] = depth
    lattice["inside"] = _distances_on_grid(points)
    cells = np.stack([lattice[:-1, :-1], lattice[:-1, 1:], lattice[1:, 1:], lattice[1:, :-1]], axis=-1)
    return cells[..., TRIANGLES].ravel()


def _distances_on_grid(points: Array) -> Array:
    """Distance of each point to the four outer sides of its row or column, 0 on them."""
    across = points.transpose(1, 0, 2)
    top, bottom = _from_first(points), _from_first(points[::-1])[::-1]
    left, right = _from_first(across).T, _from_first(across[::-1])[::-1].T
    return np.stack([top, right, bottom, left], axis=-1)


def _from_first(points: Array) -> Array:
    """Distance of all rows' points to what of the first row lies beside them."""
    edges = np.diff(points[0], axis=0)
    places = np.arange(points.shape[1])
    beside = (np.maximum(places - 1, 0), np.minimum(places, len(edges) - 1))
    return np.minimum(*(_from_edges(edges[n], points - points[0, n]) for n in beside))


def _from_edges(edges: Array, points: Array) -> Array:
    away: Array = np.abs(edges[:, 0] * points[..., 1] - edges[:, 1] * points[..., 0]) / np.abs(edges).max(axis=-1)
    return away


def _cross(edge: Array, points: Array) -> Array:
    turned: Array = edge[0] * points[:, 1] - edge[1] * points[:, 0]
    return turned
