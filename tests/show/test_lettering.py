"""Captions on the panel: legible, balanced, inside it, in their colours."""

import numpy as np
import pytest

from show.caption_places import read_place
from show.captions import Kind, Line
from show.lettering import COLOURS, Lettering, letter, readable
from tests.support.codes import read_codes

WIDTH, HEIGHT, SIZE = 320, 600, 0.075
TEXT = "I am walking with my brother on a field of one thousand images."


def lettered(text: str, kind: Kind = "narrative", size: float = SIZE) -> Lettering:
    drawn = letter((Line(text, kind),), WIDTH, HEIGHT, size)
    assert drawn is not None
    return drawn


@pytest.mark.parametrize("kind", ["prompt", "narrative"])
def test_letters_have_their_colour_and_a_dark_halo(kind: Kind) -> None:
    picture = lettered(TEXT, kind).picture
    solid = picture[picture[..., 3] == 255][:, :3]
    bright = solid[solid.sum(axis=1) > 450]
    assert len(bright) > 500
    assert np.abs(np.median(bright, axis=0) - COLOURS[kind]).max() < 8
    halo = picture[(picture[..., 3] > 100) & (picture[..., :3].sum(axis=2) < 60)]
    assert len(halo) > len(bright)


@pytest.mark.parametrize("text", ["a", TEXT, " ".join([TEXT] * 20), "W" * 60])
def test_always_inside_the_panel_with_its_picture_in_scale(text: str) -> None:
    drawn = lettered(text)
    x0, y0, x1, y1 = drawn.box
    assert 0 <= x0 < x1 <= 1
    assert 0.1 < y0 < y1 < 1
    assert drawn.picture.shape == (round((y1 - y0) * HEIGHT), round((x1 - x0) * WIDTH), 4)


def test_letters_are_as_tall_as_asked() -> None:
    def tall(size: float) -> int:
        picture = lettered("H", size=size).picture
        return int(((picture[..., 3] == 255) & (picture[..., 0] > 128)).any(axis=1).sum())

    assert tall(0.2) == pytest.approx(0.2 * WIDTH * 0.727, abs=2)  # the height of Inter's capitals
    assert tall(0.1) == pytest.approx(tall(0.2) / 2, abs=2)


def test_signs_that_no_font_has_are_left_out() -> None:
    assert readable("the sun 🙂 is \x07\ue000 shining, ça va?\nДа") == "the sun 🙂 is shining, ça va?\nДа"
    assert letter((Line("\ue000", "prompt"),), WIDTH, HEIGHT, SIZE) is None
    assert letter((), WIDTH, HEIGHT, SIZE) is None


def placed(settings: str, text: str = "here") -> tuple[float, float, float, float]:
    drawn = letter((Line(text, "narrative", read_place(settings)),), WIDTH, HEIGHT, SIZE)
    assert drawn is not None
    return drawn.box


def test_a_place_is_kept() -> None:
    assert placed("align:left")[0] < 0.06 < placed("align:center")[0] < placed("align:right")[0]
    assert placed("line:0")[1] < 0.1 < placed("line:30%")[1] < 0.35 < 0.8 < placed("line:-1")[1]
    assert placed("line:30%,end")[1] < placed("line:30%,center")[1] < placed("line:30%")[1]
    assert placed("position:75%,center size:40%", TEXT)[0] > 0.5


@pytest.mark.parametrize("settings", ["line:100%", "line:-99", "line:99", "line:0%,end", "position:100% align:left"])
def test_a_place_outside_the_panel_is_moved_inside(settings: str) -> None:
    x0, y0, x1, y1 = placed(settings, TEXT)
    assert 0 < x0 < x1 < 1
    assert 0 <= y0 < y1 < 0.95


def test_start_is_where_the_language_begins() -> None:
    assert placed("align:start")[0] < 0.06
    assert placed("align:start", "שלום")[2] > 0.94


def test_captions_of_two_places_stand_apart() -> None:
    above, below = Line("one", "prompt", read_place("line:10%")), Line("two", "narrative")
    drawn = letter((above, below), WIDTH, HEIGHT, SIZE)
    assert drawn is not None
    assert drawn.box[1] < 0.15
    assert drawn.box[3] > 0.85
    assert not drawn.picture[drawn.picture.shape[0] // 2, :, 3].any()


def test_prompt_stands_above_narrative() -> None:
    drawn = letter((Line("one", "prompt"), Line("two", "narrative")), WIDTH, HEIGHT, SIZE)
    assert drawn is not None
    solid = drawn.picture[..., 3] == 255
    rows_of_yellow = np.nonzero(((drawn.picture[..., 2] < 100) & (drawn.picture[..., 0] > 200) & solid).any(axis=1))[0]
    rows_of_white = np.nonzero(((drawn.picture[..., 2] > 200) & solid).any(axis=1))[0]
    assert rows_of_yellow.max() < rows_of_white.min()


PAGE = Line("Or write it here:", "page")


@pytest.mark.parametrize("size", [(320, 600), (576, 1024), (1080, 1920), (600, 2280), (1920, 1080), (160, 284)])
@pytest.mark.parametrize(
    "address", ["http://192.168.4.1:8080/", "https://gallery.example.org/a-blind-eye/write?room=3"]
)
def test_a_page_is_shown_with_its_code_in_the_lower_half(size: tuple[int, int], address: str) -> None:
    drawn = letter((PAGE,), *size, 0.085, address)
    assert drawn is not None
    x0, y0, x1, y1 = drawn.box
    assert 0 <= x0 < x1 <= 1
    assert 0.49 < y0 < y1 < 0.94
    assert read_codes(drawn.picture[..., :3]) == [address]


def test_the_longest_address_is_still_inside_the_panel() -> None:
    drawn = letter((PAGE,), 576, 1024, 0.085, "http://" + "long" * 48)
    assert drawn is not None
    assert 0.49 < drawn.box[1] < drawn.box[3] < 0.94
    assert len(read_codes(drawn.picture[..., :3])) == 1


def test_the_code_takes_nearly_half_of_the_panel_s_width() -> None:
    drawn = letter((PAGE,), 576, 1024, 0.085, "http://192.168.4.1:8080/")
    assert drawn is not None
    white = (drawn.picture == 255).all(axis=2).sum(axis=1).max() / 576
    assert 0.4 < white < 0.55


def test_words_stand_above_the_code() -> None:
    drawn = letter((Line("read me", "prompt"), PAGE), 576, 1024, 0.085, "http://192.168.4.1:8080/")
    assert drawn is not None
    yellow = np.nonzero(((drawn.picture[..., 2] < 100) & (drawn.picture[..., 0] > 200)).any(axis=1))[0]
    assert len(yellow)
    assert yellow.max() < drawn.picture.shape[0] / 3


def test_without_a_page_its_words_are_left_out() -> None:
    assert letter((PAGE,), WIDTH, HEIGHT, SIZE) is None
    alone, beside = (
        letter((Line("one", "prompt"),), 320, 600, SIZE),
        letter((Line("one", "prompt"), PAGE), 320, 600, SIZE),
    )
    assert alone is not None
    assert beside is not None
    assert np.array_equal(alone.picture, beside.picture)
