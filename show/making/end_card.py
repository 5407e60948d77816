"""The end card: how to take part, large, over the last images of the film, a text for each panel."""

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from show.lettering import COLOURS, readable
from show.making.encode import Picture
from show.reading_order import measured, reads_leftward, runs, set_row
from show.typefaces import INTER, sized

DIM = 0.22  # how much of the last image shines through
MARGIN = 0.07  # of a panel's width, free at both sides
LARGEST = 0.16  # of a panel's width: the height of a letter
BESIDE_THE_NAME = 0.85  # nothing is larger than the account's name
PAPER, YELLOW = COLOURS["narrative"], COLOURS["prompt"]


def end_card(backgrounds: Sequence[Picture], texts: Sequence[str], account: str) -> Picture:
    """The panels' last pictures (height, width, 3), dimmed, each with its text; the account's name is yellow."""
    panels = [_panel(picture, text, account) for picture, text in zip(backgrounds, texts, strict=True)]
    return np.concatenate(panels, axis=1)


def card_frames(last: Picture, card: Picture, count: int, fade: int) -> Iterator[Picture]:
    """The card's frames: a fade from the film's last picture, then the card itself."""
    for number in range(count):
        share = min(1.0, (number + 1) / max(1, fade))
        yield np.rint(last * (1 - share) + card * share).astype(np.uint8) if share < 1 else card


def _panel(picture: Picture, text: str, account: str) -> Picture:
    soft = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(picture.shape[1] / 40))
    panel = Image.fromarray(np.rint(np.asarray(soft) * DIM).astype(np.uint8))
    names: list[float] = []
    others: list[float] = []
    lines = [readable(line) for line in text.split("\n")]
    for line in lines:
        (names if account in line else others).append(_fit(line, panel.width))
    largest = min(names, default=LARGEST * panel.width)
    sizes = {True: largest, False: min([*others, BESIDE_THE_NAME * largest])}
    _write(panel, [(line, sizes[account in line]) for line in lines], account)
    return np.asarray(panel)


def _fit(line: str, width: int) -> float:
    """The largest size at which a line fits between the margins."""
    size = LARGEST * width
    return size * min(1.0, (1 - 2 * MARGIN) * width / max(1.0, measured(size)(line)))


def _write(panel: Image.Image, lines: Sequence[tuple[str, float]], account: str) -> None:
    """Centred lines, the whole a little above the middle, where it is read first."""
    heights = [1.35 * size for _, size in lines]
    pen, top = ImageDraw.Draw(panel), (panel.height - sum(heights)) * 0.45
    for (line, size), height in zip(lines, heights, strict=True):
        colour = YELLOW if account in line else PAPER
        ascent, descent = sized(INTER, size).getmetrics()
        at = (panel.width - measured(size)(line)) / 2, top + (height + ascent - descent) / 2
        set_row(pen, runs(line, reads_leftward(line)), at, size, colour)
        top += height
