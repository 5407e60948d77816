"""How the film is to look on the wall, and what a technician does at the keyboard: plain values, no window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Crop:
    """The part of the film that a panel shows, in 0..1 from the film's top left corner."""

    x0: float = 0.0
    y0: float = 0.0
    x1: float = 1.0
    y1: float = 1.0


def side_by_side(panels: int) -> tuple[Crop, ...]:
    """The crops of a film that holds so many panels beside each other."""
    return tuple(Crop(x0=i / panels, x1=(i + 1) / panels) for i in range(panels))


@dataclass(frozen=True)
class Look:
    """Brightness of the whole picture, and for each panel its opacity and its part of the film; all 0..1.

    `films` says which of the uploaded films each panel shows, by default the first. In a cross-fade the light of
    another look, `former`, is added.
    """

    brightness: float
    opacities: tuple[float, ...]
    crops: tuple[Crop, ...]
    films: tuple[int, ...] = ()
    former: "Look | None" = None

    def film(self, panel: int) -> int:
        """The film that a panel shows."""
        return self.films[panel] if self.films else 0


@dataclass(frozen=True)
class PointerMove:
    """The button went down ("press"), the pointer moved with it down ("drag"), or it was let go ("release"); px."""

    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class KeyPress:
    """A key as it is named on it, lower case ("left", "tab", "a", "plus"), and which of shift, ctrl, alt were held."""

    key: str
    modifiers: frozenset[str] = frozenset()
