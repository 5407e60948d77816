"""The item on the wall and the one primed behind it: which film frame belongs to which show time."""

from installation.slot import Frames, Slot, strands_of
from show.films.strand import PRIME_SECONDS
from show.programme import Item, Programme


class RunningOrder:
    """Two slots, the current and the primed next; `advance` is called once a round of the frame loop."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.loops = 0
        self.changed = 0  # counts every change of the slots, so that the sound can be told
        self._opening: Frames = ()  # the film's first picture, for when it must be on the wall at once
        self._next: Slot | None = None
        self._past: tuple[Slot, ...] = ()
        self._current = self._open(0, 0.0)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The current slot and, once primed, the next."""
        return (self._current, self._next) if self._next else (self._current,)

    @property
    def heard(self) -> tuple[Slot, ...]:
        """The slots whose sound may be due: the last one too, since a picture may be shown ahead of its sound."""
        return (*self._past, *self.slots)

    @property
    def current(self) -> Slot:
        """The slot on the wall."""
        return self._current

    def advance(self, show_time: float) -> None:
        """Prime what comes next in good time, and change over when its time has come."""
        if self._next is None and show_time > self._current.end - PRIME_SECONDS:
            self._prime()
        while self._next is not None and show_time >= self._next.start:
            self._change_over()
            if show_time > self._current.end - PRIME_SECONDS:
                self._prime()

    def frames(self, show_time: float) -> Frames:
        """A decoded frame of each film for a show time, or the newest older one; nothing until there is one."""
        slot = self._current
        if slot.item is self.programme.film:
            self._opening = slot.firsts() or self._opening
        return slot.frames(show_time)

    def go(self, cue: str, show_time: float) -> None:
        """Start an item of the round now; KeyError when there is no such cue."""
        place, current = self.programme.find(cue), self._current
        item = self.programme.item(place)
        if item.parts != current.item.parts or current.failed:
            self._replace(place, show_time)
        else:  # however often it comes, no file is opened for it
            self._drop_next()
            self._current = Slot(place, item, show_time, 0.0, current.strands)
            self._current.seek(show_time)
            self.changed += 1

    def play(self, clip: Item, show_time: float) -> None:
        """Show a clip of the shelf now; what follows is what would have followed, or what follows it in the round."""
        items = self.programme.round()
        place = items.index(clip) if clip in items else self._current.place
        self._put(Slot(place, clip, show_time, 0.0, strands_of(clip)))

    def seek(self, seconds: float, show_time: float) -> None:
        """Move to a position of the current item; ValueError outside it."""
        duration = self._current.film.duration
        if not 0 <= seconds < duration:
            raise ValueError(f"{seconds:g} s is outside the item, which lasts {duration:.3f} s")
        self._drop_next()
        self._current.start, self._current.offset = show_time, seconds
        self._current.seek(show_time)
        self.changed += 1

    def rewind(self, show_time: float) -> None:
        """Back to the beginning of the programme."""
        self._replace(0, show_time)

    def is_gone(self, slot: Slot) -> bool:
        """Whether it shows a clip that was taken off the shelf."""
        return slot.item.is_clip and all(clip.clip_id != slot.item.clip_id for clip in self.programme.clips)

    def drop_missing_clips(self, show_time: float) -> bool:
        """A clip taken off the shelf leaves the wall at once; whether one was on it."""
        if self.is_gone(self._current):
            self._replace(0, show_time)
            return True
        if self._next is not None and self.is_gone(self._next):
            self._drop_next()
        return False

    def change_card(self, card: Item | None) -> bool:
        """Another end card from now on, for the rest of its time where one is on the wall; whether one was."""
        current, former, self.programme.card = self._current, self.programme.card, card
        if former is card:
            return False
        if self._next is not None and self._next.item is former:
            self._drop_next()
        if card is None or current.item is not former:
            return False
        self._current = Slot(current.place, card, current.start, current.offset, strands_of(card))
        self.changed += 1
        return True

    def close(self) -> None:
        """Stop the decoders and wait for their threads."""
        for slot in self.slots:
            slot.close(wait=True)

    def _open(self, place: int, start: float) -> Slot:
        item = self.programme.item(place)
        return Slot(place, item, start, 0.0, strands_of(item), self._opening if item is self.programme.film else ())

    def _prime(self) -> None:
        current = self._current
        place = self.programme.after(current.place, current.item)
        if current.item.looping and self.programme.item(place) is current.item:
            run = current.run + current.film.duration
            self._next = Slot(place, current.item, current.end, 0.0, current.strands, run=run)
        else:
            self._next = self._open(place, current.end)
        self.changed += 1

    def _change_over(self) -> None:
        if self._next is None:
            return
        if self._next.strands is not self._current.strands:
            self._current.close()
        self._past, self._current, self._next = (self._current,), self._next, None
        self.loops += self._current.place == 0
        self.changed += 1

    def _replace(self, place: int, show_time: float) -> None:
        self._put(self._open(place, show_time))

    def _put(self, slot: Slot) -> None:
        """This slot is on the wall now, whatever was there or was to follow."""
        self._drop_next()
        self._current.close()
        self._current = slot
        self.changed += 1

    def _drop_next(self) -> None:
        self._past = ()
        if self._next is not None and self._next.strands is not self._current.strands:
            self._next.close()
        self._next = None
