"""A technician's marks land on the pixels they name."""

from collections.abc import Iterator

import numpy as np
import pytest

from installation.projector import Look, Projector, side_by_side
from installation.projector.marks import Label, Mark, Ring, Stroke

WHITE = (1.0, 1.0, 1.0, 1.0)
DARK = Look(0.0, (1.0,) * 3, side_by_side(3))


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    stage = Projector(200, 100, headless=True)
    yield stage
    stage.close()


def drawn(projector: Projector, *marks: Mark) -> np.ndarray:
    projector.overlay(marks)
    projector.draw(DARK)
    return projector.read()[..., 0].astype(int)


def test_a_stroke_covers_its_width_and_no_more(projector: Projector) -> None:
    picture = drawn(projector, Stroke((50.5, 20.5), (50.5, 80.5), 3.0, WHITE))
    assert (picture[30:70, 49:52] == 255).all()
    assert not picture[:, :48].any()
    assert not picture[:, 53:].any()
    assert not picture[:18].any()


def test_a_stroke_between_two_columns_is_shared_by_both(projector: Projector) -> None:
    picture = drawn(projector, Stroke((50.0, 20.0), (50.0, 80.0), 1.0, WHITE))
    assert np.allclose(picture[30:70, 49:51], 128, atol=2)


def test_a_ring_is_open_and_round(projector: Projector) -> None:
    picture = drawn(projector, Ring((100.5, 50.5), 20.0, 3.0, WHITE))
    assert not picture[45:56, 95:106].any()
    assert [picture[50, 80], picture[50, 120], picture[30, 100], picture[70, 100]] == [255] * 4
    assert picture.sum() / 255 == pytest.approx(2 * np.pi * 20 * 3, rel=0.01)


def test_a_label_is_shown_pixel_for_pixel(projector: Projector) -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 60, 4), np.uint8)
    image[..., 3] = 255
    picture = drawn(projector, Label((17, 33), image))
    assert np.array_equal(picture[33:73, 17:77], image[..., 0])
    assert picture.sum() == image[..., 0].sum(dtype=int)


def test_half_opacity_lets_half_through(projector: Projector) -> None:
    picture = drawn(
        projector, Stroke((0, 50), (200, 50), 20.0, WHITE), Stroke((0, 50), (200, 50), 20.0, (0.0, 0.0, 0.0, 0.5))
    )
    assert abs(picture[50, 100] - 128) <= 1


def test_no_marks_leave_no_light(projector: Projector) -> None:
    assert drawn(projector, Ring((100, 50), 20.0, 3.0, WHITE)).any()
    assert not drawn(projector).any()
