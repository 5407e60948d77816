"""The film as the projector shows it, picture by picture: the same parts as in the show, and no clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction

from installation.film import film_item, panel_sizes
from installation.projector import Projector
from installation.projector.look import Picture
from installation.scene import Moment, Scene
from installation.site import Site
from installation.slot import Frames, Slot
from installation.state import State
from installation.typesetter import Typesetter
from installation.wall import site_mapping
from show.captions import load_languages
from show.errors import FilmError
from show.films import Strand

LOOK_AGAIN_SECONDS = 0.001


class Wall:
    """One pass of a site's film at the rate of its fastest part; `count` pictures of `width` x `height`."""

    def __init__(self, site: Site, state: State) -> None:
        self.mapping = site_mapping(site, state)
        self.film = film_item(site.show)
        self.fps: Fraction = max(film.fps for film in self.film.parts)
        self.count = max(1, round(self.film.film.duration * self.fps))
        self._opacities = (1.0,) * site.show.panels
        with ExitStack() as parts:
            self._projector = Projector(self.mapping.width, self.mapping.height, headless=True)
            parts.callback(self._projector.close)
            self._projector.set_mapping(self.mapping)
            shapes = [height / width for width, height in panel_sizes(self.film, site.show.panels)]
            sizes = [self._projector.caption_size(panel, shape) for panel, shape in enumerate(shapes)]
            page = site.page.url if site.page.enabled else ""
            self._typesetter = Typesetter(load_languages(site.show.captions), site.captions, sizes, page)
            parts.callback(self._typesetter.close)
            self._scene = Scene(self._projector, site.show.panels, self._typesetter, site.programme.clip_panels)
            strands = tuple(Strand(film, self.film.looping) for film in self.film.parts)
            self._slot = Slot(0, self.film, 0.0, 0.0, strands)
            parts.callback(self._slot.close)
            self._parts = parts.pop_all()

    @property
    def seconds(self) -> Fraction:
        """How long the pass lasts."""
        return self.count / self.fps

    @property
    def trouble(self) -> str | None:
        """What of the film could not be decoded, in one sentence."""
        return self._slot.error

    def pictures(self, done: Callable[[], None] = lambda: None) -> Iterator[Picture]:
        """All pictures in order, (rows, columns, 3), telling of each that is done with.

        FilmError when a film can no longer be read.
        """
        for number in range(self.count):
            yield self._picture(float(number / self.fps))
            done()

    def close(self) -> None:
        """Let go of everything."""
        self._parts.close()

    def _picture(self, seconds: float) -> Picture:
        frames = self._frames(seconds)
        while self._typesetter.set(self._typesetter.at(seconds), seconds) is None:
            time.sleep(LOOK_AGAIN_SECONDS)
        self._scene.show(self._slot, frames, Moment(seconds, seconds, 1.0, self._opacities))
        return self._projector.read()

    def _frames(self, seconds: float) -> Frames:
        """The frames due, or where one is damaged the one before; however long decoding them takes."""
        while True:
            frames = self._slot.frames(seconds)
            if self._slot.failed:
                raise FilmError(self._slot.error or "the film cannot be read any more")
            if self._slot.settled(seconds):
                return frames
            time.sleep(LOOK_AGAIN_SECONDS)
