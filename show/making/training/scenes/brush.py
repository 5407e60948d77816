"""What scenes are painted with: float pictures (96, 96, 3) in 0..1 and masks (96, 96), told by a random generator."""

import numpy as np
from numpy.typing import NDArray

SIZE = 96
Image = NDArray[np.float32]
Rng = np.random.Generator
Rgb = tuple[int, int, int]
COLOURS: dict[str, Rgb] = {
    "red": (220, 35, 40), "orange": (245, 135, 30), "yellow": (250, 215, 40), "green": (50, 165, 65),
    "blue": (45, 105, 225), "purple": (130, 60, 180), "pink": (250, 140, 185), "brown": (125, 75, 40),
    "black": (12, 12, 16), "white": (246, 246, 246), "grey": (132, 132, 136), "turquoise": (45, 195, 195),
    "beige": (232, 212, 175), "dark blue": (18, 32, 100), "light blue": (145, 205, 250), "dark green": (18, 72, 36),
    "golden": (225, 170, 45), "dark red": (115, 12, 22),
}  # fmt: skip
NAMES = tuple(COLOURS)
Y, X = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE


def near(rng: Rng, rgb: Rgb, spread: float = 0.06) -> Image:
    """A colour near `rgb` (0..255), as floats in 0..1."""
    colour: Image = (np.array(rgb, np.float32) / 255 + rng.normal(0, spread, 3).astype(np.float32)).clip(0, 1)
    return colour


def flat(colour: Image) -> Image:
    """A picture of one colour."""
    return np.zeros((SIZE, SIZE, 3), np.float32) + colour


def ramp(top: Image, bottom: Image, t: Image = Y) -> Image:
    """From one colour to the other as `t` goes from 0 to 1."""
    picture: Image = top + (bottom - top) * t[..., None]
    return picture


def noise(rng: Rng, cells: int) -> Image:
    """Smooth noise in 0..1 with about `cells` bumps a side."""
    grid = rng.random((cells + 2, cells + 2)).astype(np.float32)
    x = np.linspace(0, cells, SIZE, dtype=np.float32)
    i, f = x.astype(int), (x % 1) ** 2 * (3 - 2 * (x % 1))
    rows = grid[i] * (1 - f)[:, None] + grid[i + 1] * f[:, None]
    return np.asarray(rows[:, i] * (1 - f) + rows[:, i + 1] * f, np.float32)


def lay(image: Image, mask: NDArray[np.floating] | NDArray[np.bool_], over: Image) -> Image:
    """`over` (a picture or a colour) where the mask is 1."""
    weight = np.asarray(mask, np.float32)[..., None]
    picture: Image = image * (1 - weight) + over * weight
    return picture


def disc(image: Image, x: float, y: float, radius: float, colour: Image, soft: float = 0.02) -> Image:
    """A disc with a soft rim."""
    return lay(image, ((radius - np.hypot(X - x, Y - y)) / soft).clip(0, 1), colour)


def glow(image: Image, x: float, y: float, radius: float, colour: Image, strength: float) -> Image:
    """Light that fades away from a point."""
    return lay(image, strength * np.exp(-(((X - x) ** 2 + (Y - y) ** 2) / radius**2)), colour)


def clouds(rng: Rng, image: Image, colour: Image, amount: float, floor: float = 1.0) -> Image:
    """Clouds above `floor`; `amount` 0..1."""
    cloud = 0.6 * noise(rng, 3) + 0.4 * noise(rng, 8)
    return lay(image, ((cloud - 0.75 + amount * 0.5) * 6).clip(0, 1) * (floor > Y), colour)


def stars(rng: Rng, image: Image, count: int, floor: float) -> Image:
    """Small lights above `floor`."""
    for _ in range(count):
        x, y, radius = rng.random(), rng.random() * floor, rng.uniform(0.004, 0.013)
        image = disc(image, x, y, radius, near(rng, (255, 250, 220), 0.03), 0.01)
    return image


def hill(rng: Rng, height: float, rough: float = 0.05) -> Image:
    """1 below a soft skyline at `height` (from the top), else 0."""
    slow = np.sin(X * rng.uniform(2, 7) + rng.uniform(0, 6))
    quick = np.sin(X * rng.uniform(8, 15))
    return np.asarray(((Y - (height + rough * slow + rough * 0.5 * quick)) * 40).clip(0, 1), np.float32)


def textured(rng: Rng, colour: Image, amount: float = 0.25) -> Image:
    """A picture of one colour, uneven."""
    grain = 0.5 * noise(rng, 12) + 0.5 * noise(rng, 30)
    return np.asarray(colour * (1 - amount * grain)[..., None], np.float32)


def pick(rng: Rng, *of: str) -> str:
    """One of several."""
    return of[int(rng.integers(len(of)))]
