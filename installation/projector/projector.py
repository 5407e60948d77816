"""The projector's face: frames, cards and a mapping in, light out."""

from collections.abc import Sequence

import numpy as np

from calibration.mapping import Mapping, default_mapping
from installation.projector import warming, warp
from installation.projector.displays import settle
from installation.projector.look import KeyPress, Look, Picture, PointerMove, side_by_side
from installation.projector.marks import Mark
from installation.projector.warp import Box
from show.films import FilmInfo, Frame

WHOLE_PANEL: Box = (0.0, 0.0, 1.0, 1.0)


class Projector:
    """A picture of `width` x `height` px in a window on the named display (empty: the primary one), filling it when
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
        from installation.projector.stage import Stage

        self._stage = Stage(width, height, display, fullscreen)
        self._canvas = Canvas()
        self._overlay = Overlay(width, height)
        self._mapping = default_mapping(width, height)
        self._look = Look(1.0, (1.0,) * 3, side_by_side(3))
        self._pictures: dict[int, tuple[Box, Picture]] = {}
        self._cards: list[warp.Card] | None = None  # to be laid out at the next draw
        self._placed: object = None
        self._fresh = False

    @property
    def where(self) -> str:
        """Where the picture is to be seen, in words."""
        return self._stage.where

    @property
    def headless(self) -> bool:
        """Whether the picture is drawn off-screen."""
        return self._stage.headless

    @property
    def refresh_hz(self) -> float:
        """The display's refresh rate."""
        return self._stage.refresh_hz

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
        if len(mapping.surfaces) != len(self._mapping.surfaces):
            self._cards = None
        self._mapping = mapping

    def upload(self, frame: Frame, film: int = 0) -> None:
        """Show this frame of a film, wherever a look asks for that film."""
        self._canvas.upload(frame, film)

    def set_caption(self, surface: int, picture: Picture | None, box: Box = WHOLE_PANEL) -> None:
        """Lay an RGBA picture (rows, columns, 4), straight alpha, over the film on a panel (from 0), or take it away.

        `box` is where it lies on the panel: x0, y0, x1, y1 in 0..1 from the top left corner.
        """
        if picture is not None:
            self._pictures[surface] = box, picture
        elif self._pictures.pop(surface, None) is None:
            return
        self._cards = None

    def set_pattern(self, surface: int, picture: Picture | None) -> None:
        """Show an RGB picture (rows, columns, 3) on a panel (from 0) instead of the film, or the film again."""
        if picture is not None:
            picture = np.concatenate([picture, np.full((*picture.shape[:2], 1), 255, np.uint8)], axis=2)
        self.set_caption(surface, picture)

    def caption_size(self, surface: int, shape: float | None = None) -> tuple[int, int]:
        """Width and height in px at which a picture for the whole panel is shown without being scaled up.

        `shape` is the panel's own height to width: seen at an angle it looks narrower than it is. None takes its look.
        """
        width, height = warp.longest_sides(self._mapping.surfaces[surface])
        if shape is None:
            return width, height
        return max(width, round(height / shape)), max(height, round(width * shape))

    def overlay(self, marks: Sequence[Mark]) -> None:
        """Lay a technician's marks over the picture, in output px, or with none take them away."""
        self._overlay.upload(marks)

    def draw(self, look: Look) -> None:
        """Compose the picture anew."""
        self._look = look
        cards = self._laid_out()
        if self._placed != (self._mapping, look, cards):
            self._placed = self._mapping, look, cards
            self._canvas.place_panels(warp.vertices(self._mapping, look, cards))
        self._canvas.draw(self._stage.port, warp.runs(look, len(cards)))
        self._overlay.draw()
        self._fresh = True

    def flip(self) -> float:
        """Show what was drawn; the monotonic time when that was done."""
        self._fresh = self._fresh and self._stage.headless
        return self._stage.flip()

    def read(self) -> Picture:
        """What was drawn last, (rows, columns, 3), top row first."""
        if not self._fresh:  # a window's back buffer is undefined after a flip
            self.draw(self._look)
        return self._canvas.read(self._stage.port)

    def events(self) -> list[KeyPress]:
        """Keys pressed since the last call; a held arrow key repeats."""
        return self._stage.events()

    def pointer(self, seen: bool = True) -> list[PointerMove]:
        """What the pointer did since the last call, taken in by `events`; from now on it is to be seen, or not."""
        return self._stage.pointer(seen)

    def close(self) -> None:
        """Take the window away."""
        self._stage.close()

    def _laid_out(self) -> list[warp.Card]:
        if self._cards is None:
            panels = range(len(self._mapping.surfaces))
            self._cards = self._canvas.upload_cards([self._pictures.get(panel) for panel in panels])
        return self._cards
