"""Cues to the very frame: a clock turned by hand, and what stands in the framebuffer at each refresh."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.homography import project
from calibration.mapping import default_mapping
from installation.commands import Blackout, Fade, Go, Pause, Rate, Resume, Seek
from installation.performance import Cue, Performance
from installation.projector import Projector
from installation.scene import Moment, Scene
from installation.site import CaptionSettings
from installation.typesetter import Typesetter
from show.films import probe
from show.programme import Item, Programme
from tests.support.footage import numbered_film, read_number
from tests.support.waiting import wait_until

WIDTH, HEIGHT, PANELS = 480, 300, 3
MAPPING = default_mapping(WIDTH, HEIGHT)
FRAMES, FPS, REFRESH = 36, 12, Fraction(1, 60)
START = 1000


class Room:
    """A show whose time only goes on when it is told, in refreshes since the house opened."""

    def __init__(self, item: Item, projector: Projector) -> None:
        self.performance = Performance(Programme(item), PANELS, 0.0)
        self._typesetter = Typesetter({}, CaptionSettings((), (), 0.1), [(64, 64)] * PANELS)
        self.scene = Scene(projector, PANELS, self._typesetter, "all")
        self._projector, self._refresh = projector, 0
        self.performance.open_house(START)

    @property
    def now(self) -> float:
        return float(START + self._refresh * REFRESH)

    def cue(self, cue: Cue) -> None:
        self.performance.take(cue, self.now)

    def look(self) -> NDArray[np.uint8]:
        """The wall at this refresh, once what is due has been decoded."""
        performance, show_time = self.performance, self.performance.show_time(self.now)
        if performance.transport.playing:
            performance.order.advance(show_time)
        slot = performance.order.current
        frames = wait_until(lambda: (f := slot.frames(show_time)) and slot.settled(show_time) and f, "the frame")
        brightness = performance.brightness(self.now)
        moment = Moment(self.now, show_time, brightness, tuple(performance.panels), performance.transport.rate)
        self.scene.show(slot, frames, moment)
        return self._projector.read()

    def numbers(self, refreshes: int) -> list[int | None]:
        """What the middle panel shows at each of the coming refreshes."""
        return [self._number() for _ in range(refreshes)]

    def _number(self) -> int | None:
        middle, picture = MAPPING.surfaces[1].to_output, self.look()
        self.turn()
        return read_number(picture, lambda u, v: tuple(project(middle, np.array([u, v]))))

    def turn(self, refreshes: int = 1) -> None:
        self._refresh += refreshes

    def close(self) -> None:
        self.performance.order.close()
        self._typesetter.close()


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Item:
    film = numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", FRAMES, (192, 80), FPS)
    return Item("film", probe(film), "film")


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    projector.set_mapping(MAPPING)
    yield projector
    projector.close()


@pytest.fixture
def room(item: Item, projector: Projector) -> Iterator[Room]:
    room = Room(item, projector)
    yield room
    room.close()


def due(refreshes: int, rate: float = 1.0, first: float = 0.0) -> list[int]:
    """The frames of so many refreshes, from a position in frames on."""
    step = Fraction(rate) * FPS * REFRESH
    return [int(Fraction(first) + n * step) % FRAMES for n in range(refreshes)]


@pytest.mark.parametrize("rate", [0.25, 0.5, 1.0, 1.5, 3.0, 4.0])
def test_each_refresh_shows_the_frame_of_its_rate(room: Room, rate: float) -> None:
    room.cue(Rate(rate))
    refreshes = int(50 / rate * 5 / 4)  # once round the film and a little on, or a good part of it
    assert room.numbers(refreshes) == due(refreshes, rate)


def test_another_rate_begins_at_the_frame_where_the_old_one_ended(room: Room) -> None:
    assert room.numbers(30) == due(30)
    room.cue(Rate(2.0))
    assert room.numbers(20) == due(20, 2.0, 6)
    room.cue(Pause())
    assert room.numbers(3) == [14] * 3
    room.cue(Rate(0.5))
    room.cue(Resume())
    assert room.numbers(20) == due(20, 0.5, 14)
    assert room.performance.order.loops == 0


def test_at_another_rate_nothing_counts_as_lost(room: Room) -> None:
    room.cue(Rate(4.0))
    room.numbers(60)
    room.cue(Rate(1.0))
    room.numbers(10)
    assert room.scene.counts.dropped == 0


@pytest.mark.parametrize("frame", [0, 1, 17, FRAMES - 1])
@pytest.mark.parametrize("paused", [False, True])
def test_seek_shows_the_very_frame(room: Room, frame: int, paused: bool) -> None:
    room.numbers(7)
    if paused:
        room.cue(Pause())
    room.cue(Seek(frame / FPS))
    assert room.numbers(12) == ([frame] * 12 if paused else due(12, 1.0, frame))
    room.cue(Seek(max(0.0, frame / FPS - 0.001)))
    assert room.numbers(1) == [max(0, frame - 1)]


def test_a_cue_begins_with_its_first_frame(room: Room) -> None:
    room.numbers(33)
    room.cue(Go("film"))
    assert room.numbers(12) == due(12)


def test_a_fade_has_its_level_at_each_refresh(room: Room) -> None:
    room.cue(Pause())
    bright = room.look().astype(float)
    room.cue(Fade(0.2, 0.5))
    for refresh in range(35):
        level = 1.0 - 0.8 * min(1.0, refresh / 30)
        assert np.abs(room.look() - bright * level).max() < 1.5, refresh
        room.turn()


def test_blackout_is_black_at_the_refresh_it_is_taken_and_the_film_runs_on(room: Room) -> None:
    room.numbers(20)
    room.cue(Blackout(True))
    for _ in range(10):
        assert not room.look().any()
        room.turn()
    room.cue(Blackout(False))
    assert room.numbers(15) == due(15, 1.0, 6)


def test_a_new_day_begins_at_the_films_own_rate(room: Room) -> None:
    room.cue(Rate(4.0))
    room.numbers(3)
    room.performance.close_house(room.now)
    room.performance.rest(room.now)
    room.turn(1000)
    room.performance.open_house(room.now)
    assert room.numbers(12) == due(12)
