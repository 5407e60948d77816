"""The draw itself, and all there is of GL state: one shader pass over all surfaces."""

from collections.abc import Iterable, Sequence
from ctypes import c_void_p

import numpy as np
from numpy.typing import NDArray
from pyglet import gl

from installation.projector.cards import Placed
from installation.projector.grids import TRIANGLES, VERTEX
from installation.projector.look import Picture
from installation.projector.shading import Features, Shading, Vertices
from installation.projector.textures import CardTexture, FilmTextures, MaskTexture
from installation.projector.warp import Card, Run
from show.films import Frame

Port = tuple[int, int, int, int]
CARD = (0.0, 0.0, 1.0, 1.0), np.zeros((1, 1, 4), np.uint8)


class Canvas:
    """Everything drawn: films and cards on the surfaces, black around them."""

    def __init__(self) -> None:
        self._surfaces = Vertices(VERTEX)
        self._films = {0: FilmTextures()}
        self._cards = CardTexture()
        self._masks = MaskTexture()
        self._features: Features = frozenset()
        self._carded: Features = frozenset()
        self._shadings: dict[tuple[str, str | None, Features], Shading] = {}

    def upload(self, frame: Frame, film: int) -> None:
        """Copy a frame into the film's textures."""
        self._textures(film).upload(frame)

    def upload_cards(self, cards: Sequence[Placed]) -> list[Card]:
        """Copy the cards of all surfaces into their texture; where each has come to lie."""
        self._carded = frozenset({"CARD"} if any(cards) else ())
        return self._cards.upload(cards)

    def light(self, features: Features, masks: NDArray[np.float32]) -> None:
        """Be able to do this from now on, with these texels of masks."""
        self._features = features
        self._masks.upload(masks)

    def place(self, vertices: NDArray[np.void]) -> None:
        """Take the surfaces' corners, dtype VERTEX."""
        self._surfaces.upload(vertices)

    def draw(self, port: Port, runs: Sequence[Run]) -> None:
        """Compose the picture in that part of the window."""
        gl.glViewport(*port)
        gl.glClearColor(0, 0, 0, 1)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        for run in runs:
            film, former = self._textures(run.film), None if run.former is None else self._textures(run.former)
            self._shading(film, former).use(film, former)
            self._surfaces.draw(run.first, run.count)

    def _textures(self, film: int) -> FilmTextures:
        if film not in self._films:
            self._films[film] = FilmTextures()
        return self._films[film]

    def _shading(self, film: FilmTextures, former: FilmTextures | None) -> Shading:
        ways = film.sight.seen, former.sight.seen if former else None, self._features | self._carded
        if ways not in self._shadings:
            self._shadings[ways] = Shading(*ways)
        return self._shadings[ways]

    def warm(self, draws: Iterable[tuple[Frame, Frame | None]]) -> None:
        """Draw frames, some of them with a former one, without a card and with one, where nothing is seen."""
        self._surfaces.upload(np.zeros(len(TRIANGLES), VERTEX))
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glScissor(0, 0, 0, 0)
        for frame, former in draws:
            self.upload(frame, 0)
            if former:
                self.upload(former, 1)
            for cards in [], [CARD]:
                self.upload_cards(cards)
                self.draw((0, 0, 1, 1), [Run(0, 1 if former else None, 0, len(TRIANGLES))])
        gl.glDisable(gl.GL_SCISSOR_TEST)

    def read(self, port: Port) -> Picture:
        """That part of the window, (rows, columns, 3), top row first."""
        x, y, width, height = port
        picture = np.empty((height, width, 3), np.uint8)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(x, y, width, height, gl.GL_RGB, gl.GL_UNSIGNED_BYTE, c_void_p(picture.ctypes.data))
        return picture[::-1]
