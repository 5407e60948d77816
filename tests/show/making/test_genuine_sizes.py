"""Checkpoints of genuine size go through the same functions: random weights, one step at a small resolution."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from show.making.critic import load_critic, random_critic
from show.making.vqgan import load_vqgan, random_vqgan

pytestmark = pytest.mark.timeout(240)


def test_a_vqgan_of_f16_with_16384_codes(tmp_path: Path) -> None:
    save_file(random_vqgan().state_dict(), tmp_path / "f16.safetensors")
    vqgan = load_vqgan(tmp_path / "f16.safetensors")
    latent = vqgan.encode(torch.zeros(1, 3, 32, 48)).requires_grad_()
    picture = vqgan.decode(vqgan.quantize(latent))
    picture.mean().backward()
    assert vqgan.factor == 16
    assert vqgan.quantize.embedding.weight.shape == (16384, 256)
    assert latent.shape == (1, 256, 2, 3)
    assert picture.shape == (1, 3, 32, 48)
    assert latent.grad is not None
    assert bool(latent.grad.any())


def test_a_critic_of_vit_b_32(tmp_path: Path) -> None:
    save_file(random_critic().network.state_dict(), tmp_path / "vit.safetensors")
    critic = load_critic(tmp_path / "vit.safetensors")
    assert critic.input_size == 224
    assert critic.encode_image(torch.rand(1, 3, 224, 224)).shape == (1, 512)
    assert critic.encode_text(["the sun is shining", "it's a beautiful day"]).shape == (2, 512)
