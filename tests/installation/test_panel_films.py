"""A film for each panel, of different sizes, rates and lengths: what each panel shows at every moment."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from calibration.homography import project
from calibration.mapping import default_mapping
from installation.check import run_checks
from installation.film import film_item, panel_sizes
from installation.projector import Projector
from installation.running_order import RunningOrder
from installation.scene import Moment, Scene
from installation.site import CaptionSettings, load_site
from installation.state import State
from installation.typesetter import Typesetter
from show.films import probe
from show.programme import Item, Programme
from tests.support.footage import numbered, read_number, write_film
from tests.support.room import build_room, change
from tests.support.waiting import wait_until

WIDTH, HEIGHT = 480, 300
MAPPING = default_mapping(WIDTH, HEIGHT)
FILMS = (("left", (144, 256), 12, 12), ("middle", (96, 320), 25, 50), ("right", (200, 200), 30, 45))  # 1, 2, 1.5 s
RATES = [12, 25, 30]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    site = build_room(folder, frames=24)
    for name, size, fps, frames in FILMS:
        write_film(folder / f"{name}.mp4", (numbered(n, *size, panels=1) for n in range(frames)), fps)
    return change(site, 'film = "film.mp4"', 'films = ["left.mp4", "middle.mp4", "right.mp4"]')


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    projector.set_mapping(MAPPING)
    yield projector
    projector.close()


class Show:
    """A running order and its picture, at any show time."""

    def __init__(self, projector: Projector, item: Item, clips: tuple[Item, ...] = (), fade: float = 0.0) -> None:
        sizes = [projector.caption_size(panel) for panel in range(3)]
        self._typesetter = Typesetter({}, CaptionSettings((), (), 0.1), sizes)
        self.scene = Scene(projector, 3, self._typesetter, "all", fade)
        self.order = RunningOrder(Programme(item))
        self.order.programme.shelve(clips)
        self._projector = projector

    def at(self, show_time: float) -> list[int | None]:
        """The numbers on the panels, once every film is there."""
        self.order.advance(show_time)
        slot = self.order.current
        wanted = [strand.index_at(slot.position(show_time) + slot.run) for strand in slot.strands]
        frames = wait_until(
            lambda: (f := self.order.frames(show_time)) and [each and each.index for each in f] == wanted and f,
            f"frames {wanted}",
        )
        self.scene.show(slot, frames, Moment(show_time, show_time, 1.0, (1.0,) * 3))
        picture = self._projector.read()
        panels = [surface.to_output for surface in MAPPING.surfaces]
        return [read_number(picture, lambda u, v: tuple(project(to, np.array([u, v])))) for to in panels]  # noqa: B023

    def close(self) -> None:
        self.order.close()
        self._typesetter.close()


@pytest.fixture
def show(projector: Projector, site: Path, request: pytest.FixtureRequest) -> Iterator[Show]:
    settings = load_site(change_lengths(site, request.param)).show
    show = Show(projector, film_item(settings))
    yield show
    show.close()


def change_lengths(site: Path, lengths: str) -> Path:
    copy = site.with_name(f"{lengths}.toml")
    copy.write_text(site.read_text().replace("films =", f'lengths = "{lengths}"\nfilms ='))
    return copy


def moments(seconds: float) -> list[float]:
    """Every frame of every film, each a little after it begins."""
    times = {Fraction(n, rate) for rate in RATES for n in range(int(seconds * rate))}
    return [float(time) + 0.001 for time in sorted(times)]


@pytest.mark.parametrize("show", ["own"], indirect=True)
def test_each_panel_loops_by_itself(show: Show) -> None:
    for now in moments(4.2):
        assert show.at(now) == [int(now * fps) % frames for _, _, fps, frames in FILMS], now
    assert show.order.loops == 2
    assert show.scene.counts.dropped == 0


@pytest.mark.parametrize("show", ["longest"], indirect=True)
def test_all_wait_for_the_longest_with_their_last_picture(show: Show) -> None:
    for now in moments(2.3):
        assert show.at(now) == [min(int(now % 2 * fps), frames - 1) for _, _, fps, frames in FILMS], now
    assert show.order.loops == 1
    assert show.scene.counts.dropped == 0


@pytest.mark.parametrize("show", ["own", "longest"], indirect=True)
def test_a_seek_and_a_clip_take_all_panels_along(show: Show) -> None:
    clip = Item("clip 1", show.order.programme.film.films[1], "", "1")
    show.order.programme.shelve([clip])
    assert show.at(0.001) == [0, 0, 0]
    show.order.seek(0.8, 0.1)
    assert show.at(0.101) == [9, 20, 24]
    assert show.at(1.311) == [0, 0, 0]
    assert show.order.current.item is clip
    assert show.at(3.311) == [0, 0, 0]
    assert show.order.current.item is show.order.programme.film
    show.order.go("film", 3.5)
    assert show.at(3.601) == [1, 2, 3]


def test_a_frame_left_out_is_counted_whichever_panel_it_was_on(projector: Projector, site: Path) -> None:
    show = Show(projector, film_item(load_site(change_lengths(site, "own")).show))
    show.at(0.001)
    show.at(0.1)
    show.close()
    assert show.scene.counts.dropped == 0 + 1 + 2


def test_a_film_that_cannot_be_read_costs_only_its_panel(projector: Projector, site: Path, tmp_path: Path) -> None:
    settings = load_site(site).show
    gone = write_film(tmp_path / "gone.mp4", (numbered(n, 96, 160, panels=1) for n in range(12)))
    films = (probe(settings.films[0]), probe(gone), probe(settings.films[2]))
    gone.unlink()
    show = Show(projector, Item("film", films[2], films=films))
    wait_until(lambda: show.order.current.failed, "the failure")
    frames = wait_until(lambda: show.order.frames(0.0), "the others")
    assert [frame is None for frame in frames] == [False, True, False]
    show.scene.show(show.order.current, frames, Moment(0.0, 0.0, 1.0, (1.0,) * 3))
    assert show.order.current.error
    show.close()


def test_a_film_that_cannot_be_read_is_no_other_item_s_picture_after_a_cue(
    projector: Projector, site: Path, tmp_path: Path
) -> None:
    settings = load_site(site).show
    gone = write_film(tmp_path / "gone.mp4", (numbered(n, 96, 160, panels=1) for n in range(12)))
    films = (probe(settings.films[0]), probe(gone), probe(settings.films[2]))
    gone.unlink()
    other = Item("clip 1", films[0], "", "1", films=(films[0],) * 3)
    show = Show(projector, Item("film", films[2], films=films), (other,), fade=0.1)

    def picture(show_time: float) -> np.ndarray:
        frames = wait_until(lambda: show.order.frames(show_time), "frames")
        for moment in (show_time, show_time + 0.2):  # and the fade is over
            show.scene.show(show.order.current, frames, Moment(moment, show_time, 1.0, (1.0,) * 3))
        (left, _), (right, _) = MAPPING.surfaces[1].corners[:2]
        return projector.read()[HEIGHT // 3 : HEIGHT // 2, round(left) + 10 : round(right) - 10]

    wait_until(lambda: show.order.current.failed, "the failure")
    assert picture(0.0).max() == 0
    show.order.play(other, 1.0)
    assert picture(1.0).max() > 20
    for cue in (2.0, 3.0):
        show.scene.interrupt()
        show.order.go("film", cue)
        wait_until(lambda: show.order.current.failed, "the failure")
        assert picture(cue).max() == 0
    show.close()


def test_check_tells_what_is_held(site: Path, tmp_path: Path) -> None:
    state = State.find(tmp_path / "state")
    found = {lengths: run_checks(load_site(change_lengths(site, lengths)), state)[0] for lengths in ("own", "longest")}
    films = (
        "144x256, 1.0 s at 12 pictures a second, 96x320, 2.0 s at 25 pictures a second, "
        "200x200, 1.5 s at 30 pictures a second"
    )
    assert found["own"].sentence == films
    assert found["longest"].sentence == f"{films}; the last picture is held of left.mp4 for 1.0 s, right.mp4 for 0.5 s"


def test_captions_are_set_in_the_shape_of_each_panel(site: Path) -> None:
    assert panel_sizes(film_item(load_site(site).show), 3) == ((144, 256), (96, 320), (200, 200))
