"""Captioned training pictures, composed without end from sprites and scenes of one split.

A picture is a scene alone, a thing on a ground, two things, or many of one; its caption names thing, colour and ground. No picture
whose full description holds every content word of an evaluation prompt is ever composed (`Composer.forbidden`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from show.making.training import scenes
from show.making.training.pictures import Sprites, split_of
from show.making.words import content, split_words

PROMPTS = Path(__file__).with_name("prompts.txt")
CANVAS = 80
SCENE_SEEDS = {"J": 1_000_000, "P": 2_000_000, "H": 3_000_000}
_TINTS = {name: rgb for name, rgb in scenes.COLOURS.items() if " " not in name and name not in ("beige", "turquoise")}
_SYMBOLS = re.compile(r"button|oclock|thirty|keycap|arrow|squared|sign|face with|sort|input|mark")  # seen less often: hard to tell apart
_COLOUR_WORDS = frozenset(w for name in scenes.COLOURS for w in name.split())
_ALIASES = {
    "man": ("brother", "father", "he"), "boy": ("brother", "son", "child"), "woman": ("sister", "mother", "she"), "girl": ("sister", "daughter"),
    "handshake": ("understanding", "we understand each other"), "people hugging": ("we understand each other", "together", "brothers"),
    "speaking head": ("talking", "saying"), "books": ("stories", "learning"), "open book": ("a story", "reading"), "writing hand": ("writing", "someone is writing"),
    "memo": ("writing a story",), "robot": ("machine", "learning machine"), "brain": ("memory", "thinking"), "framed picture": ("image", "picture", "painting"),
    "camera": ("photograph", "images"), "eyes": ("seeing", "looking"), "eye": ("sight", "seeing"), "person with white cane": ("blind", "a blind person"),
    "man walking": ("walking with my brother", "walking"), "person walking": ("walking", "i am walking"), "church": ("chapel", "holy place"), "film frames": ("film", "cinema"),
}  # fmt: skip


def prompts() -> list[str]:
    """The evaluation prompts, written before training."""
    return [line for line in PROMPTS.read_text(encoding="utf-8").splitlines() if line.strip()]


@dataclass(frozen=True)
class Batch:
    """`images` (n, 3, size, size) in 0..1, their captions, and keys that are equal for pictures of the same description."""

    images: Tensor
    captions: list[str]
    keys: list[str]


@dataclass
class _Plan:
    scene: int
    ground: str = ""
    things: list[tuple[int, str]] = field(default_factory=list)
    many: bool = False
    words: frozenset[str] = frozenset()
    caption: str = ""
    key: str = ""


class Composer:
    """Batches of one split (`J`, `P` or `H`); `scene_count` scenes are drawn at the start."""

    def __init__(self, sprites: Sprites, split: str, seed: int, scene_count: int = 3000) -> None:
        self.rng = np.random.default_rng(seed)
        self.sprites, self.split = sprites, split
        self.indices = np.array([i for i in range(len(sprites.names)) if split_of(sprites.unit(i)) == split])
        self._weights = self._unit_weights()
        pixels = torch.from_numpy(sprites.pixels[self.indices]).permute(0, 3, 1, 2)
        self.pixels = pixels.contiguous()
        drawn = [scenes.draw(SCENE_SEEDS[split] + i) for i in range(scene_count)]
        self.scenes = torch.from_numpy(np.stack([scene.pixels for scene in drawn])).permute(0, 3, 1, 2).contiguous()
        self.alone, self.grounds = [s.alone for s in drawn], [s.ground for s in drawn]
        self.natural = [_natural_colour(sprites.pixels[i]) for i in self.indices]
        self.forbidden = [content(prompt) for prompt in prompts()]

    def _unit_weights(self) -> np.ndarray:
        """Every drawing equally often, however many skin tones it has."""
        units = [self.sprites.unit(int(i)) for i in self.indices]
        counts = {unit: units.count(unit) for unit in set(units)}
        weights = np.array([(0.3 if _SYMBOLS.search(unit) else 1) / counts[unit] for unit in units])
        return weights / weights.sum()

    def batches(self, size: int, count: int, augment: float = 1.0) -> Iterator[Batch]:
        """Endless batches of `count` pictures, `size` px square; `augment` 0 leaves them as composed."""
        while True:
            yield self.batch(size, count, augment)

    def batch(self, size: int, count: int, augment: float = 1.0) -> Batch:
        """One batch."""
        plans = [self._plan() for _ in range(count)]
        images = self._compose(plans)
        images = _view(images, size, augment, self.rng)
        return Batch(images, [plan.caption for plan in plans], [plan.key for plan in plans])

    def _plan(self) -> _Plan:
        while True:
            plan = self._guess()
            if not any(prompt <= plan.words for prompt in self.forbidden):
                return plan

    def _guess(self) -> _Plan:
        scene, roll = int(self.rng.integers(len(self.alone))), self.rng.random()
        if roll < 0.25:
            return self._scene_alone(scene)
        plan = _Plan(scene, ground=self._one(self.grounds[scene]))
        count = 1 if roll < 0.82 else 2 if roll < 0.92 else 1
        plan.many = roll >= 0.92
        described = " ".join(self.grounds[scene])
        phrases = []
        for _ in range(count):
            index = int(self.rng.choice(len(self.indices), p=self._weights))
            tint = self._one(tuple(_TINTS)) if self.rng.random() < 0.35 else ""
            phrase, full = self._thing(index, tint, plan.many)
            phrases.append(phrase)
            described += " " + full
            plan.things.append((index, tint))
        plan.words = content(described)
        caption = " and ".join(phrases)
        plan.caption = f"{caption} {plan.ground}" if self.rng.random() < 0.75 else caption
        plan.key = plan.caption
        return plan

    def _scene_alone(self, scene: int) -> _Plan:
        caption = self._one(self.alone[scene])
        return _Plan(scene, words=content(" ".join(self.alone[scene])), caption=caption, key=self.alone[scene][0])

    def _thing(self, index: int, tint: str, many: bool) -> tuple[str, str]:
        sprite = int(self.indices[index])
        name, tags = self.sprites.names[sprite], self.sprites.tags[sprite]
        options = (*tags, *(alias for key, more in _ALIASES.items() if key == name for alias in more))
        noun = self._one(options) if options and self.rng.random() < 0.3 else name
        colour = tint or self.natural[index]
        if colour:
            noun = " ".join(w for w in split_words(noun) if w not in _COLOUR_WORDS) or noun
        shown = tint or (colour if self.rng.random() < 0.5 else "")
        full = " ".join((colour, name, *options))
        if many:
            return f"{self._one(('many', 'a thousand', 'a lot of'))} {shown} {noun}s".replace("  ", " "), full
        return f"{self._one(('a', 'a', 'the'))} {shown} {noun}".replace("  ", " "), full

    def _one(self, of: Sequence[str]) -> str:
        return of[int(self.rng.integers(len(of)))]

    def _compose(self, plans: list[_Plan]) -> Tensor:
        images = self._ground(torch.tensor([plan.scene for plan in plans]))
        single = [(i, *plan.things[0], 0.0) for i, plan in enumerate(plans) if len(plan.things) == 1 and not plan.many]
        left = [(i, *plan.things[0], -0.42) for i, plan in enumerate(plans) if len(plan.things) == 2]
        right = [(i, *plan.things[1], 0.42) for i, plan in enumerate(plans) if len(plan.things) == 2]
        many = [(i, *plan.things[0], 0.0) for i, plan in enumerate(plans) if plan.many]
        for layer, scale, spread in ((single, (0.5, 1.05), 0.2), (left, (0.38, 0.55), 0.1), (right, (0.38, 0.55), 0.1)):
            self._lay(images, layer, scale, spread)
        for _ in range(7):
            self._lay(images, many, (0.2, 0.36), 0.8)
        return images

    def _ground(self, chosen: Tensor) -> Tensor:
        pixels = self.scenes[chosen].float() / 255
        turn = torch.from_numpy(self.rng.random(len(chosen)) < 0.5)
        pixels[turn] = pixels[turn].flip(-1)
        y, x = (int(v) for v in self.rng.integers(0, scenes.SIZE - CANVAS + 1, 2))
        return pixels[:, :, y : y + CANVAS, x : x + CANVAS].contiguous()

    def _lay(self, images: Tensor, layer: list[tuple[int, int, str, float]], scale: tuple[float, float], spread: float) -> None:
        if not layer:
            return
        at, sprites = torch.tensor([item[0] for item in layer]), self.pixels[torch.tensor([item[1] for item in layer])].float() / 255
        for k, (_, _, tint, _) in enumerate(layer):
            if tint:
                sprites[k, :3] = _tinted(sprites[k, :3], tint)
        sprites[:, :3] *= sprites[:, 3:]
        count, rng = len(layer), self.rng
        size, angle = rng.uniform(*scale, count), rng.normal(0, 0.15, count)
        x = np.array([item[3] for item in layer]) + rng.uniform(-spread, spread, count)
        y, flip = rng.uniform(-spread, spread, count), np.where(rng.random(count) < 0.4, -1, 1)
        placed = F.grid_sample(sprites, _grid(size, angle, x, y, flip, CANVAS), align_corners=False)
        images[at] = images[at] * (1 - placed[:, 3:]) + placed[:, :3]


def _grid(size: np.ndarray, angle: np.ndarray, x: np.ndarray, y: np.ndarray, flip: np.ndarray, pixels: int) -> Tensor:
    """Sampling grids that put a picture `size` times as large, turned and moved, on a canvas of `pixels`."""
    c, s = np.cos(angle) / size, np.sin(angle) / size
    theta = np.stack([np.stack([c * flip, s * flip, -(c * x + s * y) * flip], 1), np.stack([-s, c, s * x - c * y], 1)], 1)
    return F.affine_grid(torch.from_numpy(theta.astype(np.float32)), [len(size), 1, pixels, pixels], align_corners=False)


def _tinted(rgb: Tensor, name: str) -> Tensor:
    """`rgb` (3, h, w) drawn again in shades of one colour."""
    colour = torch.tensor(_TINTS[name]).view(3, 1, 1) / 255
    light = (rgb * torch.tensor([0.3, 0.59, 0.11]).view(3, 1, 1)).sum(0, keepdim=True)
    light = (light - 0.55) * 0.6 + 0.5
    return torch.where(light < 0.5, colour * light * 2, colour + (1 - colour) * (light * 2 - 1)).clamp(0, 1)


def _natural_colour(pixels: np.ndarray) -> str:
    """The one colour that covers most of a sprite (72, 72, 4), or nothing."""
    opaque = pixels[pixels[..., 3] > 128][:, :3].astype(np.float32)
    if len(opaque) < 60:
        return ""
    palette = np.array(list(_TINTS.values()), np.float32)
    nearest = ((opaque[::7, None] - palette) ** 2).sum(-1).argmin(1)
    counts = np.bincount(nearest, minlength=len(palette))
    best = int(counts.argmax())
    return list(_TINTS)[best] if counts[best] > 0.55 * counts.sum() else ""


def _view(images: Tensor, size: int, augment: float, rng: np.random.Generator) -> Tensor:
    """A look at the canvas, `size` px: zoomed, turned, softened and noisy as far as `augment` says."""
    count, top = len(images), CANVAS / 64
    zoom = rng.uniform(1, 1 + 0.45 * augment, count) if augment else np.ones(count)
    room = (zoom - 1) * 0.8
    x, y = rng.uniform(-1, 1, count) * room, rng.uniform(-1, 1, count) * room
    angle = rng.normal(0, 0.1 * augment, count)
    seen = F.grid_sample(images, _grid(zoom, angle, x, y, np.ones(count), size), padding_mode="reflection", align_corners=False)
    if not augment:
        return seen.clamp(0, 1)
    seen = _soft(seen, torch.from_numpy(rng.random(count) < 0.35 * augment), float(rng.uniform(1.5, 4) / top))
    contrast = torch.from_numpy(rng.uniform(1 - 0.25 * augment, 1 + 0.2 * augment, (count, 1, 1, 1)).astype(np.float32))
    light = torch.from_numpy(rng.normal(0, 0.05 * augment, (count, 1, 1, 1)).astype(np.float32))
    seen = (seen - 0.5) * contrast + 0.5 + light
    sigma = torch.from_numpy((rng.uniform(0, 0.1, (count, 1, 1, 1)) * (rng.random((count, 1, 1, 1)) < 0.5) * augment).astype(np.float32))
    return (seen + torch.randn_like(seen) * sigma).clamp(0, 1)


def _soft(images: Tensor, which: Tensor, factor: float) -> Tensor:
    """Those of `which` shrunk by `factor` and enlarged again."""
    if not which.any() or factor <= 1:
        return images
    chosen, side = images[which], images.shape[-1]
    small = F.interpolate(chosen, size=max(8, int(side / factor)), mode="area")
    images[which] = F.interpolate(small, size=side, mode="bilinear", align_corners=False)
    return images


def vocabulary(sprites: Sprites, composer: Composer, smallest: int = 1) -> list[str]:
    """Every word that captions can hold, most frequent first."""
    counts: dict[str, int] = {}
    texts = [*sprites.names, *(t for tags in sprites.tags for t in tags), *(t for more in _ALIASES.values() for t in more)]
    texts += [t for phrases in (*composer.alone, *composer.grounds) for t in phrases] + ["many a thousand lot of and with", *scenes.COLOURS]
    for text in texts:
        for word in split_words(text):
            counts[word] = counts.get(word, 0) + 1
    return sorted((w for w, n in counts.items() if n >= smallest), key=lambda w: (-counts[w], w))
