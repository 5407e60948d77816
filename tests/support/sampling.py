"""What the projector ought to draw, in float64 and without a GPU: same planes, same geometry, textbook colours."""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from calibration.homography import project
from calibration.mapping import Surface
from tests.support.footage import Planes

Array = NDArray[np.float64]
FROM_YUV = {
    "bt601": [[1, 0, 1.402], [1, -0.344136, -0.714136], [1, 1.772, 0]],
    "bt709": [[1, 0, 1.5748], [1, -0.187324, -0.468124], [1, 1.8556, 0]],
}


def places(surface: Surface, width: int, height: int) -> Array:
    """Panel u, v under each pixel centre of the output, (rows, columns, 2)."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return project(surface.to_panel, np.stack([x, y], axis=-1))


def inside(place: Array) -> NDArray[np.bool_]:
    """Which pixels have their centre on the panel."""
    return ((place >= 0) & (place <= 1)).all(axis=-1)


def without_outermost_ring(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels whose four neighbours belong to it too."""
    return reduce(np.logical_and, (np.roll(mask, step, axis) for step in (-1, 1) for axis in (0, 1)), mask)


def expected(planes: Planes, place: Array, share: tuple[float, float], matrix: str, full_range: bool) -> Array:
    """RGB 0..255 of a panel that shows the film from share[0] to share[1] of its width."""
    y, u, v = (_sampled(plane, place, share, planes[0].shape[1]) for plane in planes)
    if full_range:
        yuv = np.stack([y / 255, (u - 128) / 255, (v - 128) / 255], axis=-1)
    else:
        yuv = np.stack([(y - 16) / 219, (u - 128) / 224, (v - 128) / 224], axis=-1)
    return np.clip(yuv @ np.array(FROM_YUV[matrix]).T, 0, 1) * 255


def _sampled(plane: NDArray[np.uint8], place: Array, share: tuple[float, float], film_width: int) -> Array:
    """Bilinear samples, never from beyond the share; 4:2:0 chroma sits at the left of each pair of luma samples."""
    rows, columns = plane.shape
    left = 0.25 if columns < film_width else 0.0
    x = (share[0] + place[..., 0] * (share[1] - share[0])) * columns + left
    x = np.clip(x, share[0] * columns + 0.5, share[1] * columns - 0.5)
    return bilinear(plane, x, np.clip(place[..., 1] * rows, 0.5, rows - 0.5))


def bilinear(plane: NDArray[np.uint8], x: Array, y: Array) -> Array:
    """Samples of a plane at places in texels, whose centres lie at .5."""
    x0, y0 = np.floor(x - 0.5).astype(int), np.floor(y - 0.5).astype(int)
    fx, fy = x - 0.5 - x0, y - 0.5 - y0
    values = plane.astype(np.float64)
    x1, y1 = np.minimum(x0 + 1, plane.shape[1] - 1), np.minimum(y0 + 1, plane.shape[0] - 1)
    top = values[y0, x0] * (1 - fx) + values[y0, x1] * fx
    return top * (1 - fy) + (values[y1, x0] * (1 - fx) + values[y1, x1] * fx) * fy
