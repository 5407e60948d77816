"""Phrases become images, each phrase starting from the last image of the one before; a kill loses little of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from show.making.encode import to_disk
from show.making.moving import first_picture
from show.making.optimise import Canvas, Painter, Seen, seeded
from show.making.prompts import Wish


@dataclass(frozen=True)
class Made:
    """One image on disk: its phrase and number (both from 1), and the critic's mean cosine."""

    phrase: int
    image: int
    score: float
    path: Path


@dataclass(frozen=True)
class _At:
    """Where a chain stands: the canvas of an image, what was seen of it, and the dice left for its next steps."""

    canvas: Canvas
    seen: Seen
    dice: torch.Generator


class Chain:
    """All images of a sequence of phrases, in a folder of its own, checkpointed every so many images of a phrase.

    Every image is told by (seed, phrase, image) and the image before it, so a resumed chain makes the same images.
    """

    def __init__(
        self, painter: Painter, wishes: Sequence[Wish], images: int, seed: int, folder: Path, checkpoint_every: int
    ) -> None:
        self._painter = painter
        self._wishes = tuple(wishes)
        self.images = images
        self._seed = seed
        self._folder = folder
        self._every = checkpoint_every
        self._unsafe: list[Path] = []
        self.total = len(self._wishes) * images
        self.resumed_at = 0  # images that were safe when this run began
        self.finished = False

    @property
    def paths(self) -> list[Path]:
        """Where the images are, in order, made or not."""
        return [self._path(number) for number in range(self.total)]

    def run(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Made]:
        """Make what is missing, one image at a time; when `stop` says so, leave a checkpoint and end early."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.resumed_at, canvas = self._resume()
        at = self._look(canvas, self.resumed_at - 1) if canvas is not None else None
        for number in range(self.resumed_at, self.total):
            at = self._look(self._canvas(at, number), number)
            made, stopping = self._keep(at, number), stop()
            if stopping or made.image % self._every == 0 or made.image == self.images:
                self._checkpoint(at.canvas, number + 1)  # before anyone hears of it
            yield made
            if stopping:
                return
        self.finished = True

    def _look(self, canvas: Canvas, number: int) -> _At:
        phrase, image = divmod(number, self.images)
        dice = seeded(self._seed, phrase, image)
        return _At(canvas, canvas.look(self._painter.goal(self._wishes[phrase].prompts, image + 1), dice), dice)

    def _canvas(self, before: _At | None, number: int) -> Canvas:
        """The canvas of an image: new, the last one of the phrase before, or some steps on from the one before."""
        phrase, image = divmod(number, self.images)
        if before is None:
            recipe = self._painter.recipe
            return self._painter.canvas(first_picture(recipe.width, recipe.height, seeded(self._seed)))
        if image == 0:
            return self._painter.again(before.canvas)
        return self._steps(self._moved(before, phrase, image), phrase, image)

    def _moved(self, before: _At, phrase: int, image: int) -> _At:
        """Under keyframes: the picture before, turned and enlarged, encoded anew; else simply where we were."""
        wish = self._wishes[phrase]
        if wish.angle is None and wish.zoom is None:
            return before
        angle = wish.angle.at(image + 1) if wish.angle else 0.0
        zoom = wish.zoom.at(image + 1) if wish.zoom else 1.0
        canvas = self._painter.moved(before.canvas, before.seen.picture, angle, zoom)
        return _At(canvas, canvas.look(self._painter.goal(wish.prompts, image + 1), before.dice), before.dice)

    def _steps(self, at: _At, phrase: int, image: int) -> Canvas:
        goal = self._painter.goal(self._wishes[phrase].prompts, image + 1)
        at.canvas.better(at.seen)
        for _ in range(self._painter.recipe.iterations - 1):
            at.canvas.better(at.canvas.look(goal, at.dice))
        return at.canvas

    def _keep(self, at: _At, number: int) -> Made:
        path = self._path(number)
        save_picture(at.seen.picture, path)
        self._unsafe.append(path)
        phrase, image = divmod(number, self.images)
        return Made(phrase + 1, image + 1, at.seen.score, path)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.png"

    def _checkpoint(self, canvas: Canvas, done: int) -> None:
        """Images first, then the tensors under another name, then the rename: a kill at any moment leaves one whole."""
        for path in self._unsafe:
            to_disk(path)
        self._unsafe.clear()
        tensors = {name: tensor.cpu().contiguous() for name, tensor in canvas.state().items()}
        waiting = self._folder / "checkpoint.new"
        waiting.write_bytes(save(tensors, metadata={"done": str(done), "of": self._fingerprint()}))
        to_disk(waiting)
        waiting.replace(self._folder / "checkpoint.safetensors")
        to_disk(self._folder)

    def _resume(self) -> tuple[int, Canvas | None]:
        """How many images are safe, and the canvas of the last; from the start when nothing fits."""
        try:
            with safe_open(self._folder / "checkpoint.safetensors", framework="pt") as file:
                metadata = file.metadata() or {}
                state: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            if metadata.get("of") != self._fingerprint():
                return 0, None
            canvas = Canvas(self._painter, state["latent"].to(self._painter.device))
            canvas.restore(state)
            return int(metadata["done"]), canvas
        except (OSError, SafetensorError, KeyError, ValueError):
            return 0, None

    def _fingerprint(self) -> str:
        """What the images depend on; checkpoints of anything else are of no use."""
        models = [float(bound.sum()) for bound in self._painter.vqgan.latent_bounds]
        return json.dumps([models, repr(self._painter.recipe), repr(self._wishes), self.images, self._seed])


def save_picture(picture: Tensor, path: Path) -> None:
    """A picture (1, 3, height, width) in 0..1 as a PNG."""
    values = picture.detach()[0].permute(1, 2, 0).mul(255).round().to(torch.uint8).cpu().numpy()
    Image.fromarray(values).save(path, compress_level=1)
