"""Test films whose every picture tells its own number, and which number a picture on the wall tells.

The number is a grid of squares on each panel: a row that is always white, black, white, black, so that a black or torn
picture is never taken for a number, and below it sixteen bits, lowest first, white for 1.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 4, 5
SIGN = (1, 0, 1, 0)
WHITE = 235
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


def write_film(path: Path, pictures: Sequence[Planes], fps: Fraction | int = 12, **options: str) -> Path:
    """An H.264 film of those pictures, colours as BT.709 limited range unless the codec's options say otherwise."""
    height, width = pictures[0][0].shape
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "veryfast", "crf": "12", **options})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.colorspace = 1
        stream.codec_context.color_range = 1
        for index, planes in enumerate(pictures):
            container.mux(stream.encode(_picture(planes, index)))
        container.mux(stream.encode())
    return path


def _stacked(planes: Planes) -> NDArray[np.uint8]:
    """The planes one below the other, as av takes yuv420p."""
    return np.concatenate([plane.ravel() for plane in planes]).reshape(-1, planes[0].shape[1])


def _picture(planes: Planes, index: int) -> av.VideoFrame:
    picture = av.VideoFrame.from_ndarray(_stacked(planes), format="yuv420p")
    picture.pts = index
    return picture


def numbered_film(path: Path, frames: int, size: tuple[int, int] = (576, 320), fps: Fraction | int = 12) -> Path:
    """A triptych film whose pictures are numbered from 0."""
    return write_film(path, [numbered(number, *size) for number in range(frames)], fps)
