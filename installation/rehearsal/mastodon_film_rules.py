"""What a Mastodon server accepts as a film, found by looking into the file."""

from io import BytesIO

import av

LARGEST_BYTES = 99 * 1024 * 1024
MOST_PIXELS = 8_294_400
LARGEST_RATE = 120


def problem(film: bytes) -> str:
    """Why a film is not taken at once; empty when it is."""
    if len(film) > LARGEST_BYTES:
        return f"Validation failed: File must be less than {LARGEST_BYTES // 1024 // 1024} MB"
    if film[4:8] != b"ftyp":
        return "Validation failed: File content type is invalid, File is invalid"
    return ""


def processing_problem(film: bytes) -> str:
    """What only shows when the server works on the film; empty when it can."""
    try:
        with av.open(BytesIO(film), "r") as container:
            stream = container.streams.video[0]
            width, height, rate = stream.codec_context.width, stream.codec_context.height, stream.average_rate or 0
            frames = sum(1 for packet in container.demux(stream) if packet.size)
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        return f"it cannot be read ({error})"
    if width * height > MOST_PIXELS:
        return f"{width}x{height} has more than {MOST_PIXELS} pixels"
    return f"{float(rate):g} frames a second are too many" if rate > LARGEST_RATE or not frames else ""
