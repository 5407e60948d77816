"""The end card: how to take part, large, a text for each panel, with the code of the visitors' page; white on black.

A row that begins with @ is an account's name: yellow, and nothing is larger. A row that is {code} stands for the page's
code and its address; where there is no page, its whole paragraph is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from show.films import Frame
from show.lettering import WHITE, YELLOW, readable
from show.line_breaks import broken
from show.page_code import page_code, spoken_address
from show.reading_order import measured, reads_leftward, runs, set_row
from show.typefaces import INTER, sized

CODE = "{code}"
MARGIN = 0.07  # of the panel's width, free at both sides
LARGEST, SMALLEST = 0.16, 0.075  # of the panel's width: the height of a letter; rows too long for the least are broken
BESIDE_THE_NAME, ADDRESS = 0.85, 0.6  # of the names' size at most; of that of the other words
CODE_SIDE, CODE_TALLEST = 0.62, 0.4  # of the panel's width; of its height
TALLEST, HIGHER = 0.9, 0.45  # of the panel's height; of what is left free, above: a little higher is read first
LEADING, GAP, SMALLER, SMALLEST_PX = 1.3, 0.55, 0.95, 6.0  # of the letters: a row, an empty one; a step; px at least


@dataclass(frozen=True)
class _Row:
    """A row of words, or the code."""

    text: str
    size: float
    picture: Image.Image | None = None

    @property
    def height(self) -> float:
        """In px, with what is free around it."""
        if self.picture:
            return self.picture.height + self.size * GAP
        return self.size * (LEADING if self.text else GAP)


def is_read(text: str, address: str) -> bool:
    """Whether anything of a text is to be seen."""
    return any(_said(text, address))


def end_card(text: str, width: int, height: int, address: str = "") -> Frame:
    """A text on a panel of so many px, with a code of the visitors' page at `address`, empty for none."""
    panel = Image.new("RGB", (_odd(width), _odd(height)))
    _set(panel, list(_fitting(_said(text, address), panel.size, address)))
    red, green, blue = np.moveaxis(_pixels(panel), 2, 0)
    return Frame.of_arrays(green, blue, red, matrix="rgb", full_range=True)


def _said(text: str, address: str) -> list[str]:
    """The rows to be shown, an empty one between paragraphs."""
    paragraphs = [list(rows) for filled, rows in groupby(text.splitlines(), lambda row: bool(row.strip())) if filled]
    shown = [rows for rows in paragraphs if address or CODE not in map(str.strip, rows)]
    spaced = [row for rows in shown for row in ("", *rows)][1:]
    return [row.strip() if row.strip() == CODE else readable(row) for row in spaced]


def _fitting(said: list[str], panel: tuple[int, int], address: str) -> list[_Row]:
    """Rows as large as the panel's width allows, smaller where they are too many for its height."""
    room, (name, other) = (1 - 2 * MARGIN) * panel[0], _sizes(said, panel[0])
    while True:
        rows = list(_rows(said, name, other, room, panel, address))
        if sum(row.height for row in rows) <= TALLEST * panel[1] or other < SMALLEST_PX:
            return rows
        name, other = name * SMALLER, other * SMALLER


def _sizes(said: list[str], width: int) -> tuple[float, float]:
    """How large the names' letters are, and those of all other words."""
    names = [_widest(row, width) for row in said if row.startswith("@")]
    others = [max(_widest(row, width), SMALLEST * width) for row in said if row and row[0] != "@" and row != CODE]
    name = min(names, default=LARGEST * width)
    return name, min([*others, BESIDE_THE_NAME * name if names else LARGEST * width])


def _widest(row: str, width: int) -> float:
    """The size of letters at which a row fills the panel, at most the largest."""
    size = LARGEST * width
    return size * min(1.0, (1 - 2 * MARGIN) * width / max(1.0, measured(size)(row)))


def _rows(
    said: list[str], name: float, other: float, room: float, panel: tuple[int, int], address: str
) -> Iterator[_Row]:
    for text in said:
        if text == CODE:
            yield _Row("", other, page_code(address, min(CODE_SIDE * panel[0], CODE_TALLEST * panel[1])))
            yield from _broken(spoken_address(address), ADDRESS * other, room)
        else:
            yield from _broken(text, name if text.startswith("@") else other, room)


def _broken(text: str, size: float, room: float) -> Iterator[_Row]:
    return (_Row(row, size) for row in broken(text, measured(size), room + 1) or [""])


def _set(panel: Image.Image, rows: list[_Row]) -> None:
    pen, y = ImageDraw.Draw(panel), (panel.height - sum(row.height for row in rows)) * HIGHER
    for row in rows:
        if row.picture:
            panel.paste(row.picture, ((panel.width - row.picture.width) // 2, round(y + row.size * GAP / 2)))
        elif row.text:
            _write(pen, row, panel.width, y)
        y += row.height


def _write(pen: ImageDraw.ImageDraw, row: _Row, width: int, top: float) -> None:
    ascent, descent = sized(INTER, row.size).getmetrics()
    words = runs(row.text, reads_leftward(row.text))
    left = (width - sum(run.width(row.size) for run in words)) / 2
    colour = YELLOW if row.text.startswith("@") else WHITE
    set_row(pen, words, (left, top + (row.height + ascent - descent) / 2), row.size, colour)


def _pixels(panel: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(panel)


def _odd(side: int) -> int:
    """As long or a px longer, never a power of two: for those a software renderer compiles another shader."""
    return side + 1 - side % 2
