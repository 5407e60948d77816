"""Procedural scenes with captions: skies, fields, seas, nights, rooms, light, writing; drawn by our own code.

`draw(seed)` gives one scene as (96, 96, 3) uint8 with the phrases that describe it as a picture and as a ground.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 96
Image = NDArray[np.float32]
Rng = np.random.Generator
COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (220, 35, 40), "orange": (245, 135, 30), "yellow": (250, 215, 40), "green": (50, 165, 65), "blue": (45, 105, 225),
    "purple": (130, 60, 180), "pink": (250, 140, 185), "brown": (125, 75, 40), "black": (12, 12, 16), "white": (246, 246, 246),
    "grey": (132, 132, 136), "turquoise": (45, 195, 195), "beige": (232, 212, 175), "dark blue": (18, 32, 100),
    "light blue": (145, 205, 250), "dark green": (18, 72, 36), "golden": (225, 170, 45), "dark red": (115, 12, 22),
}  # fmt: skip
_Y, _X = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE


@dataclass(frozen=True)
class Scene:
    """A picture, phrases for it alone, and phrases for it as the ground of something else ("in a field")."""

    pixels: NDArray[np.uint8]
    alone: tuple[str, ...]
    ground: tuple[str, ...]


def draw(seed: int) -> Scene:
    """Draw the scene of this seed."""
    rng = np.random.default_rng(seed)
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    image, alone, ground = kind(rng)
    image = image + rng.normal(0, rng.uniform(0, 0.02), image.shape).astype(np.float32)
    return Scene((image.clip(0, 1) * 255).astype(np.uint8), alone, ground)


Drawn = tuple[Image, tuple[str, ...], tuple[str, ...]]


def near(rng: Rng, rgb: tuple[int, int, int], spread: float = 0.06) -> Image:
    """A colour near `rgb` (0..255), as floats in 0..1."""
    return (np.array(rgb, np.float32) / 255 + rng.normal(0, spread, 3).astype(np.float32)).clip(0, 1)


def _ramp(top: Image, bottom: Image, t: Image = _Y) -> Image:
    return top + (bottom - top) * t[..., None]


def _noise(rng: Rng, cells: int) -> Image:
    """Smooth noise in 0..1 with about `cells` bumps a side."""
    grid = rng.random((cells + 2, cells + 2)).astype(np.float32)
    x = np.linspace(0, cells, SIZE, dtype=np.float32)
    i, f = x.astype(int), (x % 1) ** 2 * (3 - 2 * (x % 1))
    rows = grid[i] * (1 - f)[:, None] + grid[i + 1] * f[:, None]
    return np.asarray(rows[:, i] * (1 - f) + rows[:, i + 1] * f, np.float32)


def _disc(image: Image, x: float, y: float, radius: float, colour: Image, soft: float = 0.02) -> Image:
    mask = ((radius - np.hypot(_X - x, _Y - y)) / soft).clip(0, 1)[..., None]
    return image * (1 - mask) + colour * mask


def _glow(image: Image, x: float, y: float, radius: float, colour: Image, strength: float) -> Image:
    mask = strength * np.exp(-(((_X - x) ** 2 + (_Y - y) ** 2) / radius**2))[..., None]
    return image * (1 - mask) + colour * mask


def _clouds(rng: Rng, image: Image, colour: Image, amount: float, floor: float = 1.0) -> Image:
    cloud = 0.6 * _noise(rng, 3) + 0.4 * _noise(rng, 8)
    mask = (((cloud - 0.75 + amount * 0.5) * 6).clip(0, 1) * (floor > _Y))[..., None]
    return image * (1 - mask) + colour * mask


def _stars(rng: Rng, image: Image, count: int, floor: float) -> Image:
    for _ in range(count):
        image = _disc(image, rng.random(), rng.random() * floor, rng.uniform(0.004, 0.013), near(rng, (255, 250, 220), 0.03), 0.01)
    return image


def _hill(rng: Rng, height: float, rough: float = 0.05) -> Image:
    """1 below a soft skyline at `height` (from the top), else 0."""
    line = height + rough * np.sin(_X * rng.uniform(2, 7) + rng.uniform(0, 6)) + rough * 0.5 * np.sin(_X * rng.uniform(8, 15))
    return np.asarray(((_Y - line) * 40).clip(0, 1), np.float32)


def _lay(image: Image, mask: Image, over: Image) -> Image:
    return image * (1 - mask[..., None]) + over * mask[..., None]


def _textured(rng: Rng, colour: Image, amount: float = 0.25) -> Image:
    return colour * (1 - amount * (0.5 * _noise(rng, 12) + 0.5 * _noise(rng, 30)))[..., None]


def _pick(rng: Rng, *of: str) -> str:
    return of[int(rng.integers(len(of)))]


def _plain(rng: Rng) -> Drawn:
    name = list(COLOURS)[int(rng.integers(len(COLOURS)))]
    image = np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, COLOURS[name], 0.05)
    if rng.random() < 0.4:
        image = image * (1 - 0.2 * rng.random() * _noise(rng, 4))[..., None]
    return image, (name, f"the colour {name}", f"{name} background"), (f"on {name}", f"on a {name} ground", f"on {name}")


def _two(rng: Rng) -> Drawn:
    a, b = (list(COLOURS)[int(i)] for i in rng.choice(len(COLOURS), 2, replace=False))
    angle = rng.uniform(0, 6.3)
    t = ((_X - 0.5) * np.cos(angle) + (_Y - 0.5) * np.sin(angle) + 0.5).clip(0, 1)
    sharp = rng.uniform(1, 4)
    image = _ramp(near(rng, COLOURS[a]), near(rng, COLOURS[b]), ((t - 0.5) * sharp + 0.5).clip(0, 1))
    return image, (f"{a} and {b}", f"{a} fading into {b}"), (f"on {a} and {b}",)


def _pattern(rng: Rng) -> Drawn:
    a, b = (list(COLOURS)[int(i)] for i in rng.choice(len(COLOURS), 2, replace=False))
    kind, n = _pick(rng, "stripes", "dots", "squares", "waves", "rings"), rng.uniform(3, 8)
    u, v = _X * np.cos(0.4) + _Y * np.sin(0.4), -_X * np.sin(0.4) + _Y * np.cos(0.4)
    field = {
        "stripes": np.sin(u * n * 6.28),
        "dots": np.sin(_X * n * 6.28) * np.sin(_Y * n * 6.28) - 0.3,
        "squares": np.sign(np.sin(u * n * 6.28) * np.sin(v * n * 6.28)),
        "waves": np.sin((_Y + 0.08 * np.sin(_X * 12)) * n * 6.28),
        "rings": np.sin(np.hypot(_X - 0.5, _Y - 0.5) * n * 10),
    }[kind]
    image = _lay(np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, COLOURS[a]), (field * 4 + 0.5).clip(0, 1), near(rng, COLOURS[b]))
    return image, (f"{b} {kind} on {a}", f"a pattern of {kind}", f"{a} and {b} {kind}"), (f"on {a} and {b} {kind}",)


def _day_sky(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (60, 140, 240)), near(rng, (170, 215, 255)))
    cloudy = rng.random() < 0.5
    image = _clouds(rng, image, near(rng, (250, 250, 252), 0.02), rng.uniform(0.2, 0.7)) if cloudy else image
    if rng.random() < 0.6:
        x, y = rng.uniform(0.15, 0.85), rng.uniform(0.12, 0.5)
        image = _glow(image, x, y, rng.uniform(0.2, 0.45), near(rng, (255, 245, 170)), 0.8)
        image = _disc(image, x, y, rng.uniform(0.08, 0.16), near(rng, (255, 225, 60)))
        return image, ("the sun is shining", "sunshine", "the sun shines", "a sunny day", "it is a beautiful day", "a beautiful day",
                       "a bright morning", "summer", "a warm day", "a happy day", "the bright sun above"), ("in the sunshine", "on a sunny day", "on a beautiful day", "in a blue sky")  # fmt: skip
    words = ("a blue sky with clouds", "white clouds", "the clouds are passing", "clouds") if cloudy else ("a clear sky", "a blue sky", "the sky", "air")
    return image, words, ("in a blue sky", "in the sky", "in the clouds" if cloudy else "in the sky")


def _night_sky(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (6, 8, 34), 0.03), near(rng, (28, 34, 92), 0.04))
    image = _stars(rng, image, int(rng.integers(5, 40)), 1)
    ground = ("in the night", "at night", "in the night sky", "in the dark", "under the stars")
    if rng.random() < 0.5:
        x, y, r = rng.uniform(0.2, 0.8), rng.uniform(0.15, 0.5), rng.uniform(0.08, 0.2)
        image = _disc(_glow(image, x, y, r * 2.2, near(rng, (200, 205, 240)), 0.45), x, y, r, near(rng, (245, 240, 205), 0.03))
        if rng.random() < 0.4:
            image = _disc(image, x + r * 0.45, y - r * 0.2, r * 0.9, near(rng, (14, 16, 50), 0.02))
        return image, ("the moon", "the moon at night", "moonlight", "a full moon", "the moon and the stars", "a night under the moon"), (*ground, "under the moon")
    return image, ("the night sky", "stars", "a starry night", "a dark night", "a thousand stars", "night", "dreaming", "the universe", "space"), ground


def _dark(rng: Rng) -> Drawn:
    image = np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, (10, 10, 14), 0.02)
    image = _glow(image, 0.5, 0.5, rng.uniform(0.3, 0.6), near(rng, (50, 46, 60), 0.04), rng.uniform(0.2, 0.7))
    return image, ("darkness", "the dark", "a dark night", "nothing", "blind", "a blind eye", "i cannot see", "silence", "death", "black night"), ("in the dark", "in darkness", "in the night")


def _sunset(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (90, 40, 110)), near(rng, (250, 130, 50)), (_Y * 1.3).clip(0, 1))
    x, y = rng.uniform(0.2, 0.8), rng.uniform(0.45, 0.65)
    image = _glow(image, x, y, 0.35, near(rng, (255, 190, 80)), 0.8)
    image = _disc(image, x, y, rng.uniform(0.07, 0.14), near(rng, (255, 215, 110)))
    image = _lay(image, _hill(rng, rng.uniform(0.62, 0.85)), near(rng, (45, 22, 40)))
    return image, ("a sunset", "the sun is setting", "evening", "the end of the day", "dusk", "sunrise", "dawn", "the evening sun", "an orange sunset"), ("at sunset", "in the evening", "in a sunset", "in an orange sunset")


def _field(rng: Rng) -> Drawn:
    mood = int(rng.integers(3))
    sky = (near(rng, (80, 155, 245)), near(rng, (14, 18, 56), 0.03), near(rng, (245, 150, 80)))[mood]
    low = (near(rng, (190, 225, 255)), near(rng, (34, 42, 96), 0.03), near(rng, (255, 205, 130)))[mood]
    land = (near(rng, (90, 180, 60)), near(rng, (18, 48, 34), 0.03), near(rng, (120, 110, 40)))[mood]
    image = _ramp(sky, low, (_Y * 1.8).clip(0, 1))
    image = _stars(rng, image, 14, 0.5) if mood == 1 else _clouds(rng, image, low * 0.4 + 0.6, rng.uniform(0, 0.5))
    image = _lay(image, _hill(rng, rng.uniform(0.4, 0.6)), _textured(rng, land))
    for _ in range(int(rng.integers(0, 25)) if mood == 0 and rng.random() < 0.4 else 0):
        image = _disc(image, rng.random(), rng.uniform(0.62, 1), rng.uniform(0.01, 0.022), near(rng, [(250, 220, 60), (250, 250, 250), (230, 60, 80)][int(rng.integers(3))]))
    words = (("a field", "a green field", "grass", "a meadow", "green hills", "the countryside", "spring", "a field under a blue sky", "land", "a field of flowers", "hope"),
             ("a field at night", "the dark field", "hills at night", "a night in the country"),
             ("a field at sunset", "a golden field", "the field in the evening", "autumn", "harvest"))[mood]  # fmt: skip
    ground = (("in a field", "in a green field", "on the grass", "in a meadow"), ("in a field at night", "in the night"), ("in a field at sunset", "in a golden field"))[mood]
    return image, words, ground


def _sea(rng: Rng) -> Drawn:
    mood = int(rng.integers(3))
    sky = (near(rng, (120, 190, 250)), near(rng, (10, 12, 44), 0.03), near(rng, (240, 120, 70)))[mood]
    sea = (near(rng, (30, 110, 190)), near(rng, (10, 26, 66), 0.03), near(rng, (110, 60, 100)))[mood]
    level = rng.uniform(0.35, 0.6)
    image = _ramp(sky, sky * 0.5 + 0.5 * np.array((1, 0.95, 0.85), np.float32) * (0.25 if mood == 1 else 1), (_Y / level).clip(0, 1))
    x = rng.uniform(0.2, 0.8)
    if mood:
        light = near(rng, (245, 240, 210) if mood == 1 else (255, 220, 120), 0.03)
        image = _disc(_glow(image, x, level * 0.5, 0.25, light, 0.4), x, level * 0.5 if mood == 1 else level * 0.85, 0.09, light)
    waves = 0.5 + 0.5 * np.sin((_Y - level) ** 0.7 * 60 + 3 * np.sin(_X * 9 + rng.uniform(0, 6))) if False else 0.5 + 0.5 * np.sin(_Y * 70 + 3 * np.sin(_X * 9 + rng.uniform(0, 6)))
    water = sea * (0.8 + 0.35 * waves[..., None] * _noise(rng, 6)[..., None])
    image = _lay(image, (level < _Y).astype(np.float32), water)
    if mood:
        streak = np.exp(-(((_X - x) / 0.07) ** 2)) * (waves > 0.5) * (level < _Y) * 0.6
        image = _lay(image, streak.astype(np.float32), light)
    words = (("the sea", "the ocean", "waves", "water", "the sea under a blue sky", "a calm sea", "a beach day", "the blue water"),
             ("the sea at night", "the dark sea", "black water", "moonlight on the water", "the night sea"),
             ("the sea at sunset", "evening on the water", "the sun goes down over the sea"))[mood]  # fmt: skip
    return image, words, (("on the sea", "in the water", "by the sea"), ("on the sea at night", "over the night sea"), ("on the sea at sunset",))[mood]


def _under_water(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (60, 180, 220)), near(rng, (5, 40, 110)))
    image = image * (0.85 + 0.3 * _noise(rng, 5))[..., None]
    for _ in range(int(rng.integers(3, 14))):
        x, y, r = rng.random(), rng.random(), rng.uniform(0.01, 0.035)
        image = _disc(_disc(image, x, y, r, near(rng, (190, 235, 250))), x, y, r * 0.6, near(rng, (70, 160, 210)))
    return image, ("under water", "deep water", "bubbles", "diving", "the deep sea", "drowning"), ("under water", "in the deep sea", "in the water")


def _desert(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (110, 180, 240)), near(rng, (245, 225, 180)), (_Y * 1.8).clip(0, 1))
    image = _lay(image, _hill(rng, rng.uniform(0.4, 0.55)), _textured(rng, near(rng, (228, 184, 110)), 0.12))
    image = _lay(image, _hill(rng, rng.uniform(0.62, 0.8)), _textured(rng, near(rng, (205, 150, 80)), 0.12))
    return image, ("a desert", "sand", "dunes", "the dry desert", "thirst", "heat", "emptiness"), ("in the desert", "on the sand")


def _snow(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (150, 180, 215)), near(rng, (225, 232, 240)), (_Y * 1.6).clip(0, 1))
    image = _lay(image, _hill(rng, rng.uniform(0.4, 0.6)), near(rng, (245, 248, 252), 0.015))
    image = _stars(rng, image, int(rng.integers(8, 50)), 1)
    return image, ("snow", "winter", "a cold day", "it is snowing", "ice", "a white winter", "cold", "december"), ("in the snow", "in winter")


def _forest(rng: Rng) -> Drawn:
    dark = rng.random() < 0.4
    image = _ramp(near(rng, (20, 40, 36) if dark else (150, 205, 150)), near(rng, (8, 20, 14) if dark else (50, 100, 45)))
    for depth in range(3):
        for _ in range(int(rng.integers(3, 6))):
            x, w = rng.random(), rng.uniform(0.07, 0.15)
            top, tone = rng.uniform(0.05, 0.45) + 0.08 * depth, (0.5 + 0.18 * depth) * (0.45 if dark else 1)
            leaf = ((w * (_Y - top) / 0.5 - abs(_X - x)) * 60).clip(0, 1) * (_Y > top) * (_Y < top + 0.6)
            image = _lay(image, leaf.astype(np.float32), near(rng, (60, 150, 60)) * tone)
            trunk = (abs(_X - x) < 0.015) * (_Y > top + 0.55)
            image = _lay(image, trunk.astype(np.float32), near(rng, (90, 60, 35)) * tone)
    words = ("a dark forest", "the woods at night", "lost in the forest", "fear") if dark else ("a forest", "trees", "the woods", "nature", "a walk in the woods", "many trees")
    return image, words, (("in the dark forest", "in the forest") if dark else ("in the forest", "among trees", "in the woods"))


def _rain(rng: Rng) -> Drawn:
    image = _ramp(near(rng, (80, 88, 100)), near(rng, (130, 138, 148)))
    image = _clouds(rng, image, near(rng, (60, 64, 74)), 0.5, 0.5)
    slant = rng.uniform(-0.25, 0.25)
    for _ in range(int(rng.integers(25, 70))):
        x, y, n = rng.random(), rng.random(), rng.uniform(0.04, 0.12)
        drop = (abs(_X - x - slant * (_Y - y)) < 0.006) * (_Y > y) * (_Y < y + n)
        image = _lay(image, drop.astype(np.float32) * 0.8, near(rng, (180, 205, 235)))
    return image, ("rain", "it is raining", "a rainy day", "storm", "a storm", "bad weather", "tears", "a sad day", "sadness", "a grey day"), ("in the rain", "in a storm")


def _rainbow(rng: Rng) -> Drawn:
    image, _, _ = _day_sky(rng)
    radius = np.hypot(_X - rng.uniform(0.35, 0.65), _Y - rng.uniform(0.9, 1.1))
    for i, name in enumerate(("red", "orange", "yellow", "green", "blue", "purple")):
        band = (abs(radius - 0.78 + 0.045 * i) < 0.0225).astype(np.float32)
        image = _lay(image, band * 0.85, near(rng, COLOURS[name], 0.03))
    return image, ("a rainbow", "a rainbow in the sky", "many colours", "all the colours", "joy"), ("under a rainbow",)


def _fire(rng: Rng) -> Drawn:
    height = _Y * 1.2 - 0.35 * _noise(rng, 5) - 0.25 * _noise(rng, 10) + 0.35 * abs(_X - 0.5)
    heat = ((height - rng.uniform(0.1, 0.4)) * 2.2).clip(0, 1)
    dark, red, yellow = near(rng, (14, 6, 6), 0.02), near(rng, (225, 60, 15)), near(rng, (255, 215, 70))
    image = _ramp(dark, red, (heat * 2).clip(0, 1))
    image = _lay(image, (heat * 2 - 1).clip(0, 1), yellow)
    return image, ("fire", "flames", "a burning fire", "everything is burning", "anger", "hell", "hot"), ("in flames", "in the fire")


def _light(rng: Rng) -> Drawn:
    x, y = rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.6)
    angle = np.arctan2(_Y - y, _X - x)
    rays = 0.5 + 0.5 * np.sin(angle * int(rng.integers(8, 18)) + rng.uniform(0, 6))
    base, light = near(rng, [(30, 30, 70), (120, 70, 20), (90, 140, 200)][int(rng.integers(3))]), near(rng, (255, 248, 205), 0.03)
    image = _lay(np.zeros((SIZE, SIZE, 3), np.float32) + base, rays.astype(np.float32) * 0.45, light)
    image = _glow(image, x, y, rng.uniform(0.25, 0.5), light, 1.0)
    return image, ("light", "rays of light", "a bright light", "the light", "heaven", "understanding", "we understand each other", "an idea", "a vision", "god", "enlightenment"), ("in the light", "in a bright light")


def _room(rng: Rng) -> Drawn:
    wall, floor = near(rng, [(225, 205, 175), (180, 200, 190), (200, 170, 160), (120, 120, 140)][int(rng.integers(4))]), near(rng, (140, 95, 60))
    image = _lay(np.zeros((SIZE, SIZE, 3), np.float32) + wall, (rng.uniform(0.65, 0.78) < _Y).astype(np.float32), floor)
    x, y, w, h = rng.uniform(0.2, 0.6), rng.uniform(0.12, 0.25), rng.uniform(0.2, 0.35), rng.uniform(0.28, 0.42)
    inside = ((_X > x) & (_X < x + w) & (_Y > y) & (_Y < y + h)).astype(np.float32)
    frame = ((_X > x - 0.025) & (_X < x + w + 0.025) & (_Y > y - 0.025) & (_Y < y + h + 0.025)).astype(np.float32)
    bars = ((abs(_X - x - w / 2) < 0.012) | (abs(_Y - y - h / 2) < 0.012)).astype(np.float32)
    night = rng.random() < 0.3
    pane = _ramp(near(rng, (14, 18, 50) if night else (110, 185, 250), 0.03), near(rng, (30, 36, 80) if night else (215, 235, 250), 0.03))
    image = _lay(_lay(image, frame, near(rng, (245, 240, 230), 0.02)), inside * (1 - bars), pane)
    words = ("a room at night", "a window at night") if night else ("a room", "a room with a window", "a window", "at home", "home", "inside", "waiting", "looking out of the window", "a house inside")
    return image, words, ("in a room", "by the window", "at home")


def _church(rng: Rng) -> Drawn:
    image = np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, [(60, 55, 60), (120, 112, 100), (26, 24, 34)][int(rng.integers(3))], 0.03)
    image = image * (0.85 + 0.3 * _noise(rng, 20))[..., None]
    panes = [near(rng, COLOURS[c]) for c in ("red", "blue", "yellow", "green", "purple", "orange")]
    count = int(rng.integers(1, 4))
    for i in range(count):
        x, w, top = (i + 0.5) / count, 0.3 / count + 0.05, rng.uniform(0.2, 0.35)
        arch = ((abs(_X - x) < w) & (_Y > top) & (_Y < 0.9)) | (np.hypot(_X - x, _Y - top) < w)
        cells = (np.floor(_X * 14) * 7 + np.floor(_Y * 14) * 3 + np.floor(rng.random() * 6)).astype(int) * 2654435761 % 6
        glass = np.stack(panes)[cells] * (0.75 + 0.4 * _noise(rng, 3))[..., None]
        lead = ((_X * 14 % 1 < 0.15) | (_Y * 14 % 1 < 0.15)).astype(np.float32)[..., None]
        image = _lay(image, arch.astype(np.float32), glass * (1 - 0.8 * lead))
    return image, ("a church window", "stained glass", "a church", "the windows of a church", "a cathedral", "prayer", "holy light", "a bay window"), ("in a church", "before a church window")


def _city(rng: Rng) -> Drawn:
    night = rng.random() < 0.5
    image = _ramp(near(rng, (12, 14, 44) if night else (140, 190, 235), 0.04), near(rng, (60, 44, 92) if night else (225, 225, 225), 0.04))
    x = -0.02
    while x < 1:
        w, top, tone = rng.uniform(0.08, 0.2), rng.uniform(0.25, 0.7), near(rng, (24, 24, 38) if night else (140, 135, 140), 0.05)
        block = ((x < _X) & (x + w > _X) & (top < _Y)).astype(np.float32)
        image = _lay(image, block, tone)
        lit = block * ((_X * 26 % 1 > 0.45) & (_Y * 22 % 1 > 0.5)) * (_noise(rng, 24) > 0.45)
        image = _lay(image, lit.astype(np.float32), near(rng, (255, 220, 120) if night else (90, 110, 140)))
        x += w * rng.uniform(0.9, 1.2)
    words = ("a city at night", "the city lights", "the town at night") if night else ("a city", "buildings", "the town", "houses", "a street", "houses in the city")
    return image, words, (("in the city at night", "in the city") if night else ("in the city", "in the street"))


def _path(rng: Rng) -> Drawn:
    image, _, _ = _field(rng) if rng.random() < 0.6 else _sunset(rng)
    bend, middle = rng.uniform(-0.3, 0.3), rng.uniform(0.35, 0.65)
    width = ((_Y - 0.5) * rng.uniform(0.4, 0.8)).clip(0, 1)
    way = (abs(_X - middle - bend * (1 - _Y) * (_Y - 0.5) * 4) < width * 0.5 + 0.004) & (_Y > 0.52)
    image = _lay(image, way.astype(np.float32), _textured(rng, near(rng, (200, 175, 130)), 0.15))
    return image, ("a path", "a road", "a walk", "walking", "i am walking", "the way home", "a journey", "a long way", "leaving", "going away"), ("on a path", "on the road", "on a walk")


def _crowd(rng: Rng) -> Drawn:
    ground = list(COLOURS)[int(rng.integers(len(COLOURS)))]
    image = _ramp(near(rng, COLOURS[ground]), near(rng, COLOURS[ground]) * 0.7)
    skins = [(250, 205, 60), (240, 195, 160), (150, 95, 60), (90, 55, 35), (220, 170, 130)]
    for row in range(int(rng.integers(2, 5))):
        r, y = 0.045 + 0.02 * row, 0.35 + 0.17 * row
        for k in range(int(0.75 / r)):
            x = k * r * 2.9 + rng.uniform(-0.02, 0.02)
            body = list(COLOURS.values())[int(rng.integers(8))]
            image = _disc(image, x, y + r * 2.3, r * 1.4, near(rng, body))
            image = _disc(image, x, y, r, near(rng, skins[int(rng.integers(5))], 0.03))
    return image, ("people", "a crowd", "many people", "a crowd of people", "the visitors", "everyone together", "we are many", "the others", "an audience", "a group of people"), ("in a crowd", "among people")


def _page(rng: Rng) -> Drawn:
    image = np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, (245, 238, 218), 0.02)
    ink, gap = near(rng, [(30, 30, 40), (30, 50, 130), (80, 50, 30)][int(rng.integers(3))], 0.03), rng.uniform(0.06, 0.11)
    y = 0.1
    while y < 0.92:
        wave = y + 0.012 * np.sin(_X * rng.uniform(50, 110) + rng.uniform(0, 6)) * (_noise(rng, 14) > 0.3)
        words = (abs(_Y - wave) < 0.011) & (np.sin(_X * rng.uniform(20, 30) + rng.uniform(0, 6)) > -0.75) & (_X > 0.1) & (rng.uniform(0.5, 0.92) > _X)
        image = _lay(image, words.astype(np.float32) * 0.9, ink)
        y += gap
    return image, ("writing", "a page", "someone is writing a story", "a letter", "words", "a story", "a text", "handwriting", "a poem", "reading", "a written page", "paper", "a tale"), ("on a page", "on paper")


def _images(rng: Rng) -> Drawn:
    n = int(rng.integers(3, 8))
    cells = rng.random((n, n, 2, 3)).astype(np.float32)
    i, j = (_Y * n).astype(int), (_X * n).astype(int)
    t = (_Y * n % 1)[..., None]
    image = cells[i, j, 0] * (1 - t) + cells[i, j, 1] * t
    border = ((_X * n % 1 < 0.1) | (_Y * n % 1 < 0.1)).astype(np.float32)
    image = _lay(image, border, near(rng, (245, 245, 245) if rng.random() < 0.5 else (15, 15, 20), 0.02))
    return image, ("a thousand images", "one thousand images", "many pictures", "images", "photographs", "memories", "a wall of pictures", "a field of one thousand images", "an exhibition", "pixels"), ("among images",)


def _memory(rng: Rng) -> Drawn:
    image, _, _ = [_field, _sea, _room, _forest, _city][int(rng.integers(5))](rng)
    grey = image.mean(2, keepdims=True)
    fade = rng.uniform(0.4, 0.7)
    image = (grey * np.array((1.05, 0.95, 0.78), np.float32)) * fade + (1 - fade) * np.array((0.85, 0.78, 0.65), np.float32)
    return image.astype(np.float32), ("a memory", "memory", "the past", "long ago", "an old photograph", "remembering", "my childhood", "forgotten", "history"), ("in a memory", "long ago")


def _eye(rng: Rng) -> Drawn:
    name = _pick(rng, "blue", "green", "brown", "grey")
    image = np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, [(235, 190, 160), (150, 100, 70), (90, 60, 45), (30, 30, 40)][int(rng.integers(4))], 0.03)
    y, openness = rng.uniform(0.4, 0.6), rng.uniform(0.18, 0.32)
    lid = abs(_Y - y) < openness * np.sqrt((1 - ((_X - 0.5) / 0.45) ** 2).clip(0, 1))
    x, r = rng.uniform(0.42, 0.58), rng.uniform(0.15, 0.22)
    ball = _disc(np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, (248, 246, 244), 0.015), x, y, r, near(rng, COLOURS[name]))
    ball = _disc(_disc(ball, x, y, r * 0.45, near(rng, (8, 8, 10), 0.01)), x + r * 0.3, y - r * 0.3, r * 0.18, near(rng, (255, 255, 255), 0))
    return _lay(image, lid.astype(np.float32), ball), ("an eye", f"a {name} eye", "an eye looking at you", "the eye", "seeing", "i see you", "looking", "watching"), ("before an eye",)


def _machine(rng: Rng) -> Drawn:
    image = np.zeros((SIZE, SIZE, 3), np.float32) + near(rng, [(40, 46, 56), (20, 60, 50), (90, 95, 105)][int(rng.integers(3))], 0.03)
    metal = near(rng, [(170, 175, 185), (90, 210, 170), (205, 160, 80)][int(rng.integers(3))])
    for _ in range(int(rng.integers(2, 6))):
        x, y, r, teeth = rng.random(), rng.random(), rng.uniform(0.1, 0.25), int(rng.integers(8, 14))
        d, a = np.hypot(_X - x, _Y - y), np.arctan2(_Y - y, _X - x)
        gear = (d < r * (1 + 0.14 * np.sign(np.sin(a * teeth)))) & (d > r * 0.35)
        image = _lay(image, gear.astype(np.float32), metal * rng.uniform(0.6, 1.1))
    return image, ("a machine", "gears", "the machine", "machines", "an engine", "a mechanism", "technology", "artificial intelligence", "a computer thinking", "the machine is learning"), ("in a machine",)


_KINDS: list[Callable[[Rng], Drawn]] = [
    *[_plain] * 9, *[_two] * 3, *[_pattern] * 2, *[_day_sky] * 3, *[_night_sky] * 3, _dark, _dark, *[_sunset] * 2, *[_field] * 3, *[_sea] * 3,
    _under_water, _desert, _snow, *[_forest] * 2, _rain, _rainbow, _fire, _light, _room, _church, _city, _path, _crowd, _page, _images,
    _memory, _eye, _machine,
]  # fmt: skip
