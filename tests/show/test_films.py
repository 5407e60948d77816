"""Films on disk and the reel that decodes them: exact to the frame, and telling when something is wrong."""

import os
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from show.errors import FilmError
from show.films import FilmInfo, Frame, Plane, Reel, probe
from tests.support.footage import flat, numbered_film, read_number, write_film
from tests.support.waiting import wait_until

FRAMES = 40


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> FilmInfo:
    return probe(numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", FRAMES))


def samples(plane: Plane) -> np.ndarray:
    raw = np.ctypeslib.as_array((np.ctypeslib.ctypes.c_uint8 * (plane.stride * plane.height)).from_address(plane.pointer))
    return raw.reshape(plane.height, plane.stride)[:, : plane.width]


def number(frame: Frame) -> int | None:
    luma = samples(frame.planes[0])
    return read_number(luma, lambda u, v: (u * frame.width / 3, v * frame.height))


def played(reel: Reel, first: int, last: int) -> list[int | None]:
    return [number(wait_until(lambda i=i: reel.at(i) if (f := reel.at(i)) and f.index == i else None)) for i in range(first, last)]


def test_probe_tells_size_rate_and_true_length(film: FilmInfo) -> None:
    assert (film.width, film.height, film.fps, film.frames) == (576, 320, Fraction(12), FRAMES)
    assert film.duration == pytest.approx(FRAMES / 12)


def test_every_frame_comes_once_in_order_and_ends(film: FilmInfo) -> None:
    reel = Reel(film)
    assert played(reel, 0, FRAMES) == list(range(FRAMES))
    wait_until(lambda: reel.ended)
    assert reel.at(FRAMES + 100).index == FRAMES - 1
    assert reel.error is None
    reel.close()


@pytest.mark.parametrize("target", [0, 1, 11, 23, 24, FRAMES - 1])
def test_seek_and_start_are_exact_to_the_frame(film: FilmInfo, target: int) -> None:
    reel = Reel(film)
    reel.seek(target)
    assert played(reel, target, target + 1) == [target]
    reel.close()
    late = Reel(film, start_frame=target)
    assert late.wait_ready(10)
    assert late.at(target - 1) is None
    assert number(late.at(target)) == target
    late.close()
