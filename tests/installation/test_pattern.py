"""The test pattern shows at a glance which panel it is and whether it hangs straight."""

import numpy as np
import pytest

from installation.pattern import GREYS, GROUND, pattern


@pytest.mark.parametrize("size", [(360, 640), (576, 1024), (200, 760), (640, 360), (17, 9)])
def test_its_edge_is_white_all_around(size: tuple[int, int]) -> None:
    picture = pattern("left", 1, *size)
    assert picture.shape == (size[1], size[0], 3)
    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert edge.min() > 250


def test_the_circle_is_round() -> None:
    picture = pattern("centre", 2, 360, 640).astype(int)
    across, down = picture[320], picture[:, 180]
    coloured = [np.flatnonzero(np.ptp(line, axis=1) > 60) for line in (across, down)]
    assert abs(np.ptp(coloured[0]) - np.ptp(coloured[1])) <= 1


def test_the_greys_are_even_steps() -> None:
    row = pattern("left", 1, 360, 640)[550, :, :].astype(int)
    inside = row[75 : 360 - 75].mean(axis=1)
    levels = {round(255 * step / (GREYS - 1)) for step in range(GREYS)}
    assert levels <= set(inside.round().astype(int))


def test_panels_are_told_apart_by_number_name_and_colour() -> None:
    pictures = [pattern("x", number, 180, 320) for number in (1, 2, 3)]
    means = [picture[picture.max(axis=2) > max(GROUND) * 2].mean(axis=0) for picture in pictures]
    assert np.abs(means[0] - means[1]).max() > 10
    assert np.abs(means[1] - means[2]).max() > 10


def test_a_long_name_stays_in_its_circle() -> None:
    plain, long = pattern("", 1, 360, 640), pattern("the window nearest to the organ loft", 1, 360, 640)
    changed = np.flatnonzero((plain != long).any(axis=(0, 2)))
    assert 90 < changed.min() < changed.max() < 270
