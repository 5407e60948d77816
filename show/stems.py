"""Sound files of any kind, made ready to be played: once decoded, resampled, brought to a loudness, and kept."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from itertools import chain, pairwise
from math import ceil, inf
from pathlib import Path
from typing import IO, BinaryIO

import av
import numpy as np
import numpy.typing as npt
import soxr
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.stream import Disposition

from show.errors import StemError

Samples = npt.NDArray[np.float32]  # (frames, channels)

RATE = 48_000
VERSION = b"4"  # of what is kept: another decoding needs another
METER_FRAMES, METER_STEP = 19_200, 4_800  # the meter's blocks: 400 ms, every 100 ms
METER_BLOCKS = 100  # measured at a time
METER_LEAD = 10  # blocks heard before them, in which the meter's filters settle
FLOOR_LUFS, GATE_LU = -70.0, 10.0
MONO_IN_BOTH_EARS_DB = 3.01
LATEST_SECONDS = 3600.0
AT_ONCE_SECONDS = 0.005  # a codec's lead-in is shorter or longer than it says by as much
GAP_SECONDS = 0.05  # time stamps of sound without a gap waver by less


def prepare_stem(source: Path, cache: Path, loudness_lufs: float | None = None) -> Path:
    """The stem as an .npy file in `cache`: float32 (frames, 1 or 2) at 48 kHz, more channels mixed down to stereo.

    Brought to an integrated loudness (EBU R 128) where one is given. Made anew when that, or path, size or date of the
    source have changed. StemError when it cannot be read or holds no sound, OSError when the cache cannot be written.
    One thread of one process at a time works on a cache.
    """
    kept = cache / _name(source, loudness_lufs)
    if not _is_whole(kept):
        cache.mkdir(parents=True, exist_ok=True)
        _forget_halves(cache)
        _write(source, kept, loudness_lufs)
        _forget_older(kept)
    return kept


def opened(source: Path | BinaryIO) -> InputContainer:
    """A film or sound file, whatever alphabet its tags are written in; OSError or av.FFmpegError when it cannot be."""
    return av.open(str(source.absolute()) if isinstance(source, Path) else source, "r", metadata_errors="ignore")


def has_sound(source: Path) -> bool:
    """Whether a film or sound file holds sound; False as well when it cannot be read."""
    try:
        with opened(source) as container:
            return bool(container.streams.audio)
    except (OSError, av.FFmpegError):
        return False


def _name(source: Path, loudness_lufs: float | None) -> str:
    try:
        status = source.stat()
    except OSError as error:
        raise StemError(f"{source} cannot be read: {error.strerror}") from error
    place = hashlib.sha256(os.fsencode(source.resolve())).hexdigest()[:16]
    state = hashlib.sha256(VERSION + f"{status.st_mtime_ns} {status.st_size} {loudness_lufs}".encode()).hexdigest()[:16]
    return f"{place}-{state}.npy"


def _is_whole(kept: Path) -> bool:
    """False also for what a failing disk left of it."""
    try:
        return bool(np.load(kept, mmap_mode="r").ndim == 2)
    except (OSError, EOFError, ValueError):
        return False


def _forget_older(kept: Path) -> None:
    place = kept.name.partition("-")[0]
    for other in kept.parent.glob(f"{place}-*.npy"):
        if other != kept:
            other.unlink(missing_ok=True)


def _forget_halves(cache: Path) -> None:
    """What was being written when a power cut or a kill came."""
    for half in cache.glob("*.part"):
        half.unlink(missing_ok=True)


def _write(source: Path, kept: Path, loudness_lufs: float | None) -> None:
    with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            _decode_into(source, file.file)
            file.flush()
            if loudness_lufs is not None:
                _bring_to(loudness_lufs, part)
            os.fsync(file.fileno())
            part.rename(kept)
        except av.FFmpegError as error:
            raise StemError(f"{source} cannot be read: {error.strerror}") from error
        except ValueError as error:  # from PyAV, of a rate or number of channels that is another after a while
            raise StemError(f"{source} cannot be read: {error}") from error
        finally:
            part.unlink(missing_ok=True)


def _decode_into(source: Path, file: IO[bytes]) -> None:
    """The header is written again once the length is known: numpy leaves it room to grow."""
    frames, channels = 0, 1
    with opened(source) as container:
        for block in filter(len, _blocks(source, container)):
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


def _blocks(source: Path, container: InputContainer) -> Iterator[Samples]:
    """Decoded sound in blocks (frames, channels)."""
    if not container.streams.audio:
        raise StemError(f"{source} holds no sound")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise StemError(f"{source} cannot be read: its sound is of an unknown kind")
    channels = min(stream.channels, 2)
    mixer = AudioResampler(format="fltp", layout="mono" if channels == 1 else "stereo", rate=stream.rate)
    frames = container.decode(stream)
    first = next(frames, None)
    if first is None:
        raise StemError(f"{source} holds no sound")
    begin, frames = _picture_begins(container), chain([first], frames)
    placed = _mixed(mixer, frames) if begin is None else _placed(mixer, frames, begin, channels, source)
    return placed if stream.rate == RATE else _resampled(placed, stream.rate, channels)


def _picture_begins(container: InputContainer) -> float | None:
    """The time of a film's first picture; None for sound alone."""
    films = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
    return float((films[0].start_time or 0) * (films[0].time_base or 0)) if films else None


