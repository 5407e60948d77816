"""The draw of a technician's marks over the finished picture."""

from collections.abc import Sequence
from ctypes import c_void_p

import numpy as np
from pyglet import gl

from installation.projector import marks
from installation.projector.look import Picture
from installation.projector.marks import Label, Mark
from installation.projector.shading import Vertices, program
from installation.projector.textures import make_texture

LABEL_UNIT = 4


class Overlay:
    """Marks in output px; nothing until there are some."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._program = program("marks")
        self._program["label"] = LABEL_UNIT
        self._vertices = Vertices(marks.VERTEX)
        self._label: Picture | None = None
        self._any = False
        make_texture(LABEL_UNIT)

    def upload(self, shown: Sequence[Mark]) -> None:
        """Draw these from now on, in their order."""
        self._any = bool(shown)
        self._vertices.upload(marks.vertices(shown, *self._size))
        for mark in shown:
            if isinstance(mark, Label) and mark.picture is not self._label:
                self._label = mark.picture
                _send(mark.picture)

    def draw(self) -> None:
        """Draw over what stands in the viewport."""
        if not self._any:
            return
        gl.glEnable(gl.GL_BLEND)
        gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA)
        self._program.use()
        self._vertices.draw()
        gl.glDisable(gl.GL_BLEND)


def _send(picture: Picture) -> None:
    data = np.ascontiguousarray(picture)
    gl.glActiveTexture(gl.GL_TEXTURE0 + LABEL_UNIT)
    gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 4)
    size, pointer = (data.shape[1], data.shape[0]), c_void_p(data.ctypes.data)
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *size, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pointer)
