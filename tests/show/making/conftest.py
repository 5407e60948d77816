"""A tiny pair with random weights, as files and in memory; the folder of a story that uses it."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from show.making.critic import random_critic, save_critic
from show.making.optimise import Painter, Recipe
from show.making.vqgan import Vqgan, random_vqgan
from tests.show.making.stories import write_story

DDCONFIG = {
    "double_z": False, "z_channels": 32, "resolution": 256, "in_channels": 3, "out_ch": 3, "ch": 32,
    "ch_mult": (1, 1, 1, 1), "num_res_blocks": 1, "attn_resolutions": (), "dropout": 0.0,
}  # fmt: skip
CRITIC = {
    "embed_dim": 32, "image_resolution": 32, "vision_layers": 1, "vision_width": 64, "vision_patch_size": 8,
    "context_length": 12, "transformer_width": 64, "transformer_heads": 1, "transformer_layers": 1,
}  # fmt: skip
WORDS = ("a", "and", "at", "the", "lantern", "night", "sea", "people", "field", "story")


def tiny_vqgan() -> Vqgan:
    """Random weights make grey pictures: these are given contrast."""
    vqgan = random_vqgan(DDCONFIG, embed_dim=32, n_embed=64)
    vqgan.decoder.conv_out.weight.mul_(8)
    return vqgan


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """So little work is done sooner by one thread."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with vqgan.safetensors and critic.safetensors, tiny, of random weights."""
    folder = tmp_path_factory.mktemp("models")
    save_file(
        {name: value.contiguous() for name, value in tiny_vqgan().state_dict().items()}, folder / "vqgan.safetensors"
    )
    save_critic(random_critic(CRITIC, WORDS), folder / "critic.safetensors")
    return folder


@pytest.fixture(scope="session")
def painter() -> Painter:
    """The tiny pair at work on 32x64 pixels."""
    return Painter(tiny_vqgan(), random_critic(CRITIC, WORDS), Recipe(32, 64, 2, 4))


@pytest.fixture
def story_path(models: Path, tmp_path: Path) -> Path:
    """A story that uses the tiny pair."""
    return write_story(tmp_path, ('"vqgan.', f'"{models}/vqgan.'), ('"critic.', f'"{models}/critic.'))
