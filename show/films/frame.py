"""One picture of a film, as the projector takes it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Matrix = Literal["bt601", "bt709", "bt2020", "rgb"]


@dataclass(frozen=True)
class Plane:
    """One 8-bit plane in memory: address of its first sample, bytes per row, size in samples."""

    pointer: int
    stride: int
    width: int
    height: int


@dataclass(frozen=True)
class Frame:
    """One picture as Y, U, V planes (G, B, R where `matrix` is "rgb"), alive as long as this object.

    `index` counts from 0; what was transparent lies over black already.
    """

    index: int
    planes: tuple[Plane, Plane, Plane]
    width: int
    height: int
    matrix: Matrix
    full_range: bool
    memory: object

    @classmethod
    def of_arrays(cls, *planes: NDArray[np.uint8], matrix: Matrix = "bt709", full_range: bool = False) -> "Frame":
        """A still picture from Y, U, V arrays of shape (rows, columns)."""
        kept = [np.ascontiguousarray(plane) for plane in planes]
        y, u, v = (Plane(a.ctypes.data, a.strides[0], a.shape[1], a.shape[0]) for a in kept)
        return cls(0, (y, u, v), y.width, y.height, matrix, full_range, kept)
