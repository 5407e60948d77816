"""Sound as the voices make it, mono float32 at 48 kHz: from files, to files, without the silence around it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from show.errors import StemError
from show.stems import opened

RATE = 48_000
BLOCK = 4096
QUIETEST = 0.01  # of the loudest; what is below is silence around the words
EDGE = RATE // 20  # in which a recording's room is heard alone
MOST_NOISE = 6.0  # times its RMS that noise rises to
SPARE = RATE // 50  # of soft sounds that noise hides

Sound = NDArray[np.float32]
NOTHING: Sound = np.zeros(0, np.float32)


def read_sound(path: Path) -> Sound:
    """A sound file, mixed to mono float32 at 48 kHz; StemError when it cannot be read or holds no sound."""
    sound: Sound = read_channels(path, "mono")[0]
    return sound


def read_bytes(data: bytes, name: str) -> Sound:
    """What a sound file holds, as `read_sound`; `name` is how a StemError calls it."""
    sound: Sound = _decoded(BytesIO(data), name, "mono")[0]
    return sound


def read_channels(path: Path, layout: str | None = None) -> Sound:
    """A sound file in as many channels as it has, or another layout: float32 (channels, samples) at 48 kHz; StemError
    when it cannot be read or holds no sound.
    """
    return _decoded(path, str(path), layout)


def _decoded(source: Path | BytesIO, name: str, layout: str | None) -> Sound:
    try:
        with opened(source) as file:
            sound = resample(file.decode(audio=0), layout) if file.streams.audio else NOTHING[None]
    except (av.FFmpegError, OSError) as error:
        raise StemError(f"{name} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # from PyAV, of a rate or number of channels that is another after a while
        raise StemError(f"{name} cannot be read: {error}") from error
    if not sound.size:
        raise StemError(f"{name} holds no sound")
    return sound


def resample(frames: Iterable[av.AudioFrame], layout: str | None = None) -> Sound:
    """Frames of any format as float32 (channels, samples) at 48 kHz; what is not a number is silence."""
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
    done = [ready for frame in frames for ready in resampler.resample(frame)]
    done += resampler.resample(None) if done else []
    sound: Sound = np.concatenate([frame.to_ndarray() for frame in done], axis=1) if done else NOTHING[None]
    return np.nan_to_num(sound, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def from_rate(sound: Sound, rate: int) -> Sound:
    """Mono float32 at another rate, brought to 48 kHz."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None], np.float32), format="flt", layout="mono")
    frame.rate = rate
    there: Sound = resample([frame])[0]
    return there


def write_sound(sound: Sound, path: Path) -> None:
    """Write mono float32 at 48 kHz as 16-bit FLAC, whole or not at all; StemError when it cannot be."""
    whole = np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)[None]
    with put_whole(path) as waiting:
        _write(whole, waiting)


@contextmanager
def put_whole(path: Path) -> Iterator[Path]:
    """Where to write what is to be at `path` once it is whole, its folder made; OSError becomes a StemError. Nothing is
    left of what was not finished.
    """
    waiting = path.with_name(f".{path.stem}.new{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield waiting
        waiting.replace(path)
    except BaseException as error:
        with suppress(OSError):
            waiting.unlink()
        if isinstance(error, OSError):
            raise StemError(f"{path} cannot be written: {error.strerror or error}") from error
        raise


def _write(whole: NDArray[np.int16], path: Path) -> None:
    with av.open(str(path.absolute()), "w") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono", format="s16", options={"compression_level": "12"})
        for start in range(0, whole.shape[1], BLOCK):
            frame = av.AudioFrame.from_ndarray(whole[:, start : start + BLOCK], format="s16", layout="mono")
            frame.rate, frame.pts = RATE, start
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def sounding(sound: Sound) -> tuple[int, int]:
    """Where the silence before the sound ends and the silence after it begins, in samples; silence may be a room's."""
    peak = float(np.abs(sound).max(initial=0)) or 1.0
    return _begins(sound, peak), sound.size - _begins(sound[::-1], peak)


def _begins(sound: Sound, peak: float) -> int:
    """Where something rises above QUIETEST of the peak and above the noise in which the sound begins."""
    noise = float(np.sqrt(np.mean(np.square(sound[:EDGE], dtype=np.float64)))) if sound.size else 0.0
    room = MOST_NOISE * noise if noise < QUIETEST * peak else 0.0
    loud = np.flatnonzero(np.abs(sound) > max(QUIETEST * peak, room))
    first = int(loud[0]) if loud.size else 0
    return max(0, first - SPARE) if room > QUIETEST * peak else first
