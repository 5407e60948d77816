"""What the shaders read: the planes or blocks of films, and one texture that holds all cards."""

from collections.abc import Sequence
from ctypes import c_uint, c_void_p

import numpy as np
from numpy.typing import NDArray
from pyglet import gl

from installation.projector import warp
from installation.projector.cards import Placed, lay_out
from installation.projector.warp import Card
from show.films import Blocks, Frame, Kind, Plane

# Coordinates never leave a texture, so any wrapping looks alike; but Mesa's software renderer interpolates with 8-bit
# weights (up to 5 of 255 off) when a texture is clamped or repeated, and in float, at the same cost, when mirrored.
WRAP = gl.GL_MIRRORED_REPEAT
UNITS = 2  # that a film takes
CARDS_UNIT, FORMER_UNIT, UPLOADING, MASKS_UNIT = (
    3,
    5,
    8,
    9,
)  # the first film is at 0; what is uploading is shown nowhere
COMPRESSED: dict[Kind, int] = {"dxt1": 0x83F0, "dxt5": 0x83F3, "rgtc1": 0x8DBB}  # GL's own names for them


def make_texture(unit: int) -> int:
    """A smooth texture, bound to a unit."""
    name = c_uint()
    gl.glGenTextures(1, name)
    bind(unit, name.value)
    for parameter, value in (
        (gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR),
        (gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR),
        (gl.GL_TEXTURE_WRAP_S, WRAP),
        (gl.GL_TEXTURE_WRAP_T, WRAP),
    ):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, value)
    return int(name.value)


def bind(unit: int, name: int) -> None:
    """Let a unit read a texture."""
    gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)


class FilmTexture:
    """A plane, two, or blocks, of a film's picture."""

    def __init__(self) -> None:
        self.name = make_texture(UPLOADING)
        self._holds: object = None
        self._pairs: NDArray[np.uint16] = np.empty((0, 0), "<u2")

    def upload_plane(self, plane: Plane) -> None:
        """Copy a plane from where the decoder left it, R8."""
        gl.glPixelStorei(gl.GL_UNPACK_ROW_LENGTH, plane.stride)
        self._upload((plane.width, plane.height), gl.GL_R8, gl.GL_RED, plane.pointer)
        gl.glPixelStorei(gl.GL_UNPACK_ROW_LENGTH, 0)

    def upload_pair(self, one: Plane, other: Plane) -> None:
        """Copy two planes of one size as the two channels of RG8: a shader reads both at once."""
        if self._pairs.shape != (one.height, one.width):
            self._pairs = np.empty((one.height, one.width), "<u2")
        np.left_shift(other.samples(), 8, out=self._pairs, dtype=np.uint16)
        np.bitwise_or(self._pairs, one.samples(), out=self._pairs)
        self._upload((one.width, one.height), gl.GL_RG8, gl.GL_RG, self._pairs.ctypes.data)

    def _upload(self, size: tuple[int, int], kind: int, channels: int, pointer: int) -> None:
        bind(UPLOADING, self.name)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        form = channels, gl.GL_UNSIGNED_BYTE
        if self._holds != (kind, *size):
            self._holds = kind, *size
            gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, kind, *size, 0, *form, None)
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, *size, *form, c_void_p(pointer))

    def upload_blocks(self, blocks: Blocks, width: int, height: int) -> None:
        """Copy compressed blocks as they are."""
        bind(UPLOADING, self.name)
        kind, holds = COMPRESSED[blocks.kind], (blocks.kind, width, height)
        data = blocks.data.size, c_void_p(blocks.data.ctypes.data)
        if self._holds != holds:
            self._holds = holds
            gl.glCompressedTexImage2D(gl.GL_TEXTURE_2D, 0, kind, width, height, 0, *data)
        else:
            gl.glCompressedTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, width, height, kind, *data)


class FilmTextures:
    """The textures of one film's newest picture, and what the shader must know to see it: black until the first."""

    def __init__(self) -> None:
        self._textures = [FilmTexture() for _ in range(UNITS)]
        black = [np.full((1, 1), value, np.uint8) for value in (16, 128, 128)]
        self.upload(Frame.of_arrays(*black))

    def upload(self, frame: Frame) -> None:
        """Show this frame from the next draw on."""
        if frame.planes:
            luma, blue, red = frame.planes
            self._textures[0].upload_plane(luma)
            self._textures[1].upload_pair(blue, red)
        for texture, blocks in zip(self._textures, frame.blocks, strict=False):
            texture.upload_blocks(blocks, frame.width, frame.height)
        self.sight = warp.sight(frame)

    def bind(self, first_unit: int) -> None:
        """Let the units from this one on read the picture."""
        for unit, texture in enumerate(self._textures, first_unit):
            bind(unit, texture.name)


class CardTexture:
    """All cards; made anew when one changes, which is seldom."""

    def __init__(self) -> None:
        make_texture(CARDS_UNIT)

    def upload(self, pictures: Sequence[Placed]) -> list[Card]:
        """Lay out pictures, each with its box on the panel, straight alpha RGBA; where each has come to lie."""
        atlas, cards = lay_out(pictures)
        self._send(atlas)
        return cards

    def _send(self, atlas: NDArray[np.uint8]) -> None:
        gl.glActiveTexture(gl.GL_TEXTURE0 + CARDS_UNIT)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 4)
        size = (atlas.shape[1], atlas.shape[0])
        pointer = c_void_p(atlas.ctypes.data)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *size, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pointer)


class MaskTexture:
    """The texels of all masks, read one by one, row by row."""

    def __init__(self) -> None:
        make_texture(MASKS_UNIT)
        gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, gl.GL_NEAREST)
        gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAG_FILTER, gl.GL_NEAREST)

    def upload(self, texels: NDArray[np.float32]) -> None:
        """Replace all texels, (rows, columns, 4)."""
        gl.glActiveTexture(gl.GL_TEXTURE0 + MASKS_UNIT)
        size, pointer = (texels.shape[1], texels.shape[0]), c_void_p(texels.ctypes.data)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA32F, *size, 0, gl.GL_RGBA, gl.GL_FLOAT, pointer)
