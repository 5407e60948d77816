from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from calibration.mapping import default_mapping
from installation.projector import Projector
from installation.running_order import RunningOrder
from installation.scene import Moment, Scene
from installation.site import CaptionSettings
from installation.typesetter import Typesetter
from show.captions import Captions, Cue, Line
from show.films import probe
from show.programme import Item, Programme
from tests.support.footage import numbered_film
from tests.support.waiting import wait_until

WIDTH, HEIGHT, PANELS = 480, 300, 3
FPS = 12


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    projector.set_mapping(default_mapping(WIDTH, HEIGHT))
    yield projector
    projector.close()


@pytest.fixture
def typesetter(projector: Projector) -> Iterator[Typesetter]:
    captions = Captions((Cue(1.0, 2.0, (Line("EVENING", "narrative"),)),))
    sizes = [projector.caption_size(panel) for panel in range(PANELS)]
    typesetter = Typesetter({"": captions}, CaptionSettings((), (1, 2, 3), 0.2), sizes)
    yield typesetter
    typesetter.close()


@pytest.fixture
def scene(projector: Projector, typesetter: Typesetter) -> Scene:
    scene = Scene(projector, PANELS, typesetter, "centre")
    scene.blacken()
    return scene


@pytest.fixture
def order(tmp_path: Path) -> Iterator[RunningOrder]:
    film = Item("film", probe(numbered_film(tmp_path / "film.mp4", 4 * FPS, fps=FPS)), "film")
    order = RunningOrder(Programme(film))
    order.programme.shelve([Item("clip 1", film.film, "", "1")])
    yield order
    order.close()


def at(show_time: float) -> Moment:
    return Moment(show_time, show_time, 1.0, (1.0,) * PANELS)


def show(scene: Scene, order: RunningOrder, show_time: float) -> None:
    index = order.current.index(show_time)
    frames = wait_until(lambda: (f := order.frames(show_time)) and f[0].index == index and f, f"frame {index}")
    scene.show(order.current, frames, at(show_time))


def test_the_wall_is_black_until_the_first_frame(scene: Scene, order: RunningOrder, projector: Projector) -> None:
    show(scene, order, 0.5)
    assert projector.read().any()
    scene.blacken()
    assert not scene.show(order.current, (), at(0.0))
    assert not projector.read().any()


def test_a_picture_stands_unchanged_until_the_next_item_has_one(
    scene: Scene, order: RunningOrder, projector: Projector
) -> None:
    show(scene, order, 0.5)
    before = projector.read()
    order.go("clip 1", 0.6)
    scene.show(order.current, (), at(0.6))
    assert np.array_equal(projector.read(), before)


def test_captions_of_the_evening_are_gone_in_the_morning(
    scene: Scene, order: RunningOrder, projector: Projector, typesetter: Typesetter
) -> None:
    show(scene, order, 0.5)
    plain = projector.read()
    lines = typesetter.at(1.5)
    wait_until(lambda: typesetter.set(lines, 1.5), "the caption")
    show(scene, order, 1.5)
    scene.blacken()
    order.seek(0.5, 5.0)
    show(scene, order, 5.0)
    assert np.array_equal(projector.read(), plain)


def test_frames_left_out_are_counted_unless_the_show_was_interrupted(scene: Scene, order: RunningOrder) -> None:
    show(scene, order, 0.05)
    wait_until(lambda: (frames := order.frames(0.3)) and frames[0].index == 3, "frame 3")
    show(scene, order, 0.3)
    assert scene.counts.dropped == 2
    scene.interrupt()
    order.seek(2.0, 0.4)
    show(scene, order, 0.4)
    assert scene.counts.dropped == 2


def test_a_clip_that_is_gone_is_not_on_the_wall_while_nothing_else_is_ready(
    scene: Scene, order: RunningOrder, projector: Projector
) -> None:
    order.go("clip 1", 0.0)
    show(scene, order, 0.5)
    assert projector.read().any()
    order.programme.shelve([])
    order.drop_missing_clips(0.6)
    scene.forget(order.is_gone)
    assert scene.show(order.current, (), at(0.6))
    assert not projector.read().any()


def test_nothing_is_written_over_a_clip(
    scene: Scene, order: RunningOrder, projector: Projector, typesetter: Typesetter
) -> None:
    order.go("clip 1", 0.0)
    frames = wait_until(lambda: order.frames(0.5), "a frame")
    scene.show(order.current, frames, at(0.5))
    before = projector.read()
    wait_until(lambda: typesetter.set(typesetter.at(1.5), 1.5), "the film's caption")
    scene.show(order.current, frames, at(1.5))
    assert np.array_equal(projector.read(), before)


# cross-fades


@pytest.fixture
def fading(projector: Projector, typesetter: Typesetter) -> Scene:
    scene = Scene(projector, PANELS, typesetter, "all", crossfade_seconds=2.0)
    scene.blacken()
    return scene


def picture(scene: Scene, order: RunningOrder, projector: Projector, show_time: float) -> np.ndarray:
    index = order.current.index(show_time)
    frames = wait_until(lambda: (f := order.frames(show_time)) and f[0].index == index and f, f"frame {index}")
    scene.show(order.current, frames, at(show_time))
    return projector.read().astype(float)


def test_one_item_fades_into_the_other(fading: Scene, order: RunningOrder, projector: Projector) -> None:
    film = picture(fading, order, projector, 0.5)
    order.go("clip 1", 0.6)
    seen = [picture(fading, order, projector, 0.6 + seconds) for seconds in (0.0, 0.5, 1.0, 1.5, 2.0)]
    plain = Scene(projector, PANELS, fading._typesetter, "all")
    order.go("clip 1", 5.6)
    clip = [picture(plain, order, projector, 5.6 + seconds) for seconds in (0.0, 0.5, 1.0, 1.5, 2.0)]
    for share, got, new in zip((0.0, 0.25, 0.5, 0.75, 1.0), seen, clip, strict=True):
        assert np.abs(got - (film * (1 - share) + new * share)).max() <= 2, share


def test_a_film_that_begins_again_by_itself_is_not_faded(
    fading: Scene, order: RunningOrder, projector: Projector
) -> None:
    order.programme.shelve([])
    first = picture(fading, order, projector, 0.0)
    picture(fading, order, projector, 3.95)
    order.advance(3.95)
    order.advance(4.0)
    assert np.array_equal(picture(fading, order, projector, 4.0), first)


def test_a_removed_clip_is_cut_in_the_midst_of_its_fading_away(
    fading: Scene, order: RunningOrder, projector: Projector
) -> None:
    film = picture(fading, order, projector, 0.0)
    order.go("clip 1", 0.0)
    picture(fading, order, projector, 0.01)
    picture(fading, order, projector, 2.5)
    order.go("film", 2.6)
    assert not np.array_equal(picture(fading, order, projector, 2.61), film)
    order.programme.shelve([])
    fading.forget(order.is_gone)
    assert np.array_equal(picture(fading, order, projector, 2.62), film)


def test_the_end_of_words_waits_for_no_others_to_be_drawn() -> None:
    captions = Captions((Cue(0.0, 1.0, (Line("words that nobody has drawn before " * 20, "narrative"),)),))
    typesetter = Typesetter({"": captions}, CaptionSettings((), (1,), 0.1), [(1080, 1920)])
    assert typesetter.set((), 2.0) == {0: None}
    typesetter.close()
