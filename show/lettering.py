"""Captions drawn for tall narrow panels: white narrative, yellow prompts, each on a soft dark halo; and the code of the
visitors' page.

Sizes are shares of the panel's width. At the usual 0.075 a small letter on a screen 1.3 m wide is 5 cm tall, which
reads from ten metres.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from show.captions import Kind, Line
from show.page_code import page_code, spoken_address

Measure = Callable[[str], float]

FONT = Path(__file__).parent / "fonts" / "Inter-SemiBold.otf"
INKS = WHITE, YELLOW = (255, 255, 255), (255, 221, 64)
COLOURS: dict[Kind, tuple[int, int, int]] = {"prompt": YELLOW, "narrative": WHITE, "page": WHITE}

SIDE_MARGIN = 0.06  # of the panel's width, left and right
FOOT_MARGIN = 0.10  # of the panel's height, below the text: heads and stools stand there
TALLEST = 0.75  # of the panel's height; a longer text is drawn smaller
CODE_WIDTH, CODE_FOOT, CODE_TALLEST = 0.5, 0.07, 0.43  # of the panel's width; of its height: below it, with its words
CODE_GAP = 0.02  # of the panel's width, above and below it
INVITATION, ADDRESS, MOST_WORDS = 0.8, 0.5, 0.4  # of the letters' size: above and below a code; of the whole's height
SMALLEST, SMALLEST_PX, SMALLER = 0.75, 6.0, 0.93  # share of the wanted size for a long word, px for a long text, step
LINE_HEIGHT, PART_GAP = 1.28, 0.55  # of the letters' size
HALO_REACH, HALO_STRENGTH = 0.3, 0.9  # of the letters' size; opacity at the letters


@dataclass(frozen=True, eq=False)
class Lettering:
    """RGBA (rows, columns, 4), straight alpha, uint8, and where it lies on its panel: x0, y0, x1, y1 in 0..1."""

    picture: NDArray[np.uint8]
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class _Row:
    """One row of words, its left end and its top in px."""

    text: str
    kind: Kind
    x: float
    y: float


@lru_cache(maxsize=64)
def letter(lines: tuple[Line, ...], width: int, height: int, size: float, address: str = "") -> Lettering | None:
    """The lines on a panel of so many px, letters `size` of its width tall; None when there is nothing to read.

    Lines about the visitors' page are shown with a code of its `address`, and left out where there is none.
    """
    texts = [Line(readable(line.text), line.kind) for line in lines if address or line.kind != "page"]
    texts = [line for line in texts if line.text]
    if not texts:
        return None
    if any(line.kind == "page" for line in texts):
        return _with_code(texts, address, width, height, size)
    font = _fitting(texts, width, TALLEST * height, size)
    picture = _panel_wide(texts, font, width)
    return _cut_out(picture, round(height * (1 - FOOT_MARGIN)) - picture.height + _reach(font.size), width, height)


def _with_code(lines: Sequence[Line], address: str, width: int, height: int, size: float) -> Lettering:
    """The lines, the code below them, and below that its address for those who would rather type."""
    room, said = CODE_TALLEST * height, [Line(spoken_address(address), "page")]
    words = _trimmed(_panel_wide(lines, _fitting(lines, width, MOST_WORDS * room, INVITATION * size), width))
    small = _trimmed(_panel_wide(said, _fitting(said, width, MOST_WORDS * room, ADDRESS * size), width))
    gap = round(CODE_GAP * width)
    code = page_code(address, min(CODE_WIDTH * width, room - words.height - small.height - 2 * gap))
    picture = _stacked((words, code, small), width, gap)
    return _cut_out(picture, round(height * (1 - CODE_FOOT)) - picture.height, width, height)


def readable(text: str) -> str:
    """The text without signs that the font cannot draw, such as emoji, and without double spaces."""
    rows = ("".join(sign for sign in row if _drawable(sign)) for row in text.splitlines())
    return "\n".join(" ".join(row.split()) for row in rows).strip()


def broken(text: str, measure: Measure, width: float) -> list[str]:
    """Rows no wider than `width` px, as few as can be and as even as that allows; breaks in the text stay."""
    return [row for paragraph in text.splitlines() for row in _even_rows(paragraph, measure, width)]


def _even_rows(paragraph: str, measure: Measure, width: float) -> list[str]:
    """Narrow the paragraph for as long as it needs no further row."""
    words = [part for word in paragraph.split() for part in _parts(word, measure, width)]
    rows = _rows(words, measure, width)
    fewest, narrow = len(rows), max(map(measure, words), default=0.0)
    while width - narrow > 1:
        middle = (narrow + width) / 2
        tried = _rows(words, measure, middle)
        if len(tried) > fewest:
            narrow = middle
        else:
            width, rows = middle, tried
    return rows


def _rows(words: Sequence[str], measure: Measure, width: float) -> list[str]:
    rows: list[list[str]] = []
    free = 0.0
    for word in words:
        needed = measure(word) + measure(" ")
        if rows and needed <= free:
            rows[-1].append(word)
            free -= needed
        else:
            rows.append([word])
            free = width - measure(word)
    return [" ".join(row) for row in rows]


def _parts(word: str, measure: Measure, width: float) -> Iterator[str]:
    """A word, in parts where it is wider than a row."""
    start = 0
    for end in range(1, len(word) + 1) if measure(word) > width else ():
        if end - start > 1 and measure(word[start:end]) > width:
            yield word[start : end - 1]
            start = end - 1
    yield word[start:]


def _fitting(lines: Sequence[Line], width: int, tallest: float, size: float) -> ImageFont.FreeTypeFont:
    """The font at the wanted size, or smaller where a word is too long for a row or the text taller than so many px."""
    wanted = max(1.0, size * width)
    font = _font(wanted)
    while font.size > SMALLEST * wanted and _widest(lines, font) > _room(width):
        font = _font(font.size * SMALLER)
    while font.size > SMALLEST_PX and _height(lines, font, width) > tallest:
        font = _font(font.size * SMALLER)
    return font


def _widest(lines: Sequence[Line], font: ImageFont.FreeTypeFont) -> float:
    return max(map(_measure(font), (word for line in lines for word in line.text.split())))


def _height(lines: Sequence[Line], font: ImageFont.FreeTypeFont, width: int) -> float:
    rows = sum(len(broken(line.text, _measure(font), _room(width))) for line in lines)
    return font.size * (rows * LINE_HEIGHT + (len(lines) - 1) * PART_GAP)


def _room(width: int) -> float:
    return width * (1 - 2 * SIDE_MARGIN)


def _set(lines: Sequence[Line], font: ImageFont.FreeTypeFont, width: int) -> Iterator[_Row]:
    """Rows below each other, each in the middle of the panel."""
    y = 0.0
    for line in lines:
        for text in broken(line.text, _measure(font), _room(width)):
            yield _Row(text, line.kind, (width - font.getlength(text)) / 2, y)
            y += font.size * LINE_HEIGHT
        y += font.size * PART_GAP


def _panel_wide(lines: Sequence[Line], font: ImageFont.FreeTypeFont, width: int) -> Image.Image:
    """The lines on a transparent strip as wide as the panel, with room for their halo above and below."""
    tall = round(_height(lines, font, width)) + 2 * _reach(font.size)
    return _drawn(list(_set(lines, font, width)), font, (width, tall))


def _trimmed(strip: Image.Image) -> Image.Image:
    """The strip without empty rows above and below."""
    _, top, _, bottom = strip.getbbox(alpha_only=True) or (0, 0, 1, 1)
    return strip.crop((0, top, strip.width, bottom))


def _stacked(pictures: Sequence[Image.Image], width: int, gap: int) -> Image.Image:
    """Pictures below each other, each in the middle, so many px apart."""
    tall = sum(picture.height + gap for picture in pictures) - gap
    stack, y = Image.new("RGBA", (width, tall)), 0
    for picture in pictures:
        stack.paste(picture, ((width - picture.width) // 2, y))
        y += picture.height + gap
    return stack


def _drawn(rows: Sequence[_Row], font: ImageFont.FreeTypeFont, size: tuple[int, int]) -> Image.Image:
    """Letters over their halo, transparent elsewhere."""
    masks = {colour: _mask([row for row in rows if COLOURS[row.kind] == colour], font, size) for colour in INKS}
    letters = ImageChops.lighter(*masks.values())
    halo = Image.merge("RGBA", (*[Image.new("L", size)] * 3, _halo(letters, font.size)))
    picture = Image.new("RGBA", size)
    for colour, mask in masks.items():
        ink = Image.new("RGBA", size, (*colour, 0))
        ink.putalpha(mask)
        picture = Image.alpha_composite(picture, ink)
    return Image.alpha_composite(halo, picture)


def _mask(rows: Sequence[_Row], font: ImageFont.FreeTypeFont, size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    for row in rows:
        draw.text((row.x, row.y + _reach(font.size)), row.text, fill=255, font=font)
    return mask


def _halo(letters: Image.Image, size: float) -> Image.Image:
    """The letters grown and blurred: dark close to them, gone a little farther."""
    grown = letters.filter(ImageFilter.MaxFilter(2 * round(size * HALO_REACH / 3) + 1))
    soft = grown.filter(ImageFilter.GaussianBlur(size * HALO_REACH / 3))
    return soft.point([round(value * HALO_STRENGTH) for value in range(256)])


def _reach(size: float) -> int:
    """Room around the letters for their halo, in px."""
    return round(size * HALO_REACH * 2)


def _cut_out(picture: Image.Image, top: float, width: int, height: int) -> Lettering:
    """Only what is not transparent of a picture that begins at that height of the panel, with its place there."""
    x0, y0, x1, y1 = picture.getbbox(alpha_only=True) or (0, 0, 1, 1)
    box = (x0 / width, (top + y0) / height, x1 / width, (top + y1) / height)
    return Lettering(np.asarray(picture.crop((x0, y0, x1, y1))), box)


@lru_cache(maxsize=16)
def _measure(font: ImageFont.FreeTypeFont) -> Measure:
    """Widths of words in px, each measured once."""
    return lru_cache(maxsize=1024)(font.getlength)


@lru_cache(maxsize=16)
def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


@lru_cache(maxsize=4096)
def _drawable(sign: str) -> bool:
    """Whether the font has a shape of its own for the sign."""
    if sign.isspace():
        return True
    font = _font(32)
    return bytes(font.getmask(sign)) != bytes(font.getmask("\uffff"))
