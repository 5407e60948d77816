"""Small real films, made by PyAV."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

Painter = Callable[[int], np.ndarray]


def grey_steps(width: int, height: int) -> Painter:
    """Every picture one even grey, brighter from picture to picture; never black."""
    return lambda index: np.full((height, width, 3), 48 + index * 5 % 192, np.uint8)


def make_film(path: Path, frames: int, paint: Painter, *, fps: Fraction | int = 12, codec: str = "libx264") -> Path:
    """Write `frames` pictures; paint(index) gives each as uint8 (height, width, 3) RGB with even sides."""
    with av.open(str(path), "w") as file:
        height, width = paint(0).shape[:2]
        stream = file.add_stream(codec, rate=fps, options={"crf": "10", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(paint(index), format="rgb24")))
        file.mux(stream.encode())
    return path
