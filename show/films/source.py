"""A film file that has been opened: its pictures from any moment on, and frames made of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from show.errors import FilmError
from show.films import hap
from show.films.frame import Frame
from show.films.planes import PlanesMaker

Picture: TypeAlias = "av.VideoFrame | av.Packet[Any]"
DECODER_THREADS = 4  # at most; more only add frames of delay and memory
STEPS_BACK_SECONDS = (0, 2, 10, None)  # where to look for a picture that decoding can begin with; None: at the start


@contextmanager
def opened(path: Path) -> Iterator["Source"]:
    """The film's first video stream; whatever av cannot open is a FilmError."""
    try:
        container = av.open(str(path), mode="r", metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise FilmError(f"{path}: cannot be read as a film: {reason(error)}") from error
    with container:
        if not container.streams.video:
            raise FilmError(f"{path}: there is no picture in this file")
        if not container.streams.video[0].codec_context:
            raise FilmError(f"{path}: how its pictures are packed is not known here")
        yield Source(path, container, container.streams.video[0])


def reason(error: BaseException) -> str:
    """What av or the system says of a fault, for the middle of a sentence."""
    return str(getattr(error, "strerror", None) or error).lower()


class Source:
    """One film, read from one thread. What does not decode is put down in `failures`, and reading goes on.

    A picture is what the decoder made, or for HAP, which no decoder sees, the packet as it lies in the file.
    """

    def __init__(self, path: Path, container: InputContainer, stream: VideoStream) -> None:
        self.path, self.container, self.stream = path, container, stream
        self.decoder = _decoder(stream)
        self.failures: list[str] = []
        self._maker = PlanesMaker()

    def packets(self) -> "Iterator[av.Packet[Any]]":
        """What the file holds from here on, undecoded, an empty packet at its end."""
        try:
            yield from self.container.demux(self.stream)
        except av.FFmpegError as error:
            self.failures.append(reason(error))

    def pictures(self) -> Iterator[Picture]:
        """Every picture that decodes from here on."""
        for packet in self.packets():
            try:
                yield from self._whole(packet) if self.decoder.name == "hap" else self.decoder.decode(packet)
            except av.FFmpegError as error:
                self.failures.append(reason(error))

    def pictures_from(self, seconds: float, early: Callable[[Picture], bool]) -> Iterator[Picture]:
        """Pictures from a time on, looking further back until the first of them is `early` enough, and there is one."""
        for step in STEPS_BACK_SECONDS:
            self._rewind(None if step is None else seconds - step)
            pictures = self.pictures()
            first = next(pictures, None)
            if first is not None and early(first):
                break
        return chain([first] if first else [], pictures)

    def seconds(self, picture: Picture) -> float:
        """When a picture is to be shown, from the beginning of the film."""
        return self.moment(picture.pts or 0)

    def moment(self, stamp: int) -> float:
        """A time stamp of the file in seconds from the beginning of the film."""
        base = self.stream.time_base or Fraction(1, 1000)
        return (stamp - (self.stream.start_time or 0)) * base.numerator / base.denominator

    @property
    def start_seconds(self) -> float:
        """The time stamp with which the film begins."""
        return float((self.stream.start_time or 0) * (self.stream.time_base or 0))

    def frame(self, picture: Picture, index: int) -> Frame | None:
        """The picture as the projector takes it, or None where it cannot be made of it."""
        try:
            if isinstance(picture, av.Packet):
                return hap.frame(memoryview(picture), index, self.decoder.width, self.decoder.height)
            return self._maker.frame(picture, index)
        except hap.HapError as error:
            self.failures.append(str(error))
        except av.FFmpegError as error:
            self.failures.append(reason(error))
        return None

    def _whole(self, packet: "av.Packet[Any]") -> "Iterator[av.Packet[Any]]":
        if packet.size:
            yield packet

    def _rewind(self, seconds: float | None) -> None:
        base = self.stream.time_base or Fraction(1, 1000)
        start = seconds is None or seconds <= 0
        stamp = 0 if start or seconds is None else (self.stream.start_time or 0) + round(seconds / base)
        self.container.seek(stamp, stream=self.stream)
        self.decoder.flush_buffers()


def _decoder(stream: VideoStream) -> VideoCodecContext:
    decoder = stream.codec_context
    if decoder.name == "vp9" and stream.metadata.get("alpha_mode") == "1":
        decoder = VideoCodecContext.create("libvpx-vp9", "r")  # FFmpeg's own leaves the alpha out
    decoder.thread_type = "AUTO"
    decoder.thread_count = min(DECODER_THREADS, os.cpu_count() or 1)
    return decoder
