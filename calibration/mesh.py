"""Where a screen is not flat: a grid on the surface whose points lie elsewhere than the four corners alone say."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calibration import homography
from calibration.homography import Corners, Matrix, Point

SIDE = (2, 65)  # grid points
FARTHEST = 0.5  # of the surface's side
LEAST_TURN = 0.02  # of an untouched cell's area; below it a cell is as good as folded


@dataclass(frozen=True)
class Mesh:
    """Offsets in shares of the surface's width and height, row by row from the top left point of the grid."""

    columns: int
    rows: int
    offsets: tuple[Point, ...]

    @cached_property
    def grid(self) -> Matrix:
        """Where the points lie untouched, u, v in 0..1, (rows, columns, 2)."""
        u, v = np.meshgrid(np.linspace(0.0, 1.0, self.columns), np.linspace(0.0, 1.0, self.rows))
        return np.stack([u, v], axis=-1)

    @cached_property
    def places(self) -> Matrix:
        """Where they lie, (rows, columns, 2)."""
        return self.grid + np.array(self.offsets, np.float64).reshape(self.rows, self.columns, 2)

    def problem(self) -> str | None:
        """The cell that is folded, or None."""
        folded = np.argwhere(self._turns().min(axis=0) < LEAST_TURN)
        if not len(folded):
            return None
        row, column = folded[0] + 1
        return f"the mesh is folded in the cell of column {column}, row {row}"

    def _turns(self) -> Matrix:
        """The Jacobian at the four corners of each cell, 1 where untouched, (4, rows - 1, columns - 1)."""
        scaled = self.places * [self.columns - 1, self.rows - 1]
        across, down = np.diff(scaled, axis=1), np.diff(scaled, axis=0)
        return np.stack([_cross(a, d) for a in (across[:-1], across[1:]) for d in (down[:, :-1], down[:, 1:])])


def _cross(a: Matrix, b: Matrix) -> Matrix:
    turned: Matrix = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return turned


def problem(mesh: Mesh, corners: Corners) -> str | None:
    """Why the mesh cannot lie between these corners, or None when it can."""
    if wrong := mesh.problem():
        return wrong
    across, down, whole = homography.unit_to_quad(corners)[2]
    depths = mesh.places @ [across, down] + whole
    if depths.min() < homography.LEAST_DEPTH_RATIO * depths.max():
        return "the mesh reaches beyond where the panel can be seen"
    return None
