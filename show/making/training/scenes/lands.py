"""Fields, seas, deserts, forests, paths; rooms, churches, cities, crowds; all of it remembered."""

import numpy as np

from show.making.training.scenes.brush import (
    COLOURS,
    NAMES,
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
    textured,
)
from show.making.training.scenes.grounds import Named
from show.making.training.scenes.skies import sunset

SKINS = [(250, 205, 60), (240, 195, 160), (150, 95, 60), (90, 55, 35), (220, 170, 130)]
FLOWERS = [(250, 220, 60), (250, 250, 250), (230, 60, 80)]


def field(rng: Rng) -> Named:
    mood = int(rng.integers(3))
    sky = (near(rng, (80, 155, 245)), near(rng, (14, 18, 56), 0.03), near(rng, (245, 150, 80)))[mood]
    low = (near(rng, (190, 225, 255)), near(rng, (34, 42, 96), 0.03), near(rng, (255, 205, 130)))[mood]
    land = (near(rng, (90, 180, 60)), near(rng, (18, 48, 34), 0.03), near(rng, (120, 110, 40)))[mood]
    image = ramp(sky, low, (Y * 1.8).clip(0, 1))
    night = mood == 1
    image = stars(rng, image, 14, 0.5) if night else clouds(rng, image, low * 0.4 + 0.6, rng.uniform(0, 0.5))
    image = lay(image, hill(rng, rng.uniform(0.4, 0.6)), textured(rng, land))
    for _ in range(int(rng.integers(0, 25)) if mood == 0 and rng.random() < 0.4 else 0):
        x, y, r = rng.random(), rng.uniform(0.62, 1), rng.uniform(0.01, 0.022)
        image = disc(image, x, y, r, near(rng, FLOWERS[int(rng.integers(3))]))
    return image, ("field_day", "field_night", "field_sunset")[mood], {}


def sea(rng: Rng) -> Named:
    mood = int(rng.integers(3))
    sky = (near(rng, (120, 190, 250)), near(rng, (10, 12, 44), 0.03), near(rng, (240, 120, 70)))[mood]
    blue = (near(rng, (30, 110, 190)), near(rng, (10, 26, 66), 0.03), near(rng, (110, 60, 100)))[mood]
    level = rng.uniform(0.35, 0.6)
    pale = np.array((1, 0.95, 0.85), np.float32) * (0.25 if mood == 1 else 1)
    image = ramp(sky, sky * 0.5 + 0.5 * pale, (Y / level).clip(0, 1))
    x, light = rng.uniform(0.2, 0.8), sky
    if mood:
        light = near(rng, (245, 240, 210) if mood == 1 else (255, 220, 120), 0.03)
        image = glow(image, x, level * 0.5, 0.25, light, 0.4)
        image = disc(image, x, level * (0.5 if mood == 1 else 0.85), 0.09, light)
    waves = 0.5 + 0.5 * np.sin(Y * 70 + 3 * np.sin(X * 9 + rng.uniform(0, 6)))
    image = lay(image, level < Y, blue * (0.8 + 0.35 * waves[..., None] * noise(rng, 6)[..., None]))
    if mood:
        streak = np.exp(-(((X - x) / 0.07) ** 2)) * (waves > 0.5) * (level < Y) * 0.6
        image = lay(image, streak, light)
    return image, ("sea_day", "sea_night", "sea_sunset")[mood], {}


def under_water(rng: Rng) -> Named:
    image = ramp(near(rng, (60, 180, 220)), near(rng, (5, 40, 110)))
    image = image * (0.85 + 0.3 * noise(rng, 5))[..., None]
    for _ in range(int(rng.integers(3, 14))):
        x, y, r = rng.random(), rng.random(), rng.uniform(0.01, 0.035)
        image = disc(image, x, y, r, near(rng, (190, 235, 250)))
        image = disc(image, x, y, r * 0.6, near(rng, (70, 160, 210)))
    return image, "under_water", {}


def desert(rng: Rng) -> Named:
    image = ramp(near(rng, (110, 180, 240)), near(rng, (245, 225, 180)), (Y * 1.8).clip(0, 1))
    image = lay(image, hill(rng, rng.uniform(0.4, 0.55)), textured(rng, near(rng, (228, 184, 110)), 0.12))
    image = lay(image, hill(rng, rng.uniform(0.62, 0.8)), textured(rng, near(rng, (205, 150, 80)), 0.12))
    return image, "desert", {}


def snow(rng: Rng) -> Named:
    image = ramp(near(rng, (150, 180, 215)), near(rng, (225, 232, 240)), (Y * 1.6).clip(0, 1))
    image = lay(image, hill(rng, rng.uniform(0.4, 0.6)), near(rng, (245, 248, 252), 0.015))
    return stars(rng, image, int(rng.integers(8, 50)), 1), "snow", {}


def forest(rng: Rng) -> Named:
    dark = rng.random() < 0.4
    top, bottom = ((20, 40, 36), (8, 20, 14)) if dark else ((150, 205, 150), (50, 100, 45))
    image = ramp(near(rng, top), near(rng, bottom))
    for depth in range(3):
        for _ in range(int(rng.integers(3, 6))):
            image = _tree(rng, image, depth, (0.5 + 0.18 * depth) * (0.45 if dark else 1))
    return image, "dark_forest" if dark else "forest", {}


