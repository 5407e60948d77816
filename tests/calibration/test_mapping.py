"""What a mapping must be before anything is drawn with it."""

import pytest

from calibration.errors import MappingError
from calibration.mapping import Mapping, Surface, default_mapping

SQUARE = ((10.0, 10.0), (90.0, 10.0), (90.0, 90.0), (10.0, 90.0))


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1080, 1920), (640, 400), (3840, 2160)])
def test_the_first_mapping_fits_its_picture(size: tuple[int, int]) -> None:
    mapping = default_mapping(*size)
    assert [surface.name for surface in mapping.surfaces] == ["left", "centre", "right"]
    assert all(0 <= x <= size[0] and 0 <= y <= size[1] for s in mapping.surfaces for x, y in s.corners)


def test_the_first_mapping_is_visibly_keystoned() -> None:
    left, _, right = default_mapping(1280, 800).surfaces
    for outer, inner in ((left.corners[::3], left.corners[1:3]), (right.corners[1:3], right.corners[::3])):
        assert abs(outer[0][1] - outer[1][1]) > 1.15 * abs(inner[0][1] - inner[1][1])


def test_a_folded_surface_is_refused_by_name() -> None:
    with pytest.raises(MappingError, match="left: the panel is folded"):
        Surface("left", (SQUARE[1], SQUARE[0], SQUARE[2], SQUARE[3]))


def test_moving_one_panel_leaves_the_others() -> None:
    before = default_mapping(1280, 800)
    after = before.moved(1, SQUARE)
    assert after.surfaces[1].corners == SQUARE
    assert after.surfaces[::2] == before.surfaces[::2]


@pytest.mark.parametrize("size", [(15, 800), (1280, 16385), (-1, 800)])
def test_an_impossible_picture_size_names_its_range(size: tuple[int, int]) -> None:
    with pytest.raises(MappingError, match=r"is outside 16\.\.16384"):
        Mapping(*size, (Surface("only", SQUARE),))


def test_two_panels_of_one_name_are_refused() -> None:
    with pytest.raises(MappingError, match='"left" is given twice'):
        Mapping(1280, 800, (Surface("left", SQUARE), Surface("left", SQUARE)))


def test_a_corner_lost_far_outside_is_named() -> None:
    with pytest.raises(MappingError, match=r"only: bottom right = \[250, 90\] is outside -100\.\.200"):
        Mapping(100, 100, (Surface("only", (SQUARE[0], SQUARE[1], (250.0, 90.0), SQUARE[3])),))


@pytest.mark.parametrize("count", [0, 65])
def test_no_panel_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(MappingError, match=r"outside 1\.\.64"):
        Mapping(100, 100, tuple(Surface(str(i), SQUARE) for i in range(count)))
