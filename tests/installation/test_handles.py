"""What lies over the projection, as a technician at the wall needs it."""

import numpy as np
import pytest

from calibration.editing import Editor
from calibration.mapping import default_mapping
from installation import handles
from installation.projector.look import KeyPress
from installation.projector.marks import Label, Mark, Ring, Stroke
from installation.technician import Technician

SIZE = (1280, 800)


@pytest.fixture
def technician() -> Technician:
    mapping = default_mapping(*SIZE)
    return Technician(Editor(mapping), mapping, lambda _: "Saved.")


def shown(technician: Technician, size: tuple[int, int] = SIZE) -> list[Mark]:
    return handles.marks(technician.view, *size)


def label(marks: list[Mark]) -> Label:
    [only] = [mark for mark in marks if isinstance(mark, Label)]
    return only


def test_every_corner_has_a_ring_over_a_dark_halo(technician: Technician) -> None:
    rings = [mark for mark in shown(technician) if isinstance(mark, Ring)]
    for corners in technician.view.points:
        for corner in corners:
            halo, ring = [mark for mark in rings if mark.middle == corner]
            assert halo.width > ring.width
            assert max(halo.colour[:3]) < 0.1 < max(ring.colour[:3])


def test_the_selected_corner_alone_is_yellow(technician: Technician) -> None:
    technician.editor.walk(5)
    yellow = {mark.middle for mark in shown(technician) if isinstance(mark, Ring) and mark.colour == handles.BRIGHT}
    assert yellow == {technician.view.place}


def test_locked_corners_are_red(technician: Technician) -> None:
    technician.editor.locked = True
    colours = {mark.colour for mark in shown(technician) if isinstance(mark, Ring)}
    assert colours == {handles.HALO, handles.LOCKED}


def test_a_folded_panel_is_outlined_in_red_where_its_points_are(technician: Technician) -> None:
    technician.editor.nudge(600, 0, at=0)
    red = [mark for mark in shown(technician) if isinstance(mark, Stroke) and mark.colour == handles.WRONG]
    corners = technician.view.points[0]
    assert {(corners[i], corners[(i + 1) % 4]) for i in range(4)} <= {(mark.a, mark.b) for mark in red}


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (800, 600), (3840, 2160)])
def test_the_card_stays_in_the_picture_and_off_the_selected_corner(
    technician: Technician, size: tuple[int, int]
) -> None:
    mapping = default_mapping(*size)
    technician.editor = Editor(mapping)
    for _ in range(12):
        technician.editor.walk()
        card = label(shown(technician, size))
        (x, y), (rows, columns) = card.corner, card.picture.shape[:2]
        assert 0 <= x <= x + columns <= size[0]
        assert 0 <= y <= y + rows <= size[1]
        assert not y - 30 <= technician.view.place[1] <= y + rows + 30


def test_the_card_is_drawn_anew_only_when_it_says_something_else(technician: Technician) -> None:
    first = label(shown(technician))
    assert label(shown(technician)).picture is first.picture
    technician.editor.nudge(0.01, 0, at=0)
    assert not np.array_equal(label(shown(technician)).picture, first.picture)


def test_hidden_marks_hide_all_but_a_notice(technician: Technician) -> None:
    technician.press(KeyPress("h"), 0)
    assert shown(technician) == []
    technician.editor.nudge(600, 0, at=0)
    assert [type(mark) for mark in shown(technician)] == [Label]
