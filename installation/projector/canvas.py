"""The draw itself, and all there is of GL state: one shader pass over all panels."""

from collections.abc import Sequence
from ctypes import c_uint, c_void_p
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyglet import gl
from pyglet.graphics.shader import Shader, ShaderProgram

from installation.projector import warp
from installation.projector.look import Picture
from installation.projector.textures import CardTexture, FilmTextures
from installation.projector.warp import Box, Card
from show.films import Frame

SHADERS = Path(__file__).parent / "shaders"
Port = tuple[int, int, int, int]


def program(name: str) -> ShaderProgram:
    """The shader program of that name from the shaders folder."""
    vertex = Shader((SHADERS / f"{name}.vert").read_text(), "vertex")
    return ShaderProgram(vertex, Shader((SHADERS / f"{name}.frag").read_text(), "fragment"))


class Vertices:
    """A buffer of vertices of one structured dtype, fed to the inputs of a program that bear its fields' names."""

    def __init__(self, program: ShaderProgram, dtype: np.dtype[np.void]) -> None:
        self._array, self._buffer, self._count = c_uint(), c_uint(), 0
        gl.glGenVertexArrays(1, self._array)
        gl.glGenBuffers(1, self._buffer)
        gl.glBindVertexArray(self._array)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._buffer)
        for name, (field, offset, *_) in (dtype.fields or {}).items():
            where = program.attributes[name]["location"]
            gl.glEnableVertexAttribArray(where)
            gl.glVertexAttribPointer(where, field.shape[0], gl.GL_FLOAT, gl.GL_FALSE, dtype.itemsize, c_void_p(offset))

    def upload(self, vertices: NDArray[np.void]) -> None:
        """Replace all vertices."""
        self._count = len(vertices)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._buffer)
        gl.glBufferData(gl.GL_ARRAY_BUFFER, vertices.nbytes, c_void_p(vertices.ctypes.data), gl.GL_DYNAMIC_DRAW)

    def draw(self) -> None:
        """Draw them as triangles with the program in use."""
        gl.glBindVertexArray(self._array)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, self._count)


class Canvas:
    """Everything drawn: film and cards on the panels, black around them."""

    def __init__(self) -> None:
        self._program = program("warp")
        self._panels = Vertices(self._program, warp.VERTEX)
        self._film = FilmTextures()
        self._cards = CardTexture()
        self._colours: object = None
        for unit, name in enumerate(("luma", "blue", "red", "cards")):
            self._program[name] = unit

    def upload(self, frame: Frame) -> None:
        """Copy a frame's planes into the film's textures."""
        self._film.upload(frame)
        colours = (frame.matrix, frame.full_range, warp.chroma_shift(frame))
        if colours != self._colours:
            self._colours = colours
            self._set_colours(frame)

    def upload_cards(self, cards: Sequence[tuple[Box, Picture] | None]) -> list[Card]:
        """Copy the cards of all panels into their texture; where each has come to lie."""
        return self._cards.upload(cards)

    def place_panels(self, vertices: NDArray[np.void]) -> None:
        """Take the panels' corners, dtype warp.VERTEX."""
        self._panels.upload(vertices)

    def draw(self, port: Port) -> None:
        """Compose the picture in that part of the window."""
        gl.glViewport(*port)
        gl.glClearColor(0, 0, 0, 1)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        self._program.use()
        self._panels.draw()

    def read(self, port: Port) -> Picture:
        """That part of the window, (rows, columns, 3), top row first."""
        x, y, width, height = port
        picture = np.empty((height, width, 3), np.uint8)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(x, y, width, height, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, c_void_p(picture.ctypes.data))
        return picture[::-1]

    def _set_colours(self, frame: Frame) -> None:
        matrix, shift = warp.colour(frame)
        self._program["colour"] = matrix.T.ravel().tolist()
        self._program["colour_shift"] = shift.tolist()
        self._program["chroma_shift"] = warp.chroma_shift(frame)
