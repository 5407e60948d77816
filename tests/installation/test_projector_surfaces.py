"""What a surface can do beyond being warped, read back from the framebuffer, against float64."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.light import Light, Mask, Side
from calibration.mapping import MOST_SURFACES, Mapping, Surface, default_mapping
from calibration.mesh import Mesh
from installation.projector import Crop, Look, Projector, side_by_side
from installation.projector.cards import lay_out
from installation.projector.warp import Card, Vertices
from show.films import Frame
from tests.support.footage import Planes, flat, noise
from tests.support.lighting import lit, on_surface
from tests.support.sampling import without_outermost_ring

WIDTH, HEIGHT, PANELS = 480, 360, 3
MAPPING = default_mapping(WIDTH, HEIGHT)
FULL = Look(1.0, (1.0,) * PANELS, side_by_side(PANELS))
NOISE = noise(576, 320)
HARD = Side()
BULGE = Mesh(
    4, 3, ((0, 0), (0.01, -0.02), (0, 0.03), (0, 0), (-0.03, 0), (0.05, 0.06), (0, -0.04), (0.02, 0)) + ((0, 0),) * 4
)
TRIANGLE = ((0.1, 0.05), (0.95, 0.4), (0.2, 0.9))


def ramps() -> Planes:
    """Every grey from dark to bright, and colours that change slowly."""
    y, u, v = flat(np.tile(np.linspace(30, 225, 576).astype(np.uint8), (320, 1)), 128, 128)
    u[:] = np.linspace(110, 146, u.shape[0])[:, None].astype(np.uint8)
    return y, u, v


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    yield projector
    projector.close()


def wall(projector: Projector, mapping: Mapping, planes: Planes, look: Look = FULL) -> NDArray[np.uint8]:
    projector.set_mapping(mapping)
    projector.upload(Frame.of_arrays(*planes))
    projector.draw(look)
    projector.flip()
    return projector.read()


def changed(index: int, **values: object) -> Mapping:
    surfaces = list(MAPPING.surfaces)
    surfaces[index] = replace(surfaces[index], **values)
    return replace(MAPPING, surfaces=tuple(surfaces))


def worst(picture: NDArray[np.uint8], mapping: Mapping, planes: Planes) -> float:
    """How far the wall is from float64 on any surface, without its rim and the line where black begins to be lifted."""
    found = []
    for surface, panel in zip(mapping.surfaces, mapping.panels, strict=True):
        uv = on_surface(surface, WIDTH, HEIGHT)
        there = without_outermost_ring((uv >= 0).all(axis=-1) & (uv <= 1).all(axis=-1))
        if surface.mesh:
            there = without_outermost_ring(there)
        for side, at in zip(surface.light.sides, (uv[..., 0], 1 - uv[..., 0], uv[..., 1], 1 - uv[..., 1]), strict=True):
            there &= np.abs(at - side.width) > 1e-4
        wanted = lit(surface, planes, uv[there], (panel / PANELS, (panel + 1) / PANELS), surface.longest_sides)
        found.append(np.abs(picture[there] - np.round(wanted)).max())
    return float(max(found))


@pytest.mark.parametrize(
    "values",
    [
        {"crop": (0.25, 0.1, 0.75, 0.6)},
        {"panel": 3},
        {"mesh": BULGE},
        {"mesh": BULGE, "crop": (0.0, 0.5, 0.5, 1.0), "panel": 2},
        {"masks": (Mask(TRIANGLE),)},
        {"masks": (Mask(TRIANGLE, 40.0), Mask(((0.2, 0.3), (0.5, 0.3), (0.5, 0.5)), 12.0, hides=True))},
        {"masks": (Mask(TRIANGLE, 5.0), Mask(((0.6, 0.6), (0.9, 0.6), (0.9, 0.9), (0.6, 0.9)), 9.0))},
        {"masks": (Mask(((0.0, 0.0), (0.4, 0.5), (0.9, 0.1), (0.7, 0.8), (0.1, 0.6)), 7.0, hides=True),)},
        {"masks": (Mask((*TRIANGLE, (0.2, 0.9 - 1e-12)), 5.0),)},
        {"masks": (Mask(TRIANGLE, 8.0),), "mesh": BULGE, "crop": (0.0, 0.2, 1.0, 0.9)},
        {"light": Light(sides=(Side(0.3), HARD, HARD, HARD))},
        {"light": Light(sides=(HARD, Side(0.5, 1.5, 0.4), Side(0.2, 3.0, 0.6), Side(0.4)), projector_gamma=1.8)},
        {"light": Light(sides=(Side(0.4), Side(0.4), HARD, HARD)), "mesh": BULGE},
        {"light": Light(opacity=0.4)},
        {"light": Light(brightness=0.6, colour=(1.0, 0.8, 0.5))},
    ],
)
def test_noise_is_shown_as_float64_says(projector: Projector, values: dict[str, object]) -> None:
    mapping = changed(0, **values)
    assert worst(wall(projector, mapping, NOISE), mapping, NOISE) <= 2


@pytest.mark.parametrize(
    "light",
    [
        Light(gamma=2.0),
        Light(gamma=0.6, brightness=1.3, colour=(1.2, 0.9, 1.0)),
        Light(black=(0.01, 0.02, 0.005)),
        Light(black=(0.05, 0.05, 0.05), sides=(Side(0.25), HARD, HARD, HARD), projector_gamma=2.4),
        Light(0.9, 1.2, (1.0, 0.95, 0.9), 0.8, (0.02, 0.02, 0.03), 2.0, (Side(0.2), Side(0.2), Side(0.1), Side(0.1))),
    ],
)
def test_tone_and_black_are_as_float64_says(projector: Projector, light: Light) -> None:
    mapping, planes = changed(1, light=light), ramps()
    assert worst(wall(projector, mapping, planes), mapping, planes) <= 2


def test_everything_at_once_on_many_surfaces(projector: Projector) -> None:
    light = Light(0.9, 1.1, (1.0, 0.9, 0.8), 0.9, (0.01, 0.01, 0.01), 2.2, (Side(0.2), HARD, HARD, Side(0.3)))
    surfaces = tuple(
        Surface(
            str(n),
            ((x + 4, y + 2), (x + 56, y + 4), (x + 54, y + 42), (x + 2, y + 40)),
            panel=n % PANELS + 1,
            crop=(0.1, 0.0, 0.9, 1.0),
            mesh=BULGE if n % 8 == 3 else None,
            masks=(Mask(TRIANGLE, 6.0),) if n % 5 == 0 else (),
            light=light,
        )
        for n in range(MOST_SURFACES)
        for x, y in [(n % 8 * 60, n // 8 * 45)]
    )
    mapping = Mapping(WIDTH, HEIGHT, surfaces)
    assert worst(wall(projector, mapping, ramps()), mapping, ramps()) <= 2
    assert len(Vertices(mapping).runs(FULL)) == 1


def test_what_is_switched_off_changes_no_bit(projector: Projector) -> None:
    plain = wall(projector, MAPPING, NOISE)
    flat_mesh = Mesh(2, 2, ((0.0, 0.0),) * 4)
    whole = (Mask(((-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5))),)
    for values in ({"mesh": flat_mesh}, {"masks": whole}, {"light": Light(projector_gamma=3.0)}):
        assert np.array_equal(wall(projector, changed(0, **values), NOISE), plain), values


def test_two_overlapping_sides_add_up_to_even_light() -> None:
    uv = np.stack([np.linspace(0.0, 0.3, 50), np.full(50, 0.5)], axis=1)
    left = Surface("left", MAPPING.surfaces[0].corners, light=Light(sides=(Side(0.3), HARD, HARD, HARD)))
    right = replace(left, light=Light(sides=(HARD, Side(0.3), HARD, HARD)))
    white = flat(np.full((64, 96), 235, np.uint8), 128, 128)
    one, other = (
        lit(surface, white, at, (0.0, 1.0), (100, 100))
        for surface, at in ((left, uv), (right, uv + np.array([0.7, 0.0])))
    )
    assert np.allclose((one / 255) ** 2.2 + (other / 255) ** 2.2, 1.0)


def test_a_caption_goes_with_its_panel_through_crop_and_mesh(projector: Projector) -> None:
    mapping = changed(1, crop=(0.0, 0.5, 1.0, 1.0), mesh=BULGE)
    projector.set_caption(1, np.full((20, 20, 4), 255, np.uint8), (0.25, 0.6, 0.75, 0.8))
    try:
        picture = wall(projector, mapping, flat(np.full((64, 96), 16, np.uint8), 128, 128))
    finally:
        projector.set_caption(1, None)
    uv = on_surface(mapping.surfaces[1], WIDTH, HEIGHT)
    within = ((uv > (0.27, 0.22)) & (uv < (0.73, 0.58))).all(axis=-1)
    beyond = ((uv < (0.23, 0.18)) | (uv > (0.77, 0.62))).any(axis=-1)
    assert picture[within].min() == 255
    assert picture[beyond].max() == 0


def test_black_stays_black_where_the_show_is_dark(projector: Projector) -> None:
    mapping = changed(0, light=Light(black=(0.1, 0.1, 0.1)))
    black = flat(np.full((64, 96), 16, np.uint8), 128, 128)
    assert abs(wall(projector, mapping, black).max() - 255 * 0.1 ** (1 / 2.2)) <= 1
    assert wall(projector, mapping, black, replace(FULL, brightness=0.0)).max() == 0


def test_a_cross_fade_is_lit_like_what_it_mixes(projector: Projector) -> None:
    mapping = changed(0, light=Light(gamma=1.4, black=(0.05, 0.05, 0.05), sides=(Side(0.3), HARD, HARD, HARD)))
    picture = wall(projector, mapping, ramps()).astype(float)
    projector.upload(Frame.of_arrays(*ramps()), 5)
    going = replace(FULL, brightness=0.3, films=(5,) * PANELS)
    mixed = wall(projector, mapping, ramps(), replace(FULL, brightness=0.7, former=going))
    assert np.abs(mixed - picture).max() <= 1


def test_a_pattern_covers_its_surface_though_it_shows_but_part_of_a_panel(projector: Projector) -> None:
    halves = tuple(
        Surface(name, corners, panel=1, crop=crop)
        for name, corners, crop in (
            ("top", ((10, 10), (200, 10), (200, 100), (10, 100)), (0.0, 0.0, 1.0, 0.5)),
            ("bottom", ((10, 200), (200, 200), (200, 300), (10, 300)), (0.0, 0.5, 1.0, 1.0)),
        )
    )
    projector.set_mapping(Mapping(WIDTH, HEIGHT, halves))
    projector.set_pattern(1, np.full((8, 8, 3), (0, 200, 0), np.uint8))
    try:
        picture = wall(projector, Mapping(WIDTH, HEIGHT, halves), NOISE, Look(1.0, (1.0,), (Crop(),)))
    finally:
        projector.set_pattern(1, None)
    assert (picture[205:295, 15:195] == (0, 200, 0)).all()
    assert not (picture[15:95, 15:195] == (0, 200, 0)).all(axis=-1).any()


def test_more_cards_than_fit_below_each_other_in_a_texture_are_all_seen(projector: Projector) -> None:
    surfaces = tuple(
        Surface(str(n), ((x + 2, 10), (x + 30, 10), (x + 30, 300), (x + 2, 300)), panel=1)
        for n, x in enumerate(range(0, 360, 40))
    )
    mapping = Mapping(WIDTH, HEIGHT, surfaces)
    greys = range(40, 220, 20)
    projector.set_mapping(mapping)
    try:
        for place, grey in enumerate(greys):
            projector.set_pattern(place, np.full((2160, 40, 3), grey, np.uint8))
        picture = wall(projector, mapping, NOISE, Look(1.0, (1.0,), (Crop(),)))
    finally:
        for place in range(len(surfaces)):
            projector.set_pattern(place, None)
    assert [int(picture[150, 40 * n + 16, 0]) for n in range(len(surfaces))] == list(greys)


def test_what_several_surfaces_show_lies_in_the_texture_once() -> None:
    box, picture, other = (0.0, 0.0, 1.0, 1.0), np.full((5, 4, 4), 255, np.uint8), np.zeros((2, 8, 4), np.uint8)
    atlas, cards = lay_out([(box, picture), None, (box, other), (box, picture)])
    assert atlas.shape == (7, 9, 4)
    assert cards[0] == cards[3]
    assert cards[1] == Card()
    assert cards[2].within == pytest.approx((0.5 / 9, 5.5 / 7, 7.5 / 9, 6.5 / 7))


def test_a_surface_with_but_a_strip_of_its_panel_asks_for_no_giant_captions(projector: Projector) -> None:
    projector.set_mapping(changed(0, crop=(0.0, 0.5, 1.0, 0.5001)))
    width, height = projector.caption_size(0, 16 / 9)
    assert (width, height) == (4608, 8192)
