"""What a film file is, as X's rules ask: read by ffprobe where there is one, else by PyAV. Both tell the same."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import av

PROBE = ("ffprobe", "-v", "error", "-print_format", "json")
PROBE_SECONDS = 60.0


class NoFilm(Exception):
    """It cannot be read as a film."""


@dataclass(frozen=True)
class Sound:
    """A sound track: codec and profile such as "aac" and "LC", and its channels."""

    codec: str
    profile: str
    channels: int


@dataclass(frozen=True)
class FilmFacts:
    """A film: rate in frames a second; longest_gop in frames; is_open when a group of pictures needs another."""

    container: str
    codec: str
    profile: str
    pixels: str
    width: int
    height: int
    pixel_shape: Fraction
    is_progressive: bool
    frames: int
    rate: Fraction
    longest_gop: int
    begins_with_key: bool
    is_open: bool
    sounds: tuple[Sound, ...]


def facts(film: bytes) -> FilmFacts:
    """The facts of a film; NoFilm when there are none."""
    with NamedTemporaryFile(suffix=".film") as file:
        file.write(film)
        file.flush()
        return by_ffprobe(Path(file.name)) if shutil.which("ffprobe") else by_pyav(Path(file.name))


def by_ffprobe(film: Path) -> FilmFacts:
    """The facts as ffprobe tells them."""
    told = _probe(film, "-show_format", "-show_streams")
    videos = [each for each in told.get("streams", []) if each.get("codec_type") == "video"]
    if not videos:
        raise NoFilm("there is no picture in it")
    video = videos[0]
    packets = _probe(film, "-select_streams", "v:0", "-show_entries", "packet=pts,flags").get("packets", [])
    order = [(int(packet["pts"]), "K" in packet["flags"]) for packet in packets]
    return FilmFacts(
        container=told["format"]["format_name"],
        codec=video["codec_name"],
        profile=video.get("profile", ""),
        pixels=video.get("pix_fmt", ""),
        width=video["width"],
        height=video["height"],
        pixel_shape=_ratio(video.get("sample_aspect_ratio", "1:1").replace(":", "/")),
        is_progressive=video.get("field_order", "progressive") in {"progressive", "unknown"},
        frames=len(order),
        rate=_ratio(video["avg_frame_rate"]),
        **_groups(order),
        sounds=tuple(
            Sound(each["codec_name"], each.get("profile", ""), each["channels"])
            for each in told["streams"]
            if each.get("codec_type") == "audio"
        ),
    )


def by_pyav(film: Path) -> FilmFacts:
    """The facts as PyAV tells them."""
    try:
        with av.open(str(film), "r") as container:
            return _by_pyav(container)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise NoFilm(f"it cannot be read ({error})") from error


def _by_pyav(container: av.container.InputContainer) -> FilmFacts:
    if not container.streams.video:
        raise NoFilm("there is no picture in it")
    stream = container.streams.video[0]
    context = stream.codec_context
    order = [(packet.pts or 0, packet.is_keyframe) for packet in container.demux(stream) if packet.size]
    return FilmFacts(
        container=container.format.name,
        codec=context.codec.canonical_name,
        profile=context.profile or "",
        pixels=context.pix_fmt or "",
        width=context.width,
        height=context.height,
        pixel_shape=stream.sample_aspect_ratio or Fraction(1),
        is_progressive=int(context.field_order) in {0, 1},
        frames=len(order),
        rate=Fraction(stream.average_rate or 0),
        **_groups(order),
        sounds=tuple(
            Sound(
                each.codec_context.codec.canonical_name, each.codec_context.profile or "", each.codec_context.channels
            )
            for each in container.streams.audio
        ),
    )


def _groups(order: list[tuple[int, bool]]) -> dict[str, Any]:
    """The groups of pictures, from the pictures in the order they are decoded: (time shown, whether a key picture)."""
    starts = [place for place, (_, is_key) in enumerate(order) if is_key] + [len(order)]
    groups = [order[start:end] for start, end in pairwise(starts)]
    return {
        "longest_gop": max((len(group) for group in groups), default=len(order)),
        "begins_with_key": bool(order) and order[0][1],
        "is_open": any(_leads(group) for group in groups),
    }


def _leads(group: Iterable[tuple[int, bool]]) -> bool:
    """Whether a picture decoded after the key picture is shown before it: it leans on the group before."""
    shown = [at for at, _ in group]
    return any(at < shown[0] for at in shown[1:])


def _probe(film: Path, *wanted: str) -> dict[str, Any]:
    done = subprocess.run([*PROBE, *wanted, str(film)], capture_output=True, timeout=PROBE_SECONDS, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NoFilm(f"it cannot be read ({said[-1].rpartition(': ')[2] if said else 'no reason told'})")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _ratio(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
