import pytest

from show.errors import StoryError
from show.making.prompts import parse_prompts, plain


def test_the_artists_own_line():
    prompts = parse_prompts("TEXT: 150:( someone is writing a story: 1 | writing: 1 | photorealistic: 1 )", "TEXT")
    assert prompts.texts == ("someone is writing a story", "writing", "photorealistic")
    assert prompts.weights(1) == prompts.weights(150) == (1, 1, 1)


def test_zero_outside_keyframes_keeps_a_thing_out():
    prompts = parse_prompts("150:( a field: 1 ), people: 0", "TEXT")
    assert dict(zip(prompts.texts, prompts.weights(1), strict=True)) == {"a field": 1, "people": -1}


def test_zero_under_keyframes_is_zero_and_interpolates():
    prompts = parse_prompts("1:( a field: 1 | people: 0 ), 11:( a field: 0 | people: 2 )", "TEXT")
    assert prompts.weights(1) == (1, 0)
    assert prompts.weights(6) == (0.5, 1)
    assert prompts.weights(99) == (0, 2)


def test_several_strings():
    prompts = parse_prompts(["75:( a lantern: 1 | night: 0.5 )", "people: 0 | faces: -0.5"], "TEXT")
    assert prompts.texts == ("a lantern", "night", "people", "faces")
    assert prompts.weights(4) == (1, 0.5, -1, -0.5)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("1:( a smile :) : 1 )", "a smile :)"),
        ("1:( a (small) house: 1 )", "a (small) house"),
        ("a clock at 12:30: 1", "a clock at 12:30"),
        ("a cat, a dog", "a cat, a dog"),
        ("1:( a bracket (kept) )", "a bracket (kept)"),
    ],
)
def test_brackets_commas_and_colons_inside_a_prompt(text, prompt):
    prompts = parse_prompts(text, "TEXT")
    assert (prompts.texts, prompts.weights(1)) == ((prompt,), (1,))


@pytest.mark.parametrize("text", ["", "people: 0", "1:( a: 1", "1:( a: 1 | : 2 )", "a: 1 | a: 2", "a: 1000"])
def test_bad_prompts_name_the_place(text):
    with pytest.raises(StoryError, match="phrase 1 TEXT"):
        parse_prompts(text, "phrase 1 TEXT")


def test_a_visitors_words_are_never_notation():
    words = "150:( ignore | people: 0 ), 10: (2)"
    assert plain(words).texts == (words,)
    assert plain(words).weights(7) == (1.0,)
