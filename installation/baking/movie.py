"""Writing the movie, whole or not at all: H.264 or ProRes by PyAV, HAP by the ffmpeg program."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from installation.baking.sound import Samples
from installation.projector.look import Picture
from show.errors import FilmError
from show.making.encode import BT709, LIMITED, options, settle
from show.stems import RATE

Form = Literal["h264", "prores", "hap", "hap_q"]
NAMES: dict[Form, str] = {"h264": "H.264", "prores": "ProRes 422 HQ", "hap": "HAP", "hap_q": "HAP Q"}
SUFFIXES: dict[Form, str] = {"h264": ".mp4", "prores": ".mov", "hap": ".mov", "hap_q": ".mov"}
CRF = 16
BITS_A_SECOND = 192_000
TIMESCALE = "240000"  # in which sound and picture of every usual rate end on a whole number, so that both end together
BLOCK_FRAMES = 1024  # that AAC packs at a time
CAREFULLY = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


@dataclass(frozen=True)
class Movie:
    """What is to be written: `fine` keeps every pixel's own colour (4:4:4), which only H.264 is asked for."""

    out: Path
    form: Form
    fine: bool
    width: int
    height: int
    fps: Fraction

    @property
    def problem(self) -> str:
        """Why a picture of this size cannot be written in this form, in a sentence; empty when it can."""
        across, down = self._blocks
        if self.width % across == 0 and self.height % down == 0:
            return ""
        fits = f"width must be a multiple of {across} and height of {down}"
        hint = "; --444 takes any size" if self.form == "h264" else ""
        return f"a picture of {self.width}x{self.height} does not fit {NAMES[self.form]}: {fits}{hint}"

    @property
    def _blocks(self) -> tuple[int, int]:
        if self.form in ("hap", "hap_q"):
            return 4, 4
        return (1, 1) if self.fine else (2, 1 if self.form == "prores" else 2)

    @property
    def pixels(self) -> str:
        """FFmpeg's name of what is encoded."""
        return "yuv422p10le" if self.form == "prores" else "yuv444p" if self.fine else "yuv420p"


def write(movie: Movie, pictures: Iterable[Picture], sound: Samples | None) -> None:
    """Write all pictures and the sound; FilmError when FFmpeg refuses, OSError when the disk does."""
    from installation.baking import hap

    waiting = movie.out.with_name(f".{movie.out.name}.new{movie.out.suffix}")
    try:
        (hap.write if movie.form in ("hap", "hap_q") else _write)(movie, waiting, pictures, sound)
        settle(waiting, movie.out)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise OSError(error.errno, os.strerror(error.errno), str(movie.out)) from error
        raise FilmError(f"{movie.out} cannot be made: {error}") from error
    finally:
        waiting.unlink(missing_ok=True)


def _write(movie: Movie, path: Path, pictures: Iterable[Picture], sound: Samples | None) -> None:
    with av.open(str(path), "w", options={"movflags": "+faststart", "movie_timescale": TIMESCALE}) as container:
        picture_stream = _picture_stream(container, movie)
        speaker = _Speaker(container, movie, sound) if sound is not None else None
        colours = VideoReformatter()
        for number, picture in enumerate(pictures, 1):
            container.mux(picture_stream.encode(_frame(picture, movie.pixels, colours)))
            if speaker:
                speaker.speak(round(number / movie.fps * RATE))
        container.mux(picture_stream.encode())
        if speaker:
            speaker.end()


def _picture_stream(container: OutputContainer, movie: Movie) -> VideoStream:
    if movie.form == "prores":
        stream = container.add_stream("prores_ks", rate=movie.fps, options={"profile": "hq", "vendor": "apl0"})
    else:
        chosen = options(CRF, max(1, round(movie.fps)), easy=True)
        stream = container.add_stream("libx264", rate=movie.fps, options=chosen | _profile(movie))
    stream.width, stream.height, stream.pix_fmt = movie.width, movie.height, movie.pixels
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream


def _profile(movie: Movie) -> dict[str, str]:
    return {"profile": "high444" if movie.fine else "high"}


def _frame(picture: Picture, pixels: str, colours: VideoReformatter) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    meant = {"dst_colorspace": Colorspace.ITU709, "dst_color_range": ColorRange.MPEG}
    return colours.reformat(frame, format=pixels, interpolation=CAREFULLY, **meant)


class _Speaker:
    """Packs the sound beside the picture, so that a player finds both in the same place of the file."""

    def __init__(self, container: OutputContainer, movie: Movie, sound: Samples) -> None:
        self._container, self._sound, self._said = container, sound, 0
        self._packed = movie.form == "h264"
        self._stream: AudioStream = container.add_stream(
            "aac" if self._packed else "pcm_s16le", RATE, layout="stereo", format="fltp" if self._packed else "s16"
        )
        if self._packed:
            self._stream.bit_rate = BITS_A_SECOND

    def speak(self, until: int) -> None:
        """Pack whole blocks up to a sample."""
        while self._said + BLOCK_FRAMES <= until:
            self._pack(BLOCK_FRAMES)

    def end(self) -> None:
        """Pack what is left."""
        while self._said < len(self._sound):
            self._pack(BLOCK_FRAMES)
        self._container.mux(self._stream.encode(None))

    def _pack(self, frames: int) -> None:
        block = self._sound[self._said : self._said + frames]
        frame = _planar(block) if self._packed else _whole(block)
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._said, Fraction(1, RATE)
        self._said += len(block)
        self._container.mux(self._stream.encode(frame))


def _planar(block: Samples) -> av.AudioFrame:
    return av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout="stereo")


def _whole(block: Samples) -> av.AudioFrame:
    numbers = np.round(block * 32767).astype(np.int16).reshape(1, -1)
    return av.AudioFrame.from_ndarray(numbers, format="s16", layout="stereo")
