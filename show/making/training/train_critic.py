"""Training of the judge and of the critic: both learn which caption belongs to which picture."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from show.making.critic import Critic, new_critic, save_critic
from show.making.training.contrast import contrastive, train
from show.making.training.data import Batch, Composer, vocabulary
from show.making.training.judge import Judge, save_judge
from show.making.training.pictures import Sprites

HELD_OUT = 512
SIZES = {
    "embed_dim": 128, "image_resolution": 64, "vision_layers": (1, 1, 1, 1), "vision_width": 24, "vision_patch_size": 0,
    "context_length": 16, "transformer_width": 128, "transformer_heads": 2, "transformer_layers": 2,
}  # fmt: skip  # clip.model.CLIP with its ResNet: on small data it learns far faster than a ViT


def train_judge(sprites: Sprites, out: Path, seconds: float) -> None:
    """Train the judge on split J and write it to `out`."""
    torch.manual_seed(1)
    composer = Composer(sprites, "J", seed=11, scene_count=3500)
    judge = Judge(vocabulary(sprites, composer)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    _run(judge, judge.log_scale, composer, sprites, seconds, lambda kept: save_judge(kept, out), batch=128)


def train_critic(sprites: Sprites, out: Path, seconds: float) -> None:
    """Train the critic on split P and write it to `out`."""
    torch.manual_seed(2)
    composer = Composer(sprites, "P", seed=22, scene_count=4500)
    critic = new_critic(vocabulary(sprites, composer), SIZES)
    critic.network.visual.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    scale = critic.network.logit_scale
    assert isinstance(scale, nn.Parameter)
    _run(critic, scale, composer, sprites, seconds, lambda kept: save_critic(kept, out), 160, 1.25)


def _run(
    model: Judge | Critic, scale: nn.Parameter, composer: Composer, sprites: Sprites, seconds: float,
    keep: Callable[..., None], batch: int, augment: float = 1.0,
) -> None:  # fmt: skip
    def loss(pictures: Batch) -> Tensor:
        images = pictures.images.contiguous(memory_format=torch.channels_last)
        seen, read = model.encode_image(images), model.encode_text(pictures.captions)
        return contrastive(seen, read, pictures.keys, scale.exp().clamp(max=60))

    held_out = Composer(sprites, "H", seed=5, scene_count=300).batch(64, HELD_OUT, augment=0)
    batches = composer.batches(64, batch, augment)
    train(model, loss, batches, seconds=seconds, peak=1.6e-3, held_out=held_out, keep=keep)
