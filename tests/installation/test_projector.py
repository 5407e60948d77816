"""The picture as it leaves the projector, read back from the framebuffer; off-screen by EGL."""

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.homography import project
from calibration.mapping import Mapping, Surface, default_mapping
from installation.projector import Crop, Look, Projector, side_by_side
from show.films import Blocks, FilmInfo, Frame, Matrix, Reel, probe
from tests.support.footage import (
    Planes,
    flat,
    noise,
    numbered,
    numbered_film,
    read_number,
)
from tests.support.sampling import expected, inside, places, without_outermost_ring
from tests.support.waiting import wait_until

WIDTH, HEIGHT, PANELS = 1280, 800, 3
DEMO_FILM = Path(__file__).parents[2] / "show" / "demo" / "film" / "triptych.mp4"
MAPPING = default_mapping(WIDTH, HEIGHT)
FULL = Look(1.0, (1.0,) * PANELS, side_by_side(PANELS))
THIRDS = [(panel / PANELS, (panel + 1) / PANELS) for panel in range(PANELS)]
WHITE = Frame.of_arrays(*flat(np.full((64, 96), 235, np.uint8), 128, 128))


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    yield projector
    projector.close()


@pytest.fixture(autouse=True)
def as_new(projector: Projector) -> None:
    projector.set_mapping(MAPPING)
    for panel in range(PANELS):
        projector.set_caption(panel, None)
        projector.set_pattern(panel, None)
    projector.upload(WHITE)


def wall(projector: Projector, look: Look = FULL) -> NDArray[np.uint8]:
    projector.draw(look)
    projector.flip()
    return projector.read()


@cache
def panel_places(panel: int) -> NDArray[np.float64]:
    return places(MAPPING.surfaces[panel], WIDTH, HEIGHT)


def on_panel(panel: int) -> NDArray[np.bool_]:
    return inside(panel_places(panel))


@cache
def well_inside(panel: int) -> NDArray[np.bool_]:
    return without_outermost_ring(on_panel(panel))


def numbers(picture: NDArray[np.uint8], mapping: Mapping = MAPPING) -> list[int | None]:
    return [number(picture, surface) for surface in mapping.surfaces]


def number(picture: NDArray[np.uint8], surface: Surface) -> int | None:
    return read_number(picture, lambda u, v: tuple(project(surface.to_output, np.array([u, v]))))


def errors(picture: NDArray[np.uint8], planes: Planes, matrix: str, full_range: bool) -> NDArray[np.float64]:
    """How far the wall is from float64 sampling on every panel, the outermost ring of pixels left out."""
    found = []
    for panel, share in enumerate(THIRDS):
        ring_off = well_inside(panel)
        wanted = expected(planes, panel_places(panel)[ring_off], share, matrix, full_range)
        found.append(np.abs(picture[ring_off] - np.round(wanted)))
    return np.concatenate(found)


@pytest.mark.parametrize("size", [(1728, 1024), (576, 320)])
@pytest.mark.parametrize(("matrix", "full_range"), [("bt709", False), ("bt601", True)])
def test_noise_is_warped_as_float64_sampling_says(
    projector: Projector, size: tuple[int, int], matrix: Matrix, full_range: bool
) -> None:
    planes = noise(*size)
    projector.upload(Frame.of_arrays(*planes, matrix=matrix, full_range=full_range))
    found = errors(wall(projector), planes, matrix, full_range)
    assert found.max() <= 2
    assert found.mean() <= 0.25


@pytest.mark.parametrize("index", [40, 160, 360])
def test_the_film_is_warped_as_float64_sampling_says(projector: Projector, index: int) -> None:
    reel = Reel(probe(DEMO_FILM), start_frame=index)
    frame = wait_until(lambda: reel.at(index))
    projector.upload(frame)
    y, u, v = (plane.samples() for plane in frame.planes)
    found = errors(wall(projector), (y, u, v), frame.matrix, frame.full_range)
    reel.close()
    assert found.max() <= 2
    assert found.mean() <= 0.25


