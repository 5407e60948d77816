"""What a surface may have beyond its corners, as it stands in the file."""

import json
from typing import Any

import pytest

from calibration import layout
from calibration.editing import Editor, Handle
from calibration.errors import MappingError
from calibration.mapping import Mapping, default_mapping

BAY = default_mapping(1280, 800)
OFFSETS = [[0, 0], [0.01, -0.02], [0, 0], [0, 0], [0.05, 0.06], [0, 0]]
TRIANGLE = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]
ALL: dict[str, Any] = {
    "panel": 2,
    "crop": [0.25, 0.0, 1.0, 0.5],
    "mesh": {"columns": 3, "rows": 2, "offsets": OFFSETS},
    "masks": [{"points": TRIANGLE, "feather_px": 12.5}, {"points": TRIANGLE, "hides": True}],
    "blend": {"left": {"width": 0.2, "power": 1.8, "level": 0.4}, "bottom": {"width": 0.1}},
    "brightness": 1.2,
    "gamma": 0.9,
    "colour": [1.0, 0.9, 0.8],
    "opacity": 0.5,
    "black": [0.01, 0.02, 0.03],
    "projector_gamma": 2.4,
}


def written(values: dict[str, Any]) -> str:
    table = json.loads(layout.write(BAY))
    table["surfaces"][0].update(values)
    return json.dumps(table)


def read(values: dict[str, Any]) -> Mapping:
    return layout.read(written(values))


def test_everything_that_is_read_is_written_again() -> None:
    mapping = read(ALL)
    assert layout.read(layout.write(mapping)) == mapping
    kept = json.loads(layout.write(mapping))["surfaces"][0]
    assert kept["mesh"] == ALL["mesh"]
    assert kept["blend"]["bottom"] == {"width": 0.1, "power": 2.0, "level": 0.5}
    assert {key: kept[key] for key in ALL if key not in ("mesh", "masks", "blend")} == {
        key: ALL[key] for key in ALL if key not in ("mesh", "masks", "blend")
    }


@pytest.mark.parametrize("key", sorted(ALL))
def test_each_key_stands_alone_and_changes_something(key: str) -> None:
    assert read({key: ALL[key]}).surfaces[0] != BAY.surfaces[0]


def test_an_old_file_has_none_of_them_and_stays_so() -> None:
    assert read({}) == BAY
    assert set(json.loads(layout.write(BAY))["surfaces"][0]) == {"name", "flipped", "corners"}


def test_lists_of_numbers_read_as_one_line() -> None:
    text = layout.write(read(ALL))
    assert '"crop": [0.25, 0.0, 1.0, 0.5],' in text
    assert "[0.05, 0.06]," in text


def test_moving_corners_keeps_the_rest() -> None:
    editor = Editor(read(ALL))
    editor.select(Handle(0, 0))
    editor.nudge(3.0, 2.0, 0.0)
    editor.undo()
    editor.redo()
    kept = editor.to_save().surfaces[0]
    first = read(ALL).surfaces[0]
    assert kept.corners != first.corners
    assert (kept.mesh, kept.masks, kept.light, kept.crop, kept.panel) == (
        first.mesh,
        first.masks,
        first.light,
        first.crop,
        first.panel,
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"panel": 0}, "[surfaces 1] panel = 0 is not a whole number in 1..64"),
        ({"panel": True}, "panel = true is not a whole number"),
        ({"crop": [0, 0, 1]}, "[surfaces 1] crop = [0, 0, 1] is not 4 numbers in 0..1"),
        ({"crop": [0.5, 0, 0.5, 1]}, "crop = [0.5, 0, 0.5, 1] holds nothing"),
        ({"mesh": []}, "[surfaces 1] mesh = [] is not a table"),
        ({"mesh": {"columns": 1, "rows": 2, "offsets": []}}, "mesh columns = 1 is not a whole number in 2..65"),
        ({"mesh": {"columns": 3, "rows": 2, "offsets": OFFSETS[:5]}}, "is not a list of 6..6"),
        ({"mesh": {"columns": 3, "rows": 2, "offsets": [[0, 9], *OFFSETS[1:]]}}, "offsets 1 = [0, 9] is not 2 numbers"),
        (
            {"mesh": {"columns": 3, "rows": 2, "offsets": [[0, 0], [0.5, 0], *OFFSETS[2:]]}},
            "[surfaces 1] left: the mesh is folded in the cell of column 2, row 1",
        ),
        ({"masks": [{}]}, "[surfaces 1] masks 1: the key points is missing"),
        ({"masks": [{"points": TRIANGLE[:2]}]}, "masks 1 points = [[0.1, 0.1], [0.9, 0.1]] is not a list of 3..64"),
        ({"masks": [{"points": TRIANGLE[:2] * 2}, {"points": [*TRIANGLE, [0.5, 0.9]]}]}, "masks 2 points: [0.5, 0.9]"),
        ({"masks": [{"points": TRIANGLE, "feather_px": -1}]}, "masks 1 feather_px = -1 is not a number in 0..1000"),
        ({"masks": [{"points": TRIANGLE, "hides": 1}]}, "masks 1 hides = 1 is not true or false"),
        ({"blend": {"above": {}}}, "[surfaces 1] blend: the key above is unknown; known are bottom, left, right, top"),
        ({"blend": {"left": {"width": 2}}}, "blend left width = 2 is not a number in 0..1"),
        ({"blend": {"left": {"gamma": 2}}}, "blend left: the key gamma is unknown; known are level, power, width"),
        ({"gamma": 0}, "[surfaces 1] gamma = 0 is not a number in 0.2..5"),
        ({"opacity": "1"}, '[surfaces 1] opacity = "1" is not a number in 0..1'),
        ({"colour": [1, 1]}, "[surfaces 1] colour = [1, 1] is not 3 numbers in 0..4"),
        ({"black": [0, 0, 1]}, "[surfaces 1] black = [0, 0, 1] is not 3 numbers in 0..0.25"),
        ({"brightness": 10**400}, "is not a number in 0..4"),
    ],
)
def test_a_wrong_value_is_named_with_its_range(values: dict[str, Any], words: str) -> None:
    with pytest.raises(MappingError) as refused:
        read(values)
    assert words in str(refused.value)


def test_a_mesh_that_reaches_beyond_the_horizon_is_refused_wherever_the_corners_go() -> None:
    reaching = {"mesh": {"columns": 2, "rows": 2, "offsets": [[-0.5, 0], [0, 0], [-0.5, 0], [0, 0]]}}
    editor = Editor(read(reaching))
    editor.select(Handle(0, 1))
    editor.nudge(0.0, 200.0, 0.0)
    editor.select(Handle(0, 2))
    editor.nudge(0.0, -200.0, 2.0)
    assert editor.problem == "left: the mesh reaches beyond where the panel can be seen"
    assert editor.mapping.surfaces[0].corners != editor.points[0]


@pytest.mark.parametrize(
    ("named", "panels", "fits"),
    [((), 3, True), ((), 2, False), ((), 4, False), ((1, 2, 2), 2, True), ((1, 3, 3), 3, True), ((1, 1, 1), 2, True)],
)
def test_how_many_panels_a_mapping_shows(named: tuple[int, ...], panels: int, fits: bool) -> None:
    table = json.loads(layout.write(BAY))
    for surface, panel in zip(table["surfaces"], named, strict=False):
        surface["panel"] = panel
    assert layout.read(json.dumps(table)).fits(panels) is fits
