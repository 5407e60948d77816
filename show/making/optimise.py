"""The loop: VQGAN draws a latent image, the critic judges pieces of it against words, Adam moves it toward them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from show.errors import WeightsError
from show.making import moving
from show.making.critic import Critic, load_critic
from show.making.prompts import Prompts
from show.making.vqgan import Vqgan, load_vqgan


@dataclass(frozen=True)
class Recipe:
    """How an image is made: its size in pixels, and the numbers of the loop."""

    width: int
    height: int
    iterations: int = 2  # steps from one image to the next
    cuts: int = 8  # pieces the critic sees at each step: fewer is faster, more is steadier
    learning_rate: float = 0.1  # the notebook's


KEPT = 0.9  # of what encoding loses: with all of it noise gathers from image to image, with 0.7 nothing stays


class Goal(NamedTuple):
    """What the words ask at one image: vectors (n, d) of length 1, and a weight for each."""

    vectors: Tensor
    weights: Tensor


class Seen(NamedTuple):
    """A picture (1, 3, height, width) in 0..1, the loss that would better it, and the critic's mean cosine."""

    picture: Tensor
    loss: Tensor
    score: float


def open_painter(vqgan: Path, critic: Path, recipe: Recipe) -> "Painter":
    """Both models from their files, on the GPU when torch finds one; raises WeightsError."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    painter = Painter(load_vqgan(vqgan, device), load_critic(critic, device), recipe, device)
    if recipe.width % painter.vqgan.factor or recipe.height % painter.vqgan.factor:
        size = f"{recipe.width}x{recipe.height}"
        raise WeightsError(f"{vqgan.name} makes sides that are multiples of {painter.vqgan.factor}, not {size}")
    return painter


class Painter:
    """The two models and the numbers, ready to work on canvases; one for a whole chain."""

    def __init__(self, vqgan: Vqgan, critic: Critic, recipe: Recipe, device: str = "cpu") -> None:
        self.vqgan = vqgan
        self.critic = critic
        self.recipe = recipe
        self.device = device
        self._vectors: dict[str, Tensor] = {}
        self._half = _half_pays(device)

    def goal(self, prompts: Prompts, image: float) -> Goal:
        """What prompts ask at an image; each text is read by the critic once and remembered."""
        new = [text for text in prompts.texts if text not in self._vectors]
        if new:
            with torch.no_grad():
                self._vectors.update(zip(new, self.critic.encode_text(new), strict=True))
        vectors = torch.stack([self._vectors[text] for text in prompts.texts])
        return Goal(vectors, torch.tensor(prompts.weights(image), device=vectors.device))

    def canvas(self, picture: Tensor) -> "Canvas":
        """A canvas that starts from a picture."""
        return Canvas(self, self._encode(picture))

    def moved(self, canvas: "Canvas", picture: Tensor, angle_degrees: float, zoom: float) -> "Canvas":
        """A canvas with the picture of another, turned and enlarged, and its Adam as it was.

        Encoding loses some of what the loop had found: most of what it would lose now is moved along and added.
        """
        if (angle_degrees, zoom) == (0, 1):
            return canvas
        lost = KEPT * (canvas.latent.detach() - self._encode(picture))
        moved = moving.move(picture, angle_degrees, zoom).clamp(0, 1)
        after = Canvas(self, self._encode(moved) + moving.move(lost, angle_degrees, zoom))
        after.restore(canvas.state() | {"latent": after.latent.detach()})
        return after

    def _encode(self, picture: Tensor) -> Tensor:
        with torch.no_grad(), self._precision():
            return self.vqgan.encode(2 * picture.detach().to(self.device) - 1).float()

    def again(self, canvas: "Canvas") -> "Canvas":
        """A canvas with the same image and a new Adam."""
        return Canvas(self, canvas.latent)

    def draw(self, latent: Tensor) -> Tensor:
        """A latent image as a picture in 0..1; the codebook is searched in full precision."""
        with torch.autocast(self.device, enabled=False):
            quantized = self.vqgan.quantize(latent)
        with self._precision():
            picture: Tensor = self.vqgan.decode(quantized)
        return _into_range((picture.float() + 1).div(2))

    def judge(self, picture: Tensor, goal: Goal, generator: torch.Generator) -> Seen:
        """Look at random pieces of a picture and compare them with the words."""
        pieces = moving.cuts(picture, self.recipe.cuts, self.critic.input_size, generator)
        with self._precision():
            looks = self.critic.encode_image(pieces)
        cosines = looks.float() @ goal.vectors.float().T
        loss = (spherical_distance(cosines).mean(0) * goal.weights).sum()
        return Seen(picture, loss, mean_cosine(cosines, goal.weights))

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.device, dtype=torch.bfloat16, enabled=self._half)


class Canvas:
    """One latent image under way, with its Adam."""

    def __init__(self, painter: Painter, latent: Tensor) -> None:
        self._painter = painter
        self.latent = latent.detach().clone().requires_grad_()
        self.adam = torch.optim.Adam([self.latent], lr=painter.recipe.learning_rate)

    def look(self, goal: Goal, generator: torch.Generator) -> Seen:
        """Draw and judge; the result can be handed to `better` once."""
        return self._painter.judge(self._painter.draw(self.latent), goal, generator)

    def better(self, seen: Seen) -> None:
        """One step of Adam away from what was seen, kept within the codebook's bounds."""
        self.adam.zero_grad(set_to_none=True)
        seen.loss.backward()  # type: ignore[no-untyped-call]
        self.adam.step()
        low, high = self._painter.vqgan.latent_bounds
        with torch.no_grad():
            self.latent.copy_(self.latent.maximum(low).minimum(high))

    def state(self) -> dict[str, Tensor]:
        """The tensors from which `restore` goes on exactly here."""
        moments = self.adam.state.get(self.latent, {})
        return {"latent": self.latent.detach(), **{f"adam.{name}": value for name, value in moments.items()}}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from `state`; raises KeyError or RuntimeError when it does not fit."""
        with torch.no_grad():
            self.latent.copy_(state["latent"])
        device = self.latent.device
        for name, value in state.items():
            if name.startswith("adam."):  # Adam keeps its count of steps beside the processor, wherever the rest is
                self.adam.state[self.latent][name.removeprefix("adam.")] = value.to(device) if value.dim() else value


def spherical_distance(cosines: Tensor) -> Tensor:
    """The squared great-circle distance between unit vectors, as VQGAN+CLIP has it: 2 asin(|a - b| / 2)^2."""
    chord = (2 - 2 * cosines).clamp(min=1e-8).sqrt()
    return chord.div(2).clamp(max=1 - 1e-6).arcsin().square().mul(2)


def mean_cosine(cosines: Tensor, weights: Tensor) -> float:
    """The critic's score: mean cosine over the pieces, weighted over the prompts that are asked for."""
    wanted = weights.clamp(min=0)
    return float((cosines.detach().mean(0) * wanted).sum() / wanted.sum().clamp(min=1e-8))


