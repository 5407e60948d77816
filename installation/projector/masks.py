"""Masks as the shader takes them: a list of texels, for each mask a head and then its edges. No GL."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from calibration.light import Mask
from calibration.mapping import Mapping

COLUMNS = 256  # as the shader has it
Place = tuple[float, float, float, float]


def places(mapping: Mapping) -> list[Place]:
    """For each surface the first of its texels, the one behind its last, and its width and height in output px."""
    ends = np.cumsum([0, *(sum(len(mask.points) + 1 for mask in surface.masks) for surface in mapping.surfaces)])
    sizes = [surface.longest_sides for surface in mapping.surfaces]
    return [(float(a), float(b), *size) for (a, b), size in zip(pairwise(ends), sizes, strict=True)]


def texels(mapping: Mapping) -> NDArray[np.float32]:
    """Rows of COLUMNS texels: a head is corners, feather, whether it hides, 0; an edge its two ends in surface px."""
    rows = [row for surface in mapping.surfaces for mask in surface.masks for row in _rows(mask, surface.longest_sides)]
    filled = np.zeros((len(rows) // COLUMNS + 1, COLUMNS, 4), np.float32)
    filled.reshape(-1, 4)[: len(rows)] = rows or np.empty((0, 4))
    return filled


def _rows(mask: Mask, size: tuple[int, int]) -> list[Place]:
    head = (float(len(mask.points)), max(mask.feather_px, 1.0), float(mask.hides), 0.0)
    ends = [(u * size[0], v * size[1]) for u, v in mask.points]
    return [head, *((*a, *b) for a, b in zip(ends, [*ends[1:], ends[0]], strict=True))]
