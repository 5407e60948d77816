"""Captions drawn for tall narrow panels: white narrative, yellow prompts, each on a soft dark halo; and the code of the
visitors' page.

Sizes are shares of the panel's width. At the usual 0.075 a small letter on a screen 1.3 m wide is 5 cm tall, which
reads from ten metres.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from show.caption_places import AT_THE_FOOT, Align, Place
from show.captions import Kind, Line
from show.line_breaks import broken, even_rows, words
from show.page_code import page_code, spoken_address
from show.reading_order import Run, measured, reads_leftward, runs, set_row
from show.typefaces import INTER, clusters, face_of, sized

INKS = WHITE, YELLOW = (255, 255, 255), (255, 221, 64)
COLOURS: dict[Kind, tuple[int, int, int]] = {"prompt": YELLOW, "narrative": WHITE, "page": WHITE}

SIDE_MARGIN = 0.06  # of the panel's width, left and right
HEAD_MARGIN = 0.04  # of the panel's height, above a text that is placed there
NARROWEST = 0.25  # of the panel's width; a narrower place is widened
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
class _Column:
    """Where rows may stand: left and right end in px of the panel, and to which of them they keep."""

    left: float
    right: float
    align: Align

    @property
    def room(self) -> float:
        return self.right - self.left

    def begin(self, length: float, leftward: bool) -> float:
        """The left end of a row of so many px, that reads from right to left or not."""
        side = {"left": 0.0, "start": float(leftward), "center": 0.5, "end": float(not leftward), "right": 1.0}
        return self.left + (self.room - length) * side[self.align]


@dataclass(frozen=True)
class _Row:
    """One row of words, its left end and its top in px."""

    runs: tuple[Run, ...]
    kind: Kind
    x: float
    y: float


@lru_cache(maxsize=64)
def letter(lines: tuple[Line, ...], width: int, height: int, size: float, address: str = "") -> Lettering | None:
    """The lines on a panel of so many px, letters `size` of its width tall; None when there is nothing to read.

    Lines about the visitors' page are shown with a code of its `address`, and left out where there is none.
    """
    texts = [replace(line, text=readable(line.text)) for line in lines if address or line.kind != "page"]
    texts = [line for line in texts if line.text]
    panel = Image.new("RGBA", (width, height))
    for place in dict.fromkeys(line.place for line in texts):
        block, top = _block([line for line in texts if line.place == place], place, panel.size, size, address)
        panel.alpha_composite(block, (0, max(0, top)), (0, max(0, -top)))
    return _cut_out(panel) if texts else None


def _block(
    lines: Sequence[Line], place: Place, panel: tuple[int, int], size: float, address: str
) -> tuple[Image.Image, int]:
    """The lines of one place on a strip as wide as the panel, and where its top lies, in px."""
    width, height = panel
    if any(line.kind == "page" for line in lines):
        picture = _with_code(lines, address, width, height, size)
        return picture, round(height * (1 - CODE_FOOT)) - picture.height
    column = _column(place, width)
    letters = _fitting(lines, column, TALLEST * height, size * width)
    picture = _strip(lines, letters, column, width)
    return picture, _top(place, picture.height - 2 * _reach(letters), height, size * width) - _reach(letters)


def _column(place: Place, width: int) -> _Column:
    """The place's part of the width, less the margin at the panel's sides; never narrower than a few letters."""
    left, right = (min(max(share, SIDE_MARGIN), 1 - SIDE_MARGIN) for share in place.span)
    if right - left < NARROWEST:
        left = min(max((left + right - NARROWEST) / 2, SIDE_MARGIN), 1 - SIDE_MARGIN - NARROWEST)
        right = left + NARROWEST
    return _Column(left * width, right * width, place.align)


def _top(place: Place, tall: int, height: int, letters: float) -> int:
    """Where words of so many px begin, in px from the panel's top; inside the panel wherever the place would be."""
    foot = round(height * (1 - FOOT_MARGIN))
    head = round(height * HEAD_MARGIN)
    before = {"start": 0.0, "center": 0.5, "end": 1.0}[place.line_anchor] * tall
    if place.top is not None:
        return max(head, min(foot - tall, round(place.top * height - before)))
    if place.row is None:
        return foot - tall
    rows = round(place.row * letters * LINE_HEIGHT - before)
    return max(head, min(foot - tall, head + rows if place.row >= 0 else foot + rows))


