"""Cards laid out in one texture: below each other, in as many columns as it takes. No GL."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from installation.projector.look import Picture
from installation.projector.warp import Box, Card

COLUMN_PX = 4096  # a column's height unless one picture alone is taller; all graphics cards take four times as much

Spot = tuple[int, int]
Placed = tuple[Box, Picture] | None


def lay_out(cards: Sequence[Placed]) -> tuple[NDArray[np.uint8], list[Card]]:
    """One picture, premultiplied, of all those given, each with its box on the panel, and where each card lies in it.

    What several cards show lies there once.
    """
    pictures = {id(picture): picture for _, picture in filter(None, cards)}
    spots, (width, height) = _spots(pictures.values())
    atlas = np.zeros((height, width, 4), np.uint8)
    parts: dict[int, NDArray[np.int64]] = {}
    for (name, picture), (x, y) in zip(pictures.items(), spots, strict=True):
        rows, columns = picture.shape[:2]
        atlas[y : y + rows, x : x + columns] = premultiplied(picture)
        parts[name] = np.array([x, y, x + columns, y + rows])
    size = np.array([width, height] * 2)
    return atlas, [_card(card[0], parts[id(card[1])], size) if card else Card() for card in cards]


def _card(box: Box, part_px: NDArray[np.int64], size: NDArray[np.int64]) -> Card:
    """Of its box on the panel and its part of the texture."""
    x0, y0, x1, y1 = box
    part, half_texel = part_px / size, 0.5 / size
    times = (part[2:] - part[:2]) / [x1 - x0, y1 - y0]
    off = part[:2] - [x0, y0] * times
    within = part + half_texel * [1, 1, -1, -1]
    return Card(box, (*times.tolist(), *off.tolist()), tuple(within.tolist()))


def _spots(pictures: Iterable[Picture]) -> tuple[list[Spot], Spot]:
    """Each picture's top left corner, and how wide and tall they all are."""
    spots: list[Spot] = []
    left = x = y = tallest = 0
    for rows, columns, *_ in (picture.shape for picture in pictures):
        if y and y + rows > COLUMN_PX:
            left, y = x, 0
        spots.append((left, y))
        x, y = max(x, left + columns), y + rows
        tallest = max(tallest, y)
    return spots, (_odd(x), _odd(tallest))


def _odd(side: int) -> int:
    """At least as long, and no power of two: for those a software renderer compiles another shader, in the show."""
    return side + 1 - side % 2 + 2 * (side < 2)


def premultiplied(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight alpha to premultiplied, so that interpolation leaves no fringe."""
    colour, alpha = picture[..., :3].astype(np.uint16), picture[..., 3:].astype(np.uint16)
    return np.concatenate([(colour * alpha + 127) // 255, alpha], axis=2).astype(np.uint8)
