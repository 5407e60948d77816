"""What X accepts as the film of a post, found by looking into the file."""

from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import av

LARGEST_BYTES = 512 * 1024 * 1024
SECONDS = (0.5, 140.0)
SIDES = (32, 1280)
SHORT_SIDE = 1024
SHAPES = (Fraction(1, 3), Fraction(3, 1))
LARGEST_RATE = 60
LONGEST_GOP = 512


def problems(film: bytes) -> list[str]:
    """Everything X would refuse about the film; empty when it is accepted."""
    if len(film) > LARGEST_BYTES:
        return [f"{len(film)} bytes are too many"]
    try:
        with av.open(BytesIO(film), "r") as container:
            return _of_container(container)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        return [f"it cannot be read ({error})"]


def _of_container(container: av.container.InputContainer) -> list[str]:
    if not container.streams.video:
        return ["there is no picture in it"]
    stream = container.streams.video[0]
    keys = [packet.is_keyframe for packet in container.demux(stream) if packet.size]
    return [*_of_kind(container, stream), *_of_size(stream), *_of_time(stream, keys)]


def _of_kind(container: av.container.InputContainer, stream: av.VideoStream) -> list[str]:
    found = [] if "mp4" in container.format.name else [f"it is {container.format.name}, not MP4"]
    if stream.codec_context.name != "h264":
        found.append(f"it is {stream.codec_context.name}, not H.264")
    if stream.codec_context.pix_fmt != "yuv420p":
        found.append(f"its pixels are {stream.codec_context.pix_fmt}, not yuv420p")
    sound = [each.codec_context.name for each in container.streams.audio]
    return found + [f"its sound is {name}, not AAC" for name in sound if name != "aac"]


def _of_size(stream: av.VideoStream) -> list[str]:
    width, height = stream.codec_context.width, stream.codec_context.height
    found = []
    if min(width, height) < SIDES[0] or max(width, height) > SIDES[1] or min(width, height) > SHORT_SIDE:
        found.append(f"{width}x{height} is outside 32x32 to 1280x1024")
    if not SHAPES[0] <= Fraction(width, height) <= SHAPES[1]:
        found.append(f"{width}x{height} is narrower than 1:3 or wider than 3:1")
    if stream.sample_aspect_ratio not in (None, 0, 1):
        found.append("its pixels are not square")
    return found


def _of_time(stream: av.VideoStream, keys: list[bool]) -> list[str]:
    rate = stream.average_rate or Fraction(0)
    seconds = float(len(keys) / rate) if rate else 0.0
    found = []
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        found.append(f"{seconds:.2f} s is outside 0.5 to 140 s")
    if rate > LARGEST_RATE:
        found.append(f"{float(rate):g} frames a second are more than 60")
    starts = [place for place, key in enumerate(keys) if key] + [len(keys)]
    longest = max((after - before for before, after in pairwise(starts)), default=0)
    if longest > LONGEST_GOP or not keys or not keys[0]:
        found.append(f"{longest} frames without a key frame are more than 512")
    return found
