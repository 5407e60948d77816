"""The arithmetic of the draw: corners of surfaces as the shader takes them, and colour matrices. No GL."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from calibration.light import PLAIN
from calibration.mapping import Mapping, Surface
from installation.projector import masks
from installation.projector.grids import triangles
from installation.projector.look import Look
from show.films import Frame, Matrix

Box = tuple[float, float, float, float]
Size = tuple[int, int]
_UNTONED = (PLAIN.brightness, PLAIN.gamma, PLAIN.colour)
NOWHERE: Box = (2.0, 2.0, 3.0, 3.0)

LUMA_WEIGHTS: dict[Matrix, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}


@dataclass(frozen=True)
class Card:
    """A picture lying on a panel: its `box` there, 0..1; what a place on the panel is to be multiplied by, and what is
    added, to come to the texture of all cards; the middle of its outermost texels in it.
    """

    box: Box = NOWHERE
    step: Box = NOWHERE
    within: Box = NOWHERE


@dataclass(frozen=True)
class Run:
    """Vertices that can be drawn at once, since they show the same film, and in a cross-fade the same former one."""

    film: int
    former: int | None
    first: int
    count: int


class Vertices:
    """The corners of the triangles that all surfaces are made of, dtype VERTEX: where they lie is reckoned once."""

    def __init__(self, mapping: Mapping) -> None:
        self._surfaces, self._panels = mapping.surfaces, mapping.panels
        grids = [triangles(surface, mapping.width, mapping.height) for surface in mapping.surfaces]
        for grid, surface, masked in zip(grids, mapping.surfaces, masks.places(mapping), strict=True):
            _light(grid, surface)
            grid["masked"] = masked
        ends = np.cumsum([len(grid) for grid in grids]).tolist()
        self._parts = [slice(end - len(grid), end) for end, grid in zip(ends, grids, strict=True)]
        self._all = np.concatenate(grids)

    def shown(self, look: Look, cards: Sequence[Card]) -> NDArray[np.void]:
        """All of them, as a look has them; a card for each surface."""
        for part, panel, surface, card in zip(self._parts, self._panels, self._surfaces, cards, strict=True):
            corners, opacity = self._all[part], surface.light.opacity
            corners["card_box"], corners["card_step"], corners["card_within"] = card.box, card.step, card.within
            corners["crop"], level = _share(look, panel)
            corners["levels"][:, 0] = level * opacity
            if look.former:
                corners["former_crop"], level = _share(look.former, panel)
                corners["levels"][:, 1] = level * opacity
        return self._all

    def runs(self, look: Look) -> tuple[Run, ...]:
        """What is to be drawn one after the other: once, where all panels show parts of the same film."""
        former = look.former
        shown = [(look.film(panel), former.film(panel) if former else None) for panel in self._panels]
        found: list[Run] = []
        for (film, going), alike in groupby(zip(shown, self._parts, strict=True), key=lambda pair: pair[0]):
            parts = [part for _, part in alike]
            found.append(Run(film, going, parts[0].start, parts[-1].stop - parts[0].start))
        return tuple(found)


def _share(look: Look, panel: int) -> tuple[Box, float]:
    """The part of its film that a panel shows, and how bright."""
    crop = look.crops[panel]
    return (crop.x0, crop.y0, crop.x1, crop.y1), look.opacities[panel] * look.brightness


def _light(corners: NDArray[np.void], surface: Surface) -> None:
    light = surface.light
    corners["window"] = surface.crop
    corners["tone"] = *(each * light.brightness for each in light.colour), 1 / light.gamma
    corners["lift"] = *light.black, light.projector_gamma
    for key in ("width", "power", "level"):
        corners[f"side_{key}"] = [getattr(side, key) for side in light.sides]


def features(mapping: Mapping) -> frozenset[str]:
    """What the shader must be able to do for this mapping, beyond warping."""
    lights = [surface.light for surface in mapping.surfaces]
    wanted = {
        "TONE": any((light.brightness, light.gamma, light.colour) != _UNTONED for light in lights),
        "BLEND": any(side.width for light in lights for side in light.sides),
        "LIFT": any(any(light.black) for light in lights),
        "MASK": any(surface.masks for surface in mapping.surfaces),
    }
    return frozenset(name for name, is_wanted in wanted.items() if is_wanted)


@dataclass(frozen=True)
class Sight:
    """How the shader is to see a film's two textures: half a texel of each, and where chroma sits, in shares of one.

    For Y, U, V in 0..1: the gains of luma, of V for red, of U and of V for green; what is added to red, green and blue,
    and behind it the gain of U for blue.
    """

    seen: str
    half_texels: tuple[float, ...]
    chroma_shift: tuple[float, float]
    gain: tuple[float, ...]
    shift: tuple[float, ...]


def sight(frame: Frame) -> Sight:
    """How a frame is to be seen."""
    whole = frame.width, frame.height
    shared = (frame.planes[1].width, frame.planes[1].height) if frame.planes else whole
    seen = "gbr" if frame.planes and frame.matrix == "rgb" else frame.form
    return _sight(seen, frame.matrix, frame.full_range, whole, shared)


@cache
def _sight(seen: str, matrix: Matrix, full_range: bool, whole: Size, shared: Size) -> Sight:
    """MPEG carries chroma at the left of the luma samples that share it."""
    half_texels = tuple((0.5 / np.array([*whole, *shared])).tolist())
    left = (1 - 1 / round(whole[0] / shared[0])) / 2 / shared[0]
    gain, shift = ((0.0,) * 4,) * 2 if matrix == "rgb" else _colour(matrix, full_range)
    return Sight(seen, half_texels, (left, 0.0), gain, shift)


def _colour(name: Matrix, full_range: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    red, blue = LUMA_WEIGHTS[name]
    green = 1 - red - blue
    black, luma, chroma = (0, 255, 255) if full_range else (16, 219, 224)
    gain = np.array([1, 2 * (1 - red), -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green, 2 * (1 - blue)])
    gain *= 255 / np.array([luma, chroma, chroma, chroma, chroma])
    y, red_v, green_u, green_v, blue_u = gain.tolist()
    shift = -(y * black + np.array([red_v, green_u + green_v, blue_u]) * 128) / 255
    return (y, red_v, green_u, green_v), (*shift.tolist(), blue_u)