def seeded(*numbers: int) -> torch.Generator:
    """A random source told by numbers alone (seed, phrase, image), so that any image can be made again."""
    mixed = 0
    for number in numbers:
        mixed = (mixed * 0x9E3779B97F4A7C15 + number + 1) % 2**63
    return torch.Generator().manual_seed(mixed)


def _half_pays(device: str) -> bool:
    """Whether bfloat16 is calculated by the processor itself, and not slowly imitated."""
    return bool(torch.cuda.is_bf16_supported() if device == "cuda" else torch.cpu._is_avx512_bf16_supported())


class _Clamp(torch.autograd.Function):
    """Clamp to 0..1 whose gradient still flows when it would bring the value back inside."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, values: Tensor) -> Tensor:
        ctx.save_for_backward(values)
        return values.clamp(0, 1)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, slope: Tensor) -> Tensor:
        (values,) = ctx.saved_tensors  # type: ignore[attr-defined]
        kept: Tensor = slope * (slope * (values - values.clamp(0, 1)) >= 0)
        return kept


def _into_range(picture: Tensor) -> Tensor:
    clamped: Tensor = _Clamp.apply(picture)  # type: ignore[no-untyped-call]
    return clamped


def unknown_words(critic: Critic, texts: Sequence[str]) -> tuple[str, ...]:
    """Words of these texts which the critic never learned, each once, in order."""
    return tuple(dict.fromkeys(word for text in texts for word in critic.unknown_words(text)))
