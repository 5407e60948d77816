"""What a surface does to the light that falls on it: masks, blended sides, brightness and colour, black level."""

from dataclasses import dataclass

from calibration.homography import Point

SIDES = ("left", "right", "top", "bottom")
MOST_MASKS, MOST_MASK_CORNERS = 16, 64


@dataclass(frozen=True)
class Mask:
    """A polygon on the surface, u, v in shares of it: what lies outside is dark, or what lies inside if it `hides`.

    Its edge is soft over `feather_px` of the output, half of them on either side; below 1 it is as soft as any edge.
    Distances are measured as if the surface were a rectangle as large as its longer sides.
    """

    points: tuple[Point, ...]
    feather_px: float = 1.0
    hides: bool = False


@dataclass(frozen=True)
class Side:
    """A side that another projector's picture overlaps, by `width` of the surface (0: it does not).

    From the side inwards, x in 0..1, its light is l (2x)^p, and from the middle on 1 - (1 - l) (2 (1 - x))^p; l is
    `level`, p is `power`. With l = 0.5 two such sides add up to even light.
    """

    width: float = 0.0
    power: float = 2.0
    level: float = 0.5


HARD = Side()


@dataclass(frozen=True)
class Light:
    """How bright and in what colours a surface shows its picture.

    A signal s in 0..1 becomes s^(1 / `gamma`) times `brightness` and `colour` (red, green, blue). Blending and `black`
    are meant in light, which the projector makes of a signal by `projector_gamma`: where no side is blended, black is
    lifted to `black` (red, green, blue), as bright as the leaking light of two projectors where they overlap.
    `opacity` dims everything, the lifted black too.
    """

    brightness: float = 1.0
    gamma: float = 1.0
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    opacity: float = 1.0
    black: tuple[float, float, float] = (0.0, 0.0, 0.0)
    projector_gamma: float = 2.2
    sides: tuple[Side, Side, Side, Side] = (HARD,) * 4  # in the order of SIDES


PLAIN = Light()
