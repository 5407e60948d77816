"""What a movie from elsewhere holds, as far as house form minds."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av

from show.errors import FilmError
from show.films import Matrix
from show.films.planes import has_alpha, is_full_range, is_rgb, matrix
from show.films.probe import FilmInfo, Untimed, probe
from show.films.source import Source, opened, reason

LOOKED_AT = 12  # pictures; some encoders flag fields only from the second on


@dataclass(frozen=True)
class Given:
    """A movie as it comes.

    `rotation` in degrees anticlockwise, as players are to turn it; `pixel_aspect` width to height of one pixel; `fps`
    the rate, or of a varying one the finest; `frames` that it lasts at this rate; `sound` its codec, or empty.
    """

    path: Path
    width: int
    height: int
    rotation: int
    pixel_aspect: Fraction
    fps: Fraction
    varying: bool
    untimed: bool
    frames: int
    fields: bool
    matrix: Matrix
    full_range: bool
    bits: int
    alpha: bool
    sound: str


def look(path: Path) -> Given:
    """What the movie holds; FilmError when there is no picture in it that can be decoded."""
    info = _timing(path)
    with opened(path) as source:
        pictures = list(islice(decoded(source), LOOKED_AT))
        if not pictures:
            raise FilmError(f"{path}: none of the film's pictures can be decoded")
        first, stream = pictures[0], source.stream
        fps = info.fps if info else stream.average_rate or Fraction(25)
        if info and info.times:
            fps = min(stream.base_rate or fps, Fraction(60))
        heard = source.container.streams.audio
        return Given(
            path=path,
            width=first.width,
            height=first.height,
            rotation=first.rotation % 360,
            pixel_aspect=Fraction(stream.sample_aspect_ratio or 1),
            fps=fps,
            varying=bool(info and info.times),
            untimed=info is None,
            frames=round(info.duration * fps) if info else 0,
            fields=any(picture.interlaced_frame for picture in pictures),
            matrix=matrix(first),
            full_range=is_full_range(first) or is_rgb(first.format),
            bits=max(component.bits for component in first.format.components),
            alpha=has_alpha(first.format),
            sound=heard[0].codec_context.name if heard else "",
        )


def _timing(path: Path) -> FilmInfo | None:
    """None where pictures bear no times and can only be counted."""
    try:
        return probe(path)
    except Untimed:
        return None


def decoded(source: Source) -> Iterator[av.VideoFrame]:
    """Every picture that decodes, HAP too."""
    for packet in source.packets():
        yield from decode(source, packet)


def decode(source: Source, packet: "av.Packet[Any]") -> list[av.VideoFrame]:
    """The pictures of a packet; what does not decode is put down in the source's failures."""
    try:
        return source.decoder.decode(packet)
    except av.FFmpegError as error:
        source.failures.append(reason(error))
        return []
