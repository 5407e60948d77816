"""Colours on the wall, through the whole path from file to framebuffer, against FFmpeg's own conversion."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from calibration.mapping import Mapping, Surface
from installation.projector import Crop, Look, Projector
from show.films import Reel, probe
from tests.support.footage import encode, flat, picture_of
from tests.support.waiting import wait_until

PATCH = 16
LEVELS = (40, 128, 200)
CAREFULLY = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
MATRICES = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709}
TAGS = {"bt601": 6, "bt709": 1}
RANGES = {False: ColorRange.MPEG, True: ColorRange.JPEG}
PIXELS = ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le"]
SMALL, LARGE = (27 * PATCH, 4 * PATCH), (27 * PATCH, 40 * PATCH)


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(SMALL[0], LARGE[1], headless=True)
    yield projector
    projector.close()


def patches(height: int) -> av.VideoFrame:
    """Every mixture of three levels of Y, U and V, side by side."""
    y, u, v = flat(np.empty((height, 27 * PATCH), np.uint8), 0, 0)
    for place, (luma, blue, red) in enumerate(product(LEVELS, LEVELS, LEVELS)):
        y[:, place * PATCH : (place + 1) * PATCH] = luma
        for plane, level in ((u, blue), (v, red)):
            plane[:, place * PATCH // 2 : (place + 1) * PATCH // 2] = level
    return picture_of((y, u, v))


def on_the_wall(projector: Projector, film: Path) -> NDArray[np.uint8]:
    """The film's first picture, pixel for pixel."""
    info = probe(film)
    edges = ((0, 0), (info.width, 0), (info.width, info.height), (0, info.height))
    projector.set_mapping(Mapping(SMALL[0], LARGE[1], (Surface("only", edges),)))
    reel = Reel(info)
    projector.upload(wait_until(lambda: reel.at(0), "a frame"))
    projector.draw(Look(1.0, (1.0,), (Crop(),)))
    reel.close()
    return projector.read()[: info.height, : info.width]


def middles(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The colour in the middle of each patch."""
    row = picture.shape[0] // 2
    return np.array([picture[row, place * PATCH + PATCH // 2] for place in range(27)], np.float64)


def by_ffmpeg(film: Path, matrix: str, full_range: bool) -> NDArray[np.uint8]:
    with av.open(str(film)) as container:
        picture = next(container.decode(video=0))
    rgb = picture.reformat(
        format="rgb24",
        src_colorspace=MATRICES[matrix],
        src_color_range=RANGES[full_range],
        dst_color_range=ColorRange.JPEG,
        interpolation=CAREFULLY,
    )
    return rgb.to_ndarray()


def lossless(path: Path, height: int, pixels: str, tags: dict[str, int]) -> Path:
    picture = patches(height).reformat(format=pixels, interpolation=Interpolation.POINT | Interpolation.ACCURATE_RND)
    return encode(path, [picture], tags=tags, qp="0", preset="ultrafast")


@pytest.mark.parametrize("pixels", PIXELS)
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_flat_patches_are_as_ffmpeg_says(
    projector: Projector, tmp_path: Path, matrix: str, full_range: bool, pixels: str
) -> None:
    tags = {"colorspace": TAGS[matrix], "color_range": RANGES[full_range]}
    film = lossless(tmp_path / "film.mp4", SMALL[1], pixels, tags)
    wanted = by_ffmpeg(film, matrix, full_range)
    assert np.abs(middles(on_the_wall(projector, film)) - middles(wanted)).max() <= 2


@pytest.mark.parametrize(("size", "matrix"), [(SMALL, "bt601"), (LARGE, "bt709")])
def test_what_is_not_tagged_is_taken_as_usual_for_its_size(
    projector: Projector, tmp_path: Path, size: tuple[int, int], matrix: str
) -> None:
    film = lossless(tmp_path / "film.mp4", size[1], "yuv420p", {})
    assert np.abs(middles(on_the_wall(projector, film)) - middles(by_ffmpeg(film, matrix, False))).max() <= 2


def test_red_green_and_blue_come_out_as_they_went_in(projector: Projector, tmp_path: Path) -> None:
    rgb = patches(SMALL[1]).reformat(format="rgb24")
    film = encode(tmp_path / "film.mov", [rgb], codec="png")
    astray = on_the_wall(projector, film).astype(int) - rgb.to_ndarray()
    assert np.abs(astray[1:-1, 1:-1]).max() <= 1  # a panel's outermost pixels are soft
