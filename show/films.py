"""Films: what a file holds, and a reel that decodes it ahead of the projector.

A reel's thread decodes into a short queue and does nothing else; the frame loop takes frames out by index. Frames are
handed over where the decoder left them: pointer and stride of each plane, no copy.
"""

import logging
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from threading import Condition, Thread
from typing import Literal

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from show.errors import FilmError

logger = logging.getLogger(__name__)

Matrix = Literal["bt601", "bt709", "bt2020"]
MATRICES: dict[int, Matrix] = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
FULL_RANGE = 2
PLANAR = {"yuv420p", "yuv422p", "yuv444p"}  # handed over as they are, as their full-range yuvj twins
DECODER_THREADS = 4  # at most; more only add frames of delay and memory
STEPS_BACK_SECONDS = (0, 2, 10, None)  # where to look for a picture that decoding can begin with; None: at the start


@dataclass(frozen=True)
class FilmInfo:
    """A film as it stands on disk: `frames` that are really there, `duration` = frames / fps in seconds."""

    path: Path
    width: int
    height: int
    fps: Fraction
    frames: int
    duration: float


@dataclass(frozen=True)
class Plane:
    """One 8-bit plane in memory: address of its first sample, bytes per row, size in samples."""

    pointer: int
    stride: int
    width: int
    height: int


@dataclass(frozen=True)
class Frame:
    """One picture as Y, U, V planes, alive as long as this object; `index` counts from 0."""

    index: int
    planes: tuple[Plane, Plane, Plane]
    width: int
    height: int
    matrix: Matrix
    full_range: bool
    memory: object

    @classmethod
    def of_arrays(cls, *planes: NDArray[np.uint8], matrix: Matrix = "bt709", full_range: bool = False) -> "Frame":
        """A still picture from Y, U, V arrays of shape (rows, columns)."""
        kept = [np.ascontiguousarray(plane) for plane in planes]
        y, u, v = (Plane(a.ctypes.data, a.strides[0], a.shape[1], a.shape[0]) for a in kept)
        return cls(0, (y, u, v), y.width, y.height, matrix, full_range, kept)


def probe(path: Path) -> FilmInfo:
    """What the film holds; FilmError when it cannot be opened, has no pictures, or the first does not decode."""
    with _opened(path) as (container, stream):
        fps: Fraction | None = stream.average_rate or stream.guessed_rate
        frames: int = _count(path, container, stream)
        if not fps or not frames:
            raise FilmError(f"{path}: the film holds no pictures")
    with _opened(path) as (container, stream):
        first = next(_pictures(container, stream, []), None)
        if first is None:
            raise FilmError(f"{path}: none of the film's pictures can be decoded")
        return FilmInfo(path, first.width, first.height, fps, frames, float(frames / fps))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The film's container and its first video stream; whatever av cannot open is a FilmError."""
    try:
        container = av.open(str(path), mode="r")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise FilmError(f"{path}: cannot be read as a film: {_reason(error)}") from error
    with container:
        if not container.streams.video:
            raise FilmError(f"{path}: there is no picture in this file")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(DECODER_THREADS, os.cpu_count() or 1)
        yield container, stream


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error).lower()


def _count(path: Path, container: InputContainer, stream: VideoStream) -> int:
    """Pictures whose bytes are really in the file: by its index when that is complete, else by reading it through."""
    entries = stream.index_entries
    if stream.frames and len(entries) == stream.frames:
        size = path.stat().st_size
        return sum(entry.pos + entry.size <= size and not entry.is_discard for entry in entries)
    try:
        return sum(packet.size > 0 for packet in container.demux(stream))
    except av.FFmpegError as error:
        raise FilmError(f"{path}: cannot be read through: {_reason(error)}") from error


