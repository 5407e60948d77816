"""What the shaders read: the film's planes, and one texture that holds all cards."""

from collections.abc import Sequence
from ctypes import c_uint, c_void_p

import numpy as np
from numpy.typing import NDArray
from pyglet import gl

from installation.projector.warp import Box, Card
from show.films import Frame, Plane

# Coordinates never leave a texture, so any wrapping looks alike; but Mesa's software renderer interpolates with 8-bit
# weights (up to 5 of 255 off) when a texture is clamped or repeated, and in float, at the same cost, when mirrored.
WRAP = gl.GL_MIRRORED_REPEAT


def make_texture(unit: int) -> int:
    """A smooth texture bound to a unit for good."""
    name = c_uint()
    gl.glGenTextures(1, name)
    gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
    gl.glBindTexture(gl.GL_TEXTURE_2D, name.value)
    for parameter, value in (
        (gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR),
        (gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR),
        (gl.GL_TEXTURE_WRAP_S, WRAP),
        (gl.GL_TEXTURE_WRAP_T, WRAP),
    ):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, value)
    return int(name.value)


class PlaneTexture:
    """One R8 plane of the film on a texture unit of its own."""

    def __init__(self, unit: int) -> None:
        self._unit = unit
        self._size = (0, 0)
        make_texture(unit)

    def upload(self, plane: Plane) -> None:
        """Copy the plane from where the decoder left it."""
        gl.glActiveTexture(gl.GL_TEXTURE0 + self._unit)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        gl.glPixelStorei(gl.GL_UNPACK_ROW_LENGTH, plane.stride)
        if self._size != (plane.width, plane.height):
            self._size = (plane.width, plane.height)
            gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_R8, *self._size, 0, gl.GL_RED, gl.GL_UNSIGNED_BYTE, None)
        pointer = c_void_p(plane.pointer)
        gl.glTexSubImage2D(gl.GL_TEXTURE_2D, 0, 0, 0, *self._size, gl.GL_RED, gl.GL_UNSIGNED_BYTE, pointer)
        gl.glPixelStorei(gl.GL_UNPACK_ROW_LENGTH, 0)


class FilmTextures:
    """The three planes on texture units 0, 1, 2; black until the first frame."""

    def __init__(self) -> None:
        self._planes = [PlaneTexture(unit) for unit in range(3)]
        black = [np.full((1, 1), value, np.uint8) for value in (16, 128, 128)]
        self.upload(Frame.of_arrays(*black))

    def upload(self, frame: Frame) -> None:
        """Show this frame from the next draw on."""
        for texture, plane in zip(self._planes, frame.planes, strict=True):
            texture.upload(plane)


class CardTexture:
    """All cards one below the other on texture unit 3; made anew when one changes, which is seldom."""

    UNIT = 3

    def __init__(self) -> None:
        make_texture(self.UNIT)

    def upload(self, pictures: Sequence[tuple[Box, NDArray[np.uint8]] | None]) -> list[Card]:
        """Lay out pictures, each with its box on the panel, straight alpha RGBA; where each has come to lie."""
        shown = [picture for _, picture in filter(None, pictures)]
        width = max((picture.shape[1] for picture in shown), default=1)
        height = sum(picture.shape[0] for picture in shown) or 1
        atlas = np.zeros((height, width, 4), np.uint8)
        top, cards = 0, []
        for entry in pictures:
            if entry is None:
                cards.append(Card())
                continue
            box, picture = entry
            rows, columns = picture.shape[:2]
            atlas[top : top + rows, :columns] = premultiplied(picture)
            cards.append(Card(box, (0.0, top / height, columns / width, (top + rows) / height)))
            top += rows
        self._send(atlas)
        return cards

    def _send(self, atlas: NDArray[np.uint8]) -> None:
        gl.glActiveTexture(gl.GL_TEXTURE0 + self.UNIT)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 4)
        size = (atlas.shape[1], atlas.shape[0])
        pointer = c_void_p(atlas.ctypes.data)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *size, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pointer)


def premultiplied(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight alpha to premultiplied, so that interpolation leaves no fringe."""
    colour, alpha = picture[..., :3].astype(np.uint16), picture[..., 3:].astype(np.uint16)
    return np.concatenate([(colour * alpha + 127) // 255, alpha], axis=2).astype(np.uint8)
