"""Training of the VQGAN: likeness in pixels, edges, tints and the critic's features.

First an autoencoder learns without a codebook; then the codebook is found among its latents by k-means, encoder and
codebook rest, and the decoder goes on learning to draw from codes.
"""

import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from show.making.critic import Critic, load_critic
from show.making.training.contrast import Average, ahead, rate
from show.making.training.data import Batch, Composer
from show.making.training.pictures import Sprites
from show.making.training.together import EVERY, Together
from show.making.vqgan import Vqgan, load_vqgan

CONFIG: dict[str, Any] = {
    "double_z": False, "z_channels": 64, "resolution": 64, "in_channels": 3, "out_ch": 3, "ch": 16,
    "ch_mult": (1, 1, 4, 8), "num_res_blocks": 1, "attn_resolutions": (), "dropout": 0.0,
}  # fmt: skip
DECODER = {"num_res_blocks": 0}  # one block a level: an iteration of the maker is mostly the decoder
EMBED_DIM, N_EMBED = 32, 4096
BATCH = 8
FREE_UNTIL = (
    0.5  # of the time: then the codebook is found among the latents, encoder and codebook rest, the decoder goes on
)
RECENT = 100  # batches whose latents the codebook is found from
PERCEPTUAL_WEIGHT = 0.15
CRITIC_FROM = 60.0  # seconds
CRITIC_AGAIN = 600.0


def train_vqgan(sprites: Sprites, out: Path, seconds: float, critic: Path, go_on: bool = False) -> None:
    """Train on split P and write to `out`, or go on from it; the critic at `critic` lends its eye once it is there."""
    together = Together()
    torch.manual_seed(3 + go_on + 10 * together.rank)
    composer = Composer(sprites, "P", seed=33 + go_on + 10 * together.rank, scene_count=3000)
    training = _Training(out, seconds, critic, together)
    batches = ahead(composer.batches(64, BATCH, 0.3))
    if go_on:
        training.go_on(batches)
    training.agree()
    training.run(batches)
    batches.close()


class _Training:
    def __init__(self, out: Path, seconds: float, critic: Path, together: Together) -> None:
        self.out, self.seconds, self.critic_path, self.together = out, seconds, critic, together
        self.vqgan = Vqgan(CONFIG, EMBED_DIM, N_EMBED, DECODER, "affine")
        self.adam = torch.optim.Adam(self.vqgan.parameters(), lr=1.2e-3, betas=(0.9, 0.99))
        self.average = Average(self.vqgan, 0.998)
        self.recent: deque[Tensor] = deque(maxlen=RECENT)
        self.eye: Critic | None = None
        self.eye_at = -1e9
        self.free = True
        self.start = time.monotonic()

    def go_on(self, batches: Iterator[Batch]) -> None:
        """Take up the autoencoder written before and find it a codebook; only the decoder learns on."""
        state = load_vqgan(self.out).state_dict()
        state["quantize.embedding.weight"] = self.vqgan.quantize.embedding.weight.detach()
        self.vqgan.load_state_dict(state)
        with torch.no_grad():
            for batch in islice(batches, RECENT):
                self._remember(self.vqgan.encode(batch.images * 2 - 1))
        self._settle()

    def agree(self) -> None:
        """Begin with the same weights in every process."""
        for parameter in self.vqgan.parameters():
            self.together.follow_first(parameter.data)
        self.average = Average(self.vqgan, 0.998)

    def run(self, batches: Iterator[Batch]) -> None:
        kept, sums = 0.0, dict.fromkeys(("pixels", "eye"), 0.0)
        for step, batch in enumerate(batches):
            elapsed = time.monotonic() - self.start
            self.adam.param_groups[0]["lr"] = rate(elapsed / self.seconds, 1.2e-3)
            for name, value in self.step(batch.images * 2 - 1).items():
                sums[name] += value
            if step % 50 == 49:
                figures = "  ".join(f"{name} {value / 50:.3f}" for name, value in sums.items())
                print(f"{elapsed:6.0f} s  step {step + 1}  {figures}", flush=True)
                sums = dict.fromkeys(sums, 0.0)
            self._borrow_eye(elapsed)
            if step % EVERY == 0 and self._meet(elapsed):
                return
            if elapsed - kept > 120:
                kept = elapsed
                self.save()

    def step(self, images: Tensor) -> dict[str, float]:
        """Learn from one batch in -1..1; returns the losses."""
        with torch.set_grad_enabled(self.free):
            latent = self.vqgan.encode(images)
            self._remember(latent)
            if not self.free:
                latent = self.vqgan.quantize(latent)
        drawn = self.vqgan.decode(latent)
        pixels, eye = likeness(drawn, images), self._eye_loss(drawn, images)
        loss = pixels + PERCEPTUAL_WEIGHT * eye
        self.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.vqgan.parameters(), 1.0)
        self.adam.step()
        self.average.update(self.vqgan)
        return {"pixels": pixels.item(), "eye": eye.item()}

    def _meet(self, elapsed: float) -> bool:
        """Become one with the other processes; True when the time is over."""
        self.together.average(self.vqgan)
        if self.free and self.together.follow_first(torch.tensor(float(elapsed > FREE_UNTIL * self.seconds))):
            self._settle()
        over = self.together.follow_first(torch.tensor(float(elapsed > self.seconds)))
        if over:
            self.save()
        return bool(over)

    def save(self) -> None:
        """Write the averaged model, whole or not at all."""
        if self.together.rank:
            return
        state = {name: value.half().contiguous() for name, value in self.average.model.state_dict().items()}
        waiting = self.out.with_suffix(".new")
        save_file(state, waiting, metadata={"kind": "vqgan", "norm": "affine"})
        waiting.replace(self.out)

    def _remember(self, latent: Tensor) -> None:
        self.recent.append(latent.detach().permute(0, 2, 3, 1).reshape(-1, EMBED_DIM))

    def _settle(self) -> None:
        """From now on pictures are drawn from codes."""
        self._whiten()
        self._found_codebook()
        self.free = False

    @torch.no_grad()
    def _whiten(self) -> None:
        """Turn and stretch latents so that no direction outweighs the others, drawing the same pictures as before.

        Lightness would else have the codebook to itself.
        """
        points = torch.cat(list(self.recent))
        mean, forth, back = (self.together.follow_first(value) for value in whitening(points))
        first, second = self.vqgan.quant_conv, self.vqgan.post_quant_conv
        assert first.bias is not None
        assert second.bias is not None
        first.bias.copy_(forth @ (first.bias - mean))
        first.weight.copy_((forth @ first.weight.flatten(1))[:, :, None, None])
        second.bias.add_(second.weight.flatten(1) @ mean)
        second.weight.copy_((second.weight.flatten(1) @ back)[:, :, None, None])
        for parameter in (*first.parameters(), *second.parameters()):
            self.adam.state.pop(parameter, None)
        self.recent = deque(((batch - mean) @ forth.T for batch in self.recent), maxlen=RECENT)

    @torch.no_grad()
    def _found_codebook(self) -> None:
        self.vqgan.quantize.embedding.weight.copy_(centres(torch.cat(list(self.recent)), N_EMBED))
        self.together.follow_first(self.vqgan.quantize.embedding.weight)
        self.average.model.load_state_dict(self.vqgan.state_dict())

    def _borrow_eye(self, elapsed: float) -> None:
        if elapsed > CRITIC_FROM and elapsed - self.eye_at > CRITIC_AGAIN and self.critic_path.exists():
            self.eye, self.eye_at = load_critic(self.critic_path), elapsed

    def _eye_loss(self, drawn: Tensor, images: Tensor) -> Tensor:
        if self.eye is None:
            return drawn.new_zeros(())
        with torch.no_grad():
            wanted = features(self.eye, images / 2 + 0.5)
        return torch.stack([
            (a - b).square().mean() / b.square().mean()
            for a, b in zip(features(self.eye, drawn / 2 + 0.5), wanted, strict=True)
        ]).mean()  # fmt: skip


