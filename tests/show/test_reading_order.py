"""Rows in the order in which they are set, against raqm's own where one typeface has it all."""

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from show.reading_order import Run, reads_leftward, runs
from show.typefaces import EMOJI, INTER

HEBREW, ENGLISH = "\u05d0\u05d1\u05d2", "abc"


def seen(row: str, leftward: bool = False) -> str:
    """The letters from left to right."""
    return "".join(run.text[::-1] if run.leftward else run.text for run in runs(row, leftward))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("abc def", "abc def"),
        (f"{ENGLISH} {HEBREW}", f"{ENGLISH} {HEBREW[::-1]}"),
        (f"{HEBREW} {ENGLISH}", f"{ENGLISH} {HEBREW[::-1]}"),
        (f"{HEBREW} 12.5 {HEBREW}", f"{HEBREW[::-1]} 12.5 {HEBREW[::-1]}"),
        (f"{HEBREW}, {ENGLISH} {HEBREW}!", f"!{HEBREW[::-1]} {ENGLISH} ,{HEBREW[::-1]}"),
        (f"{HEBREW} \U0001f642 {HEBREW}", f"{HEBREW[::-1]} \U0001f642 {HEBREW[::-1]}"),
    ],
)
def test_rows_are_set_in_reading_order(row: str, expected: str) -> None:
    assert seen(row, reads_leftward(row)) == expected


def test_the_first_letter_tells_the_direction() -> None:
    assert [reads_leftward(text) for text in ("abc", HEBREW, f"12 {HEBREW} abc", "(abc)", "", "\U0001f642")] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_emoji_are_set_as_one_and_do_not_lend_their_typeface_to_what_follows() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert runs(f"a {family}! 1\ufe0f\u20e3 2") == (
        Run("a ", INTER, False),
        Run(family, EMOJI, False),
        Run("! ", INTER, False),
        Run("1\ufe0f\u20e3", EMOJI, False),
        Run(" 2", INTER, False),
    )


@settings(max_examples=100, deadline=None)
@given(st.text("ab 12.,(-\u05d0\u05d1\u0627\u0661\u202b\u202c\u2067\u2069\u200f", max_size=14), st.booleans())
def test_no_sign_is_lost_in_any_order(row: str, leftward: bool) -> None:
    assert sorted(seen(row, leftward)) == sorted(row)
    assert all(run.width(20) >= 0 for run in runs(row, leftward))


@settings(max_examples=200, deadline=None)
@given(st.text("ab 12.,-+\u05d0\u05d1\u0627\u0661", max_size=14), st.booleans())
def test_the_order_is_that_of_another_implementation(row: str, leftward: bool) -> None:
    assert seen(row, leftward) == get_display(row, base_dir="R" if leftward else "L")
