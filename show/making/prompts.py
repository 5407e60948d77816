"""Weighted prompts in the artist's notation: `150:( someone is writing a story: 1 | writing: 1 )` and `people: 0`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from show.errors import StoryError
from show.making.keyframes import NUMBER, Track, constant, track

_GROUP = re.compile(rf"(?:^|,)\s*({NUMBER})\s*:\s*\(")
_CLOSE = re.compile(r"\)\s*(?=,|$)")
_CLOSE_AFTER_WEIGHT = re.compile(rf":\s*{NUMBER}\s*\)\s*(?=,|$)")
_WEIGHT = re.compile(rf"^(.*):\s*({NUMBER})\s*$", re.DOTALL)
_NAME = re.compile(r"\s*TEXT\s*:\s*")
LARGEST_WEIGHT = 100.0


@dataclass(frozen=True)
class Prompt:
    """A text and its weight over the images of a phrase; a negative weight keeps the thing out."""

    text: str
    weight: Track


@dataclass(frozen=True)
class Prompts:
    """All a phrase asks for at once."""

    prompts: tuple[Prompt, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts, in order."""
        return tuple(prompt.text for prompt in self.prompts)

    def weights(self, image: float) -> tuple[float, ...]:
        """The weight of each text at an image (numbered from 1)."""
        return tuple(prompt.weight.at(image) for prompt in self.prompts)


@dataclass(frozen=True)
class Wish:
    """What one phrase asks of its images; without tracks the picture stays where it is and only grows."""

    prompts: Prompts
    angle: Track | None = None
    zoom: Track | None = None


def plain(text: str) -> Prompts:
    """A visitor's words as one prompt of weight 1: data, never read as notation."""
    return Prompts((Prompt(text, constant(1.0)),))


def parse_prompts(notation: str | Iterable[str], where: str) -> Prompts:
    """Read the artist's notation, one string or several; StoryError names `where` and what is wrong.

    Under keyframes weights are what they say and go in straight lines from one to the next.
    Outside them a weight of 0 is the artist's way of saying "not this" and acts as -1.
    """
    found: list[Prompt] = []
    for text in [notation] if isinstance(notation, str) else notation:
        found += _read(text, where)
    _check(found, where)
    return Prompts(tuple(found))


def _read(text: str, where: str) -> list[Prompt]:
    text = text[match.end() :] if (match := _NAME.match(text)) else text
    points: dict[str, list[tuple[float, float]]] = {}
    tail = text
    while group := _GROUP.match(tail):
        inside, tail = _split_group(tail[group.end() :], where)
        for prompt, weight in _weighted(inside, where):
            points.setdefault(prompt, []).append((float(group[1]), weight))
    keyed = [Prompt(prompt, track(pairs, f"{where} ({prompt!r})")) for prompt, pairs in points.items()]
    steady = [Prompt(prompt, constant(weight or -1.0)) for prompt, weight in _weighted(tail.lstrip(", "), where)]
    return keyed + steady


def _split_group(text: str, where: str) -> tuple[str, str]:
    """What stands in the brackets, and what follows; a `)` inside a prompt closes nothing."""
    if match := _CLOSE_AFTER_WEIGHT.search(text):
        closing = text.rindex(")", match.start(), match.end())
        return text[:closing], text[match.end() :]
    closes = list(_CLOSE.finditer(text))
    if not closes:
        raise StoryError(f"{where} has a bracket that never closes: {text.strip()!r}")
    return text[: closes[-1].start()], text[closes[-1].end() :]


def _weighted(text: str, where: str) -> list[tuple[str, float]]:
    pairs = []
    for part in text.split("|") if text.strip() else ():
        match = _WEIGHT.match(part)
        prompt, weight = (match[1].strip(), float(match[2])) if match else (part.strip(), 1.0)
        if not prompt:
            raise StoryError(f"{where} has an empty prompt in {text.strip()!r}")
        if abs(weight) > LARGEST_WEIGHT:
            raise StoryError(f"{where}: the weight {weight:g} of {prompt!r} is outside ±{LARGEST_WEIGHT:g}")
        pairs.append((prompt, weight))
    return pairs


def _check(found: list[Prompt], where: str) -> None:
    texts = [prompt.text for prompt in found]
    if not any(weight > 0 for prompt in found for _, weight in prompt.weight.points):
        raise StoryError(f"{where} asks for nothing: no prompt has a weight above 0")
    for text in texts:
        if texts.count(text) > 1:
            raise StoryError(f"{where} has {text!r} twice")
