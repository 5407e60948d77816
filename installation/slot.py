"""An item of the programme in its place of show time, with its films being decoded."""

from dataclasses import dataclass

from show.films import FilmInfo, Frame, Still, Strand
from show.programme import Item

Frames = tuple[Frame | None, ...]
Strands = tuple[Strand | Still, ...]


@dataclass
class Slot:
    """An item's place in show time: it starts at T = `start`, `offset` seconds into the item.

    `stills` stand in until the first frames are decoded. Films that loop by themselves run on from slot to slot: `run`
    seconds before this one began they did.
    """

    place: int
    item: Item
    start: float
    offset: float
    strands: Strands
    stills: Frames = ()
    run: float = 0.0

    @property
    def film(self) -> FilmInfo:
        """The film that sets how long the item lasts."""
        return self.strands[self.item.lead].film

    @property
    def end(self) -> float:
        """Show time at which the item is over."""
        return self.start + self.film.duration - self.offset

    def position(self, show_time: float) -> float:
        """Seconds into the item."""
        return show_time - self.start + self.offset

    def index(self, show_time: float) -> int:
        """The frame due at a show time of the film that sets the length."""
        return self.film.index_at(self.position(show_time))

    def frames(self, show_time: float) -> Frames:
        """A frame of each film, None of one that cannot be read; nothing at all until every other has one."""
        frames = tuple(strand.at(self.position(show_time) + self.run) for strand in self.strands)
        waiting = any(frame is None and not strand.failed for frame, strand in zip(frames, self.strands, strict=True))
        return self.stills if waiting or not any(frames) else frames

    def settled(self, show_time: float) -> bool:
        """Whether waiting would not bring better frames for a show time than `frames` gives by now."""
        return all(strand.settled(self.position(show_time) + self.run) for strand in self.strands)

    def firsts(self) -> Frames:
        """The first picture of each film, once all have come by."""
        firsts = tuple(strand.first for strand in self.strands)
        return firsts if all(firsts) else ()

    def seek(self, show_time: float) -> None:
        """Let the films go on from the position at a show time."""
        self.stills = ()
        for strand in self.strands:
            strand.seek(self.position(show_time) + self.run)

    @property
    def ready(self) -> bool:
        """Whether every film has a frame to show."""
        return all(strand.ready for strand in self.strands)

    @property
    def failed(self) -> bool:
        """Whether one of the films cannot be read."""
        return any(strand.failed for strand in self.strands)

    @property
    def error(self) -> str | None:
        """What could not be read or decoded, in one sentence."""
        return next((strand.error for strand in self.strands if strand.error), None)

    @property
    def ended(self) -> bool:
        """Whether everything that can be decoded has been."""
        return all(strand.ended for strand in self.strands)

    def close(self, wait: bool = False) -> None:
        """Stop the decoders."""
        for strand in self.strands:
            strand.close(wait)


def strands_of(item: Item) -> Strands:
    """An item's films, being decoded from now on, or its stills."""
    if item.is_card:
        return tuple(map(Still, item.parts, item.stills))
    return tuple(Strand(film, item.looping) for film in item.parts)