@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize(
    "yuv", [(16, 128, 128), (235, 128, 128), (81, 90, 240), (145, 54, 34), (41, 240, 110), (60, 150, 90)]
)
def test_flat_colours_are_right(
    projector: Projector, yuv: tuple[int, int, int], matrix: Matrix, full_range: bool
) -> None:
    planes = flat(np.full((64, 96), yuv[0], np.uint8), *yuv[1:])
    projector.upload(Frame.of_arrays(*planes, matrix=matrix, full_range=full_range))
    wanted = expected(planes, np.full((1, 2), 0.5), (0.0, 1.0), matrix, full_range)
    assert np.abs(wall(projector)[well_inside(1)] - wanted).max() <= 2


def test_everything_outside_the_panels_is_black(projector: Projector) -> None:
    picture = wall(projector)
    panels = np.logical_or.reduce([on_panel(panel) for panel in range(PANELS)])
    assert picture[~panels].max() == 0
    for panel in range(PANELS):
        assert picture[well_inside(panel)].min() == 255


def test_a_panel_lies_where_the_mapping_says_and_follows_it(projector: Projector) -> None:
    moved = Mapping(WIDTH, HEIGHT, (Surface("only", ((100, 50), (300, 50), (300, 450), (100, 450))),))
    projector.set_mapping(moved)
    picture = wall(projector, Look(1.0, (1.0,), (Crop(),)))
    rows, columns = np.nonzero(picture[..., 0] == 255)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (51, 448, 101, 298)  # all but a soft edge
    assert np.count_nonzero(picture.any(axis=2)) <= 200 * 400


@pytest.mark.parametrize("panel", range(PANELS))
def test_opacity_dims_one_panel(projector: Projector, panel: int) -> None:
    opacities = tuple(0.5 if each == panel else 1.0 for each in range(PANELS))
    picture = wall(projector, replace(FULL, opacities=opacities))
    for each in range(PANELS):
        assert np.abs(picture[well_inside(each)] - 255.0 * opacities[each]).max() <= 1


@pytest.mark.parametrize("brightness", [0.0, 0.25, 1.0])
def test_brightness_dims_everything_captions_too(projector: Projector, brightness: float) -> None:
    projector.set_caption(1, np.full((10, 10, 4), 255, np.uint8))
    picture = wall(projector, replace(FULL, brightness=brightness))
    for panel in range(PANELS):
        assert np.abs(picture[well_inside(panel)] - 255 * brightness).max() <= 1


def test_each_panel_shows_its_own_part_of_the_film(projector: Projector) -> None:
    thirds = [np.repeat(column, 32, axis=1) for column in np.full((3, 64, 1), [[[16]], [[125]], [[235]]], np.uint8)]
    projector.upload(Frame.of_arrays(*flat(np.concatenate(thirds, axis=1), 128, 128)))
    picture = wall(projector)
    for panel, grey in enumerate((0, 127, 255)):
        assert np.abs(picture[well_inside(panel)] - float(grey)).max() <= 1  # nothing bleeds in from a neighbour


def test_a_caption_lies_in_its_box_and_is_blended_by_alpha(projector: Projector) -> None:
    red = np.zeros((40, 40, 4), np.uint8)
    red[..., 0], red[..., 3] = 255, 128
    projector.set_caption(2, red, (0.25, 0.5, 0.75, 1.0))
    picture = wall(projector)
    place = panel_places(2)
    in_box = ((place >= (0.27, 0.52)) & (place <= (0.73, 0.98))).all(axis=-1)
    above = ((place >= (0.02, 0.02)) & (place <= (0.98, 0.48))).all(axis=-1)
    assert np.abs(picture[in_box] - np.array([255.0, 127, 127])).max() <= 1
    assert picture[above].min() == 255
    projector.set_caption(2, None)
    assert wall(projector)[in_box].min() == 255


def test_a_pattern_stands_instead_of_the_film_on_its_panel_only(projector: Projector) -> None:
    pattern = np.zeros((64, 32, 3), np.uint8)
    pattern[:32] = (0, 0, 200)
    projector.set_pattern(0, pattern)
    picture = wall(projector)
    place = panel_places(0)
    assert (picture[well_inside(0) & (place[..., 1] < 0.48)] == (0, 0, 200)).all()
    assert picture[on_panel(0) & (place[..., 1] > 0.52)].max() == 0
    assert picture[well_inside(1)].min() == 255


