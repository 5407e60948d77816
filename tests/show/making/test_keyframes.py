import pytest

from show.errors import StoryError
from show.making.keyframes import constant, parse_keyframes


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("1: (1), 37.5: (1.05), 75: (1.1)", ((1, 1), (37.5, 1.05), (75, 1.1))),
        ("ANGLE: 1: (1), 37.5: (1.05)", ((1, 1), (37.5, 1.05))),
        ("-5:(3)", ((-5, 3),)),
        ("10 : ( -2 )", ((10, -2),)),
        ("75: (2), 1: (1)", ((1, 1), (75, 2))),
        ("1:(.5),2:(1e-2),", ((1, 0.5), (2, 0.01))),
    ],
)
def test_notation(text, points):
    assert parse_keyframes(text, "ANGLE").points == points


@pytest.mark.parametrize(
    ("image", "value"), [(-4, 1.0), (1, 1.0), (19.25, 1.025), (37.5, 1.05), (56.25, 1.075), (75, 1.1), (900, 1.1)]
)
def test_straight_lines_and_flat_ends(image, value):
    assert parse_keyframes("1: (1), 37.5: (1.05), 75: (1.1)", "ZOOM").at(image) == pytest.approx(value, abs=1e-12)


def test_the_artists_keyframes_at_a_fraction():
    angle = parse_keyframes("ANGLE: 1: (1), 37.5: (1.05), 75: (1.1), 112.5: (1.015), 150: (1.2)", "ANGLE")
    assert angle.at(38) == pytest.approx(1.05 + 0.05 * 0.5 / 37.5)
    assert angle.at(113) == pytest.approx(1.015 + 0.185 * 0.5 / 37.5)


@pytest.mark.parametrize("text", ["", "1: 1", "1: (a)", "1: (1) 2: (2)", "(1)", "1: (1), x", "1: (1", "1: (nan)"])
def test_bad_notation_names_the_place(text):
    with pytest.raises(StoryError, match=r"story.toml: \[\[phrase\]\] 2 ANGLE"):
        parse_keyframes(text, "story.toml: [[phrase]] 2 ANGLE")


def test_the_same_image_twice_is_refused():
    with pytest.raises(StoryError, match="image 3 twice"):
        parse_keyframes("3: (1), 3.0: (2)", "ANGLE")


def test_a_value_outside_its_range_names_it():
    with pytest.raises(StoryError, match=r"ZOOM = 9 is outside 0.5..2"):
        parse_keyframes("1: (9)", "ZOOM", 0.5, 2)


def test_constant():
    assert constant(0.7).at(-3) == constant(0.7).at(300) == 0.7
