"""What surfaces ought to do to their picture, in float64 and without a GPU: mesh, masks, blended sides, tone, black."""

import numpy as np
from numpy.typing import NDArray

from calibration.homography import project
from calibration.light import Light, Mask, Side
from calibration.mapping import Surface
from calibration.mesh import Mesh
from tests.support.footage import Planes
from tests.support.sampling import Array, expected


def on_surface(surface: Surface, width: int, height: int) -> Array:
    """Surface u, v under each pixel centre of the output, (rows, columns, 2); outside of a mesh not a number."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    flat = project(surface.to_surface, np.stack([x, y], axis=-1))
    return _unwoven(flat, surface.mesh) if surface.mesh else flat


def _unwoven(flat: Array, mesh: Mesh) -> Array:
    """Back through the mesh: each cell is two triangles, split from its top left to its bottom right point."""
    found = np.full_like(flat, np.nan)
    for row in range(mesh.rows - 1):
        for column in range(mesh.columns - 1):
            a, b, c, d = (row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)
            for corners in ((a, b, c), (a, c, d)):
                lying = np.array([mesh.places[corner] for corner in corners])
                shares = (flat - lying[0]) @ np.linalg.inv(lying[1:] - lying[0])
                there = (shares >= 0).all(axis=-1) & (shares.sum(axis=-1) <= 1)
                untouched = np.array([mesh.grid[corner] for corner in corners])
                found[there] = untouched[0] + shares[there] @ (untouched[1:] - untouched[0])
    return found


def lit(surface: Surface, planes: Planes, uv: Array, share: tuple[float, float], size: tuple[int, int]) -> Array:
    """RGB 0..255 of a surface at its places `uv` (n, 2); `size` is its longer sides in px."""
    (x0, y0, x1, y1), light = surface.crop, surface.light
    place = np.array([x0, y0]) + uv * [x1 - x0, y1 - y0]
    signal = expected(planes, place, share, "bt709", False) / 255
    signal = np.minimum(signal ** (1 / light.gamma) * light.brightness * np.array(light.colour), 1)
    bright = signal**light.projector_gamma * _blended(light, uv)
    lifted = bright * (1 - np.array(light.black)) + np.array(light.black)
    bright = np.where(_untouched(light, uv), lifted, bright)
    return 255 * bright ** (1 / light.projector_gamma) * light.opacity * _unmasked(surface.masks, uv, size)[:, None]


def _within(light: Light, uv: Array) -> list[tuple[Side, Array]]:
    away = (uv[:, 0], 1 - uv[:, 0], uv[:, 1], 1 - uv[:, 1])
    return [(side, at / side.width) for side, at in zip(light.sides, away, strict=True) if side.width]


def _untouched(light: Light, uv: Array) -> NDArray[np.bool_]:
    return np.all([np.ones(len(uv), bool), *(x >= 1 for _, x in _within(light, uv))], axis=0)[:, None]


def _blended(light: Light, uv: Array) -> Array:
    share = np.ones(len(uv))
    for side, x in _within(light, uv):
        x = np.clip(x, 0, 1)
        rising = side.level * (2 * x) ** side.power
        filling = 1 - (1 - side.level) * (2 * (1 - x)) ** side.power
        share *= np.where(x < 0.5, rising, filling)
    return share[:, None]


def _unmasked(masks: tuple[Mask, ...], uv: Array, size: tuple[int, int]) -> Array:
    at = uv * size
    covers = [(mask.hides, _covered(mask, at, size)) for mask in masks]
    kept = [cover for hides, cover in covers if not hides]
    left = np.prod([np.ones(len(at)), *(1 - cover for hides, cover in covers if hides)], axis=0)
    return left * np.max(kept, axis=0) if kept else left


def _covered(mask: Mask, at: Array, size: tuple[int, int]) -> Array:
    corners = np.array(mask.points) * size
    ends = list(zip(corners, np.roll(corners, -1, axis=0), strict=True))
    nearest = np.min([_distance(at, a, b) for a, b in ends], axis=0)
    turned = sum(_angle(a - at, b - at) for a, b in ends)
    inside = np.abs(turned) > np.pi
    return np.clip(0.5 + np.where(inside, nearest, -nearest) / mask.feather_px, 0, 1)


def _distance(at: Array, a: Array, b: Array) -> Array:
    along = np.clip((at - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
    return np.hypot(*(at - a - along[:, None] * (b - a)).T)


def _angle(a: Array, b: Array) -> Array:
    """From one direction to another, seen from each place; their sum is a whole turn inside a polygon."""
    return np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1))
