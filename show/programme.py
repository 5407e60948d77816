"""What follows what: the film so many times, then the newest approved clips, then the end card, then the film again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from show.films import FilmInfo, Frame


@dataclass(frozen=True)
class Item:
    """One film or clip of the programme; `sound` is the group of stems that plays along, empty for silence.

    `films` where every panel has one of its own, from left to right: `film` is the longest of them, and the others hold
    their last frame until it is over, or are `looping` by themselves. `stills` are the pictures of a card, one for each
    panel, instead of anything to be decoded.
    """

    name: str
    film: FilmInfo
    sound: str = ""
    clip_id: str = ""
    films: tuple[FilmInfo, ...] = ()
    looping: bool = False
    stills: tuple[Frame, ...] = field(default=(), compare=False, repr=False)

    @property
    def parts(self) -> tuple[FilmInfo, ...]:
        """All films it is made of."""
        return self.films or (self.film,)

    @property
    def lead(self) -> int:
        """Which of them sets its length."""
        return self.parts.index(self.film)

    @property
    def is_clip(self) -> bool:
        """Whether visitors' words made it."""
        return bool(self.clip_id)

    @property
    def is_card(self) -> bool:
        """Whether it stands still, to be read."""
        return bool(self.stills)


class Programme:
    """The endless order of items; clips may come and go while it runs, and the end card may become another."""

    def __init__(self, film: Item, film_times: int = 1, clips_per_round: int = 1, card: Item | None = None) -> None:
        self.film, self.card = film, card
        self._film_times = film_times
        self._clips_per_round = clips_per_round
        self._clips: tuple[Item, ...] = ()

    @property
    def clips(self) -> tuple[Item, ...]:
        """The clips on the shelf, newest first."""
        return self._clips

    def shelve(self, clips: Sequence[Item]) -> None:
        """Replace the clips on the shelf, newest first."""
        self._clips = tuple(clips)

    def round(self) -> tuple[Item, ...]:
        """One round of the programme as it would be now."""
        card = (self.card,) if self.card else ()
        return (self.film,) * self._film_times + self._clips[: self._clips_per_round] + card

    def find(self, cue: str) -> int:
        """Place in the round of a cue, by number from 1 or by name; KeyError when there is none."""
        items = self.round()
        if cue.isdecimal() and 1 <= int(cue) <= len(items):
            return int(cue) - 1
        for place, item in enumerate(items):
            if item.name == cue:
                return place
        raise KeyError(cue)

    def after(self, place: int, item: Item) -> int:
        """The place that follows an item that began at a place; the round starts again at 0.

        Clips that came or went meanwhile have moved what stands behind them.
        """
        items = self.round()
        if item is not self.film and item in items:
            place = items.index(item)
        return place + 1 if place + 1 < len(items) else 0

    def item(self, place: int) -> Item:
        """The item at a place of the round."""
        items = self.round()
        return items[place if place < len(items) else 0]
