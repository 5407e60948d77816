"""A clip as X takes it: shape 1:3 to 3:1, at most 1280x1024 and 140 seconds.

Most clips already are. A longer one loses no image: it runs faster, so that 4 phrases of 500 images, 167 s in the room,
last 133 s on X; 60 images a second and with them 8400 images are the most.
"""

import logging
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from threading import Event

import av
import numpy as np
from av.video.frame import VideoFrame

log = logging.getLogger(__name__)

LONG_SIDE, SHORT_SIDE, SMALLEST = 1280, 1024, 32
SHAPES = (Fraction(1, 3), Fraction(3, 1))
SECONDS = (0.5, 140.0)
LARGEST_RATE = 60
QUALITY = {"crf": "18", "preset": "medium", "g": "120"}


@dataclass(frozen=True)
class Shape:
    """A film's picture size, and its frames with their number a second."""

    width: int
    height: int
    frames: int
    rate: Fraction


def fitted(film: Path, folder: Path, ended: Event | None = None) -> Path:
    """The film itself when X takes it, else a copy in `folder` that X takes; given up once `ended` is set.

    ValueError when it is too long for X or unreadable, OSError when the copy cannot be written.
    """
    shape = measure(film)
    if shape.frames > SECONDS[1] * LARGEST_RATE:
        raise ValueError(f"its {shape.frames} images are more than X shows in {SECONDS[1]:g} s")
    picture = _picture(shape)
    fits = Shape(*_canvas(*picture), shape.frames, _rate(shape))
    if fits == shape:
        return film
    if fits.rate != shape.rate:
        log.info("%s has %d images: on X they run at %s a second", film.name, shape.frames, fits.rate)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{film.stem}.mp4"
    try:
        _write(film, copy, picture, fits, ended or Event())
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy


def measure(film: Path) -> Shape:
    """Size, frames and rate of a film."""
    with av.open(str(film), "r") as container:
        if not container.streams.video:
            raise ValueError(f"{film} has no picture")
        stream = container.streams.video[0]
        frames = sum(1 for packet in container.demux(stream) if packet.size)
        context = stream.codec_context
        return Shape(context.width, context.height, frames, Fraction(stream.average_rate or 12))


def _picture(shape: Shape) -> tuple[int, int]:
    """The picture's size within X's largest, even, its proportions kept."""
    long, short = max(shape.width, shape.height), min(shape.width, shape.height)
    scale = min(1.0, LONG_SIDE / long, SHORT_SIDE / short)
    return _even(shape.width * scale), _even(shape.height * scale)


def _canvas(width: int, height: int) -> tuple[int, int]:
    """The picture with black beside it, until its shape is taken."""
    wide = max(width, ceil(height * SHAPES[0]), SMALLEST)
    high = max(height, ceil(width / SHAPES[1]), SMALLEST)
    return wide + wide % 2, high + high % 2


def _rate(shape: Shape) -> Fraction:
    """The film's own rate, or a faster one for a film that would be too long, a slower one for one too short."""
    if shape.frames > SECONDS[1] * shape.rate:
        return Fraction(min(LARGEST_RATE, ceil(shape.frames / (SECONDS[1] - 1))))
    if shape.frames < SECONDS[0] * shape.rate:
        return Fraction(max(1, int(shape.frames / SECONDS[0])))
    return shape.rate


def _even(length: float) -> int:
    return max(2, int(length) // 2 * 2)


def _write(film: Path, copy: Path, picture: tuple[int, int], fits: Shape, ended: Event) -> None:
    with av.open(str(film), "r") as source, av.open(str(copy), "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=fits.rate, options=QUALITY)
        stream.width, stream.height, stream.pix_fmt = fits.width, fits.height, "yuv420p"
        for number, frame in enumerate(source.decode(video=0)):
            if ended.is_set():
                break
            padded = _padded(frame, picture, fits)
            padded.pts, padded.time_base = number, 1 / fits.rate
            target.mux(stream.encode(padded))
        target.mux(stream.encode())


def _padded(frame: VideoFrame, picture: tuple[int, int], fits: Shape) -> VideoFrame:
    """The frame in the middle of a black canvas."""
    canvas = np.zeros((fits.height, fits.width, 3), np.uint8)
    left, top = (fits.width - picture[0]) // 2, (fits.height - picture[1]) // 2
    pixels = frame.reformat(*picture, format="rgb24").to_ndarray()
    canvas[top : top + picture[1], left : left + picture[0]] = pixels
    return VideoFrame.from_ndarray(canvas, format="rgb24")
