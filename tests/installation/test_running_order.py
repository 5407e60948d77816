import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from installation.running_order import RunningOrder
from show.films import probe
from show.films.strand import PRIME_SECONDS
from show.programme import Item, Programme
from tests.support.footage import numbered_film
from tests.support.waiting import wait_until

FPS = 12
SECONDS = 4.0


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Item:
    film = numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", int(SECONDS * FPS), fps=Fraction(FPS))
    return Item("film", probe(film), "film")


@pytest.fixture
def order(item: Item) -> Iterator[RunningOrder]:
    order = RunningOrder(Programme(item))
    yield order
    order.close()


def clip_of(item: Item, number: int) -> Item:
    return Item(f"clip {number}", item.film, "", str(number))


def shown(order: RunningOrder, show_time: float) -> int:
    order.advance(show_time)
    wanted = order.current.index(show_time)
    (frame,) = wait_until(lambda: (f := order.frames(show_time)) and f[0].index == wanted and f, f"frame {wanted}")
    return int(frame.index)


def test_ten_loops_show_every_frame_once(order: RunningOrder, item: Item) -> None:
    steps = range(10 * item.film.frames)
    assert [shown(order, (n + 0.5) / FPS) for n in steps] == [n % item.film.frames for n in steps]
    assert order.loops == 9


def test_the_next_pass_is_primed_before_the_last_ends(order: RunningOrder) -> None:
    order.advance(SECONDS - PRIME_SECONDS - 0.1)
    assert len(order.slots) == 1
    order.advance(SECONDS - PRIME_SECONDS + 0.1)
    assert order.slots[1].start == pytest.approx(SECONDS)
    wait_until(lambda: order.slots[1].ready, "the primed reel")


def test_a_seek_shows_the_frame_of_that_moment(order: RunningOrder) -> None:
    order.seek(2.5, show_time=1.0)
    assert shown(order, 1.0) == 30
    assert shown(order, 1.25) == 33


@pytest.mark.parametrize("seconds", [-0.1, SECONDS, 1e9])
def test_a_seek_outside_the_item_is_refused(order: RunningOrder, seconds: float) -> None:
    with pytest.raises(ValueError, match=r"outside the item, which lasts 4\.000 s"):
        order.seek(seconds, show_time=1.0)
    assert shown(order, 1.0) == 12


def test_a_clip_follows_the_film_and_the_film_the_clip(order: RunningOrder, item: Item) -> None:
    order.programme.shelve([clip_of(item, 1)])
    names = []
    for n in range(int(3 * SECONDS)):
        order.advance(n + 0.5)
        names.append(order.current.item.name)
    assert names == ["film"] * 4 + ["clip 1"] * 4 + ["film"] * 4


def test_a_removed_clip_leaves_the_wall_at_once(order: RunningOrder, item: Item) -> None:
    order.programme.shelve([clip_of(item, 1)])
    order.go("clip 1", show_time=1.0)
    order.programme.shelve([])
    order.drop_missing_clips(show_time=1.5)
    assert order.current.item.name == "film"
    assert shown(order, 1.5) == 0


def test_a_primed_clip_that_is_removed_is_not_shown(order: RunningOrder, item: Item) -> None:
    order.programme.shelve([clip_of(item, 1)])
    order.advance(SECONDS - 0.5)
    order.programme.shelve([])
    order.drop_missing_clips(SECONDS - 0.4)
    order.advance(SECONDS + 0.1)
    assert order.current.item.name == "film"


def test_a_card_stands_once_whatever_is_shelved_while_it_stands(item: Item) -> None:
    card = Item("end card", item.film)
    order = RunningOrder(Programme(item, card=card))
    order.go("end card", show_time=0.0)
    order.programme.shelve([clip_of(item, 1)])
    order.advance(SECONDS - 0.5)
    order.advance(SECONDS + 0.1)
    assert order.current.item is item
    order.close()


def test_a_cue_given_a_hundred_times_opens_no_file_again(order: RunningOrder) -> None:
    strands = order.current.strands
    for n in range(100):
        order.go("film", show_time=n / 100)
    assert order.current.strands is strands
    assert shown(order, 1.0) == 0
    assert shown(order, 1.25) == 3


def test_the_sound_of_the_last_pass_may_run_out(order: RunningOrder) -> None:
    order.advance(SECONDS - 0.5)
    order.advance(SECONDS + 0.1)
    assert [slot.end for slot in order.heard] == pytest.approx([SECONDS, 2 * SECONDS])
    order.seek(1.0, show_time=SECONDS + 0.2)
    assert order.heard == order.slots


def test_long_lateness_catches_up_with_the_right_pass(order: RunningOrder) -> None:
    assert shown(order, 5 * SECONDS + 0.5) == 6


def test_a_clip_off_the_wall_leaves_the_film_there_without_a_frame_s_delay(order: RunningOrder, item: Item) -> None:
    wait_until(lambda: order.current.ready, "the film")
    assert shown(order, 0.5) == 6  # late: the first picture was never due
    order.programme.shelve([clip_of(item, 1)])
    order.play(order.programme.clips[0], show_time=1.0)
    order.programme.shelve([])
    order.drop_missing_clips(show_time=1.5)
    (frame,) = order.frames(1.5)
    assert order.current.item is item
    assert frame
    assert frame.index == 0


def test_a_seek_never_shows_the_beginning_meanwhile(order: RunningOrder) -> None:
    assert shown(order, 0.0) == 0
    order.rewind(1.0)
    order.seek(2.5, 1.1)
    assert shown(order, 1.1) == 30


def test_a_film_that_is_caught_up_with_never_shows_its_beginning(order: RunningOrder) -> None:
    assert shown(order, 0.0) == 0
    order.rewind(1.0)
    wait_until(lambda: order.current.ready, "the second pass")
    order.current.seek(3.5)
    assert [frame and frame.index for frame in order.frames(3.5)] in ([], [30])
    assert shown(order, 3.5) == 30


def test_a_clip_played_out_of_turn_goes_on_to_what_would_have_followed(order: RunningOrder, item: Item) -> None:
    order.programme.shelve([clip_of(item, 2), clip_of(item, 1)])
    order.play(order.programme.clips[1], show_time=1.0)
    names = []
    for n in range(int(3 * SECONDS)):
        order.advance(n + 1.5)
        names.append(order.current.item.name)
    assert names == ["clip 1"] * 4 + ["clip 2"] * 4 + ["film"] * 4


def test_a_clip_played_in_its_own_round_is_not_shown_twice(order: RunningOrder, item: Item) -> None:
    order.programme.shelve([clip_of(item, 2)])
    order.play(order.programme.clips[0], show_time=1.0)
    order.advance(1.0 + SECONDS)
    assert order.current.item is item


def test_what_stands_in_for_the_film_is_the_film_as_it_is_now(item: Item, tmp_path: Path) -> None:
    path = Path(shutil.copy(item.film.path, tmp_path))
    order = RunningOrder(Programme(Item("film", probe(path), "film")))
    try:
        assert shown(order, 0.0) == 0
        numbered_film(tmp_path / "other.mp4", 24, (288, 160), FPS).replace(path)
        order.rewind(1.0)
        wait_until(lambda: order.frames(1.0)[0].width == 288, "the other film")
        order.rewind(2.0)
        assert order.frames(2.0)[0].width == 288
    finally:
        order.close()
