"""Procedural scenes with captions: skies, fields, seas, nights, rooms, light, writing; drawn by our own code."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from show.making.training.scenes import grounds, lands, skies
from show.making.training.scenes.brush import COLOURS, SIZE, Rng

__all__ = ["COLOURS", "SIZE", "Scene", "draw"]

_KINDS: tuple[Callable[[Rng], grounds.Named], ...] = (
    *[grounds.plain] * 9, *[grounds.two] * 3, *[grounds.pattern] * 2, *[skies.day] * 3, *[skies.night] * 3,
    skies.dark, skies.dark, *[skies.sunset] * 2, *[lands.field] * 3, *[lands.sea] * 3, lands.under_water, lands.desert,
    lands.snow, *[lands.forest] * 2, skies.rain, skies.rainbow, skies.fire, skies.light, lands.room, lands.church,
    lands.city, lands.path, lands.crowd, grounds.page, grounds.images, lands.memory, grounds.eye, grounds.machine,
)  # fmt: skip  # as often as they stand here


@dataclass(frozen=True)
class Scene:
    """(96, 96, 3) uint8, phrases for it alone, and phrases for it as the ground of something else ("in a field")."""

    pixels: NDArray[np.uint8]
    alone: tuple[str, ...]
    ground: tuple[str, ...]


def draw(seed: int) -> Scene:
    """Draw the scene of this seed."""
    rng = np.random.default_rng(seed)
    image, name, words = _KINDS[int(rng.integers(len(_KINDS)))](rng)
    image = image + rng.normal(0, rng.uniform(0, 0.02), image.shape).astype(np.float32)
    return Scene((image.clip(0, 1) * 255).astype(np.uint8), _said(name, "alone", words), _said(name, "ground", words))


def _said(name: str, how: str, words: dict[str, str]) -> tuple[str, ...]:
    return tuple(phrase.format(**words) for phrase in _captions()[name][how])


@cache
def _captions() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("captions.toml").read_text(encoding="utf-8"))