def _pictures(container: InputContainer, stream: VideoStream, failures: list[str]) -> Iterator[av.VideoFrame]:
    """Every picture that decodes from here on; what does not is put down in `failures`."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError as error:
            failures.append(_reason(error))
            return
        try:
            yield from packet.decode()
        except av.FFmpegError as error:
            failures.append(_reason(error))


class Reel:
    """A film being decoded ahead in a thread of its own, at most `depth` frames, from `start_frame` on.

    A loop or the next film is simply a second reel, opened a little before it is due. `error` says in one sentence what
    could not be decoded; the reel goes on with whatever can. Call everything from one thread.
    """

    def __init__(self, info: FilmInfo, start_frame: int = 0, depth: int = 8) -> None:
        self.info = info
        self.error: str | None = None
        self._depth = depth
        self._queue: deque[Frame] = deque()
        self._current: Frame | None = None
        self._seek: int | None = start_frame
        self._ended = False
        self._failed = False
        self._closed = False
        self._change = Condition()
        self._thread = Thread(target=self._run, name=f"reel {info.path.name}", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the first frame wanted has been decoded."""
        return self._current is not None or bool(self._queue)

    @property
    def ended(self) -> bool:
        """Whether everything that can be decoded has been; what is queued may still be taken."""
        return self._ended or self._failed

    @property
    def failed(self) -> bool:
        """Whether nothing more comes, wherever it is sent."""
        return self._failed

    def at(self, index: int) -> Frame | None:
        """The frame of that index if decoded, else the newest before it, else None; older frames are let go."""
        with self._change:
            while self._queue and self._queue[0].index <= index:
                self._current = self._queue.popleft()
            self._change.notify()
        return self._current if self._current and self._current.index <= index else None

    def seek(self, index: int) -> None:
        """Go on from another frame; until it is decoded `ready` is false and `at` gives None."""
        with self._change:
            self._seek = index
            self._forget()
            self._change.notify()

    def wait_ready(self, timeout: float) -> bool:
        """Wait, in seconds at most, for the first frame or the end; whether there is a frame."""
        with self._change:
            self._change.wait_for(lambda: self.ready or self.ended, timeout)
        return self.ready

    def close(self, wait: bool = True) -> None:
        """Stop decoding and let go of the file; without `wait` the thread ends by itself a moment later."""
        with self._change:
            self._closed = True
            self._forget()
            self._change.notify()
        if wait:
            self._thread.join()

    def _forget(self) -> None:
        self._queue.clear()
        self._current = None
        self._ended = False

    def _run(self) -> None:
        try:
            with _opened(self.info.path) as (container, stream):
                while (target := self._next_target()) is not None:
                    self._play(container, stream, target)
        except FilmError as error:
            self._fail(str(error))
        except av.FFmpegError as error:
            self._fail(f"{self.info.path}: decoding stopped: {_reason(error)}")
        except Exception as error:
            logger.exception("reel %s", self.info.path)
            self._fail(f"{self.info.path}: decoding stopped: {error}")

    def _next_target(self) -> int | None:
        """Wait for the next seek; None when closed."""
        with self._change:
            self._change.wait_for(lambda: self._closed or self._seek is not None)
            target, self._seek = self._seek, None
            return None if self._closed else target

    def _play(self, container: InputContainer, stream: VideoStream, target: int) -> None:
        """Queue frames from the target on until the end, or until something else is wanted."""
        failures: list[str] = []
        for picture in self._pictures_from(container, stream, target, failures):
            self.error = self._complaint(failures) or self.error
            if not self._put(_frame(picture, self._index(stream, picture))):
                return
        self.error = self._complaint(failures) or self.error
        with self._change:
            self._ended = self._seek is None  # else it goes on from there
            self._change.notify_all()

    def _pictures_from(
        self, container: InputContainer, stream: VideoStream, target: int, failures: list[str]
    ) -> Iterator[av.VideoFrame]:
        """Pictures from the target on, looking further back when decoding can only begin behind it."""
        for step in STEPS_BACK_SECONDS:
            self._rewind(container, stream, target, step)
            pictures = _pictures(container, stream, failures)
            first = next(pictures, None)
            if first is not None and self._index(stream, first) <= target:
                break
        found = chain([first] if first else [], pictures)
        yield from (picture for picture in found if self._index(stream, picture) >= target)

    def _rewind(self, container: InputContainer, stream: VideoStream, target: int, step: int | None) -> None:
        seconds = target / self.info.fps - (step or 0)
        base = stream.time_base or Fraction(1, 1000)
        start = step is None or seconds <= 0
        container.seek(0 if start else (stream.start_time or 0) + round(seconds / base), stream=stream)

    def _index(self, stream: VideoStream, picture: av.VideoFrame) -> int:
        base = stream.time_base or Fraction(1, 1000)
        return round(((picture.pts or 0) - (stream.start_time or 0)) * base * self.info.fps)

    def _put(self, frame: Frame) -> bool:
        """Queue a frame as soon as there is room; False when something else is wanted by now."""
        with self._change:
            self._change.wait_for(lambda: self._wanted_elsewhere() or len(self._queue) < self._depth)
            if self._wanted_elsewhere():
                return False
            self._queue.append(frame)
            self._change.notify_all()
            return True

    def _wanted_elsewhere(self) -> bool:
        return self._closed or self._seek is not None

    def _complaint(self, failures: list[str]) -> str | None:
        if not failures:
            return None
        return f"{self.info.path}: {len(failures)} part(s) of the film could not be decoded: {failures[0]}"

    def _fail(self, complaint: str) -> None:
        with self._change:
            self.error = complaint
            self._failed = True
            self._change.notify_all()


def _frame(picture: av.VideoFrame, index: int) -> Frame:
    """The picture as the projector takes it: 8-bit planes, converted only where the film holds something else."""
    full_range = picture.color_range == FULL_RANGE or picture.format.name.startswith("yuvj")
    matrix = MATRICES.get(picture.colorspace, _usual_matrix(picture))
    if picture.format.name.replace("yuvj", "yuv") not in PLANAR:
        picture = picture.reformat(format="yuv444p")
    y, u, v = (Plane(p.buffer_ptr, p.line_size, p.width, p.height) for p in picture.planes)
    return Frame(index, (y, u, v), picture.width, picture.height, matrix, full_range, picture)


def _usual_matrix(picture: av.VideoFrame) -> Matrix:
    """What an untagged film was most likely made with: 601 up to PAL size, 709 above."""
    return "bt709" if picture.width >= 1280 or picture.height > 576 else "bt601"
