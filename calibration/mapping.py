"""Where on the projector's picture each panel hangs, and how it is lit there."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from calibration import homography, mesh
from calibration.errors import MappingError
from calibration.homography import Corners, Matrix, Point
from calibration.light import PLAIN, Light, Mask
from calibration.mesh import Mesh

CORNER_NAMES = ("top left", "top right", "bottom right", "bottom left")
SIZES_PX = (16, 16384)
MOST_SURFACES = 64
WHOLE = (0.0, 0.0, 1.0, 1.0)

# Three bay windows seen from a shelf at the back wall, in shares of the picture: the outer ones turn to the room.
_BAY = {
    "left": ((0.052, 0.070), (0.306, 0.150), (0.300, 0.900), (0.038, 0.965)),
    "centre": ((0.370, 0.132), (0.634, 0.124), (0.642, 0.892), (0.361, 0.902)),
    "right": ((0.696, 0.155), (0.950, 0.066), (0.966, 0.970), (0.702, 0.905)),
}


@dataclass(frozen=True)
class Surface:
    """A panel, or part of one, on the wall: its name and corners TL, TR, BR, BL in output px (see homography).

    `panel` is which one it shows, from 1 on, 0 for the one of its own place in the mapping; `crop` the part of it, x0,
    y0, x1, y1 in 0..1. What is finer than four corners is in `mesh`, what is not to be seen in `masks`, how it is lit
    in `light`. MappingError when unusable.
    """

    name: str
    corners: Corners
    flipped: bool = False
    panel: int = 0
    crop: tuple[float, float, float, float] = WHOLE
    mesh: Mesh | None = None
    masks: tuple[Mask, ...] = ()
    light: Light = PLAIN

    def __post_init__(self) -> None:
        if wrong := self.problem(self.corners):
            raise MappingError(f"{self.name}: {wrong}")

    def problem(self, corners: Corners) -> str | None:
        """Why it cannot hang at these corners, or None when it can."""
        wrong = homography.problem(corners, self.flipped)
        return wrong or (mesh.problem(self.mesh, corners) if self.mesh else None)

    @property
    def to_output(self) -> Matrix:
        """Homography from surface u, v in 0..1 to output px."""
        return homography.unit_to_quad(self.corners)

    @property
    def to_surface(self) -> Matrix:
        """Homography from output px to surface u, v."""
        return homography.quad_to_unit(self.corners)

    @property
    def to_panel(self) -> Matrix:
        """Homography from output px to panel u, v, which are the surface's own where it shows a whole panel."""
        x0, y0, x1, y1 = self.crop
        return np.array([[x1 - x0, 0.0, x0], [0.0, y1 - y0, y0], [0.0, 0.0, 1.0]]) @ self.to_surface

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """How long top, right, bottom and left are, output px."""
        top, right, bottom, left = (math.dist(a, b) for a, b in pairwise((*self.corners, self.corners[0])))
        return top, right, bottom, left

    @property
    def longest_sides(self) -> tuple[int, int]:
        """Width and height in output px, taken along its longer sides."""
        top, right, bottom, left = self.sides
        return round(max(top, bottom)), round(max(left, right))

    @property
    def panel_shape(self) -> float:
        """How high the whole panel seems to be for its width, halfway between its sides."""
        (top, right, bottom, left), (x0, y0, x1, y1) = self.sides, self.crop
        return (left + right) / (y1 - y0) / ((top + bottom) / (x1 - x0))


@dataclass(frozen=True)
class Mapping:
    """The output in px and the surfaces on it, left to right; MappingError when they do not fit together."""

    width: int
    height: int
    surfaces: tuple[Surface, ...]

    def __post_init__(self) -> None:
        for key, value in (("width", self.width), ("height", self.height)):
            if not SIZES_PX[0] <= value <= SIZES_PX[1]:
                raise MappingError(f"[output] {key} = {value} is outside {SIZES_PX[0]}..{SIZES_PX[1]}")
        if not 1 <= len(self.surfaces) <= MOST_SURFACES:
            raise MappingError(f"surfaces = {len(self.surfaces)} entries is outside 1..{MOST_SURFACES}")
        names = [surface.name for surface in self.surfaces]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise MappingError(f'surfaces: the name "{twice}" is given twice')
        for surface in self.surfaces:
            if wrong := stray(surface.corners, self.width, self.height):
                raise MappingError(f"{surface.name}: {wrong}")

    @property
    def panels(self) -> tuple[int, ...]:
        """The panel that each surface shows, from 0 on."""
        return tuple((surface.panel or place) - 1 for place, surface in enumerate(self.surfaces, 1))

    def fits(self, panels: int) -> bool:
        """Whether it shows so many panels; where surfaces name theirs, some may be shown nowhere."""
        last, named = max(self.panels) + 1, any(surface.panel for surface in self.surfaces)
        return last == panels or (named and last < panels)

    def moved(self, index: int, corners: Corners) -> "Mapping":
        """The same mapping with one surface hung elsewhere; MappingError when it cannot hang there."""
        surface = replace(self.surfaces[index], corners=corners)
        return replace(self, surfaces=(*self.surfaces[:index], surface, *self.surfaces[index + 1 :]))


def stray(corners: Corners, width: int, height: int) -> str | None:
    """Which corner is lost: farther outside the picture than the picture is large; None when none is."""
    for name, (x, y) in zip(CORNER_NAMES, corners, strict=True):
        if not (-width <= x <= 2 * width and -height <= y <= 2 * height):
            return f"{name} = [{x:g}, {y:g}] is outside {-width}..{2 * width}, {-height}..{2 * height}"
    return None


def default_mapping(width: int, height: int) -> Mapping:
    """Three keystoned portrait panels hung like bay windows, the start of every calibration."""
    surfaces = (Surface(name, _scaled(corners, width, height)) for name, corners in _BAY.items())
    return Mapping(width, height, tuple(surfaces))


def _scaled(shares: Corners, width: int, height: int) -> Corners:
    a, b, c, d = (_point(share, width, height) for share in shares)
    return a, b, c, d


def _point(share: Point, width: int, height: int) -> Point:
    return round(share[0] * width, 3), round(share[1] * height, 3)
