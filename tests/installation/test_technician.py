"""What each key does, without a window."""

import pytest

from calibration.editing import Editor, Handle
from calibration.mapping import Mapping, default_mapping
from installation.projector.look import KeyPress
from installation.technician import Technician

BAY = default_mapping(1280, 800)
X, Y = BAY.surfaces[0].corners[0]


class Desk:
    """A technician whose saves are noted, and a hand that presses keys a tenth of a second apart."""

    def __init__(self, film: bool = True) -> None:
        self.saves: list[Mapping] = []
        self.technician = Technician(Editor(BAY), BAY, self._keep, film)
        self._now = 0.0

    def _keep(self, mapping: Mapping) -> str:
        self.saves.append(mapping)
        return "Saved."

    def press(self, *keys: str) -> None:
        for each in keys:
            *held, key = each.split("+")
            self._now += 0.1
            self.technician.press(KeyPress(key, frozenset(held)), self._now)

    @property
    def place(self) -> tuple[float, float]:
        return self.technician.view.place


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("left", (X - 1, Y)),
        ("right", (X + 1, Y)),
        ("up", (X, Y - 1)),
        ("down", (X, Y + 1)),
        ("shift+down", (X, Y + 10)),
        ("alt+right", (X + 0.1, Y)),
    ],
)
def test_arrows_move_by_the_step_that_is_shown(desk: Desk, key: str, place: tuple[float, float]) -> None:
    desk.press(key)
    assert desk.place == place
    assert max(abs(place[0] - X), abs(place[1] - Y)) == pytest.approx(desk.technician.view.step)


def test_tab_and_shift_tab_walk(desk: Desk) -> None:
    desk.press("tab", "tab", "shift+tab")
    assert desk.technician.view.selected == Handle(0, 1)
    assert desk.technician.view.title == "left · top right"


def test_undo_and_both_kinds_of_redo(desk: Desk) -> None:
    desk.press("right", "ctrl+z")
    assert desk.place == (X, Y)
    desk.press("ctrl+shift+z")
    assert desk.place == (X + 1, Y)
    desk.press("ctrl+z", "ctrl+y")
    assert desk.place == (X + 1, Y)
    desk.press("ctrl+y")
    assert desk.technician.view.notice == "Nothing to take again."


def test_a_plain_z_does_nothing(desk: Desk) -> None:
    desk.press("right", "z")
    assert desk.place == (X + 1, Y)


def test_saving_says_so_until_the_next_key(desk: Desk) -> None:
    desk.press("right", "s")
    assert desk.saves[0].surfaces[0].corners[0] == (X + 1, Y)
    assert (desk.technician.view.notice, desk.technician.view.dirty) == ("Saved.", False)
    desk.press("tab")
    assert desk.technician.view.notice == ""


def test_a_folded_panel_warns_and_is_not_saved(desk: Desk) -> None:
    desk.press(*["shift+right"] * 40)
    assert desk.technician.view.alarmed
    assert "folded" in desk.technician.view.notice
    assert "keeps the last good picture" in desk.technician.view.notice
    desk.press("s")
    assert desk.saves == []
    assert desk.technician.view.notice.startswith("Not saved, left: the panel is folded")


def test_leaving_unchanged_asks_nothing(desk: Desk) -> None:
    desk.press("tab", "escape")
    assert desk.technician.leaving


def test_leaving_with_changes_asks_once(desk: Desk) -> None:
    desk.press("right", "escape")
    assert not desk.technician.leaving
    assert "Esc again" in desk.technician.view.notice
    desk.press("escape")
    assert desk.technician.leaving


@pytest.mark.parametrize("other", ["tab", "s", "r", "right"])
def test_any_other_key_stays(desk: Desk, other: str) -> None:
    desk.press("right", "escape", other)
    assert not desk.technician.leaving
    desk.press("up", "escape")
    assert not desk.technician.leaving


def test_reset_happens_after_a_question(desk: Desk) -> None:
    desk.press("right", "r")
    assert desk.place == (X + 1, Y)
    desk.press("r")
    assert desk.place == (X, Y)
    desk.press("ctrl+z")
    assert desk.place == (X + 1, Y)


def test_reset_is_forgotten_by_another_key(desk: Desk) -> None:
    desk.press("right", "r", "tab", "r")
    assert desk.technician.view.points != Editor(BAY).points


@pytest.mark.parametrize(("key", "attribute"), [("t", "pattern"), ("h", "marks"), ("b", "black"), ("l", "locked")])
def test_switches_go_back_and_forth(desk: Desk, key: str, attribute: str) -> None:
    before = getattr(desk.technician.view, attribute)
    desk.press(key)
    assert getattr(desk.technician.view, attribute) is not before
    desk.press(key)
    assert getattr(desk.technician.view, attribute) is before


def test_panels_over_each_other_are_told_and_hinder_nothing(desk: Desk) -> None:
    editor = desk.technician.editor
    editor.grab(editor.points[0][1])
    editor.drag((editor.points[1][0][0] + 20, editor.points[1][0][1]))
    editor.drop()
    assert desk.technician.view.notice == "These panels lie over each other: left and centre."
    assert not desk.technician.view.alarmed
    desk.press("h")
    assert desk.technician.view.notice == ""
    desk.press("s")
    assert len(desk.saves) == 1
    desk.press("h", "ctrl+z")
    assert desk.technician.view.notice == ""


def test_locked_corners_say_how_to_unlock(desk: Desk) -> None:
    desk.press("l", "right")
    assert desk.place == (X, Y)
    assert "L unlocks" in desk.technician.view.notice


def test_without_a_film_the_pattern_stays() -> None:
    desk = Desk(film=False)
    desk.press("t")
    assert desk.technician.view.pattern
    assert "no film" in desk.technician.view.notice


def test_a_drag_moves_and_a_click_far_away_does_not(desk: Desk) -> None:
    desk.technician.take((X + 5, Y + 5))
    desk.technician.drag((X + 25, Y + 5))
    desk.technician.drop()
    assert desk.place == (X + 20, Y)
    desk.technician.take((640, 400))
    desk.technician.drag((0, 0))
    assert desk.place == (X + 20, Y)


def test_a_key_that_means_nothing_changes_nothing(desk: Desk) -> None:
    before = desk.technician.view
    desk.press("f5", "space", "user_key(99)")
    assert desk.technician.view == before
