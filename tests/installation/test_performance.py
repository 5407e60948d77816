from collections.abc import Iterator

import pytest

from installation.commands import Blackout, Fade, Go, PanelOpacity, Pause, PlayClip, RemoveClip, Resume, Seek
from installation.performance import Move, Performance
from show.films import probe
from show.programme import Item, Programme
from tests.support.footage import numbered_film
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Item:
    return Item("film", probe(numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", 48)), "film")


@pytest.fixture
def performance(item: Item) -> Iterator[Performance]:
    performance = Performance(Programme(item), panels=3, house_fade_seconds=2.0)
    yield performance
    performance.order.close()


@pytest.fixture
def opened(performance: Performance) -> Performance:
    performance.open_house(100.0)
    return performance


def test_it_begins_closed_and_dark(performance: Performance) -> None:
    assert performance.dark(0.0)
    assert performance.brightness(0.0) == 0.0
    assert not performance.transport.playing


def test_the_house_opens_with_a_fade(opened: Performance) -> None:
    assert [opened.brightness(100.0 + t) for t in (0.0, 1.0, 2.0)] == [0.0, 0.5, 1.0]
    assert opened.show_time(103.0) == 3.0


def test_the_house_closes_with_a_fade_while_the_show_runs_on(opened: Performance) -> None:
    opened.close_house(110.0)
    assert opened.show_time(111.0) == 11.0
    assert not opened.dark(111.0)
    assert opened.dark(112.0)
    assert opened.level == 0.0


def test_the_next_day_starts_from_the_beginning(opened: Performance) -> None:
    opened.close_house(110.0)
    opened.rest(112.0)
    opened.open_house(500.0)
    assert opened.order.current.position(opened.show_time(500.0)) == 0.0
    assert opened.order.current.position(opened.show_time(501.0)) == pytest.approx(1.0)


def test_a_house_that_opens_again_in_its_last_fade_goes_on(opened: Performance) -> None:
    opened.close_house(101.0)
    opened.open_house(102.0)
    assert opened.order.current.position(opened.show_time(102.0)) == pytest.approx(2.0)
    assert opened.brightness(102.0) > 0


def test_a_pause_over_night_does_not_stop_the_next_day(opened: Performance) -> None:
    opened.take(Pause(), 101.0)
    opened.close_house(110.0)
    opened.open_house(500.0)
    assert opened.transport.playing
    assert not opened.paused


def test_pause_and_resume(opened: Performance) -> None:
    opened.take(Pause(), 101.0)
    assert opened.show_time(200.0) == 1.0
    opened.take(Resume(), 200.0)
    assert opened.show_time(201.0) == 2.0


def test_a_seek_moves_and_tells_the_sound(opened: Performance) -> None:
    epoch = opened.transport.epoch
    opened.take(Seek(3.0), 101.0)
    assert opened.order.current.position(opened.show_time(101.5)) == pytest.approx(3.5)
    assert opened.transport.epoch > epoch


@pytest.mark.parametrize("cue", [Go(), Go("film"), Pause(), Resume(), Seek(1.0), PlayClip(1)])
def test_a_closed_house_takes_no_cues(performance: Performance, cue: Move) -> None:
    with pytest.raises(ValueError, match="the house is closed"):
        performance.take(cue, 1.0)


def test_a_clip_taken_off_the_wall_is_no_lost_frame(opened: Performance, item: Item) -> None:
    opened.shelve([Item("clip 1", item.film, "", "1")], 101.0)
    opened.take(Go("clip 1"), 102.0)
    before, epoch = opened.interruptions, opened.transport.epoch
    opened.shelve([], 103.0)
    assert opened.order.current.item is item
    assert (opened.interruptions, opened.transport.epoch) == (before + 1, epoch + 1)


def test_an_unknown_cue_names_the_known_ones(opened: Performance) -> None:
    with pytest.raises(ValueError, match='there is no cue "encore"; there are: 1 film'):
        opened.take(Go("encore"), 101.0)


def test_blackout_is_picture_only(opened: Performance) -> None:
    opened.take(Blackout(True), 105.0)
    assert (opened.brightness(105.0), opened.blackout, opened.level) == (0.0, True, 1.0)
    opened.take(Blackout(False, 2.0), 106.0)
    assert opened.brightness(107.0) == 0.5


def test_a_fade_takes_the_sound_along(opened: Performance) -> None:
    opened.take(Fade(0.5, 4.0), 105.0)
    assert opened.brightness(107.0) == pytest.approx(0.75)
    assert (opened.level, opened.level_fade_seconds) == (0.5, 4.0)


def test_a_panel_that_does_not_exist_is_refused(opened: Performance) -> None:
    opened.take(PanelOpacity(3, 0.25), 101.0)
    assert opened.panels == [1.0, 1.0, 0.25]
    with pytest.raises(ValueError, match="panel 4 does not exist: there are 3"):
        opened.take(PanelOpacity(4, 0.25), 101.0)


def clips(item: Item, *numbers: int) -> list[Item]:
    return [Item(f"clip {number}", item.film, "", str(number)) for number in numbers]


def test_a_clip_is_played_by_its_number(opened: Performance, item: Item) -> None:
    opened.shelve(clips(item, 8, 7, 6), 101.0)
    opened.take(Pause(), 102.0)
    opened.take(PlayClip(6), 103.0)
    assert opened.order.current.item.clip_id == "6"
    assert opened.transport.playing


def test_a_removed_clip_leaves_the_wall_and_never_comes_back(opened: Performance, item: Item) -> None:
    opened.shelve(clips(item, 8, 7), 101.0)
    opened.take(PlayClip(7), 102.0)
    opened.take(RemoveClip(7), 103.0)
    assert opened.order.current.item is item
    opened.shelve(clips(item, 8, 7), 104.0)
    assert [clip.clip_id for clip in opened.order.programme.clips] == ["8"]
    with pytest.raises(ValueError, match="there is no clip 7 on the shelf; there are: 8"):
        opened.take(PlayClip(7), 105.0)


def test_another_clip_on_the_wall_stays(opened: Performance, item: Item) -> None:
    opened.shelve(clips(item, 8, 7), 101.0)
    opened.take(PlayClip(7), 102.0)
    opened.take(RemoveClip(8), 103.0)
    assert opened.order.current.item.clip_id == "7"


def test_a_closed_house_removes_clips_and_does_so_twice(performance: Performance, item: Item) -> None:
    performance.shelve(clips(item, 7), 1.0)
    for now in (2.0, 3.0):
        performance.take(RemoveClip(7), now)
    assert performance.order.programme.clips == ()


def test_an_unknown_clip_is_refused(opened: Performance) -> None:
    with pytest.raises(ValueError, match="there is no clip 7 on the shelf; there are: none"):
        opened.take(RemoveClip(7), 101.0)


@pytest.mark.parametrize("ahead", [-0.5, 0.5])
def test_a_seek_in_a_pause_shows_its_very_frame_however_far_picture_and_sound_are_apart(
    opened: Performance, ahead: float
) -> None:
    assert opened.picture_time(101.0, ahead) == opened.show_time(101.0) + ahead
    opened.take(Pause(), 101.0)
    opened.take(Seek(3.0), 102.0)
    time = opened.picture_time(102.0, ahead)
    (frame,) = wait_until(lambda: opened.order.frames(time), "the frame sought")
    assert frame.index == 36
