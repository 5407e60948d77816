"""Pictures as tensors (1, 3, height, width) in 0..1: moved by zoom and angle, begun from a seed, cut for the critic."""

import math

import torch
from torch import Tensor
from torch.nn import functional

MARGIN = 2  # pixels around the wrapped picture, so that cubic sampling finds its neighbours across the border
COLOUR_IN_FOG = 0.3
WITHIN = 0.8  # of a cut lies in the picture at least; what hangs out is mirrored, so that borders are judged as often


def move(picture: Tensor, angle_degrees: float, zoom: float) -> Tensor:
    """Turn counter-clockwise and enlarge about the centre; what leaves one border comes in at the opposite one.

    A picture, or anything else that lies in a grid (1, channels, height, width).
    """
    if angle_degrees == 0 and zoom == 1:
        return picture
    height, width = picture.shape[-2:]
    turn = math.radians(angle_degrees)
    y, x = torch.meshgrid(_centred(height, picture), _centred(width, picture), indexing="ij")
    from_x = (math.cos(turn) * x - math.sin(turn) * y) / zoom + width / 2
    from_y = (math.sin(turn) * x + math.cos(turn) * y) / zoom + height / 2
    padded = functional.pad(picture, (MARGIN,) * 4, mode="circular")
    grid = torch.stack([_normal(from_x, width), _normal(from_y, height)], dim=-1)
    return functional.grid_sample(padded, grid[None], mode="bicubic", align_corners=False)


def _centred(length: int, like: Tensor) -> Tensor:
    return torch.arange(length, dtype=like.dtype, device=like.device) + 0.5 - length / 2


def _normal(position: Tensor, length: int) -> Tensor:
    return 2 * (position.remainder(length) + MARGIN) / (length + 2 * MARGIN) - 1


def first_picture(width: int, height: int, generator: torch.Generator) -> Tensor:
    """A fog with a breath of colour, told by the generator alone: a chain begins here, and the words give colour."""
    fog = torch.zeros(1, 3, height, width)
    for cells, strength in ((2, 0.5), (5, 0.3), (12, 0.15)):
        rows = max(2, round(cells * height / width))
        light = torch.randn(1, 1, rows, cells, generator=generator)
        tint = COLOUR_IN_FOG * torch.randn(1, 3, rows, cells, generator=generator)
        fog += strength * functional.interpolate(light + tint, (height, width), mode="bicubic", align_corners=False)
    return torch.sigmoid(1.2 * fog)


def cuts(picture: Tensor, count: int, size: int, generator: torch.Generator) -> Tensor:
    """Square pieces of a picture (count, 3, size, size), each elsewhere, turned, mirrored, noisy, in one sampling."""
    height, width = picture.shape[-2:]
    frames = _frames(count, width, height, generator).to(picture.device)
    grid = functional.affine_grid(frames, [count, 3, size, size], align_corners=False)
    pieces = functional.grid_sample(
        picture.expand(count, -1, -1, -1), grid, padding_mode="reflection", align_corners=False
    )
    grain = torch.rand(count, 1, 1, 1, generator=generator) * 0.1
    return pieces + (grain * torch.randn(pieces.shape, generator=generator)).to(picture.device)


def _frames(count: int, width: int, height: int, generator: torch.Generator) -> Tensor:
    """Where each cut looks: affine matrices (count, 2, 3) in the picture's -1..1 coordinates."""
    chance = torch.rand(5, count, generator=generator)
    side = min(width, height) * (0.5 + 0.5 * chance[0].sqrt())
    turn = (chance[1] - 0.5) * math.radians(24)
    mirror = torch.where(chance[2] < 0.5, 1.0, -1.0)
    across, down = side / width, side / height
    x, y = (2 * chance[3] - 1) * (1 - WITHIN * across), (2 * chance[4] - 1) * (1 - WITHIN * down)
    cosine, sine = turn.cos(), turn.sin()
    rows = [mirror * across * cosine, -across * sine, x, mirror * down * sine, down * cosine, y]
    return torch.stack(rows, dim=-1).view(count, 2, 3)
