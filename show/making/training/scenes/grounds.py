"""Plain colours, two colours, patterns."""

import numpy as np

from show.making.training.scenes.brush import COLOURS, NAMES, Image, Rng, X, Y, disc, flat, lay, near, noise, pick, ramp

Named = tuple[Image, str, dict[str, str]]


def plain(rng: Rng) -> Named:
    name = NAMES[int(rng.integers(len(NAMES)))]
    image = flat(near(rng, COLOURS[name], 0.05))
    if rng.random() < 0.4:
        image = image * (1 - 0.2 * rng.random() * noise(rng, 4))[..., None]
    return image, "plain", {"a": name}


def two(rng: Rng) -> Named:
    a, b = _two_names(rng)
    angle = rng.uniform(0, 6.3)
    t = ((X - 0.5) * np.cos(angle) + (Y - 0.5) * np.sin(angle) + 0.5).clip(0, 1)
    sharp = rng.uniform(1, 4)
    image = ramp(near(rng, COLOURS[a]), near(rng, COLOURS[b]), ((t - 0.5) * sharp + 0.5).clip(0, 1))
    return image, "two", {"a": a, "b": b}


def pattern(rng: Rng) -> Named:
    a, b = _two_names(rng)
    kind, n = pick(rng, "stripes", "dots", "squares", "waves", "rings"), rng.uniform(3, 8)
    u, v = X * np.cos(0.4) + Y * np.sin(0.4), -X * np.sin(0.4) + Y * np.cos(0.4)
    field = {
        "stripes": np.sin(u * n * 6.28),
        "dots": np.sin(X * n * 6.28) * np.sin(Y * n * 6.28) - 0.3,
        "squares": np.sign(np.sin(u * n * 6.28) * np.sin(v * n * 6.28)),
        "waves": np.sin((Y + 0.08 * np.sin(X * 12)) * n * 6.28),
        "rings": np.sin(np.hypot(X - 0.5, Y - 0.5) * n * 10),
    }[kind]
    image = lay(flat(near(rng, COLOURS[a])), (field * 4 + 0.5).clip(0, 1), near(rng, COLOURS[b]))
    return image, "pattern", {"a": a, "b": b, "kind": kind}


def images(rng: Rng) -> Named:
    n = int(rng.integers(3, 8))
    cells = rng.random((n, n, 2, 3)).astype(np.float32)
    i, j = (Y * n).astype(int), (X * n).astype(int)
    t = (Y * n % 1)[..., None]
    image = cells[i, j, 0] * (1 - t) + cells[i, j, 1] * t
    border = (X * n % 1 < 0.1) | (Y * n % 1 < 0.1)
    white = rng.random() < 0.5
    return lay(image, border, near(rng, (245, 245, 245) if white else (15, 15, 20), 0.02)), "images", {}


def page(rng: Rng) -> Named:
    image = flat(near(rng, (245, 238, 218), 0.02))
    ink = near(rng, [(30, 30, 40), (30, 50, 130), (80, 50, 30)][int(rng.integers(3))], 0.03)
    gap, y = rng.uniform(0.06, 0.11), 0.1
    while y < 0.92:
        stroke = np.sin(X * rng.uniform(50, 110) + rng.uniform(0, 6))
        line = abs(Y - (y + 0.012 * stroke * (noise(rng, 14) > 0.3))) < 0.011
        words = np.sin(X * rng.uniform(20, 30) + rng.uniform(0, 6)) > -0.75
        image = lay(image, (line & words & (X > 0.1) & (rng.uniform(0.5, 0.92) > X)) * 0.9, ink)
        y += gap
    return image, "page", {}


def machine(rng: Rng) -> Named:
    image = flat(near(rng, [(40, 46, 56), (20, 60, 50), (90, 95, 105)][int(rng.integers(3))], 0.03))
    metal = near(rng, [(170, 175, 185), (90, 210, 170), (205, 160, 80)][int(rng.integers(3))])
    for _ in range(int(rng.integers(2, 6))):
        x, y, r, teeth = rng.random(), rng.random(), rng.uniform(0.1, 0.25), int(rng.integers(8, 14))
        d, a = np.hypot(X - x, Y - y), np.arctan2(Y - y, X - x)
        gear = (d < r * (1 + 0.14 * np.sign(np.sin(a * teeth)))) & (d > r * 0.35)
        image = lay(image, gear, metal * rng.uniform(0.6, 1.1))
    return image, "machine", {}


def eye(rng: Rng) -> Named:
    name = pick(rng, "blue", "green", "brown", "grey")
    skins = [(235, 190, 160), (150, 100, 70), (90, 60, 45), (30, 30, 40)]
    image = flat(near(rng, skins[int(rng.integers(4))], 0.03))
    y, openness = rng.uniform(0.4, 0.6), rng.uniform(0.18, 0.32)
    lid = abs(Y - y) < openness * np.sqrt((1 - ((X - 0.5) / 0.45) ** 2).clip(0, 1))
    x, r = rng.uniform(0.42, 0.58), rng.uniform(0.15, 0.22)
    ball = _ball(flat(near(rng, (248, 246, 244), 0.015)), x, y, r, near(rng, COLOURS[name]), rng)
    return lay(image, lid, ball), "eye", {"a": name}


def _ball(image: Image, x: float, y: float, r: float, iris: Image, rng: Rng) -> Image:
    image = disc(image, x, y, r, iris)
    image = disc(image, x, y, r * 0.45, near(rng, (8, 8, 10), 0.01))
    return disc(image, x + r * 0.3, y - r * 0.3, r * 0.18, near(rng, (255, 255, 255), 0))


def _two_names(rng: Rng) -> tuple[str, str]:
    a, b = rng.choice(len(NAMES), 2, replace=False)
    return NAMES[int(a)], NAMES[int(b)]
