"""The end card as drawn: names largest, a code that can be read, everything on the panel whatever its shape."""

import numpy as np
import pytest
from numpy.typing import NDArray

from show.end_card import LARGEST, end_card, is_read
from show.films import Frame, Still, still_film
from tests.support.codes import read_codes

ADDRESS = "http://192.168.4.1:8080/"
TEXT = "Send it on X to\n@someone\n\nOr on this page:\n{code}"
MANY = "\n\n".join(["Send it on Mastodon to\n@somebody_else\n@a.rather.long.name.of.a.server.example"] * 6)

LONG = "one sentence that goes on and on and never stops for a breath " * 6


def seen(frame: Frame) -> NDArray[np.uint8]:
    """As RGB, (rows, columns, 3)."""
    green, blue, red = (plane.samples() for plane in frame.planes)
    return np.dstack([red, green, blue])


def heights(picture: NDArray[np.uint8], yellow: bool) -> int:
    """How many rows hold letters of that colour."""
    wanted = (picture[..., 0] > 200) & ((picture[..., 2] < 100) if yellow else (picture[..., 2] > 200))
    return int(wanted.any(axis=1).sum())


@pytest.mark.parametrize("size", [(576, 1024), (320, 600), (1080, 1920), (600, 2280), (1920, 1080), (160, 284)])
@pytest.mark.parametrize("address", [ADDRESS, "https://gallery.example.org/a-blind-eye/write?room=3"])
def test_the_code_is_read_off_a_panel_of_any_shape(size: tuple[int, int], address: str) -> None:
    picture = seen(end_card(TEXT, *size, address))
    assert read_codes(picture) == [address]
    assert not picture[:, : size[0] // 20].any()
    assert not picture[:, -(size[0] // 20) :].any()
    assert not picture[[0, -1]].any()


@pytest.mark.parametrize("size", [(576, 1024), (1920, 1080), (160, 900)])
@pytest.mark.parametrize("text", [MANY, LONG, MANY + TEXT])
def test_however_much_is_said_it_stays_on_the_panel(size: tuple[int, int], text: str) -> None:
    picture = seen(end_card(text, *size, ADDRESS))
    for edge in (picture[[0, -1]], picture[:, :2], picture[:, -2:]):
        assert not edge.any()
    assert picture.max() > 200


def test_the_account_s_name_is_yellow_and_nothing_is_larger() -> None:
    picture = seen(end_card("Send it to\n@someone", 576, 1024))
    assert heights(picture, yellow=True) > 0.5 * LARGEST * 576
    assert heights(picture, yellow=False) < heights(picture, yellow=True)


def test_without_a_page_its_paragraph_is_left_out() -> None:
    alone, without = (end_card(text, 576, 1024) for text in ("Send it on X to\n@someone", TEXT))
    assert np.array_equal(seen(alone), seen(without))
    assert not is_read("Write it here:\n{code}", "")
    assert is_read("Write it here:\n{code}", ADDRESS)
    assert not is_read(" \n\n", ADDRESS)


def test_a_still_is_there_at_any_time_and_lasts_as_long_as_it_is_to() -> None:
    frame = end_card("words", 60, 100)
    still = Still(still_film("card", frame, 4.5), frame)
    assert (still.film.frames, still.film.duration, still.film.index_at(4.4)) == (1, 4.5, 0)
    still.seek(2.0)
    assert all(still.at(seconds) is frame for seconds in (-1.0, 0.0, 4.4, 99.0))
    assert still.ready
    assert still.ended
    assert not still.failed
