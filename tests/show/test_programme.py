from fractions import Fraction
from pathlib import Path

import pytest

from show.films import FilmInfo
from show.programme import Item, Programme


def film(seconds: int = 2) -> FilmInfo:
    return FilmInfo(Path("film.mp4"), 96, 64, Fraction(12), seconds * 12, float(seconds))


def clip(number: int) -> Item:
    return Item(f"clip {number}", film(), clip_id=str(number))


def names(programme: Programme, steps: int) -> list[str]:
    place, played = 0, []
    for _ in range(steps):
        played.append(programme.item(place).name)
        place = programme.after(place, programme.item(place))
    return played


def test_without_clips_the_film_loops() -> None:
    assert names(Programme(Item("film", film())), 3) == ["film"] * 3


def test_the_newest_clips_follow_the_film() -> None:
    programme = Programme(Item("film", film()), film_times=2, clips_per_round=2)
    programme.shelve([clip(9), clip(8), clip(7)])
    assert names(programme, 5) == ["film", "film", "clip 9", "clip 8", "film"]


def test_the_end_card_follows_the_clips_or_the_film_alone() -> None:
    programme = Programme(Item("film", film()), film_times=2, card=Item("end card", film()))
    assert names(programme, 4) == ["film", "film", "end card", "film"]
    programme.shelve([clip(2), clip(1)])
    assert names(programme, 5) == ["film", "film", "clip 2", "end card", "film"]
    assert programme.find("end card") == 3


def test_a_round_that_became_shorter_starts_again() -> None:
    programme = Programme(Item("film", film()), clips_per_round=2)
    programme.shelve([clip(1), clip(2)])
    programme.shelve([])
    assert programme.item(2).name == "film"
    assert programme.after(2, clip(2)) == 0


def test_clips_that_come_or_go_behind_the_film_neither_repeat_nor_skip_what_follows() -> None:
    card = Item("end card", film())
    programme = Programme(Item("film", film()), clips_per_round=2, card=card)
    programme.shelve([clip(1)])
    assert programme.after(1, clip(1)) == 2
    programme.shelve([clip(2), clip(1)])
    assert programme.after(2, card) == 0
    assert programme.item(programme.after(1, clip(1))) is card
    programme.shelve([clip(1)])
    assert programme.item(programme.after(2, clip(1))) is card


@pytest.mark.parametrize(("cue", "place"), [("1", 0), ("film", 0), ("2", 1), ("clip 5", 1)])
def test_a_cue_is_found_by_number_or_name(cue: str, place: int) -> None:
    programme = Programme(Item("film", film()))
    programme.shelve([clip(5)])
    assert programme.find(cue) == place


@pytest.mark.parametrize("cue", ["0", "3", "clip 6", ""])
def test_an_unknown_cue_is_an_error(cue: str) -> None:
    programme = Programme(Item("film", film()))
    programme.shelve([clip(5)])
    with pytest.raises(KeyError):
        programme.find(cue)
