"""A technician's moves, one after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from calibration import homography
from calibration.editing import Editor, Handle
from calibration.errors import MappingError
from calibration.mapping import default_mapping

BAY = default_mapping(1280, 800)
TOP_LEFT = BAY.surfaces[0].corners[0]


@pytest.fixture
def editor() -> Editor:
    return Editor(BAY)


def test_tab_walks_all_corners_and_comes_round(editor: Editor) -> None:
    seen = []
    for _ in range(12):
        seen.append(editor.selected)
        editor.walk()
    assert len(set(seen)) == 12
    assert seen[:5] == [Handle(0, 0), Handle(0, 1), Handle(0, 2), Handle(0, 3), Handle(1, 0)]
    assert editor.selected == Handle(0, 0)


def test_shift_tab_walks_back(editor: Editor) -> None:
    editor.walk(-1)
    assert editor.selected == Handle(2, 3)
    assert editor.title == "right · bottom left"


def test_a_nudge_moves_the_selected_corner_and_nothing_else(editor: Editor) -> None:
    editor.nudge(0.1, -10, at=0)
    assert editor.place == (TOP_LEFT[0] + 0.1, TOP_LEFT[1] - 10)
    assert editor.mapping.surfaces[0].corners[1:] == BAY.surfaces[0].corners[1:]
    assert editor.mapping.surfaces[1:] == BAY.surfaces[1:]


def test_steps_are_never_rounded(editor: Editor) -> None:
    for i in range(10):
        editor.nudge(0.1, 0, at=i)
    assert editor.place[0] == pytest.approx(TOP_LEFT[0] + 1, abs=1e-9)


def test_quick_nudges_are_one_step_back(editor: Editor) -> None:
    for i in range(5):
        editor.nudge(1, 0, at=i * 0.9)
    assert editor.undo()
    assert editor.place == TOP_LEFT
    assert not editor.undo()


def test_a_pause_begins_a_new_step(editor: Editor) -> None:
    editor.nudge(1, 0, at=0)
    editor.nudge(1, 0, at=1.5)
    editor.undo()
    assert editor.place == (TOP_LEFT[0] + 1, TOP_LEFT[1])


def test_another_corner_begins_a_new_step(editor: Editor) -> None:
    editor.nudge(1, 0, at=0)
    editor.walk()
    editor.walk(-1)
    editor.nudge(1, 0, at=0.1)
    editor.undo()
    assert editor.place == (TOP_LEFT[0] + 1, TOP_LEFT[1])


def test_redo_takes_the_step_again_and_shows_where(editor: Editor) -> None:
    editor.nudge(3, 0, at=0)
    editor.walk(5)
    editor.undo()
    assert editor.selected == Handle(0, 0)
    editor.walk(5)
    editor.redo()
    assert editor.selected == Handle(0, 0)
    assert editor.place == (TOP_LEFT[0] + 3, TOP_LEFT[1])


def test_a_new_move_forgets_what_was_undone(editor: Editor) -> None:
    editor.nudge(3, 0, at=0)
    editor.undo()
    editor.nudge(0, 1, at=0.1)
    assert not editor.redo()
    assert editor.place == (TOP_LEFT[0], TOP_LEFT[1] + 1)


def test_a_drag_keeps_its_grab_offset_and_is_one_step_back(editor: Editor) -> None:
    assert editor.grab((TOP_LEFT[0] + 4, TOP_LEFT[1] - 3), reach=30)
    for i in range(1, 21):
        editor.drag((TOP_LEFT[0] + 4 + i, TOP_LEFT[1] - 3))
    editor.drop()
    assert editor.place == (TOP_LEFT[0] + 20, TOP_LEFT[1])
    editor.undo()
    assert editor.place == TOP_LEFT
    assert not editor.undo()


def test_a_click_selects_the_nearest_corner_and_moves_nothing(editor: Editor) -> None:
    editor.grab((812, 98), reach=30)
    editor.drop()
    assert editor.selected == Handle(1, 1)
    assert not editor.dirty
    assert not editor.undo()


def test_a_click_far_from_every_corner_holds_nothing(editor: Editor) -> None:
    assert not editor.grab((640, 400), reach=30)
    editor.drag((0, 0))
    assert editor.points == tuple(surface.corners for surface in BAY.surfaces)


def test_a_fold_keeps_the_wall_but_not_the_point(editor: Editor) -> None:
    editor.nudge(5, 0, at=0)
    on_the_wall = editor.mapping
    editor.nudge(0, 900, at=0.1)
    assert editor.place == (TOP_LEFT[0] + 5, TOP_LEFT[1] + 900)
    assert editor.mapping == on_the_wall
    assert not editor.valid
    assert str(editor.problem).startswith("left: the panel is folded")


def test_another_panel_moves_on_while_one_is_folded(editor: Editor) -> None:
    editor.nudge(0, 900, at=0)
    editor.walk(4)
    editor.nudge(2, 0, at=5)
    assert editor.mapping.surfaces[0] == BAY.surfaces[0]
    assert editor.mapping.surfaces[1].corners[0] == editor.place
    assert [editor.unusable(i) for i in range(3)] == [True, False, False]


def test_coming_back_from_a_fold_shows_the_points_again(editor: Editor) -> None:
    editor.nudge(0, 900, at=0)
    editor.nudge(0, -890, at=0.1)
    assert editor.valid
    assert editor.mapping.surfaces[0].corners[0] == editor.place


def test_a_folded_panel_cannot_be_saved(editor: Editor) -> None:
    editor.nudge(0, 900, at=0)
    with pytest.raises(MappingError, match="not saved, left: the panel is folded"):
        editor.to_save()


def test_a_lost_corner_is_a_problem_not_an_error(editor: Editor) -> None:
    editor.nudge(-9000, 0, at=0)
    assert "top left" in str(editor.problem)
    assert "is outside -1280..2560" in str(editor.problem)


def test_saving_and_undoing_decide_what_would_be_lost(editor: Editor) -> None:
    editor.nudge(1, 0, at=0)
    assert editor.dirty
    editor.saved()
    assert not editor.dirty
    editor.undo()
    assert editor.dirty
    editor.redo()
    assert not editor.dirty


def test_a_lock_holds_every_corner(editor: Editor) -> None:
    editor.nudge(1, 0, at=0)
    editor.locked = True
    stood = editor.points
    assert not editor.nudge(1, 0, at=2)
    assert not editor.undo()
    assert not editor.grab(editor.place)
    editor.drag((0, 0))
    editor.reset(BAY)
    assert editor.points == stood


def test_reset_is_one_step_back(editor: Editor) -> None:
    editor.nudge(40, 0, at=0)
    moved = editor.points
    editor.reset(BAY)
    assert editor.mapping == BAY
    editor.undo()
    assert editor.points == moved


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), max_size=8))
def test_all_steps_back_and_again(moves: list[tuple[float, float]]) -> None:
    editor = Editor(BAY)
    for number, (dx, dy) in enumerate(moves):
        editor.nudge(dx, dy, at=10.0 * number)
        editor.walk(5)
    end = editor.points
    assert all(editor.undo() for _ in moves)
    assert editor.points == Editor(BAY).points
    assert all(editor.redo() for _ in moves)
    assert editor.points == end


class Technician(RuleBasedStateMachine):
    """Anything, in any order: the wall never shows a folded panel and never changes without a usable move."""

    def __init__(self) -> None:
        super().__init__()
        self.editor, self.now = Editor(BAY), 0.0

    @rule(step=st.sampled_from([-1, 1, 4]))
    def walk(self, step: int) -> None:
        self.editor.walk(step)

    @rule(dx=st.floats(-400, 400), dy=st.floats(-400, 400), wait=st.floats(0, 3))
    def nudge(self, dx: float, dy: float, wait: float) -> None:
        self.now += wait
        self.editor.nudge(dx, dy, at=self.now)

    @rule(x=st.floats(0, 1280), y=st.floats(0, 800))
    def drag(self, x: float, y: float) -> None:
        self.editor.grab((x, y))
        self.editor.drag((y, x))

    @rule()
    def drop(self) -> None:
        self.editor.drop()

    @rule()
    def undo(self) -> None:
        self.editor.undo()

    @rule()
    def redo(self) -> None:
        self.editor.redo()

    @invariant()
    def the_wall_is_usable(self) -> None:
        for surface in self.editor.mapping.surfaces:
            assert homography.problem(surface.corners) is None

    @invariant()
    def usable_points_are_on_the_wall(self) -> None:
        for index, corners in enumerate(self.editor.points):
            assert self.editor.unusable(index) or self.editor.mapping.surfaces[index].corners == corners


TestTechnician = Technician.TestCase
