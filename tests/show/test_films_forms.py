"""Every form of film that is played: codecs, bit depths, rates that vary, transparency."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from show.errors import FilmError
from show.films import Frame, Reel, probe
from tests.support.footage import encode, flat, numbered, picture_of, read_number
from tests.support.waiting import wait_until

FRAMES = 20
SIZE = (576, 320)
FORMS = {
    "H.265": ("film.mp4", "libx265", "yuv420p", {"x265-params": "log-level=none:keyint=8"}),
    "H.265 of 10 bits": ("film.mkv", "libx265", "yuv420p10le", {"x265-params": "log-level=none"}),
    "VP9": ("film.webm", "libvpx-vp9", "yuv420p", {"cpu-used": "8", "g": "8"}),
    "ProRes": ("film.mov", "prores_ks", "yuv422p10le", {"profile": "3"}),
    "H.264 of 4:4:4": ("film.mp4", "libx264", "yuv444p", {"crf": "12"}),
    "PNG": ("film.mov", "png", "rgb24", {}),
}


def number(frame: Frame) -> int | None:
    return read_number(frame.planes[0].samples(), lambda u, v: (u * frame.width / 3, v * frame.height))


def exact(reel: Reel, index: int) -> Frame:
    return wait_until(lambda: (f := reel.at(index)) and f.index == index and f, f"frame {index}")


@pytest.mark.parametrize("form", FORMS)
def test_every_frame_comes_in_order_and_is_found_again(tmp_path: Path, form: str) -> None:
    name, codec, pixels, options = FORMS[form]
    pictures = (picture_of(numbered(n, *SIZE)).reformat(format=pixels) for n in range(FRAMES))
    info = probe(encode(tmp_path / name, pictures, codec=codec, **options))
    assert (info.width, info.height, info.fps, info.frames, info.times) == (*SIZE, 12, FRAMES, ())
    reel = Reel(info)
    assert [number(exact(reel, n)) for n in range(FRAMES)] == list(range(FRAMES))
    reel.seek(13)
    assert number(exact(reel, 13)) == 13
    assert reel.error is None
    reel.close()


TIMES = (0, 1, 2, 6, 7, 11, 12, 20)


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_where_the_rate_varies_frames_are_shown_at_their_own_times(tmp_path: Path, name: str) -> None:
    pictures = (picture_of(numbered(n, *SIZE)) for n in range(len(TIMES)))
    info = probe(encode(tmp_path / name, pictures, 24, times=TIMES))
    assert info.times == pytest.approx([each / 24 for each in TIMES], abs=0.001)
    assert 20 / 24 < info.duration <= 1  # containers keep the last frame's length, if at all, in ways of their own
    assert [info.index_at(each / 24 + 0.002) for each in (0, 1, 5, 6, 10.9, 12, 19, 20, 99)] == [
        0,
        1,
        2,
        3,
        4,
        6,
        6,
        7,
        7,
    ]
    reel = Reel(info, start_frame=2)
    assert [number(exact(reel, n)) for n in range(2, len(TIMES))] == list(range(2, len(TIMES)))
    reel.close()


def test_a_frame_of_a_longer_film_that_was_there_before_has_a_time(tmp_path: Path) -> None:
    info = probe(encode(tmp_path / "film.mp4", (picture_of(numbered(n, *SIZE)) for n in range(8)), 24, times=TIMES))
    assert info.time_of(50) == info.times[-1]


def test_a_film_without_times_is_refused_in_one_sentence(tmp_path: Path) -> None:
    film = encode(tmp_path / "film.h264", (picture_of(numbered(n, *SIZE)) for n in range(3)))
    with pytest.raises(FilmError, match="never says when its pictures are due: `blind-eye film import` mends it"):
        probe(film)


def sheer(alpha: int, full: int) -> av.VideoFrame:
    """An even colour, and its alpha: none at the left, all at the right, `alpha` between."""
    y, u, v = flat(np.full((48, 96), 180, np.uint8), 90, 160)
    picture = av.VideoFrame(96, 48, "yuva420p")
    a = np.repeat(np.array([0, alpha, full], np.uint8), 32)[None].repeat(48, 0)
    for plane, values in zip(picture.planes, (y, u, v, a), strict=True):
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        rows[:, : plane.width] = values
        plane.update(rows.tobytes())
    return picture


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "options"),
    [
        ("film.mov", "prores_ks", "yuva444p10le", {"profile": "4", "alpha_bits": "16"}),
        ("film.webm", "libvpx-vp9", "yuva420p", {"crf": "0", "lossless": "1"}),
        ("film.mov", "png", "rgba", {}),
    ],
)
def test_what_is_transparent_lies_over_black(tmp_path: Path, name: str, codec: str, pixels: str, options: dict) -> None:
    film = encode(tmp_path / name, [sheer(128, 255).reformat(format=pixels) for _ in range(3)], codec=codec, **options)
    reel = Reel(probe(film))
    frame = exact(reel, 2)
    third = frame.width // 3
    seen = [
        [plane.samples()[20:28, n * third + 12 : n * third + 20].mean() for plane in frame.planes] for n in range(3)
    ]
    whole = np.array(seen[2])
    black = np.array([0, 0, 0] if frame.matrix == "rgb" else [16, 128, 128])
    assert whole == pytest.approx([180, 90, 160], abs=3) or frame.matrix == "rgb"
    assert seen[0] == pytest.approx(black, abs=1.5)
    assert seen[1] == pytest.approx(black + (whole - black) * 128 / 255, abs=1.5)
    reel.close()


def test_the_rate_may_be_a_fraction(tmp_path: Path) -> None:
    pictures = (picture_of(numbered(n, *SIZE)) for n in range(FRAMES))
    info = probe(encode(tmp_path / "film.webm", pictures, Fraction(30000, 1001), codec="libvpx-vp9"))
    assert (info.frames, info.times) == (FRAMES, ())
