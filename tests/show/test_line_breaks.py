"""Rows of a text: even, as few as can be, and nothing lost."""

from functools import partial
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from show.line_breaks import broken, words
from show.typefaces import clusters

measure = partial(len)  # every letter one px wide


def test_rows_are_even_and_as_few_as_can_be() -> None:
    assert broken("one two three four five six", measure, 20) == ["one two three", "four five six"]
    assert broken("said once\nsaid twice", measure, 100) == ["said once", "said twice"]
    assert broken("", measure, 10) == broken(" \n ", measure, 10) == []


def test_no_word_is_left_alone_where_rows_can_share() -> None:
    assert broken("a boundless imagination is all we have left", measure, 20) == [
        "a boundless",
        "imagination is",
        "all we have left",
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=9), st.integers(12, 24))
def test_no_other_way_of_breaking_is_more_even(lengths: list[int], width: int) -> None:
    text = ["x" * length for length in lengths]

    def unevenness(cuts: tuple[int, ...]) -> tuple[int, float]:
        rows = [" ".join(text[a:b]) for a, b in zip((0, *cuts), (*cuts, len(text)), strict=True)]
        fits = all(len(row) <= width for row in rows)
        return (len(rows), sum((width - len(row)) ** 2 for row in rows)) if fits else (99, 0)

    best = min(unevenness(cuts) for count in range(len(text)) for cuts in combinations(range(1, len(text)), count))
    rows = broken(" ".join(text), measure, width)
    assert (len(rows), sum((width - len(row)) ** 2 for row in rows)) == best


def test_a_word_wider_than_the_panel_is_cut_into_even_parts() -> None:
    assert broken("x" * 25, measure, 12) == ["x" * 8, "x" * 8, "x" * 9]


@settings(max_examples=60, deadline=None)
@given(st.text("ab -/«»،。\u4e2d\u0e01\u0301\u05d0🙂\u200d\u00a0", max_size=40), st.integers(2, 12))
def test_whatever_the_script_nothing_is_lost_or_too_wide(text: str, width: int) -> None:
    rows = broken(text, measure, width)
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert all(len(row) <= width or len(clusters(row)) == 1 for row in rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("我们彼此理解，太阳在照耀", ["我们彼此", "理解，太", "阳在照耀"]),
        ("「はい」と言った。", ["「は", "い」と", "言った。"]),
        ("ab-cd efgh", ["ab-", "cd", "efgh"]),
        ("ab\u00a0c defg", ["ab\u00a0c", "defg"]),
        ("\u0e01\u0e01\u200b\u0e02\u0e02\u0e02", ["\u0e01\u0e01\u200b", "\u0e02\u0e02\u0e02"]),
    ],
)
def test_rows_end_where_the_script_allows(text: str, rows: list[str]) -> None:
    assert broken(text, measure, 4) == rows


def test_letters_and_accents_are_never_parted() -> None:
    assert broken("e\u0301" * 3, measure, 4) == ["e\u0301", "e\u0301e\u0301"]


def test_scripts_without_spaces_have_no_words_too_long() -> None:
    assert words("one two") == ["one", "two"]
    assert words("\u0e09\u0e31\u0e19") == []
