"""Days, nights, weather, light."""

import numpy as np

from show.making.training.scenes.brush import (
    COLOURS,
    Image,
    Rng,
    X,
    Y,
    clouds,
    disc,
    flat,
    glow,
    hill,
    lay,
    near,
    noise,
    ramp,
    stars,
)
from show.making.training.scenes.grounds import Named


def day(rng: Rng) -> Named:
    image = ramp(near(rng, (60, 140, 240)), near(rng, (170, 215, 255)))
    cloudy = rng.random() < 0.5
    image = clouds(rng, image, near(rng, (250, 250, 252), 0.02), rng.uniform(0.2, 0.7)) if cloudy else image
    if rng.random() < 0.6:
        x, y = rng.uniform(0.15, 0.85), rng.uniform(0.12, 0.5)
        image = glow(image, x, y, rng.uniform(0.2, 0.45), near(rng, (255, 245, 170)), 0.8)
        return disc(image, x, y, rng.uniform(0.08, 0.16), near(rng, (255, 225, 60))), "sun", {}
    return image, "clouds" if cloudy else "clear_sky", {}


def night(rng: Rng) -> Named:
    image = ramp(near(rng, (6, 8, 34), 0.03), near(rng, (28, 34, 92), 0.04))
    image = stars(rng, image, int(rng.integers(5, 40)), 1)
    return (_moon(rng, image), "moon", {}) if rng.random() < 0.5 else (image, "stars", {})


def _moon(rng: Rng, image: Image) -> Image:
    x, y, r = rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.5), rng.uniform(0.08, 0.2)
    image = glow(image, x, y, r * 2.2, near(rng, (200, 205, 240)), 0.45)
    image = disc(image, x, y, r, near(rng, (245, 240, 205), 0.03))
    if rng.random() < 0.4:
        image = disc(image, x + r * 0.45, y - r * 0.2, r * 0.9, near(rng, (14, 16, 50), 0.02))
    return image


def dark(rng: Rng) -> Named:
    image = flat(near(rng, (10, 10, 14), 0.02))
    radius = rng.uniform(0.3, 0.6)
    return glow(image, 0.5, 0.5, radius, near(rng, (50, 46, 60), 0.04), rng.uniform(0.2, 0.7)), "dark", {}


def sunset(rng: Rng) -> Named:
    image = ramp(near(rng, (90, 40, 110)), near(rng, (250, 130, 50)), (Y * 1.3).clip(0, 1))
    x, y = rng.uniform(0.2, 0.8), rng.uniform(0.45, 0.65)
    image = glow(image, x, y, 0.35, near(rng, (255, 190, 80)), 0.8)
    image = disc(image, x, y, rng.uniform(0.07, 0.14), near(rng, (255, 215, 110)))
    return lay(image, hill(rng, rng.uniform(0.62, 0.85)), near(rng, (45, 22, 40))), "sunset", {}


def rain(rng: Rng) -> Named:
    image = ramp(near(rng, (80, 88, 100)), near(rng, (130, 138, 148)))
    image = clouds(rng, image, near(rng, (60, 64, 74)), 0.5, 0.5)
    slant = rng.uniform(-0.25, 0.25)
    for _ in range(int(rng.integers(25, 70))):
        x, y, n = rng.random(), rng.random(), rng.uniform(0.04, 0.12)
        drop = (abs(X - x - slant * (Y - y)) < 0.006) & (y < Y) & (y + n > Y)
        image = lay(image, drop * 0.8, near(rng, (180, 205, 235)))
    return image, "rain", {}


def rainbow(rng: Rng) -> Named:
    image, _, _ = day(rng)
    radius = np.hypot(X - rng.uniform(0.35, 0.65), Y - rng.uniform(0.9, 1.1))
    for i, name in enumerate(("red", "orange", "yellow", "green", "blue", "purple")):
        band = abs(radius - 0.78 + 0.045 * i) < 0.0225
        image = lay(image, band * 0.85, near(rng, COLOURS[name], 0.03))
    return image, "rainbow", {}


def fire(rng: Rng) -> Named:
    height = Y * 1.2 - 0.35 * noise(rng, 5) - 0.25 * noise(rng, 10) + 0.35 * abs(X - 0.5)
    heat = ((height - rng.uniform(0.1, 0.4)) * 2.2).clip(0, 1)
    black, red, yellow = near(rng, (14, 6, 6), 0.02), near(rng, (225, 60, 15)), near(rng, (255, 215, 70))
    image = ramp(black, red, (heat * 2).clip(0, 1))
    return lay(image, (heat * 2 - 1).clip(0, 1), yellow), "fire", {}


def light(rng: Rng) -> Named:
    x, y = rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.6)
    angle = np.arctan2(Y - y, X - x)
    rays = 0.5 + 0.5 * np.sin(angle * int(rng.integers(8, 18)) + rng.uniform(0, 6))
    base = near(rng, [(30, 30, 70), (120, 70, 20), (90, 140, 200)][int(rng.integers(3))])
    bright = near(rng, (255, 248, 205), 0.03)
    image = lay(flat(base), rays * 0.45, bright)
    return glow(image, x, y, rng.uniform(0.25, 0.5), bright, 1.0), "light", {}
