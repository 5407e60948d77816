"""The picture on the wall: frame, captions and levels, drawn only when one of them changed; counts what was seen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import inf

import numpy as np

from installation.projector import Crop, Look, Projector
from installation.site import MOST_PANELS
from installation.slot import Frames, Slot
from installation.typesetter import Typesetter
from show.captions import Line
from show.films import FilmInfo, Frame

WHOLE = Crop(0.0, 0.0, 1.0, 1.0)
BLACK = Frame.of_arrays(*(np.full((2, 2), level, np.uint8) for level in (16, 128, 128)))


@dataclass(frozen=True)
class Moment:
    """A moment to be shown: when it will be seen (monotonic), its show time, brightness and the panels' opacities.

    What is ready early is held back by `hold`, so that frames stand equally long however long they take to be drawn.
    At another `rate` than the film's own, frames are left out or held on purpose: none counts as lost or late.
    """

    seen: float
    show_time: float
    brightness: float
    opacities: tuple[float, ...]
    rate: float = 1.0
    hold: Callable[[], object] | None = None


@dataclass
class Counts:
    """What the wall has shown, for the report; `late` frames came over one and a half refreshes after their time."""

    frames_shown: int = 0
    late: int = 0
    dropped: int = 0
    worst_seam_ms: float = 0.0


@dataclass
class _Shown:
    """What stands on the wall now."""

    slot: Slot | None = None
    indexes: tuple[int, ...] = ()  # of the frame that stands of each film, -1 for none
    look: Look | None = None
    lines: tuple[Line, ...] = ()
    frame_flipped_at: float | None = None


@dataclass(frozen=True)
class _Going:
    """What a cross-fade takes away: its slot, from where on its films are uploaded, since when, how far it had come."""

    slot: Slot
    films: int
    since: float
    share: float


class Scene:
    """Draws the slot that is due; `panels` surfaces share the film from left to right, or have one each."""

    def __init__(
        self,
        projector: Projector,
        panels: int,
        typesetter: Typesetter,
        clip_panels: str,
        crossfade_seconds: float = 0.0,
    ) -> None:
        self.counts = Counts()
        self._projector = projector
        self._panels = panels
        self._typesetter = typesetter
        self._clip_panels = clip_panels
        self._crossfade_seconds = crossfade_seconds
        self._shown = _Shown()
        self._films = 0  # where the films of the slot are uploaded from on; in a cross-fade the former ones stay
        self._going: _Going | None = None

    @property
    def started(self) -> bool:
        """Whether a film frame has been on the wall."""
        return self.counts.frames_shown > 0

    def behind(self, slot: Slot, show_time: float) -> float:
        """Seconds by which the frame on the wall is older than the one due."""
        shown = self._shown.indexes[slot.item.lead] if self._shown.slot is slot else 0
        return slot.film.time_of(slot.index(show_time)) - slot.film.time_of(max(0, shown))

    def interrupt(self) -> None:
        """After a pause, seek or cue the next change of frames is no seam and no loss."""
        self._shown.frame_flipped_at = None

    def forget(self, gone: Callable[[Slot], bool]) -> None:
        """Let nothing that is gone stand for another refresh: without a frame of something else, black."""
        if self._shown.slot is not None and gone(self._shown.slot):
            self._shown = _Shown(look=self._shown.look, lines=self._shown.lines)
        if self._going and gone(self._going.slot):
            self._going = None

    def show(self, slot: Slot, frames: Frames, moment: Moment) -> bool:
        """Bring the wall up to date; True when something was drawn."""
        show_time = moment.show_time
        standing = slot if frames else self._shown.slot  # until a slot's first frame, what was there before it
        if standing is None:
            return self.blacken()
        before = self._films
        if standing is not self._shown.slot:
            self._begin_fade(standing, moment.seen)
        look = self._look(standing, moment)
        lines = self._lines(standing, show_time)
        indexes = tuple(frame.index if frame else -1 for frame in frames)
        fresh = bool(frames) and (slot is not self._shown.slot or indexes != self._shown.indexes)
        if not fresh and look == self._shown.look and lines == self._shown.lines:
            return False
        self._upload(slot, frames, afresh=before != self._films)
        self._projector.draw(look)
        flipped_at = self._projector.flip(moment.hold)
        if fresh:
            if moment.rate != 1.0:
                self.interrupt()
            self._count(slot, indexes, show_time + flipped_at - moment.seen, flipped_at)
        self._shown = replace(self._shown, look=look, lines=lines)
        return True

    def _begin_fade(self, slot: Slot, seen: float) -> None:
        """From one item to another, or on a cue; never where a film begins again by itself."""
        shown = self._shown
        cue = shown.frame_flipped_at is None
        if self._crossfade_seconds and shown.slot is not None and (cue or slot.item is not shown.slot.item):
            self._going = _Going(shown.slot, self._films, seen, self._share(seen))
            self._films = 0 if self._films else MOST_PANELS

    def _share(self, seen: float) -> float:
        """How far the cross-fade is, 0-1."""
        return min(1.0, (seen - self._going.since) / self._crossfade_seconds) if self._going else 1.0

    def _look(self, slot: Slot, moment: Moment) -> Look:
        share = self._share(moment.seen)
        look = self._of(slot, self._films, moment, share)
        if self._going is None or share >= 1:
            self._going = None
            return look
        return replace(
            look, former=self._of(self._going.slot, self._going.films, moment, (1 - share) * self._going.share)
        )

    def _of(self, slot: Slot, first: int, moment: Moment, share: float) -> Look:
        films = tuple(first + panel if slot.item.films else first for panel in range(self._panels))
        return Look(moment.brightness * share, self._opacities(slot, moment.opacities), self._crops(slot), films)

    def _upload(self, slot: Slot, frames: Frames, afresh: bool) -> None:
        """Copy what is new to the card; a film that cannot be read holds its last frame, or is black from the start."""
        shown = self._shown
        indexes = shown.indexes if slot is shown.slot else ()
        others = shown.slot is None or slot.item.parts != shown.slot.item.parts
        for film, (frame, before) in enumerate(zip_longest(frames, indexes)):
            if frame is not None and frame.index != before:
                self._projector.upload(frame, self._films + film)
            elif frame is None and (others or afresh):
                self._projector.upload(BLACK, self._films + film)

    def blacken(self) -> bool:
        """A black wall; True when it was drawn, once."""
        look = Look(0.0, (0.0,) * self._panels, (WHOLE,) * self._panels)
        if look == self._shown.look:
            return False
        self._projector.draw(look)
        self._projector.flip()
        self._shown, self._going = _Shown(look=look, lines=self._shown.lines), None
        return True

    def _count(self, slot: Slot, indexes: tuple[int, ...], show_time: float, flipped_at: float) -> None:
        shown, counts = self._shown, self.counts
        counts.frames_shown += 1
        lead = slot.item.lead
        if shown.frame_flipped_at is not None and shown.slot is not None:
            if slot is not shown.slot:
                held = flipped_at - shown.frame_flipped_at - _meant(shown.slot)
                counts.worst_seam_ms = max(counts.worst_seam_ms, held * 1000)
            counts.dropped += _left_out(shown.slot, shown.indexes, slot, indexes)
            due = slot.start + slot.film.time_of(max(0, indexes[lead])) - slot.offset
            moved = slot is not shown.slot or indexes[lead] != shown.indexes[lead]
            counts.late += moved and show_time - due > 1.5 / self._projector.refresh_hz
        self._shown = replace(shown, slot=slot, indexes=indexes, frame_flipped_at=flipped_at)

    def _crops(self, slot: Slot) -> tuple[Crop, ...]:
        if slot.item.is_clip or slot.item.films:
            return (WHOLE,) * self._panels
        return tuple(Crop(n / self._panels, 0.0, (n + 1) / self._panels, 1.0) for n in range(self._panels))

    def _opacities(self, slot: Slot, opacities: tuple[float, ...]) -> tuple[float, ...]:
        if slot.item.is_clip and self._clip_panels == "centre":
            return tuple(each if n == self._panels // 2 else 0.0 for n, each in enumerate(opacities))
        return opacities

    def _lines(self, slot: Slot, show_time: float) -> tuple[Line, ...]:
        """The lines due, or those on the wall while the due ones are still being drawn."""
        seconds = slot.position(show_time)
        lines = self._typesetter.at(seconds)
        if slot.item.is_clip or slot.item.is_card:
            seconds, lines = inf, ()  # what comes next is the film's beginning
        return lines if lines == self._shown.lines or self._letter(lines, seconds) else self._shown.lines

    def _letter(self, lines: tuple[Line, ...], seconds: float) -> bool:
        letterings = self._typesetter.set(lines, seconds)
        if letterings is None:
            return False
        for panel, lettering in letterings.items():
            if lettering is None:
                self._projector.set_caption(panel, None)
            else:
                self._projector.set_caption(panel, lettering.picture, lettering.box)
        return True


def _meant(slot: Slot) -> float:
    """Seconds for which a card's picture is to stand, so that they are no hold."""
    return slot.end - slot.start if slot.item.is_card else 0.0


def _left_out(before: Slot, shown: tuple[int, ...], slot: Slot, indexes: tuple[int, ...]) -> int:
    """How many frames lie between what was shown and what is; of items of other films, those of their leads."""
    if before.item.parts == slot.item.parts:
        pairs = zip(before.strands, shown, indexes, strict=True)
        return sum(_between(strand.film, one, other) for strand, one, other in pairs if min(one, other) >= 0)
    rest = before.film.frames - 1 - shown[before.item.lead]
    return max(0, rest) + max(0, indexes[slot.item.lead])


def _between(film: FilmInfo, one: int, other: int) -> int:
    """Frames from one to another, on over the film's end."""
    return max(0, other - one - 1) if other >= one else max(0, film.frames - 1 - one) + other
