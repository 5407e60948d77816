"""Captioned training pictures, composed without end from sprites and scenes of one split.

A picture is a scene alone, a thing on a ground, two things, or many of one; its caption names thing, colour and ground.
No picture whose full description holds every content word of an evaluation prompt is ever composed.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from show.making.training import scenes
from show.making.training.composing import CANVAS, TINTS, Floats, Piece, lay, view
from show.making.training.pictures import Sprites, split_of
from show.making.words import content, split_words

PROMPTS = Path(__file__).with_name("prompts.txt")
SCENE_SEEDS = {"J": 1_000_000, "P": 2_000_000, "H": 3_000_000}
# seen less often: hard to tell apart
_SYMBOLS = re.compile(r"button|oclock|thirty|keycap|arrow|squared|sign|face with|sort|input|mark")
_COLOUR_WORDS = frozenset(w for name in scenes.COLOURS for w in name.split())
_ALIASES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("aliases.toml").read_text(encoding="utf-8"))


def prompts() -> list[str]:
    """The evaluation prompts, written before training."""
    return [line for line in PROMPTS.read_text(encoding="utf-8").splitlines() if line.strip()]


@dataclass(frozen=True)
class Batch:
    """`images` (n, 3, size, size) in 0..1, their captions, and keys equal for pictures of the same description."""

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

    def _unit_weights(self) -> Floats:
        """Every drawing equally often, however many skin tones it has."""
        units = [self.sprites.unit(int(i)) for i in self.indices]
        counts = {unit: units.count(unit) for unit in set(units)}
        weights = np.array([(0.3 if _SYMBOLS.search(unit) else 1) / counts[unit] for unit in units])
        shares: Floats = weights / weights.sum()
        return shares

    def batches(self, size: int, count: int, augment: float = 1.0) -> Iterator[Batch]:
        """Endless batches of `count` pictures, `size` px square; `augment` 0 leaves them as composed."""
        while True:
            yield self.batch(size, count, augment)

    def batch(self, size: int, count: int, augment: float = 1.0) -> Batch:
        """One batch."""
        plans = [self._plan() for _ in range(count)]
        images = self._compose(plans)
        images = view(images, size, augment, self.rng)
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
            tint = self._one(tuple(TINTS)) if self.rng.random() < 0.35 else ""
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
        options = (*tags, *_ALIASES.get(name, ()))
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
        single = [Piece(i, *plan.things[0]) for i, plan in enumerate(plans) if len(plan.things) == 1 and not plan.many]
        left = [Piece(i, *plan.things[0], -0.42) for i, plan in enumerate(plans) if len(plan.things) == 2]
        right = [Piece(i, *plan.things[1], 0.42) for i, plan in enumerate(plans) if len(plan.things) == 2]
        many = [Piece(i, *plan.things[0]) for i, plan in enumerate(plans) if plan.many]
        for layer, scale, spread in ((single, (0.5, 1.05), 0.2), (left, (0.38, 0.55), 0.1), (right, (0.38, 0.55), 0.1)):
            self._add(images, layer, scale, spread)
        for _ in range(7):
            self._add(images, many, (0.2, 0.36), 0.8)
        return images

    def _ground(self, chosen: Tensor) -> Tensor:
        pixels = self.scenes[chosen].float() / 255
        turn = torch.from_numpy(self.rng.random(len(chosen)) < 0.5)
        pixels[turn] = pixels[turn].flip(-1)
        y, x = (int(v) for v in self.rng.integers(0, scenes.SIZE - CANVAS + 1, 2))
        return pixels[:, :, y : y + CANVAS, x : x + CANVAS].contiguous()

    def _add(self, images: Tensor, pieces: list[Piece], scale: tuple[float, float], spread: float) -> None:
        if pieces:
            sprites = self.pixels[torch.tensor([piece.sprite for piece in pieces])].float() / 255
            lay(images, pieces, sprites, scale, spread, self.rng)


def _natural_colour(pixels: NDArray[np.uint8]) -> str:
    """The one colour that covers most of a sprite (72, 72, 4), or nothing."""
    opaque = pixels[pixels[..., 3] > 128][:, :3].astype(np.float32)
    if len(opaque) < 60:
        return ""
    palette = np.array(list(TINTS.values()), np.float32)
    nearest = ((opaque[::7, None] - palette) ** 2).sum(-1).argmin(1)
    counts = np.bincount(nearest, minlength=len(palette))
    best = int(counts.argmax())
    return list(TINTS)[best] if counts[best] > 0.55 * counts.sum() else ""


def vocabulary(sprites: Sprites, composer: Composer, smallest: int = 1) -> list[str]:
    """Every word that captions can hold, most frequent first."""
    counts: dict[str, int] = {}
    texts = [
        *sprites.names,
        *(t for tags in sprites.tags for t in tags),
        *(t for more in _ALIASES.values() for t in more),
    ]
    texts += [t for phrases in (*composer.alone, *composer.grounds) for t in phrases] + [
        "many a thousand lot of and with",
        *scenes.COLOURS,
    ]
    for text in texts:
        for word in split_words(text):
            counts[word] = counts.get(word, 0) + 1
    return sorted((w for w, n in counts.items() if n >= smallest), key=lambda w: (-counts[w], w))
