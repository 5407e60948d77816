"""Picture and sound at one moment: the headphones follow the performance, the picture leans toward their clock.

The DAC's clock is the show clock. The picture never jumps: it leans, and sound that is far off seeks to the picture.
"""

from collections.abc import Sequence

from installation.headphones import Course, Headphones, Segment
from installation.performance import Performance
from installation.slot import Slot

LEAN_PER_ROUND = 0.0001  # 6 ms a second at 60 rounds: far above any crystal's drift, far below what an eye can see
REST_SECONDS = 0.001  # nearer to the sound than that, the picture stays where it is
LOST_SECONDS = 0.1  # sound farther than this from the picture is told to seek to it
NOT_TOLD = (-1, -1)


class Sync:
    """Between a performance and its headphones; called in every round of the frame loop."""

    def __init__(self, performance: Performance, headphones: Headphones) -> None:
        self._performance, self._headphones = performance, headphones
        self._told_course, self._told_fades = NOT_TOLD, -1
        self._leaning = False
        self.offset_ms: float | None = None

    def lean(self) -> None:
        """Lean the picture toward the DAC's clock; `offset_ms` is how far the sound was off, None without sound."""
        transport, reading = self._performance.transport, self._headphones.reading
        self.offset_ms = None
        if reading is None or reading.epoch != transport.epoch or not transport.sounding:
            return
        drift = transport.drift(reading.anchor)
        self.offset_ms = drift * 1000
        if abs(drift) > LOST_SECONDS:
            transport.jump()
        elif self._leans(drift):
            transport.lean(reading.anchor, LEAN_PER_ROUND)

    def _leans(self, drift: float) -> bool:
        """Once it is worth it, until nothing is left: were it to sway with each reading, frames on the brink of a
        refresh would come now in it, now in the next.
        """
        self._leaning = abs(drift) > (LEAN_PER_ROUND if self._leaning else REST_SECONDS)
        return self._leaning

    def tell(self) -> None:
        """Bring course and level to the headphones when they changed."""
        transport, order = self._performance.transport, self._performance.order
        if (transport.epoch, order.changed) != self._told_course:
            self._told_course = (transport.epoch, order.changed)
            heard = segments(order.heard)
            self._headphones.follow(Course(transport.epoch, transport.sounding, transport.anchor, heard))
        if self._performance.fades != self._told_fades:
            self._told_fades = self._performance.fades
            self._headphones.set_level(self._performance.level, self._performance.level_fade_seconds)

    def tell_again(self) -> None:
        """Let the next `tell` repeat the course, so that sound which returns finds the anchor where the picture is."""
        self._told_course = NOT_TOLD


def segments(slots: Sequence[Slot]) -> tuple[Segment, ...]:
    """What is to be heard with these slots; a clip without sound of its own is silent."""
    return tuple(
        Segment(slot.item.sound, slot.start, slot.offset, slot.end - slot.start) for slot in slots if slot.item.sound
    )
