"""The projector's face: frames, cards and a mapping in, light out."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyglet

from calibration.mapping import Mapping, Surface, default_mapping
from installation.projector import masks, warming, warp
from installation.projector.displays import settle
from installation.projector.look import KeyPress, Look, Picture, PointerMove, side_by_side
from installation.projector.marks import Mark
from installation.projector.warp import Box
from show.films import FilmInfo, Frame

if TYPE_CHECKING:
    from installation.projector.stage import Stage

WHOLE_PANEL: Box = (0.0, 0.0, 1.0, 1.0)
LARGEST_PX = 8192  # of a picture for a panel of which a surface shows but a strip: its letters still look sharp


class Projector:
    """A picture of `width` x `height` px in a window on the named display (see `naming.Aim`), filling it when
    `fullscreen`, or off-screen. `headless` None takes a window where a display answers; NoDisplay when none can be had.

    `upload`, `set_mapping`, `set_caption` and `set_pattern` take effect at the next `draw`, which `flip` brings onto
    the wall. Everything must be called from the thread that made the projector; a process has one at a time.
    """

    def __init__(
        self, width: int, height: int, *, display: str = "", fullscreen: bool = False, headless: bool | None = None
    ) -> None:
        settle(headless)  # before anything else of pyglet is imported
        from installation.projector.canvas import Canvas
        from installation.projector.overlay import Overlay

        self._stage = _stage(width, height, display, fullscreen)
        self._canvas = Canvas()
        self._overlay = Overlay(width, height)
        self._hang(default_mapping(width, height))
        self._look = Look(1.0, (1.0,) * 3, side_by_side(3))
        self._captions: dict[int, tuple[Box, Picture]] = {}  # by panel
        self._patterns: dict[int, Picture] = {}  # by surface
        self._cards: list[warp.Card] | None = None  # to be laid out at the next draw
        self._placed: object = None
        self._fresh = self._drawn = False

    @property
    def where(self) -> str:
        """Where the picture is to be seen, in words."""
        return self._stage.where

    @property
    def trouble(self) -> str:
        """A sentence while the picture cannot be seen where it belongs: its display is away."""
        return self._stage.trouble

    @property
    def headless(self) -> bool:
        """Whether the picture is drawn off-screen."""
        return self._stage.headless

    @property
    def refresh_hz(self) -> float:
        """The display's refresh rate; it changes with the display's mode."""
        return self._stage.refresh_hz

    @property
    def vsync(self) -> bool:
        """Whether a flip waits for the display's refresh by itself: a card does, a processor that draws does not."""
        return self._stage.vsync

    @property
    def lost(self) -> bool:
        """Whether somebody closed the window."""
        return self._stage.lost

    def warm(self, films: Sequence[FilmInfo], fading: bool = False) -> None:
        """Make the driver ready for these films and any clips, with `fading` also for both at once."""
        self._canvas.warm(warming.draws(films, fading))
        self._placed = self._cards = None

    def set_mapping(self, mapping: Mapping) -> None:
        """Hang the panels so."""
        if mapping.panels != self._mapping.panels:
            self._cards = None
        self._hang(mapping)

    def _hang(self, mapping: Mapping) -> None:
        self._mapping, self._vertices = mapping, warp.Vertices(mapping)
        self._canvas.light(warp.features(mapping), masks.texels(mapping))

    def upload(self, frame: Frame, film: int = 0) -> None:
        """Show this frame of a film, wherever a look asks for that film."""
        self._canvas.upload(frame, film)

    def set_caption(self, panel: int, picture: Picture | None, box: Box = WHOLE_PANEL) -> None:
        """Lay an RGBA picture (rows, columns, 4), straight alpha, over the film on a panel (from 0), or take it away.

        `box` is where it lies on the panel: x0, y0, x1, y1 in 0..1 from the top left corner.
        """
        if picture is not None:
            self._captions[panel] = box, picture
        elif self._captions.pop(panel, None) is None:
            return
        self._cards = None

    def set_pattern(self, surface: int, picture: Picture | None) -> None:
        """Show an RGB picture (rows, columns, 3) on a surface (from 0) instead of its panel, or the panel again."""
        if picture is not None:
            self._patterns[surface] = np.concatenate([picture, np.full((*picture.shape[:2], 1), 255, np.uint8)], axis=2)
        elif self._patterns.pop(surface, None) is None:
            return
        self._cards = None

    def caption_size(self, panel: int, shape: float | None = None) -> tuple[int, int]:
        """Width and height in px at which a picture for the whole panel is nowhere shown scaled up, within LARGEST_PX.

        `shape` is the panel's own height to width: seen at an angle it looks narrower than it is. None takes its look.
        """
        width, height = self._largest(panel)
        if shape is not None:
            width, height = max(width, round(height / shape)), max(height, round(width * shape))
        share = min(1.0, LARGEST_PX / max(width, height))
        return max(1, round(width * share)), max(1, round(height * share))

    def _largest(self, panel: int) -> tuple[int, int]:
        surfaces = self._mapping.surfaces
        shown = [surface for surface, its in zip(surfaces, self._mapping.panels, strict=True) if its == panel]
        widths, heights = zip(*(_whole_size(surface) for surface in shown or surfaces), strict=True)
        return max(widths), max(heights)

    def overlay(self, marks: Sequence[Mark]) -> None:
        """Lay a technician's marks over the picture, in output px, or with none take them away."""
        self._overlay.upload(marks)

    def draw(self, look: Look) -> None:
        """Compose the picture anew."""
        self._look = look
        cards = self._laid_out()
        if self._placed != (self._mapping, look, cards):
            self._placed = self._mapping, look, cards
            self._canvas.place(self._vertices.shown(look, cards))
        self._canvas.draw(self._stage.port, self._vertices.runs(look))
        self._overlay.draw()
        self._fresh = self._drawn = True

    def flip(self, hold: Callable[[], object] | None = None) -> float:
        """Show what was drawn; the monotonic time when that was done.

        Where no display waits for its refresh, `hold` is called when the picture is ready, and waits for the moment.
        """
        self._fresh = self._fresh and self._stage.headless
        return self._stage.flip(hold)

    def read(self) -> Picture:
        """What was drawn last, (rows, columns, 3), top row first."""
        if not self._fresh:  # a window's back buffer is undefined after a flip
            self.draw(self._look)
        return self._canvas.read(self._stage.port)

    def events(self) -> list[KeyPress]:
        """Keys pressed since the last call; a held arrow key repeats. The window follows its display.

        NoDisplay when X server or graphics card are gone: only another process can draw again.
        """
        keys = self._stage.events()
        if self._stage.stale and self._drawn:
            self.draw(self._look)
            self.flip()
        return keys

    def pointer(self, seen: bool = True) -> list[PointerMove]:
        """What the pointer did since the last call, taken in by `events`; from now on it is to be seen, or not."""
        return self._stage.pointer(seen)

    def close(self) -> None:
        """Take the window away."""
        self._stage.close()

    def _laid_out(self) -> list[warp.Card]:
        if self._cards is None:
            self._cards = self._canvas.upload_cards([self._card(place) for place in range(len(self._mapping.surfaces))])
        return self._cards

    def _card(self, surface: int) -> tuple[Box, Picture] | None:
        if surface in self._patterns:
            return self._mapping.surfaces[surface].crop, self._patterns[surface]
        return self._captions.get(self._mapping.panels[surface])


def _stage(width: int, height: int, display: str, fullscreen: bool) -> "Stage":
    from installation.projector.stage import Stage

    if pyglet.options.headless:
        return Stage(width, height)
    from installation.projector.on_display import OnDisplay

    return OnDisplay(width, height, display, fullscreen)


def _whole_size(surface: Surface) -> tuple[int, int]:
    """How large in output px the whole panel would be, of which the surface shows a part."""
    (width, height), (x0, y0, x1, y1) = surface.longest_sides, surface.crop
    return round(width / (x1 - x0)), round(height / (y1 - y0))
