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
from show.films import Blocks, Frame, Reel, probe
from tests.support.footage import encode, flat, picture_of, to_hap
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
    return drawn(projector, first_frame(film))


def first_frame(film: Path) -> Frame:
    reel = Reel(probe(film))
    try:
        return wait_until(lambda: reel.at(0), "a frame")
    finally:
        reel.close()


def drawn(projector: Projector, frame: Frame) -> NDArray[np.uint8]:
    edges = ((0, 0), (frame.width, 0), (frame.width, frame.height), (0, frame.height))
    projector.set_mapping(Mapping(SMALL[0], LARGE[1], (Surface("only", edges),)))
    projector.upload(frame)
    projector.draw(Look(1.0, (1.0,), (Crop(),)))
    return projector.read()[: frame.height, : frame.width]


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


@pytest.mark.parametrize("form", ["hap", "hap_q", "hap_alpha"])
def test_hap_is_unpacked_by_the_card_as_ffmpeg_decodes_it(projector: Projector, tmp_path: Path, form: str) -> None:
    picture = patches(SMALL[1]).reformat(format="rgb24")
    film = to_hap(encode(tmp_path / "film.mov", [picture], codec="png"), form)
    with av.open(str(film)) as container:
        wanted = next(container.decode(video=0)).reformat(format="rgb24").to_ndarray()
    astray = on_the_wall(projector, film).astype(int) - wanted
    assert np.abs(astray[1:-1, 1:-1]).max() <= 2
    assert np.abs(wanted.astype(int) - picture.to_ndarray()).mean() < 3


def test_hap_with_alpha_lies_over_black(projector: Projector, tmp_path: Path) -> None:
    picture = patches(SMALL[1]).reformat(format="rgba")
    pixels = picture.to_ndarray()
    pixels[..., 3] = np.linspace(0, 255, pixels.shape[0]).astype(np.uint8)[:, None]
    film = to_hap(encode(tmp_path / "film.mov", [av.VideoFrame.from_ndarray(pixels, "rgba")], codec="png"), "hap_alpha")
    with av.open(str(film)) as container:
        decoded = next(container.decode(video=0)).to_ndarray().astype(float)
    wanted = decoded[..., :3] * decoded[..., 3:] / 255
    assert np.abs(on_the_wall(projector, film) - wanted)[1:-1, 1:-1].max() <= 2


def test_hap_q_may_have_its_alpha_in_a_texture_of_its_own(projector: Projector, tmp_path: Path) -> None:
    picture = patches(SMALL[1]).reformat(format="rgb24")
    whole = first_frame(to_hap(encode(tmp_path / "film.mov", [picture], codec="png"), "hap_q"))
    half = np.tile(np.array([128, 128, 0, 0, 0, 0, 0, 0], np.uint8), whole.blocks[0].data.size // 16)
    blocks = (*whole.blocks, Blocks("rgtc1", half))
    sheer = drawn(projector, Frame.of_blocks(0, "ycocg_alpha", blocks, whole.width, whole.height))
    opaque = drawn(projector, whole)
    assert np.abs(sheer - opaque.astype(float) * 128 / 255).max() <= 1
