"""Sound files of any kind, made ready to be played: decoded once to 48 kHz float32 and kept."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer

from show.errors import StemError

RATE = 48_000
VERSION = b"1"  # of what is kept: another decoding needs another


def prepare_stem(source: Path, cache: Path) -> Path:
    """The stem as an .npy file in `cache`: float32 (frames, 1 or 2) at 48 kHz, more channels mixed down to stereo.

    Decoded anew when path, size or date of the source have changed. StemError when it cannot be read or holds no sound,
    OSError when the cache cannot be written. One process at a time works on a cache.
    """
    kept = cache / _name(source)
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _forget_halves(cache)
        _write(source, kept)
        _forget_older(kept)
    return kept


def _name(source: Path) -> str:
    try:
        status = source.stat()
    except OSError as error:
        raise StemError(f"{source} cannot be read: {error.strerror}") from error
    place = hashlib.sha256(os.fsencode(source.resolve())).hexdigest()[:16]
    state = hashlib.sha256(VERSION + f"{status.st_mtime_ns} {status.st_size}".encode()).hexdigest()[:16]
    return f"{place}-{state}.npy"


def _forget_older(kept: Path) -> None:
    place = kept.name.partition("-")[0]
    for other in kept.parent.glob(f"{place}-*.npy"):
        if other != kept:
            other.unlink(missing_ok=True)


def _forget_halves(cache: Path) -> None:
    """What was being written when a power cut or a kill came."""
    for half in cache.glob("*.part"):
        half.unlink(missing_ok=True)


def _write(source: Path, kept: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            _decode_into(source, file.file)
            file.flush()
            os.fsync(file.fileno())
            part.rename(kept)
        except av.FFmpegError as error:
            raise StemError(f"{source} cannot be read: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)


def _decode_into(source: Path, file: IO[bytes]) -> None:
    """The header is written again once the length is known: numpy leaves it room to grow."""
    frames, channels = 0, 1
    with av.open(str(source)) as container:
        for block in _blocks(source, container):
            channels = block.shape[1]
            if frames == 0:
                _write_header(file, 0, channels)
            file.write(np.ascontiguousarray(block, np.float32).tobytes())
            frames += len(block)
    if frames == 0:
        raise StemError(f"{source} holds no sound")
    file.seek(0)
    _write_header(file, frames, channels)


def _write_header(file: IO[bytes], frames: int, channels: int) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (frames, channels)})


def _blocks(source: Path, container: InputContainer) -> Iterator[npt.NDArray[np.float32]]:
    """Decoded sound in blocks (frames, channels)."""
    if not container.streams.audio:
        raise StemError(f"{source} holds no sound")
    stream = container.streams.audio[0]
    layout = "mono" if stream.channels == 1 else "stereo"
    resampler = AudioResampler(format="fltp", layout=layout, rate=RATE)
    for frame in container.decode(stream):
        yield from map(_samples, resampler.resample(frame))
    yield from map(_samples, resampler.resample(None))


def _samples(frame: AudioFrame) -> npt.NDArray[np.float32]:
    return frame.to_ndarray().T.astype(np.float32, copy=False)
