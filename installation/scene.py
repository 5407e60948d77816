"""The picture on the wall: frame, captions and levels, drawn only when one of them changed; counts what was seen."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from installation.projector import Crop, Look, Projector
from installation.running_order import Slot
from installation.typesetter import Typesetter
from show.captions import Line
from show.films import Frame

WHOLE = Crop(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Moment:
    """A moment to be shown: when it will be seen (monotonic), its show time, brightness and the panels' opacities."""

    seen: float
    show_time: float
    brightness: float
    opacities: tuple[float, ...]


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
    index: int = -1
    look: Look | None = None
    lines: tuple[Line, ...] = ()
    frame_flipped_at: float | None = None


class Scene:
    """Draws the slot that is due; `panels` surfaces share the film from left to right."""

    def __init__(self, projector: Projector, panels: int, typesetter: Typesetter, clip_panels: str) -> None:
        self.counts = Counts()
        self._projector = projector
        self._panels = panels
        self._typesetter = typesetter
        self._clip_panels = clip_panels
        self._shown = _Shown()

    @property
    def started(self) -> bool:
        """Whether a film frame has been on the wall."""
        return self.counts.frames_shown > 0

    def behind(self, slot: Slot, show_time: float) -> float:
        """Seconds by which the frame on the wall is older than the one due."""
        shown = self._shown.index if self._shown.slot is slot else 0
        film = slot.item.film
        return film.time_of(slot.index(show_time)) - film.time_of(shown)

    def interrupt(self) -> None:
        """After a pause, seek or cue the next change of frames is no seam and no loss."""
        self._shown.frame_flipped_at = None

    def forget(self, gone: Callable[[Slot], bool]) -> None:
        """Let nothing that is gone stand for another refresh: without a frame of something else, black."""
        if self._shown.slot is not None and gone(self._shown.slot):
            self._shown = _Shown(look=self._shown.look, lines=self._shown.lines)

    def show(self, slot: Slot, frame: Frame | None, moment: Moment) -> bool:
        """Bring the wall up to date; True when something was drawn."""
        show_time = moment.show_time
        standing = slot if frame else self._shown.slot  # until a slot's first frame, what was there before it
        if standing is None:
            return self.blacken()
        look = Look(moment.brightness, self._opacities(standing, moment.opacities), self._crops(standing))
        lines = self._lines(standing, show_time)
        fresh = frame is not None and (slot is not self._shown.slot or frame.index != self._shown.index)
        if not fresh and look == self._shown.look and lines == self._shown.lines:
            return False
        if fresh and frame is not None:
            self._projector.upload(frame)
        self._projector.draw(look)
        flipped_at = self._projector.flip()
        if fresh and frame is not None:
            self._count(slot, frame.index, show_time + flipped_at - moment.seen, flipped_at)
        self._shown = replace(self._shown, look=look, lines=lines)
        return True

    def blacken(self) -> bool:
        """A black wall; True when it was drawn, once."""
        look = Look(0.0, (0.0,) * self._panels, (WHOLE,) * self._panels)
        if look == self._shown.look:
            return False
        self._projector.draw(look)
        self._projector.flip()
        self._shown = _Shown(look=look, lines=self._shown.lines)
        return True

    def _count(self, slot: Slot, index: int, show_time: float, flipped_at: float) -> None:
        shown, counts = self._shown, self.counts
        counts.frames_shown += 1
        unbroken = shown.frame_flipped_at is not None
        if unbroken and slot is shown.slot:
            counts.dropped += max(0, index - shown.index - 1)
        elif unbroken and shown.slot is not None and shown.frame_flipped_at is not None:
            counts.worst_seam_ms = max(counts.worst_seam_ms, (flipped_at - shown.frame_flipped_at) * 1000)
            counts.dropped += max(0, shown.slot.item.film.frames - 1 - shown.index) + index
        due = slot.start + slot.item.film.time_of(index) - slot.offset
        counts.late += unbroken and show_time - due > 1.5 / self._projector.refresh_hz
        self._shown = replace(shown, slot=slot, index=index, frame_flipped_at=flipped_at)

    def _crops(self, slot: Slot) -> tuple[Crop, ...]:
        if slot.item.is_clip:
            return (WHOLE,) * self._panels
        return tuple(Crop(n / self._panels, 0.0, (n + 1) / self._panels, 1.0) for n in range(self._panels))

    def _opacities(self, slot: Slot, opacities: tuple[float, ...]) -> tuple[float, ...]:
        if slot.item.is_clip and self._clip_panels == "centre":
            return tuple(each if n == self._panels // 2 else 0.0 for n, each in enumerate(opacities))
        return opacities

    def _lines(self, slot: Slot, show_time: float) -> tuple[Line, ...]:
        """The lines due, or those on the wall while the due ones are still being drawn."""
        seconds = slot.position(show_time)
        lines = () if slot.item.is_clip else self._typesetter.at(seconds)
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