def whitening(points: Tensor, floor: float = 1e-4) -> tuple[Tensor, Tensor, Tensor]:
    """Mean of `points` (n, d), a matrix that makes the spread in each direction its square root, and its inverse."""
    mean = points.mean(0)
    variances, directions = torch.linalg.eigh((points - mean).T @ (points - mean) / len(points))
    spread = (variances.clamp(min=0) + floor * variances.max()) ** 0.25
    return mean, (directions / spread).T.contiguous(), (directions * spread).contiguous()


def centres(points: Tensor, count: int, rounds: int = 8) -> Tensor:
    """`count` points in the middle of as many clusters of `points` (n, d): k-means."""
    found = points[torch.randperm(len(points))[:count]].clone()
    for _ in range(rounds):
        nearest = torch.cdist(points, found).argmin(1)
        sums = torch.zeros_like(found).index_add_(0, nearest, points)
        sizes = torch.bincount(nearest, minlength=count)[:, None]
        found = torch.where(sizes > 0, sums / sizes.clamp(min=1), found)
    return found


def likeness(drawn: Tensor, images: Tensor) -> Tensor:
    """Mean distance of pixels, of halved pictures, and of neighbouring differences (edges)."""
    near = (drawn - images).abs().mean()
    far = (F.avg_pool2d(drawn, 4) - F.avg_pool2d(images, 4)).abs().mean()
    across = (drawn.diff(dim=3) - images.diff(dim=3)).abs().mean() + (
        drawn.diff(dim=2) - images.diff(dim=2)
    ).abs().mean()
    return near + 0.5 * far + 0.5 * across + tint(drawn, images)


def tint(drawn: Tensor, images: Tensor) -> Tensor:
    """Mean distance of what differs between red, green and blue: without it colours come long after light and dark."""
    apart = F.avg_pool2d(drawn - images, 4)
    return (apart - apart.roll(1, dims=1)).abs().mean()


def features(critic: Critic, images: Tensor) -> list[Tensor]:
    """What the critic's stem and first three stages see in pictures in 0..1."""
    eye: Any = critic.network.visual
    x = (images - critic.mean) / critic.std
    stem = eye.relu3(eye.bn3(eye.conv3(eye.relu2(eye.bn2(eye.conv2(eye.relu1(eye.bn1(eye.conv1(x)))))))))
    one = eye.layer1(eye.avgpool(stem))
    two = eye.layer2(one)
    return [stem, one, two, eye.layer3(two)]
