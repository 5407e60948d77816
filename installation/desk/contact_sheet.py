"""The night's films on one dark sheet: a row each, the first picture of every phrase and the last, words below."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw

from show.errors import FilmError
from show.films import probe
from show.lettering import COLOURS, readable
from show.line_breaks import broken
from show.reading_order import measured, reads_leftward, runs, set_row
from show.typefaces import INTER, sized

LARGEST_BYTES = 2_000_000
MOST_PIXELS = 4_000_000
MOST_ROWS = 24  # films on a sheet: with more the words could not be read
TALL, NUMBER_WIDTH, GAP = 160, 64, 10  # px: of a picture, of the column of numbers, between pictures
LETTERS, TEXT_ROWS, LINE_HEIGHT = 12, 4, 1.25
DARK, QUIET = (12, 13, 16), (150, 154, 162)
UNREADABLE = "in letters that are not drawn here: see report.txt"


@dataclass(frozen=True)
class Strip:
    """One film: its number and its phrases."""

    number: int
    film: Path
    phrases: tuple[str, ...]


def contact_sheet(strips: Sequence[Strip]) -> bytes:
    """A PNG of at most 2 MB; FilmError names a film that cannot be read."""
    rows = [(strip, _pictures(strip)) for strip in strips[:MOST_ROWS]]
    sheet = _drawn(rows)
    png = _png(sheet, share := min(1.0, (MOST_PIXELS / (sheet.width * sheet.height)) ** 0.5))
    while len(png) > LARGEST_BYTES:
        share *= min(0.9, (LARGEST_BYTES / len(png)) ** 0.5)
        png = _png(sheet, share)
    return png


def _pictures(strip: Strip) -> list[Image.Image]:
    """The first picture of every phrase, and the last of all."""
    about = probe(strip.film)
    count = max(1, len(strip.phrases))
    wanted = [*(about.frames * place // count for place in range(count)), about.frames - 1]
    try:
        with av.open(str(strip.film)) as container:
            return [_picture_at(container, Fraction(index) / about.fps) for index in wanted]
    except (av.FFmpegError, OSError) as error:
        raise FilmError(f"{strip.film}: cannot be read as a film: {error}") from error


def _picture_at(container: av.container.InputContainer, seconds: Fraction) -> Image.Image:
    """The picture shown at that time, or the last before it where the film ends early."""
    stream = container.streams.video[0]
    base = stream.time_base or Fraction(1, 1000)
    container.seek(int(seconds / base), stream=stream)
    found = None
    for frame in container.decode(stream):
        found = frame
        if frame.pts is None or frame.pts * base >= seconds:
            break
    if found is None:
        raise OSError("a picture is missing")
    pixels = found.to_ndarray(format="rgb24", height=TALL, width=max(1, round(found.width * TALL / found.height)))
    return Image.fromarray(pixels)


def _drawn(rows: Sequence[tuple[Strip, list[Image.Image]]]) -> Image.Image:
    words = round(TEXT_ROWS * LETTERS * LINE_HEIGHT)
    tall = TALL + words + 3 * GAP
    wide = NUMBER_WIDTH + max((sum(each.width + GAP for each in pictures) for _, pictures in rows), default=0) + GAP
    sheet = Image.new("RGB", (wide, max(1, tall * len(rows)) + GAP), DARK)
    for place, (strip, pictures) in enumerate(rows):
        _row(sheet, GAP + place * tall, strip, pictures)
    return sheet


def _row(sheet: Image.Image, top: int, strip: Strip, pictures: Sequence[Image.Image]) -> None:
    pen, x = ImageDraw.Draw(sheet), NUMBER_WIDTH
    _set(pen, (GAP, top), str(strip.number), 2 * LETTERS, COLOURS["narrative"])
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (x, top))
        is_last = place == len(strip.phrases)
        text, colour = ("the last picture", QUIET) if is_last else (_words(strip.phrases[place]), COLOURS["prompt"])
        _write(pen, (x, top + TALL + GAP // 2), text, picture.width, QUIET if text == UNREADABLE else colour)
        x += picture.width + GAP


def _words(phrase: str) -> str:
    """What the font can draw of a phrase; for scripts it cannot, where to read it."""
    drawn = readable(phrase)
    return drawn if any(letter.isalnum() for letter in drawn) else UNREADABLE


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, width: int, colour: tuple[int, int, int]) -> None:
    lines = broken(text, measured(LETTERS), width)
    if len(lines) > TEXT_ROWS:
        lines = [*lines[: TEXT_ROWS - 1], lines[TEXT_ROWS - 1][:-1] + "…"]
    for number, line in enumerate(lines):
        _set(pen, (at[0], at[1] + number * LETTERS * LINE_HEIGHT), line, LETTERS, colour)


def _set(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], line: str, size: float, colour: tuple[int, int, int]
) -> None:
    base = at[1] + sized(INTER, size).getmetrics()[0]
    set_row(pen, runs(line, reads_leftward(line)), (at[0], base), size, colour)


def _png(sheet: Image.Image, share: float) -> bytes:
    """Made smaller to that share, in 256 colours: enough to look through, and a third of the bytes."""
    file, size = io.BytesIO(), (max(1, round(sheet.width * share)), max(1, round(sheet.height * share)))
    small = sheet.resize(size, Image.Resampling.LANCZOS) if share < 1 else sheet
    small.quantize(256, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return file.getvalue()
