"""The technician's hand on the mapping: selection, moves, undo and redo, what may go to the wall. No window, no clock.

Points are where the technician put them, even when a panel cannot hang there; the mapping is what the wall shows, and
keeps the last usable place of each panel until its points are usable again.
"""

import math
from dataclasses import dataclass

from calibration.errors import MappingError
from calibration.homography import Corners, Point
from calibration.mapping import CORNER_NAMES, Mapping, stray

MERGE_SECONDS = 1.0  # nudges of one corner that follow each other within this are one step back
MOST_STEPS_BACK = 500

Points = tuple[Corners, ...]


@dataclass(frozen=True)
class Handle:
    """One corner of one panel, both counted from 0."""

    surface: int
    corner: int


@dataclass(frozen=True)
class _Past:
    points: Points
    selected: Handle


class Editor:
    """Edits a mapping. Times are seconds of any steady clock, places and steps output px."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.points: Points = tuple(surface.corners for surface in mapping.surfaces)
        self.selected = Handle(0, 0)
        self.locked = False
        self._start = mapping
        self._saved = self.points
        self._past: list[_Past] = []
        self._future: list[_Past] = []
        self._nudged: tuple[Handle, float] | None = None
        self._drag: tuple[Point, _Past] | None = None  # from the pointer to the corner in hand; what was before

    # --- what stands ---

    @property
    def problem(self) -> str | None:
        """Why the points cannot all be shown, with the panel's name; None when they can."""
        return next(filter(None, map(self._problem_of, range(len(self.points)))), None)

    @property
    def valid(self) -> bool:
        """Whether the wall shows what the points say."""
        return self.problem is None

    @property
    def dirty(self) -> bool:
        """Whether something would be lost by leaving."""
        return self.points != self._saved

    @property
    def place(self) -> Point:
        """Where the selected corner is."""
        return self.points[self.selected.surface][self.selected.corner]

    @property
    def title(self) -> str:
        """The selected corner in words."""
        return f"{self.mapping.surfaces[self.selected.surface].name} · {CORNER_NAMES[self.selected.corner]}"

    def unusable(self, surface: int) -> bool:
        """Whether this panel's points cannot be shown."""
        return self._problem_of(surface) is not None

    # --- selecting ---

    def walk(self, step: int = 1) -> None:
        """Select the next corner, or with -1 the one before; after the last panel comes the first."""
        at = (self.selected.surface * 4 + self.selected.corner + step) % (4 * len(self.points))
        self.select(Handle(*divmod(at, 4)))

    def select(self, handle: Handle) -> None:
        """Select a corner; the next nudge is a step of its own."""
        self.selected = handle
        self._nudged = None

    def nearest(self, place: Point, reach: float = math.inf) -> Handle | None:
        """The corner nearest to a place, None when all are farther than `reach`."""
        handles = [Handle(s, c) for s in range(len(self.points)) for c in range(4)]
        distance, chosen = min(
            ((math.dist(place, self.points[h.surface][h.corner]), h) for h in handles), key=lambda pair: pair[0]
        )
        return chosen if distance <= reach else None

    # --- moving ---

    def nudge(self, dx: float, dy: float, at: float) -> bool:
        """Move the selected corner by a step; False when locked."""
        if self.locked:
            return False
        if not self._goes_on(at):
            self._remember()
        self._nudged = (self.selected, at)
        x, y = self.place
        self._put((x + dx, y + dy))
        return True

    def grab(self, place: Point, reach: float = math.inf) -> bool:
        """Take hold of the nearest corner, which keeps its distance to the pointer; one grab is one step back."""
        handle = self.nearest(place, reach)
        if handle is None:
            return False
        self.select(handle)
        if self.locked:
            return False
        offset = (self.place[0] - place[0], self.place[1] - place[1])
        self._drag = (offset, _Past(self.points, self.selected))
        return True

    def drag(self, place: Point) -> None:
        """Move the pointer with the corner in hand."""
        if self._drag is not None:
            (dx, dy), _ = self._drag
            self._put((place[0] + dx, place[1] + dy))

    def drop(self) -> None:
        """Let go."""
        if self._drag is not None and self.points != self._drag[1].points:
            self._remember(self._drag[1])
        self._drag = None

    def reset(self, mapping: Mapping) -> None:
        """Hang all panels as in another mapping of as many panels; one step back."""
        if not self.locked and len(mapping.surfaces) == len(self.points):
            self._remember()
            self._show(tuple(surface.corners for surface in mapping.surfaces))

    # --- going back, keeping ---

    def undo(self) -> bool:
        """Take the last step back; False when there is none."""
        return self._travel(self._past, self._future)

    def redo(self) -> bool:
        """Take an undone step again; False when there is none."""
        return self._travel(self._future, self._past)

    def to_save(self) -> Mapping:
        """The mapping as the points say; MappingError when a panel cannot hang so."""
        if wrong := self.problem:
            raise MappingError(f"not saved, {wrong}")
        return self.mapping

    def saved(self) -> None:
        """From here on nothing would be lost by leaving."""
        self._saved = self.points

    # --- within ---

    def _problem_of(self, index: int) -> str | None:
        surface, corners = self._start.surfaces[index], self.points[index]
        wrong = stray(corners, self._start.width, self._start.height) or surface.problem(corners)
        return f"{surface.name}: {wrong}" if wrong else None

    def _goes_on(self, at: float) -> bool:
        if self._nudged is None:
            return False
        handle, when = self._nudged
        return handle == self.selected and 0 <= at - when <= MERGE_SECONDS

    def _remember(self, past: _Past | None = None) -> None:
        self._past.append(past or _Past(self.points, self.selected))
        del self._past[:-MOST_STEPS_BACK]
        self._future.clear()
        self._nudged = None

    def _travel(self, here: list[_Past], there: list[_Past]) -> bool:
        if not here or self.locked:
            return False
        self._drag = None
        past = here.pop()
        there.append(_Past(self.points, past.selected))
        self.select(past.selected)
        self._show(past.points)
        return True

    def _put(self, place: Point) -> None:
        surface, corner = self.selected.surface, self.selected.corner
        corners = list(self.points[surface])
        corners[corner] = place
        a, b, c, d = corners
        self._show((*self.points[:surface], (a, b, c, d), *self.points[surface + 1 :]))

    def _show(self, points: Points) -> None:
        """Take the points as they are, and to the wall those of them that can hang."""
        self.points = points
        for index, corners in enumerate(points):
            if not self.unusable(index) and corners != self.mapping.surfaces[index].corners:
                self.mapping = self.mapping.moved(index, corners)