def test_nothing_is_shown_before_it_is_drawn(projector: Projector) -> None:
    before = wall(projector)
    projector.upload(Frame.of_arrays(*numbered(5, 576, 320)))
    assert (projector.read() == before).all()
    assert numbers(wall(projector)) == [5, 5, 5]


def test_a_loop_of_two_reels_loses_doubles_and_blackens_no_frame(projector: Projector, tmp_path: Path) -> None:
    frames = 30
    film = probe(numbered_film(tmp_path / "film.mp4", frames))
    reel, seen = Reel(film), []
    for _ in range(3):
        following = Reel(film)
        for index in range(frames):
            projector.upload(wait_until(lambda: exact(reel, index), f"frame {index}"))  # noqa: B023
            seen.append(numbers(wall(projector)))
        assert following.ready
        reel.close()
        reel = following
    reel.close()
    assert seen == [[index] * PANELS for _ in range(3) for index in range(frames)]


def exact(reel: Reel, index: int) -> Frame | None:
    frame = reel.at(index)
    return frame if frame and frame.index == index else None


def test_a_new_film_size_and_layout_are_taken_at_any_frame(projector: Projector) -> None:
    for size in [(576, 320), (1728, 1024), (288, 160), (576, 320)]:
        projector.upload(Frame.of_arrays(*numbered(size[0], *size)))
        assert numbers(wall(projector)) == [size[0]] * PANELS
    projector.upload(Frame.of_arrays(*numbered(77, 192, 320, panels=1)))
    assert numbers(wall(projector, replace(FULL, crops=(Crop(),) * PANELS))) == [77, 77, 77]


def test_films_of_any_two_forms_can_be_seen_through_each_other(projector: Projector) -> None:
    grey = Frame.of_arrays(*flat(np.full((64, 96), 125, np.uint8), 128, 128))
    white = np.tile(np.array([255, 255, 255, 255, 0, 0, 0, 0], np.uint8), 16)  # a block of one colour
    projector.upload(Frame.of_blocks(0, "rgb", [Blocks("dxt1", white)], 16, 16), 5)
    projector.upload(grey, 1)
    going = replace(FULL, brightness=0.25, films=(5,) * PANELS)
    picture = wall(projector, replace(FULL, brightness=0.5, films=(1, 5, 1), former=going))
    for panel, level in enumerate((127 * 0.5 + 255 * 0.25, 255 * 0.75, 127 * 0.5 + 255 * 0.25)):
        assert np.abs(picture[well_inside(panel)] - level).max() <= 1


def test_getting_warm_leaves_no_trace(projector: Projector) -> None:
    before = wall(projector)
    hap = FilmInfo(Path("film.mov"), 1920, 1024, Fraction(60), 1, 1.0, form="ycocg_alpha")
    projector.warm([hap, replace(hap, form="rgb"), probe(DEMO_FILM)], fading=True)
    projector.upload(WHITE)
    assert np.array_equal(wall(projector), before)


def test_it_says_where_the_picture_is(projector: Projector) -> None:
    assert projector.headless
    assert projector.where == "off-screen, 1280x800, no display"
    assert projector.refresh_hz == 60
    assert not projector.lost
    assert projector.events() == []


def test_flip_tells_when_the_drawing_was_done(projector: Projector) -> None:
    before = time.monotonic()
    projector.draw(FULL)
    assert before < projector.flip() <= time.monotonic()


def test_captions_are_drawn_in_the_panels_own_shape_at_full_sharpness(projector: Projector) -> None:
    projector.set_mapping(Mapping(WIDTH, HEIGHT, (Surface("only", ((100, 50), (300, 50), (300, 650), (100, 650))),)))
    assert projector.caption_size(0) == (200, 600)
    assert projector.caption_size(0, 2.0) == (300, 600)
    assert projector.caption_size(0, 4.0) == (200, 800)
