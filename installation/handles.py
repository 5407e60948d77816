"""What lies over the projection during calibration: outlines, handles, and a card that says where one is."""

from collections.abc import Iterator
from functools import lru_cache
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from calibration.editing import Handle
from calibration.homography import Point
from installation.projector.marks import Colour, Label, Mark, Ring, Stroke
from installation.technician import View

HALO: Colour = (0.0, 0.0, 0.0, 0.75)
BRIGHT: Colour = (1.0, 0.84, 0.25, 1.0)
NEIGHBOUR: Colour = (1.0, 1.0, 1.0, 0.8)
DIM: Colour = (1.0, 1.0, 1.0, 0.45)
WRONG: Colour = (1.0, 0.3, 0.25, 1.0)
LOCKED: Colour = (0.95, 0.35, 0.35, 0.9)

FINE = 3  # letters are drawn so many times larger and reduced: evenly spaced at every size
NOTICE_LETTERS = 84  # in a line
GAP = 0.55  # between words, in heights of the letters
HELP = (
    "Tab: next corner, arrows: move 1 px, Shift: 10 px, Alt: 0.1 px, Ctrl+Z: undo, Ctrl+Shift+Z: redo",
    "S: save, T: pattern or film, H: hide this, B: black, L: lock, R: reset, Esc: leave",
)
PAPER, QUIET, INK = (12, 13, 16, 232), (150, 154, 162), (240, 240, 240)
YELLOW, AMBER, RED = (255, 214, 64), (255, 176, 92), (255, 110, 96)
Rgb = tuple[int, int, int]


def marks(view: View, width: int, height: int) -> list[Mark]:
    """The marks of a view on an output of that size, the lowest first."""
    shown: list[Mark] = []
    if view.marks:
        shown.extend(_outlines(view))
        shown.extend(_handles(view))
    if view.marks or view.notice:
        shown.append(_card_label(view, width, height))
    return shown


def _outlines(view: View) -> Iterator[Mark]:
    for index, corners in enumerate(view.points):
        if view.pattern and not view.unusable[index]:
            continue  # the pattern's own edge is the exact one
        colour = WRONG if view.unusable[index] else NEIGHBOUR if index == view.selected.surface else DIM
        sides = [(corners[i], corners[(i + 1) % 4]) for i in range(4)]
        yield from (Stroke(a, b, 4.0, (0.0, 0.0, 0.0, 0.5)) for a, b in sides)
        yield from (Stroke(a, b, 1.5, colour) for a, b in sides)


def _handles(view: View) -> Iterator[Mark]:
    for surface, corners in enumerate(view.points):
        for corner, place in enumerate(corners):
            if Handle(surface, corner) != view.selected:
                near = surface == view.selected.surface and (corner - view.selected.corner) % 2 == 1
                yield from _ring(place, 8.0 if near else 6.0, 2.0, _colour(view, NEIGHBOUR if near else DIM))
    yield from _crosshair(view.place, _colour(view, WRONG if view.unusable[view.selected.surface] else BRIGHT))


def _colour(view: View, colour: Colour) -> Colour:
    return LOCKED if view.locked else colour


def _ring(middle: Point, radius: float, width: float, colour: Colour) -> Iterator[Mark]:
    yield Ring(middle, radius, width + 4.0, HALO)
    yield Ring(middle, radius, width, colour)


def _crosshair(middle: Point, colour: Colour) -> Iterator[Mark]:
    """Open in the middle, so that the very pixel stays to be seen."""
    x, y = middle
    arms = [((x + dx * 4, y + dy * 4), (x + dx * 26, y + dy * 26)) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    yield Ring(middle, 13.0, 7.0, HALO)
    yield from (Stroke(a, b, 5.5, HALO) for a, b in arms)
    yield Ring(middle, 13.0, 3.0, colour)
    yield from (Stroke(a, b, 1.5, colour) for a, b in arms)


def _card_label(view: View, width: int, height: int) -> Label:
    """In the half where the selected corner is not."""
    scale = max(0.6, min(width / 1280, height / 800))
    picture = _card(view.title, view.place, view.step, view.locked, view.dirty, view.notice, view.alarmed, scale)
    rows, columns = picture.shape[:2]
    margin = round(24 * scale)
    top = height - rows - margin if view.place[1] < height / 2 else margin
    return Label((max(0, (width - columns) // 2), top), picture)


@lru_cache(maxsize=2)
def _card(
    title: str, place: Point, step: float, locked: bool, dirty: bool, notice: str, alarmed: bool, scale: float
) -> NDArray[np.uint8]:
    words = [
        [(title, YELLOW, 1.5), (f"x {place[0]:.2f}  y {place[1]:.2f}", INK, 1.5), _step(step), _kept(locked, dirty)]
    ]
    words.extend([(line, RED if alarmed else INK, 1.25)] for line in wrap(notice, NOTICE_LETTERS))
    words.extend(_help_line(line) for line in HELP)
    return _written(words, scale)


Word = tuple[str, Rgb, float]  # what it says, its colour, its size against the help lines


def _step(step: float) -> Word:
    return f"step {step:g} px", INK, 1.5


def _kept(locked: bool, dirty: bool) -> Word:
    if locked:
        return "locked", RED, 1.5
    return ("not saved", AMBER, 1.5) if dirty else ("saved", QUIET, 1.5)


def _help_line(line: str) -> list[Word]:
    pairs = [pair.split(": ") for pair in line.split(", ")]
    return [word for key, does in pairs for word in ((key, INK, 1.0), (f"{does}   ", QUIET, 1.0))]


def _written(lines: list[list[Word]], scale: float) -> NDArray[np.uint8]:
    """Lines of words on dark paper, RGBA."""
    size, pad = 15 * scale * FINE, round(18 * scale) * FINE
    fonts = {share: ImageFont.load_default(size * share) for _, _, share in {w for line in lines for w in line}}
    widths = [sum(fonts[share].getlength(text) + GAP * size * share for text, _, share in line) for line in lines]
    heights = [size * line[0][2] * 1.6 for line in lines]
    image = Image.new("RGBA", (round(max(widths)) + 2 * pad, round(sum(heights)) + 2 * pad))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([0, 0, image.width - 1, image.height - 1], pad, PAPER)
    y = float(pad)
    for line, height in zip(lines, heights, strict=True):
        x = float(pad)
        for text, colour, share in line:
            draw.text((x, y + height / 2), text, colour, fonts[share], "lm")
            x += fonts[share].getlength(text) + GAP * size * share
        y += height
    return np.asarray(image.reduce(FINE))