def _with_code(lines: Sequence[Line], address: str, width: int, height: int, size: float) -> Image.Image:
    """The lines, the code below them, and below that its address for those who would rather type."""
    room, column = CODE_TALLEST * height, _column(AT_THE_FOOT, width)

    def set_small(said: Sequence[Line], share: float) -> Image.Image:
        letters = _fitting(said, column, MOST_WORDS * room, share * size * width)
        return _trimmed(_strip(said, letters, column, width))

    words, small = set_small(lines, INVITATION), set_small([Line(spoken_address(address), "page")], ADDRESS)
    gap = round(CODE_GAP * width)
    code = page_code(address, min(CODE_WIDTH * width, room - words.height - small.height - 2 * gap))
    return _stacked((words, code, small), width, gap)


def readable(text: str) -> str:
    """The text without signs that no font here can draw, and without double spaces."""
    rows = ("".join(cluster for cluster in clusters(row) if face_of(cluster)) for row in text.splitlines())
    return "\n".join(re.sub("[ \t]+", " ", row).strip() for row in rows).strip()


def _fitting(lines: Sequence[Line], column: _Column, tallest: float, wanted: float) -> float:
    """The letters' size as wanted, or smaller where a word is too long for a row or the text taller than so many px."""
    letters = wanted = max(1.0, wanted)
    while letters > SMALLEST * wanted and _widest(lines, letters) > column.room:
        letters *= SMALLER
    while letters > SMALLEST_PX and _height(lines, letters, column) > tallest:
        letters *= SMALLER
    return letters


def _widest(lines: Sequence[Line], letters: float) -> float:
    return max(map(measured(letters), (word for line in lines for word in words(line.text))), default=0.0)


def _height(lines: Sequence[Line], letters: float, column: _Column) -> float:
    rows = sum(len(broken(line.text, measured(letters), column.room)) for line in lines)
    return letters * (rows * LINE_HEIGHT + (len(lines) - 1) * PART_GAP)


def _set(lines: Sequence[Line], letters: float, column: _Column) -> Iterator[_Row]:
    """Rows below each other."""
    y = 0.0
    for line in lines:
        for paragraph in line.text.splitlines():
            leftward = reads_leftward(paragraph)
            for text in even_rows(paragraph, measured(letters), column.room):
                row = runs(text, leftward)
                yield _Row(row, line.kind, column.begin(sum(run.width(letters) for run in row), leftward), y)
                y += letters * LINE_HEIGHT
        y += letters * PART_GAP


def _strip(lines: Sequence[Line], letters: float, column: _Column, width: int) -> Image.Image:
    """The lines on a transparent strip as wide as the panel, with room for their halo above and below."""
    tall = round(_height(lines, letters, column)) + 2 * _reach(letters)
    return _drawn(list(_set(lines, letters, column)), letters, (width, tall))


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


def _drawn(rows: Sequence[_Row], letters: float, size: tuple[int, int]) -> Image.Image:
    """Letters over their halo, transparent elsewhere."""
    masks = {colour: _mask([row for row in rows if COLOURS[row.kind] == colour], letters, size) for colour in INKS}
    inked = ImageChops.lighter(*masks.values())
    halo = Image.merge("RGBA", (*[Image.new("L", size)] * 3, _halo(inked, letters)))
    picture = Image.new("RGBA", size)
    for colour, mask in masks.items():
        ink = Image.new("RGBA", size, (*colour, 0))
        ink.putalpha(mask)
        picture = Image.alpha_composite(picture, ink)
    return Image.alpha_composite(halo, picture)


def _mask(rows: Sequence[_Row], letters: float, size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    ascent = sized(INTER, letters).getmetrics()[0]
    for row in rows:
        set_row(draw, row.runs, (row.x, row.y + _reach(letters) + ascent), letters, 255)
    return mask


def _halo(letters: Image.Image, size: float) -> Image.Image:
    """The letters grown and blurred: dark close to them, gone a little farther."""
    grown = letters.filter(ImageFilter.MaxFilter(2 * round(size * HALO_REACH / 3) + 1))
    soft = grown.filter(ImageFilter.GaussianBlur(size * HALO_REACH / 3))
    return soft.point([round(value * HALO_STRENGTH) for value in range(256)])


def _reach(size: float) -> int:
    """Room around the letters for their halo, in px."""
    return round(size * HALO_REACH * 2)


def _cut_out(panel: Image.Image) -> Lettering:
    """Only what is not transparent, with its place on the panel."""
    x0, y0, x1, y1 = panel.getbbox(alpha_only=True) or (0, 0, 1, 1)
    box = (x0 / panel.width, y0 / panel.height, x1 / panel.width, y1 / panel.height)
    return Lettering(np.asarray(panel.crop((x0, y0, x1, y1))), box)
