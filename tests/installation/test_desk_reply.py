"""The words and the film of an answer."""

from fractions import Fraction
from pathlib import Path

import pytest

from installation.desk.fitting import fitted, measure
from installation.desk.reply import alt_text, reply_text
from installation.rehearsal.x_film_rules import problems
from installation.rehearsal.x_world import weight
from tests.support.desk import clip, grey


def test_short_phrases_are_quoted_whole() -> None:
    assert reply_text(3, ["the sun is shining,", "a day."]) == "Your film, no. 3: “the sun is shining, / a day.”"


def test_two_with_the_same_words_are_not_alike() -> None:
    assert reply_text(3, ["a day."]) != reply_text(4, ["a day."])


@pytest.mark.parametrize(
    "phrases",
    [
        ["the sun is shining,"] * 30,
        ["太陽が輝いている、"] * 30,
        ["x" * 500],
        ["家" * 500],
        ["see example.com and other.org"] * 12,
        ["👨‍👩‍👧 at sea"] * 40,
        ["a." * 200],
    ],
)
def test_long_ones_are_shortened_to_what_x_takes(phrases: list[str]) -> None:
    text = reply_text(123456, phrases)
    assert weight(text) <= 280
    assert text.startswith("Your film, no. 123456: “")
    assert text.endswith("…”")


def test_the_opt_out_word_is_told_where_there_is_room() -> None:
    assert reply_text(3, ["a day."], "#stop") == "Your film, no. 3: “a day.” To be left alone, reply #stop."
    assert reply_text(3, ["the sun is shining,"] * 12, "#stop").endswith("…”")


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("hello @someone and ＠another", "hello someone and another"),
        ("write to a@b.example.com", "write to a@b. example. com"),
        ("see example.com/x and дом.рф", "see example. com/x and дом. рф"),
        ("at 3.5 metres, in the U.S.A., e.g. here...", "at 3.5 metres, in the U.S.A., e.g. here..."),
    ],
)
def test_a_strangers_words_call_nobody_and_lead_nowhere(phrase: str, said: str) -> None:
    assert reply_text(3, [phrase]) == f"Your film, no. 3: “{said}”"


def test_the_film_is_described_within_what_x_takes() -> None:
    assert alt_text(["a day."]).endswith("from these phrases: a day.")
    assert len(alt_text(["家" * 400] * 3)) == 1000


def test_a_usual_clip_is_sent_as_it_is(tmp_path: Path) -> None:
    film = clip(tmp_path / "a.mp4")
    assert fitted(film, tmp_path / "out") == film
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("size", "frames", "becomes"),
    [
        ((64, 244), 24, (82, 244)),
        ((512, 64), 24, (512, 172)),
        ((576, 2190), 12, (428, 1280)),
        ((16, 24), 12, (32, 32)),
        ((64, 64), 2000, (64, 64)),
        ((64, 64), 3, (64, 64)),
    ],
)
def test_others_are_padded_scaled_or_hurried(
    tmp_path: Path, size: tuple[int, int], frames: int, becomes: tuple[int, int]
) -> None:
    film = fitted(grey(tmp_path / "a.mp4", size, frames), tmp_path / "out")
    assert problems(film.read_bytes()) == []
    shape = measure(film)
    assert (shape.width, shape.height, shape.frames) == (*becomes, frames)


def test_the_example_at_full_length_runs_at_15(tmp_path: Path) -> None:
    assert measure(fitted(grey(tmp_path / "a.mp4", (64, 64), 2000), tmp_path / "out")).rate == Fraction(15)
