"""Test films whose every picture tells its own number, and which number a picture on the wall tells.

The number is a grid of squares on each panel: a row that is always white, black, white, black, so that a black or torn
picture is never taken for a number, and below it sixteen bits, lowest first, white for 1.
"""

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 4, 5
SIGN = (1, 0, 1, 0)
WHITE = 235
COLORSPACES = {"bt601": 6, "bt709": 1}
DARK = 48  # black squares are not quite black, so that a panel differs from the wall around it
Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
Point = tuple[float, float]
Projection = Callable[[float, float], Point]


def numbered(number: int, width: int, height: int, panels: int = 3) -> Planes:
    """Y, U, V of a film picture whose panels side by side all show the number, limited range, 4:2:0."""
    bits = [*SIGN, *(number >> bit & 1 for bit in range(COLUMNS * (ROWS - 1)))]
    cells = np.where(np.array(bits).reshape(ROWS, COLUMNS), WHITE, DARK).astype(np.uint8)
    columns = np.arange(width) * COLUMNS * panels // width % COLUMNS
    rows = np.arange(height) * ROWS // height
    return flat(cells[rows][:, columns], 128, 128)


def flat(y: NDArray[np.uint8], u: int, v: int) -> Planes:
    """A luma plane under one even colour, 4:2:0."""
    chroma = (y.shape[0] // 2, y.shape[1] // 2)
    return y, np.full(chroma, u, np.uint8), np.full(chroma, v, np.uint8)


def read_number(picture: NDArray[np.uint8], to_output: Projection) -> int | None:
    """The number a panel shows in an RGB picture (rows, columns, 3); None when none is to be seen.

    `to_output` takes the panel's u, v in 0..1 to pixels of the picture.
    """
    cells = [((x + 0.5) / COLUMNS, (y + 0.5) / ROWS) for y in range(ROWS) for x in range(COLUMNS)]
    bits = [_is_white(picture, to_output(*cell)) for cell in cells]
    if tuple(bits[:COLUMNS]) != SIGN:
        return None
    return sum(bit << place for place, bit in enumerate(bits[COLUMNS:]))


def _is_white(picture: NDArray[np.uint8], at: Point) -> bool:
    x, y = int(at[0]), int(at[1])
    return bool(picture[y - 2 : y + 3, x - 2 : x + 3].mean() > 110)


def noise(width: int, height: int) -> Planes:
    """The hardest picture to sample: nothing is like its neighbour."""
    random = np.random.default_rng(7)
    y, u, v = (random.integers(0, 256, (height // n, width // n), np.uint8) for n in (1, 2, 2))
    return y, u, v


def write_film(
    path: Path,
    pictures: Iterable[Planes],
    fps: Fraction | int = 12,
    *,
    matrix: str | None = "bt709",
    full_range: bool = False,
    movflags: str = "",
    **options: str,
) -> Path:
    """An H.264 film of those pictures; `options` are the encoder's, matrix None leaves the colours untagged."""
    options = {"preset": "veryfast", "crf": "12", **options}
    tags = {"colorspace": COLORSPACES[matrix], "color_range": 2 if full_range else 1} if matrix else {}
    return encode(path, map(picture_of, pictures), fps, movflags=movflags, tags=tags, **options)


def picture_of(planes: Planes) -> av.VideoFrame:
    """Y, U, V as FFmpeg takes them."""
    stacked = np.concatenate([plane.ravel() for plane in planes]).reshape(-1, planes[0].shape[1])
    return av.VideoFrame.from_ndarray(stacked, format="yuv420p")


def encode(
    path: Path,
    pictures: Iterable[av.VideoFrame],
    fps: Fraction | int = 12,
    *,
    codec: str = "libx264",
    times: Sequence[int] = (),
    movflags: str = "",
    tags: Mapping[str, int] = MappingProxyType({}),
    **options: str,
) -> Path:
    """A film of those pictures in the format they have, at even times or at `times`, counted in frames."""
    with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as container:
        stream = container.add_stream(codec, rate=fps, options=options)
        for index, picture in enumerate(pictures):
            if index == 0:
                _set_up(stream, picture, tags)
            picture.pts = times[index] if times else index
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def _set_up(stream: av.VideoStream, picture: av.VideoFrame, tags: Mapping[str, int]) -> None:
    stream.height, stream.width, stream.pix_fmt = picture.height, picture.width, picture.format.name
    for name, value in tags.items():
        setattr(stream.codec_context, name, value)


def numbered_film(
    path: Path, frames: int, size: tuple[int, int] = (576, 320), fps: Fraction | int = 12, **options: str
) -> Path:
    """A triptych film whose pictures are numbered from 0."""
    return write_film(path, (numbered(number, *size) for number in range(frames)), fps, **options)


def to_hap(film: Path, form: str = "hap", compressor: str = "snappy", chunks: int = 1) -> Path:
    """The same film as HAP, by the ffmpeg program, which alone can make it; `form` is hap, hap_q or hap_alpha."""
    out = film.with_name(f"{film.stem}-{form}-{compressor}-{chunks}.mov")
    how = ["-c:v", "hap", "-format", form, "-compressor", compressor, "-chunks", str(chunks)]
    command = ["ffmpeg", "-v", "error", "-y", "-i", film, "-pix_fmt", "rgba", *how, "-an", out]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return out