def _placed(
    mixer: AudioResampler, frames: Iterator[AudioFrame], begin: float, channels: int, source: Path
) -> Iterator[Samples]:
    """Sound when a film's time stamps say, counted from its picture at `begin`: silence where there is none, and of
    what belongs to a time that was heard already nothing, as the picture has it. A time stamp that goes on from no
    neighbour's is not believed.
    """
    at, near, before = 0, AT_ONCE_SECONDS, -inf
    for frame, following in pairwise(chain[AudioFrame | None](frames, [None])):
        assert frame
        rate, time = frame.sample_rate, frame.time
        after = inf if time is None else time + frame.samples / rate
        alone = not (_goes_on(before, time) or (following and _goes_on(after, following.time)))
        late = 0.0 if time is None or (alone and at) else time - begin - at / rate
        late, before = late if abs(late) > near else 0.0, after
        if late > LATEST_SECONDS:  # a damaged time stamp would fill the disk with silence
            raise StemError(f"{source} cannot be read: its sound goes on {late:.0f} s after where it stops")
        for seconds in range(ceil(late)):
            silent = round(min(1.0, late - seconds) * rate)
            at += silent
            yield np.zeros((silent, channels), np.float32)
        heard = min(frame.samples, max(0, round(-late * rate)))
        at, near = at + frame.samples - heard, AT_ONCE_SECONDS if late else GAP_SECONDS
        yield np.concatenate([*map(_samples, mixer.resample(frame))])[heard:]


def _goes_on(end: float, time: float | None) -> bool:
    """Whether a time stamp goes on from where the sound before it ended."""
    return time is not None and abs(time - end) <= GAP_SECONDS


def _mixed(mixer: AudioResampler, frames: Iterator[AudioFrame]) -> Iterator[Samples]:
    """One after the other, whatever their time stamps say."""
    for frame in frames:
        yield from map(_samples, mixer.resample(frame))
    yield from map(_samples, mixer.resample(None))


def _resampled(blocks: Iterator[Samples], rate: int, channels: int) -> Iterator[Samples]:
    resampler = soxr.ResampleStream(rate, RATE, channels, dtype="float32", quality="VHQ")
    for block in blocks:
        yield _framed(resampler.resample_chunk(np.ascontiguousarray(block)))
    yield _framed(resampler.resample_chunk(np.zeros((0, channels), np.float32), last=True))


def _framed(block: Samples) -> Samples:
    return block if block.ndim == 2 else block[:, np.newaxis]


def _samples(frame: AudioFrame) -> Samples:
    """(frames, channels); what is not a number is silence."""
    samples = frame.to_ndarray().T.astype(np.float32, copy=False)
    return np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)


def _bring_to(loudness_lufs: float, path: Path) -> None:
    """Scale a stem to a loudness, as both ears hear it; silence and what is too short to measure stay."""
    stem = np.load(path, mmap_mode="r+")
    if len(stem) < METER_FRAMES:
        return
    loudness = _loudness(stem) + (MONO_IN_BOTH_EARS_DB if stem.shape[1] == 1 else 0.0)
    if np.isfinite(loudness):
        for begin in range(0, len(stem), RATE):
            stem[begin : begin + RATE] *= np.float32(10 ** ((loudness_lufs - loudness) / 20))
    stem.flush()


def _loudness(stem: Samples) -> float:
    """Integrated loudness in LUFS (EBU R 128) in little memory, however long the stem; minus infinity for silence."""
    levels = np.concatenate([*_levels(stem)])
    loud = levels[levels >= FLOOR_LUFS]
    loud = loud[loud > _mean(loud) - GATE_LU]
    return _mean(loud)


def _levels(stem: Samples) -> Iterator[npt.NDArray[np.float64]]:
    """Loudness of each of the meter's blocks, some at a time."""
    from pyloudnorm import Meter

    meter, blocks = Meter(RATE), round((len(stem) - METER_FRAMES) / METER_STEP) + 1
    for first in range(0, blocks, METER_BLOCKS):
        begin, last = max(0, first - METER_LEAD), min(first + METER_BLOCKS, blocks) - 1
        meter.integrated_loudness(stem[begin * METER_STEP : last * METER_STEP + METER_FRAMES])
        yield np.array(meter.blockwise_loudness[first - begin :])


def _mean(levels: npt.NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10)))) if levels.size else -np.inf
