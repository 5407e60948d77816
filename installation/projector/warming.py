"""What a driver is made ready for before the show: pictures of each kind that it will meet, as small as can be.

A driver makes its own program for each state at the first draw in it, and a software renderer takes sides that are
powers of two for another state: a tenth of a second or more, the first time on a machine.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from show.films import Blocks, FilmInfo, Form, Frame, Kind
from show.films.frame import BLOCK_BYTES

EVEN, ODD = 8, 12  # px: a power of two, and none; whole blocks
KINDS: dict[Form, tuple[Kind, ...]] = {
    "rgb": ("dxt1",),
    "rgba": ("dxt5",),
    "ycocg": ("dxt5",),
    "ycocg_alpha": ("dxt5", "rgtc1"),
}


def clips() -> list[Frame]:
    """Films of any size, as clips may be."""
    return [_sample("planes", width, height) for width, height in product((EVEN, ODD), (EVEN, ODD))]


def end_card() -> Frame:
    """Red, green and blue, of sides that are never powers of two."""
    return Frame.of_arrays(*(np.zeros((ODD, ODD), np.uint8) for _ in range(3)), matrix="rgb", full_range=True)


def likenesses(films: Sequence[FilmInfo]) -> list[Frame]:
    """Pictures like those of the films."""
    kinds = {(film.form, _side(film.width), _side(film.height)) for film in films}
    return [_sample(*kind) for kind in sorted(kinds)]


def draws(films: Sequence[FilmInfo], fading: bool) -> Iterator[tuple[Frame, Frame | None]]:
    """All that is to be drawn once: each picture alone; in a cross-fade each film, and a card, with each clip."""
    own, others = likenesses(films), [*clips(), end_card()]
    yield from ((frame, None) for frame in (*own, *others))
    if fading:
        yield from product(own, others)
        yield from product(others, own)
        yield from product(others[:-1], others[-1:])
        yield from product(others[-1:], others[:-1])


def _side(length: int) -> int:
    return ODD if length & (length - 1) else EVEN


def _sample(form: Form, width: int, height: int) -> Frame:
    if form == "planes":
        shares = ((1, 16), (2, 128), (2, 128))
        return Frame.of_arrays(*(np.full((height // by, width // by), level, np.uint8) for by, level in shares))
    count = width * height // 16
    blocks = [Blocks(kind, np.zeros(count * BLOCK_BYTES[kind], np.uint8)) for kind in KINDS[form]]
    return Frame.of_blocks(0, form, blocks, width, height)
