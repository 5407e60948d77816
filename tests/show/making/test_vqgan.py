from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from show.errors import WeightsError
from show.making.bundled import model_path
from show.making.vqgan import GENUINE, Vqgan, load_vqgan, random_vqgan

SMALL = {**GENUINE, "ch": 32, "ch_mult": (1, 2), "num_res_blocks": 1, "attn_resolutions": (128,), "z_channels": 16}


@pytest.fixture
def small() -> Vqgan:
    return random_vqgan(SMALL, embed_dim=8, n_embed=32)


def saved(vqgan: Vqgan, path: Path) -> Path:
    save_file(vqgan.state_dict(), path)
    return path


def test_what_is_loaded_draws_what_was_saved(small: Vqgan, tmp_path: Path) -> None:
    loaded = load_vqgan(saved(small, tmp_path / "v.safetensors"))
    picture = torch.rand(1, 3, 8, 12) * 2 - 1
    assert torch.equal(loaded.encode(picture), small.encode(picture))
    latent = small.encode(picture)
    assert torch.equal(loaded.decode(loaded.quantize(latent)), small.decode(small.quantize(latent)))


def test_sizes_are_read_off_the_tensors(small: Vqgan, tmp_path: Path) -> None:
    loaded = load_vqgan(saved(small, tmp_path / "v.safetensors"))
    assert loaded.factor == small.factor == 2
    assert loaded.encode(torch.zeros(1, 3, 8, 12)).shape == (1, 8, 4, 6)


def test_decoder_may_have_fewer_blocks_than_encoder(tmp_path: Path) -> None:
    lean = Vqgan(SMALL, 8, 32, {"num_res_blocks": 0})
    loaded = load_vqgan(saved(lean, tmp_path / "v.safetensors"))
    assert loaded.state_dict().keys() == lean.state_dict().keys()


def test_quantize_gives_the_nearest_code_in_full_precision(small: Vqgan) -> None:
    codes = small.quantize.embedding.weight
    latent = (codes[5] + 0.01)[None, :, None, None].expand(1, 8, 2, 3)
    assert torch.allclose(
        small.quantize(latent.bfloat16()), codes[5][None, :, None, None].expand(1, 8, 2, 3), atol=1e-6
    )


def test_gradient_passes_straight_through_the_codebook(small: Vqgan) -> None:
    latent = torch.randn(1, 8, 2, 2, requires_grad=True)
    (small.quantize(latent) * 3).sum().backward()
    assert latent.grad is not None
    assert torch.equal(latent.grad, torch.full_like(latent, 3))


def test_bounds_hold_every_code(small: Vqgan) -> None:
    low, high = small.latent_bounds
    codes = small.quantize.embedding.weight[:, :, None, None]
    assert low.shape == (1, 8, 1, 1)
    assert bool(((codes >= low) & (codes <= high)).all())


def test_the_bundled_one_redraws_a_picture() -> None:
    vqgan = load_vqgan(model_path(None, "vqgan"))
    picture = torch.zeros(1, 3, 64, 64)
    picture[:, 0, :, 32:] = 0.8
    again = vqgan.decode(vqgan.quantize(vqgan.encode(picture)))
    assert vqgan.factor == 8
    assert float((again - picture).abs().mean()) < 0.12


def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="none.safetensors is not there"):
        load_vqgan(tmp_path / "none.safetensors")


def test_garbage_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"\x10garbage" * 9)
    with pytest.raises(WeightsError, match="cannot be read as safetensors"):
        load_vqgan(tmp_path / "bad.safetensors")


def test_another_model_is_said_in_a_sentence(small: Vqgan, tmp_path: Path) -> None:
    state = {name: value for name, value in small.state_dict().items() if not name.startswith("decoder.conv_out")}
    save_file(state, tmp_path / "half.safetensors")
    with pytest.raises(WeightsError, match=r"not a VQGAN in taming's layout: .*decoder\.conv_out"):
        load_vqgan(tmp_path / "half.safetensors")
