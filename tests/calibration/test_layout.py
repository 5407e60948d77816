"""The written form: what a technician may find in the file, and what is said of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import layout
from calibration.errors import MappingError
from calibration.mapping import default_mapping

DEMO = Path(__file__).parents[2] / "show" / "demo" / "mapping.json"


def written(change: Callable[[dict[str, Any]], object]) -> str:
    table = json.loads(layout.write(default_mapping(1280, 800)))
    change(table)
    return json.dumps(table)


@given(st.floats(-20, 20))
def test_every_bit_of_a_corner_survives(shift: float) -> None:
    mapping = default_mapping(1280, 800)
    (x, y), *others = mapping.surfaces[0].corners
    moved = mapping.moved(0, ((x + shift / 3, y), *others))
    assert layout.read(layout.write(moved)) == moved


def test_a_corner_reads_as_one_line() -> None:
    assert '"top_left": [66.56, 56.0],' in layout.write(default_mapping(1280, 800))


def test_the_demo_hangs_as_the_default_does() -> None:
    assert layout.read(DEMO.read_text()) == default_mapping(1280, 800)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("version"), "the key version is missing"),
        (lambda t: t.update(version=2), "version = 2 is not 1"),
        (lambda t: t.update(version=True), "version = true is not 1"),
        (lambda t: t.update(blend=1), "the key blend is unknown; known are origin, output, surfaces, version"),
        (lambda t: t["output"].update(width=8), "[output] width = 8 is not a whole number in 16..16384"),
        (lambda t: t["output"].update(height=800.5), "[output] height = 800.5 is not a whole number"),
        (lambda t: t.update(output=[1280, 800]), "[output] = [1280, 800] is not a table"),
        (lambda t: t.update(surfaces={}), "surfaces = {} is not a list"),
        (lambda t: t["surfaces"][1].update(name=""), '[surfaces 2] name = "" is not a text of 1..40 letters'),
        (lambda t: t["surfaces"][1].update(flipped=1), "[surfaces 2] flipped = 1 is not true or false"),
        (lambda t: t["surfaces"][2]["corners"].pop("top_left"), "[surfaces 3] corners: the key top_left is missing"),
        (
            lambda t: t["surfaces"][0]["corners"].update(top_left=["1", 2]),
            '[surfaces 1] corners top_left = ["1", 2] is not two numbers',
        ),
        (
            lambda t: t["surfaces"][0]["corners"].update(top_left=[1e9, 2]),
            "[surfaces 1] corners: top left = [1e+09, 2] is outside -1280..2560, -800..1600",
        ),
        (
            lambda t: t["surfaces"][0]["corners"].update(top_left=[10**400, 2]),
            "is far outside every picture",
        ),
        (
            lambda t: t["surfaces"][0]["corners"].update(top_left=[390, 700]),
            "[surfaces 1] left: the panel is folded",
        ),
    ],
)
def test_a_wrong_key_is_named_with_value_and_range(change: Callable[[dict[str, Any]], object], words: str) -> None:
    with pytest.raises(MappingError) as refused:
        layout.read(written(change))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("{", "not JSON"),
        ('{"version": 1, "version": 1}', "the key version is given twice"),
        ("[" * 100_000, "damaged"),
        ("[]", "the file = [] is not a table"),
        ("NaN", "the file = NaN is not a table"),
        ("9" * 10_000, "damaged"),
    ],
)
def test_a_damaged_file_is_called_damaged(text: str, words: str) -> None:
    with pytest.raises(MappingError, match="(?s)" + words.replace("[", r"\[").replace("]", r"\]")):
        layout.read(text)


def test_not_a_number_is_no_corner() -> None:
    with pytest.raises(MappingError, match=r"top left = \[nan, 56\]"):
        layout.read(layout.write(default_mapping(1280, 800)).replace("66.56", "NaN"))


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(junk, st.sampled_from(["version", "output", "surfaces", "origin"]))
def test_whatever_stands_in_a_key_there_is_a_sentence(value: Any, key: str) -> None:
    known = json.loads(written(lambda table: None))[key]
    if key == "origin" or (value == known and not isinstance(value, bool)):
        assert layout.read(written(lambda table: table.update({key: value}))) == default_mapping(1280, 800)
        return
    with pytest.raises(MappingError) as refused:
        layout.read(written(lambda table: table.update({key: value})))
    assert 10 < len(str(refused.value)) < 400