def _tree(rng: Rng, image: Image, depth: int, tone: float) -> Image:
    x, w = rng.random(), rng.uniform(0.07, 0.15)
    top = rng.uniform(0.05, 0.45) + 0.08 * depth
    leaf = ((w * (Y - top) / 0.5 - abs(X - x)) * 60).clip(0, 1) * (top < Y) * (top + 0.6 > Y)
    image = lay(image, leaf, near(rng, (60, 150, 60)) * tone)
    return lay(image, (abs(X - x) < 0.015) & (top + 0.55 < Y), near(rng, (90, 60, 35)) * tone)


def path(rng: Rng) -> Named:
    image, _, _ = field(rng) if rng.random() < 0.6 else sunset(rng)
    bend, middle = rng.uniform(-0.3, 0.3), rng.uniform(0.35, 0.65)
    width = ((Y - 0.5) * rng.uniform(0.4, 0.8)).clip(0, 1)
    way = (abs(X - middle - bend * (1 - Y) * (Y - 0.5) * 4) < width * 0.5 + 0.004) & (Y > 0.52)
    return lay(image, way, textured(rng, near(rng, (200, 175, 130)), 0.15)), "path", {}


def room(rng: Rng) -> Named:
    walls = [(225, 205, 175), (180, 200, 190), (200, 170, 160), (120, 120, 140)]
    wall, floor = near(rng, walls[int(rng.integers(4))]), near(rng, (140, 95, 60))
    image = lay(flat(wall), rng.uniform(0.65, 0.78) < Y, floor)
    x, y, w, h = rng.uniform(0.2, 0.6), rng.uniform(0.12, 0.25), rng.uniform(0.2, 0.35), rng.uniform(0.28, 0.42)
    inside = (x < X) & (x + w > X) & (y < Y) & (y + h > Y)
    frame = (x - 0.025 < X) & (x + w + 0.025 > X) & (y - 0.025 < Y) & (y + h + 0.025 > Y)
    bars = (abs(X - x - w / 2) < 0.012) | (abs(Y - y - h / 2) < 0.012)
    night = rng.random() < 0.3
    high = near(rng, (14, 18, 50) if night else (110, 185, 250), 0.03)
    pane = ramp(high, near(rng, (30, 36, 80) if night else (215, 235, 250), 0.03))
    image = lay(image, frame, near(rng, (245, 240, 230), 0.02))
    return lay(image, inside & ~bars, pane), "night_room" if night else "room", {}


def church(rng: Rng) -> Named:
    stone = [(60, 55, 60), (120, 112, 100), (26, 24, 34)][int(rng.integers(3))]
    image = flat(near(rng, stone, 0.03)) * (0.85 + 0.3 * noise(rng, 20))[..., None]
    panes = np.stack([near(rng, COLOURS[c]) for c in ("red", "blue", "yellow", "green", "purple", "orange")])
    count = int(rng.integers(1, 4))
    lead = ((X * 14 % 1 < 0.15) | (Y * 14 % 1 < 0.15))[..., None]
    for i in range(count):
        x, w, top = (i + 0.5) / count, 0.3 / count + 0.05, rng.uniform(0.2, 0.35)
        arch = ((abs(X - x) < w) & (top < Y) & (Y < 0.9)) | (np.hypot(X - x, Y - top) < w)
        order = np.floor(X * 14) * 7 + np.floor(Y * 14) * 3 + np.floor(rng.random() * 6)
        glass = panes[order.astype(int) * 2654435761 % 6] * (0.75 + 0.4 * noise(rng, 3))[..., None]
        image = lay(image, arch, glass * (1 - 0.8 * lead))
    return image, "church", {}


def city(rng: Rng) -> Named:
    night = rng.random() < 0.5
    high = near(rng, (12, 14, 44) if night else (140, 190, 235), 0.04)
    image = ramp(high, near(rng, (60, 44, 92) if night else (225, 225, 225), 0.04))
    x = -0.02
    while x < 1:
        w, top = rng.uniform(0.08, 0.2), rng.uniform(0.25, 0.7)
        tone = near(rng, (24, 24, 38) if night else (140, 135, 140), 0.05)
        block = (x < X) & (x + w > X) & (top < Y)
        image = lay(image, block, tone)
        lit = block & (X * 26 % 1 > 0.45) & (Y * 22 % 1 > 0.5) & (noise(rng, 24) > 0.45)
        image = lay(image, lit, near(rng, (255, 220, 120) if night else (90, 110, 140)))
        x += w * rng.uniform(0.9, 1.2)
    return image, "night_city" if night else "city", {}


def crowd(rng: Rng) -> Named:
    ground = COLOURS[NAMES[int(rng.integers(len(NAMES)))]]
    image = ramp(near(rng, ground), near(rng, ground) * 0.7)
    for row in range(int(rng.integers(2, 5))):
        r, y = 0.045 + 0.02 * row, 0.35 + 0.17 * row
        for k in range(int(0.75 / r)):
            x = k * r * 2.9 + rng.uniform(-0.02, 0.02)
            clothes = list(COLOURS.values())[int(rng.integers(8))]
            image = disc(image, x, y + r * 2.3, r * 1.4, near(rng, clothes))
            image = disc(image, x, y, r, near(rng, SKINS[int(rng.integers(5))], 0.03))
    return image, "crowd", {}


def memory(rng: Rng) -> Named:
    image, _, _ = [field, sea, room, forest, city][int(rng.integers(5))](rng)
    grey = image.mean(2, keepdims=True)
    fade = rng.uniform(0.4, 0.7)
    sepia, paper = np.array((1.05, 0.95, 0.78), np.float32), np.array((0.85, 0.78, 0.65), np.float32)
    return (grey * sepia * fade + (1 - fade) * paper).astype(np.float32), "memory", {}
