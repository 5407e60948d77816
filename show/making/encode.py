"""Images become H.264 that any player reads: High profile, yuv420p, closed groups of pictures, BT.709."""

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray
from PIL import Image

from show.errors import FilmError

Picture = NDArray[np.uint8]

BT709 = 1  # ITU-T H.273: primaries, transfer and matrix of high definition
LIMITED = 1  # FFmpeg's AVCOL_RANGE_MPEG
EDGE = 0.025  # of a picture's sides, cut off when it is enlarged
X_SECONDS = (0.5, 140.0)
X_ASPECT = (Fraction(1, 3), Fraction(3, 1))


def encode(
    pictures: Iterable[Picture], out: Path, fps: int, *, crf: int = 18, group: int = 12, easy: bool = False
) -> int:
    """Write pictures (height, width, 3) uint8 RGB, even sizes, as a film; return how many there were.

    `easy` asks for a stream that is light to decode (house films). The file appears whole or not at all.
    FilmError when there is no picture, or FFmpeg refuses; OSError when the disk does.
    """
    waiting = out.with_name(f".{out.name}.new.mp4")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        count = _write(pictures, waiting, fps, options(crf, group, easy))
        settle(waiting, out)
    except av.error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise OSError(error.errno, os.strerror(error.errno), str(out)) from error
        raise FilmError(f"{out.name} cannot be encoded: {error}") from error
    finally:
        waiting.unlink(missing_ok=True)
    return count


def options(crf: int, group: int, easy: bool) -> dict[str, str]:
    """How H.264 is written here."""
    chosen = {"preset": "medium", "crf": str(crf), "profile": "high", "flags": "+cgop", "movflags": "+faststart"}
    chosen["x264-params"] = f"keyint={group}:min-keyint={group}:scenecut=0:open-gop=0"
    return chosen | ({"tune": "fastdecode"} if easy else {})


def _write(pictures: Iterable[Picture], path: Path, fps: int, options: dict[str, str]) -> int:
    count = 0
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        stream = None
        for picture in pictures:
            if stream is None:
                stream = film.add_stream("libx264", rate=fps, options=options)
                _describe(stream, picture)
            film.mux(stream.encode(_frame(picture)))
            count += 1
        if stream is None:
            raise FilmError(f"{path.name} would have no picture")
        film.mux(stream.encode())
    return count


def _describe(stream: av.VideoStream, picture: Picture) -> None:
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED


def _frame(picture: Picture) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    frame.pts = None
    return frame


def settle(waiting: Path, out: Path) -> None:
    """Give a finished file its name, once it is on the disk."""
    to_disk(waiting)
    waiting.replace(out)
    to_disk(out.parent)


def to_disk(path: Path) -> None:
    """Bring a file, or a folder's new names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_pictures(paths: Iterable[Path], width: int, height: int) -> Iterable[Picture]:
    """Images from disk, enlarged to a film's size."""
    for path in paths:
        with Image.open(path) as image:
            yield enlarge(image.convert("RGB"), width, height)


def enlarge(image: Image.Image, width: int, height: int) -> Picture:
    """A picture at another size, by Lanczos, without its outermost edge, which VQGANs make grey."""
    x, y = EDGE * image.width, EDGE * image.height
    box = (x, y, image.width - x, image.height - y)
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS, box))


def clip_size(width: int, height: int, at_least: int = 1024) -> tuple[int, int]:
    """How large a clip is encoded: whole multiples of the made size, until it is as tall as a house panel; even."""
    times = max(1, -(-at_least // height))
    return width * times // 2 * 2, height * times // 2 * 2


def why_not_x(width: int, height: int, seconds: float) -> str | None:
    """What X would refuse about a clip, in one sentence; None when it is welcome."""
    if not X_ASPECT[0] <= Fraction(width, height) <= X_ASPECT[1]:
        return f"{width}x{height} is outside X's aspects 1:3 to 3:1"
    if width % 2 or height % 2:
        return f"{width}x{height} is not even"
    if not X_SECONDS[0] <= seconds <= X_SECONDS[1]:
        return f"{seconds:g} s is outside X's {X_SECONDS[0]:g} to {X_SECONDS[1]:g} s"
    return None
