"""Film and end card as the projector shows them, picture by picture: the same parts as in the show, and no clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction

from installation.end_card import EndCards
from installation.film import film_item, panel_sizes
from installation.projector import Projector
from installation.projector.look import Picture
from installation.scene import Moment, Scene
from installation.site import Site
from installation.slot import Frames, Slot, strands_of
from installation.state import State
from installation.typesetter import Typesetter
from installation.wall import site_mapping
from show.captions import load_languages
from show.errors import FilmError

LOOK_AGAIN_SECONDS = 0.001


class Wall:
    """One pass of a site's film at the rate of its fastest part, then the end card; `count` pictures."""

    def __init__(self, site: Site, state: State) -> None:
        self.mapping = site_mapping(site, state)
        self.film = film_item(site.show)
        self.fps: Fraction = max(film.fps for film in self.film.parts)
        self._film_count = max(1, round(self.film.film.duration * self.fps))
        self._opacities = (1.0,) * site.show.panels
        with ExitStack() as parts:
            self._projector = Projector(self.mapping.width, self.mapping.height, headless=True)
            parts.callback(self._projector.close)
            self._projector.set_mapping(self.mapping)
            shapes = [height / width for width, height in panel_sizes(self.film, site.show.panels)]
            sizes = [self._projector.caption_size(panel, shape) for panel, shape in enumerate(shapes)]
            self._typesetter = Typesetter(load_languages(site.show.captions), site.captions, sizes, site.page_url)
            parts.callback(self._typesetter.close)
            order, card = site.programme, EndCards(site, sizes).of(site.captions.language)
            self._scene = Scene(
                self._projector, site.show.panels, self._typesetter, order.clip_panels, order.crossfade_seconds
            )
            self._slot = Slot(0, self.film, 0.0, 0.0, strands_of(self.film))
            parts.callback(self._slot.close)
            self._card = Slot(1, card, float(self.film_seconds), 0.0, strands_of(card)) if card else None
            self.count = self._film_count + (round(card.film.duration * self.fps) if card else 0)
            self._parts = parts.pop_all()

    @property
    def film_seconds(self) -> Fraction:
        """How long the film lasts."""
        return self._film_count / self.fps

    @property
    def seconds(self) -> Fraction:
        """How long film and card last."""
        return self.count / self.fps

    @property
    def trouble(self) -> str | None:
        """What of the film could not be decoded, in one sentence."""
        return self._slot.error

    def pictures(self, done: Callable[[], None] = lambda: None) -> Iterator[Picture]:
        """All pictures in order, (rows, columns, 3), telling of each that is done with.

        FilmError when a film can no longer be read.
        """
        if self._card:  # what the film follows when it begins again, and fades in from
            self._show(self._card, -1.0)
        for number in range(self.count):
            seconds = float(number / self.fps)
            self._show(self._card if self._card and number >= self._film_count else self._slot, seconds)
            yield self._projector.read()
            done()

    def close(self) -> None:
        """Let go of everything."""
        self._parts.close()

    def _show(self, slot: Slot, seconds: float) -> None:
        frames = self._frames(slot, seconds)
        while self._typesetter.set(self._typesetter.at(seconds), seconds) is None:
            time.sleep(LOOK_AGAIN_SECONDS)
        self._scene.show(slot, frames, Moment(seconds, seconds, 1.0, self._opacities))

    def _frames(self, slot: Slot, seconds: float) -> Frames:
        """The frames due, or where one is damaged the one before; however long decoding them takes."""
        while True:
            frames = slot.frames(seconds)
            if slot.failed:
                raise FilmError(slot.error or "the film cannot be read any more")
            if slot.settled(seconds):
                return frames
            time.sleep(LOOK_AGAIN_SECONDS)
