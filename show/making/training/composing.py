"""How training pictures are put together: sprites laid on scenes, looked at through an unsteady lens."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from show.making.training.scenes import COLOURS

CANVAS = 80
TINTS = {name: rgb for name, rgb in COLOURS.items() if " " not in name and name not in ("beige", "turquoise")}
Floats = NDArray[np.float64]


class Piece(NamedTuple):
    """One sprite on one picture of a batch: tinted or not, and how far right of the middle (-1..1) it stands."""

    picture: int
    sprite: int
    tint: str
    right: float = 0.0


def lay(
    images: Tensor,
    pieces: list[Piece],
    sprites: Tensor,
    scale: tuple[float, float],
    spread: float,
    rng: np.random.Generator,
) -> None:
    """Lay `sprites` (n, 4, h, w), one for each piece, on `images` in place; size and place by chance."""
    at = torch.tensor([piece.picture for piece in pieces])
    for k, piece in enumerate(pieces):
        if piece.tint:
            sprites[k, :3] = tinted(sprites[k, :3], piece.tint)
    sprites[:, :3] *= sprites[:, 3:]
    count = len(pieces)
    size, angle = rng.uniform(*scale, count), rng.normal(0, 0.15, count)
    x = np.array([piece.right for piece in pieces]) + rng.uniform(-spread, spread, count)
    y, flip = rng.uniform(-spread, spread, count), np.where(rng.random(count) < 0.4, -1, 1)
    placed = F.grid_sample(sprites, _grid(size, angle, x, y, flip, CANVAS), align_corners=False)
    images[at] = images[at] * (1 - placed[:, 3:]) + placed[:, :3]


def _grid(size: Floats, angle: Floats, x: Floats, y: Floats, flip: Floats, pixels: int) -> Tensor:
    """Sampling grids that put a picture `size` times as large, turned and moved, on a canvas of `pixels`."""
    c, s = np.cos(angle) / size, np.sin(angle) / size
    theta = np.stack(
        [np.stack([c * flip, s * flip, -(c * x + s * y) * flip], 1), np.stack([-s, c, s * x - c * y], 1)], 1
    )
    return F.affine_grid(
        torch.from_numpy(theta.astype(np.float32)), [len(size), 1, pixels, pixels], align_corners=False
    )


def tinted(rgb: Tensor, name: str) -> Tensor:
    """`rgb` (3, h, w) drawn again in shades of one colour."""
    colour = torch.tensor(TINTS[name]).view(3, 1, 1) / 255
    light = (rgb * torch.tensor([0.3, 0.59, 0.11]).view(3, 1, 1)).sum(0, keepdim=True)
    light = (light - 0.55) * 0.6 + 0.5
    return torch.where(light < 0.5, colour * light * 2, colour + (1 - colour) * (light * 2 - 1)).clamp(0, 1)


def view(images: Tensor, size: int, augment: float, rng: np.random.Generator) -> Tensor:
    """A look at the canvas, `size` px: zoomed, turned, softened and noisy as far as `augment` says."""
    count, top = len(images), CANVAS / 64
    zoom = rng.uniform(1, 1 + 0.45 * augment, count) if augment else np.ones(count)
    room = (zoom - 1) * 0.8
    x, y = rng.uniform(-1, 1, count) * room, rng.uniform(-1, 1, count) * room
    angle = rng.normal(0, 0.1 * augment, count)
    seen = F.grid_sample(
        images, _grid(zoom, angle, x, y, np.ones(count), size), padding_mode="reflection", align_corners=False
    )
    if not augment:
        return seen.clamp(0, 1)
    seen = _soft(seen, torch.from_numpy(rng.random(count) < 0.35 * augment), float(rng.uniform(1.5, 4) / top))
    contrast = torch.from_numpy(rng.uniform(1 - 0.25 * augment, 1 + 0.2 * augment, (count, 1, 1, 1)).astype(np.float32))
    light = torch.from_numpy(rng.normal(0, 0.05 * augment, (count, 1, 1, 1)).astype(np.float32))
    seen = (seen - 0.5) * contrast + 0.5 + light
    sigma = torch.from_numpy(
        (rng.uniform(0, 0.1, (count, 1, 1, 1)) * (rng.random((count, 1, 1, 1)) < 0.5) * augment).astype(np.float32)
    )
    return (seen + torch.randn_like(seen) * sigma).clamp(0, 1)


def _soft(images: Tensor, which: Tensor, factor: float) -> Tensor:
    """Those of `which` shrunk by `factor` and enlarged again."""
    if not which.any() or factor <= 1:
        return images
    chosen, side = images[which], images.shape[-1]
    small = F.interpolate(chosen, size=max(8, int(side / factor)), mode="area")
    images[which] = F.interpolate(small, size=side, mode="bilinear", align_corners=False)
    return images
