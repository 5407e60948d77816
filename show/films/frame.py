"""One picture of a film, as the projector takes it."""

from collections.abc import Sequence
from ctypes import c_uint8
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Matrix = Literal["bt601", "bt709", "bt2020", "rgb"]
Kind = Literal["dxt1", "dxt5", "rgtc1"]
Form = Literal["planes", "rgb", "rgba", "ycocg", "ycocg_alpha"]
BLOCK_BYTES: dict[Kind, int] = {"dxt1": 8, "dxt5": 16, "rgtc1": 8}


@dataclass(frozen=True)
class Plane:
    """One 8-bit plane in memory: address of its first sample, bytes per row, size in samples."""

    pointer: int
    stride: int
    width: int
    height: int

    def samples(self) -> NDArray[np.uint8]:
        """The samples where they are, (rows, columns); look only while the frame is alive."""
        memory = (c_uint8 * (self.stride * self.height)).from_address(self.pointer)
        return np.ctypeslib.as_array(memory).reshape(self.height, self.stride)[:, : self.width]


@dataclass(frozen=True)
class Blocks:
    """A texture of the whole picture, compressed in blocks of 4 x 4 pixels row by row, as a graphics card reads it."""

    kind: Kind
    data: NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """One picture, alive as long as this object; `index` counts from 0.

    `form` "planes": three `planes` of Y, U, V (G, B, R where `matrix` is "rgb"); what was transparent lies over black
    already. Any other form: `blocks` of its one or two textures, alpha straight.
    """

    index: int
    planes: tuple[Plane, ...]
    width: int
    height: int
    matrix: Matrix
    full_range: bool
    memory: object
    form: Form = "planes"
    blocks: tuple[Blocks, ...] = ()

    @classmethod
    def of_arrays(cls, *planes: NDArray[np.uint8], matrix: Matrix = "bt709", full_range: bool = False) -> "Frame":
        """A still picture from Y, U, V arrays of shape (rows, columns)."""
        kept = [np.ascontiguousarray(plane) for plane in planes]
        y, u, v = (Plane(a.ctypes.data, a.strides[0], a.shape[1], a.shape[0]) for a in kept)
        return cls(0, (y, u, v), y.width, y.height, matrix, full_range, kept)

    @classmethod
    def of_blocks(cls, index: int, form: Form, blocks: Sequence[Blocks], width: int, height: int) -> "Frame":
        """A picture in compressed textures."""
        return cls(index, (), width, height, "rgb", True, blocks, form, tuple(blocks))
