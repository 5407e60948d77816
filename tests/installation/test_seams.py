"""Every refresh of a programme, film, film, clip, card and film again: no frame lost, doubled or black at a seam."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from calibration.homography import project
from calibration.mapping import default_mapping
from installation.projector import Projector
from installation.running_order import RunningOrder
from installation.scene import Moment, Scene
from installation.site import CaptionSettings
from installation.typesetter import Typesetter
from show.films import FilmInfo, Frame, probe, still_film
from show.programme import Item, Programme
from tests.support.footage import numbered, to_hap, write_film
from tests.support.footage import read_number as read
from tests.support.waiting import wait_until

WIDTH, HEIGHT, PANELS = 240, 150, 3
REFRESH_HZ = 60
FRAMES, CLIP_FRAMES, CLIP_NUMBER = 15, 10, 1000
CARD_NUMBER, CARD_SECONDS = 2000, 0.5
MAPPING = default_mapping(WIDTH, HEIGHT)


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    projector.set_mapping(MAPPING)
    yield projector
    projector.close()


@pytest.fixture
def scene(projector: Projector) -> Iterator[Scene]:
    typesetter = Typesetter({}, CaptionSettings((), (), 0.1), [(60, 100)] * PANELS)
    yield Scene(projector, PANELS, typesetter, "all")
    typesetter.close()


@pytest.fixture
def order(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RunningOrder]:
    form, fps = request.param
    film, clip = tmp_path / "film.mp4", tmp_path / "clip.mp4"
    write_film(film, (numbered(n, 192, 160) for n in range(FRAMES)), fps)
    write_film(clip, (numbered(CLIP_NUMBER + n, 64, 160, panels=1) for n in range(CLIP_FRAMES)), fps)
    films = [probe(to_hap(each, form) if form.startswith("hap") else each) for each in (film, clip)]
    order = RunningOrder(Programme(Item("film", films[0]), film_times=2, card=card()))
    order.programme.shelve([Item("clip 1", films[1], "", "1")])
    yield order
    order.close()


def card() -> Item:
    still = Frame.of_arrays(*numbered(CARD_NUMBER, 64, 160, panels=1))
    return Item(
        "end card",
        still_film("card", still, CARD_SECONDS),
        films=(still_film("card", still, CARD_SECONDS),) * PANELS,
        stills=(still,) * PANELS,
    )


def numbers(picture: np.ndarray) -> set[int | None]:
    panels = [surface.to_output for surface in MAPPING.surfaces]
    return {read(picture, lambda u, v: tuple(project(to, np.array([u, v])))) for to in panels}  # noqa: B023


def expected(film: FilmInfo, clip: FilmInfo, seconds: float) -> int:
    """The number due in a round of film, film, clip, card."""
    seconds %= 2 * film.duration + clip.duration + CARD_SECONDS
    if seconds < 2 * film.duration:
        return film.index_at(seconds % film.duration)
    if seconds < 2 * film.duration + clip.duration:
        return CLIP_NUMBER + clip.index_at(seconds - 2 * film.duration)
    return CARD_NUMBER


@pytest.mark.parametrize(
    "order", [(form, fps) for form in ("h264", "hap_q") for fps in (12, 25, 30, 60)], indirect=True
)
def test_every_refresh_shows_what_is_due(order: RunningOrder, scene: Scene, projector: Projector) -> None:
    film, clip = order.programme.film.film, order.programme.clips[0].film
    last = round((5 * film.duration + 2 * (clip.duration + CARD_SECONDS)) * REFRESH_HZ)
    for refresh in range(last):
        now = (refresh + 0.5) / REFRESH_HZ
        order.advance(now)
        index = order.current.index(now)
        frames = wait_until(lambda: (f := order.frames(now)) and f[0].index == index and f, f"frame {index}")  # noqa: B023
        if scene.show(order.current, frames, Moment(now, now, 1.0, (1.0,) * PANELS)):
            assert numbers(projector.read()) == {expected(film, clip, now)}, now
    assert scene.counts.dropped == 0
    assert scene.counts.frames_shown == 5 * FRAMES + 2 * CLIP_FRAMES + 2


@pytest.mark.parametrize("order", [("hap", 30)], indirect=True)
def test_the_picture_stays_while_the_next_film_is_late(order: RunningOrder, scene: Scene, projector: Projector) -> None:
    wait_until(lambda: order.current.ready, "the film")
    end = order.current.end
    frames = wait_until(lambda: (f := order.frames(end - 0.01)) and f[0].index == FRAMES - 1 and f, "the last frame")
    scene.show(order.current, frames, Moment(0.0, end - 0.01, 1.0, (1.0,) * PANELS))
    order.advance(end - 0.01)
    order.advance(end + 0.001)
    scene.show(order.current, (), Moment(0.1, end + 0.001, 1.0, (1.0,) * PANELS))
    assert numbers(projector.read()) == {FRAMES - 1}
