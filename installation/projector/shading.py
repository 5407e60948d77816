"""Shader programs, and the vertices they are fed with."""

from collections.abc import Mapping
from ctypes import c_int, c_uint, c_void_p
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyglet import gl
from pyglet.graphics.shader import Shader, ShaderProgram

from installation.projector.textures import CARDS_UNIT, FORMER_UNIT, MASKS_UNIT, UNITS, FilmTextures
from installation.projector.warp import Sight

Features = frozenset[str]
SHADERS = Path(__file__).parent / "shaders"
PASSED_ON = 100  # numbers from warp.vert to warp.frag at most, in whole fours; OpenGL 3.3 promises 60


def program(name: str, **variant: str) -> ShaderProgram:
    """The shader program of that name from the shaders folder, made for a variant of its work."""
    vertex, fragment = source(f"{name}.vert", variant), source(f"{name}.frag", variant)
    return ShaderProgram(Shader(vertex, "vertex"), Shader(fragment, "fragment"))


def source(file: str, variant: Mapping[str, str]) -> str:
    """A shader's text, with a variant's names defined."""
    version, _, rest = (SHADERS / file).read_text().partition("\n")
    defined = "".join(f"#define {key} {value}\n" for key, value in variant.items())
    return f"{version}\n{defined}{rest}"


def most_passed_on() -> int:
    """How many numbers the driver passes on from corners to pixels."""
    most = c_int()
    gl.glGetIntegerv(gl.GL_MAX_VARYING_COMPONENTS, most)
    return most.value


class Vertices:
    """A buffer of vertices of one structured dtype, whose fields are a shader's inputs in the order of location."""

    def __init__(self, dtype: np.dtype[np.void]) -> None:
        self._array, self._buffer, self._count = c_uint(), c_uint(), 0
        gl.glGenVertexArrays(1, self._array)
        gl.glGenBuffers(1, self._buffer)
        gl.glBindVertexArray(self._array)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._buffer)
        for where, (field, offset, *_) in enumerate((dtype.fields or {}).values()):
            gl.glEnableVertexAttribArray(where)
            gl.glVertexAttribPointer(where, field.shape[0], gl.GL_FLOAT, gl.GL_FALSE, dtype.itemsize, c_void_p(offset))

    def upload(self, vertices: NDArray[np.void]) -> None:
        """Replace all vertices."""
        self._count = len(vertices)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._buffer)
        gl.glBufferData(gl.GL_ARRAY_BUFFER, vertices.nbytes, c_void_p(vertices.ctypes.data), gl.GL_DYNAMIC_DRAW)

    def draw(self, first: int = 0, count: int | None = None) -> None:
        """Draw them, or some of them, as triangles with the program in use."""
        gl.glBindVertexArray(self._array)
        gl.glDrawArrays(gl.GL_TRIANGLES, first, self._count if count is None else count)


class Shading:
    """The program that shows films seen in one way, in a cross-fade beside a former one of another; with features."""

    def __init__(self, seen: str, former: str | None, features: Features) -> None:
        variant = dict.fromkeys(sorted(features), "") | {"FILM": f"seen_{seen}"}
        variant |= {"FORMER": f"seen_{former}"} if former else {}
        variant |= {"SPARE": ""} if most_passed_on() < PASSED_ON else {}
        self._program = program("warp", **variant)
        self._said: dict[str, Sight] = {}
        for unit in range(UNITS):
            self._say(f"film_{unit}", unit)
            self._say(f"former_{unit}", FORMER_UNIT + unit)
        self._say("cards", CARDS_UNIT)
        self._say("masks", MASKS_UNIT)

    def use(self, film: FilmTextures, former: FilmTextures | None) -> None:
        """Draw these from now on."""
        self._program.use()
        film.bind(0)
        self._see("film", film.sight)
        if former:
            former.bind(FORMER_UNIT)
            self._see("former", former.sight)

    def _see(self, which: str, sight: Sight) -> None:
        if self._said.get(which) is not sight:
            self._said[which] = sight
            for name in ("half_texels", "chroma_shift", "gain", "shift"):
                self._say(f"{which}_{name}", getattr(sight, name))

    def _say(self, name: str, value: object) -> None:
        if name in self._program.uniforms:  # those that the variant does not read are left out of it
            self._program[name] = value
