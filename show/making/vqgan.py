"""The artist: a VQGAN in taming's layout, built from taming's own Encoder, Decoder and VectorQuantizer2.

Every size is read off the tensors, so that the small bundled model and a genuine f16/16384 load the same way.
"""

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from taming.modules.diffusionmodules import model as taming
from taming.modules.vqvae.quantize import VectorQuantizer2
from torch import Tensor, nn

from show.errors import WeightsError

RESOLUTION = 256  # only names the levels that have attention; pictures may have any size


class Affine(nn.Module):
    """Scale and shift of each channel; statistics make a small model slow, and forgetful of how bright a plain is."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[:, None, None] + self.bias[:, None, None]


NORMS = {"group": taming.Normalize, "affine": Affine}  # taming's own, in every genuine model; the bundled model's
taming.nonlinearity = F.silu  # the same function as taming's x * sigmoid(x), in one pass

GENUINE = {
    "double_z": False, "z_channels": 256, "resolution": 256, "in_channels": 3, "out_ch": 3, "ch": 128,
    "ch_mult": (1, 1, 2, 2, 4), "num_res_blocks": 2, "attn_resolutions": (16,), "dropout": 0.0,
}  # fmt: skip  # vqgan_imagenet_f16_16384


class Codebook(VectorQuantizer2):  # type: ignore[misc]
    """taming's VectorQuantizer2, returning only the latent on the codebook, searched in float32."""

    def forward(self, latent: Tensor) -> Tensor:
        """(n, c, h, w) -> the same shape on the codebook; the gradient passes straight through."""
        return self.with_loss(latent)[0]

    def with_loss(self, latent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `forward`, with the codebook's loss and the indices chosen."""
        with torch.autocast(latent.device.type, enabled=False):
            nearest, loss, (_, _, indices) = super().forward(latent.float())
        return nearest, loss, indices


class Vqgan(nn.Module):
    """Encoder, codebook and decoder. Pictures are (n, 3, height, width) in -1..1, sides multiples of `factor`."""

    def __init__(
        self,
        ddconfig: Mapping[str, Any],
        embed_dim: int,
        n_embed: int,
        decoder: Mapping[str, Any] | None = None,
        norm: str = "group",
    ) -> None:
        """`ddconfig` as in taming's model.yaml; `decoder` replaces what the decoder has otherwise."""
        super().__init__()
        self.norm = norm
        self.factor = 2 ** (len(ddconfig["ch_mult"]) - 1)
        taming.Normalize = NORMS[norm]
        with contextlib.redirect_stdout(io.StringIO()):  # taming prints the latent's shape
            self.encoder = taming.Encoder(**ddconfig)
            self.decoder = taming.Decoder(**{**ddconfig, **(decoder or {})})
        self.quantize = Codebook(n_embed, embed_dim, beta=0.25, legacy=False)
        self.quant_conv = nn.Conv2d(ddconfig["z_channels"], embed_dim, 1)
        self.post_quant_conv = nn.Conv2d(embed_dim, ddconfig["z_channels"], 1)

    def encode(self, image: Tensor) -> Tensor:
        """A picture in -1..1 -> its latent (n, embed_dim, h, w), before the codebook."""
        latent: Tensor = self.quant_conv(self.encoder(image))
        return latent

    def decode(self, latent: Tensor) -> Tensor:
        """A latent (n, embed_dim, h, w) -> a picture in about -1..1."""
        picture: Tensor = self.decoder(self.post_quant_conv(latent))
        return picture

    @property
    def latent_bounds(self) -> tuple[Tensor, Tensor]:
        """Smallest and largest value of the codebook in each channel, each (1, embed_dim, 1, 1)."""
        codes: Tensor = self.quantize.embedding.weight.detach()
        return codes.amin(0)[None, :, None, None], codes.amax(0)[None, :, None, None]


def load_vqgan(path: Path, device: str = "cpu") -> Vqgan:
    """Read a VQGAN from safetensors, frozen; raises WeightsError."""
    state = read_tensors(path)
    try:
        with torch.device("meta"):
            vqgan = _shaped(state, norm_of(path))
        vqgan.load_state_dict({name: state[name].float() for name in vqgan.state_dict()}, assign=True)
    except (KeyError, RuntimeError, ValueError, ZeroDivisionError) as error:
        raise WeightsError(f"{path} is not a VQGAN in taming's layout: {_first_line(error)}") from error
    return vqgan.eval().requires_grad_(False).to(device)


def random_vqgan(
    ddconfig: Mapping[str, Any] | None = None, embed_dim: int = 256, n_embed: int = 16384, seed: int = 0
) -> Vqgan:
    """A VQGAN with random weights, of genuine size by default; for tests and benchmarks."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        vqgan = Vqgan(ddconfig or GENUINE, embed_dim, n_embed)
        nn.init.normal_(vqgan.quantize.embedding.weight)
    return vqgan.eval().requires_grad_(False)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file; raises WeightsError."""
    try:
        return load_file(path)
    except FileNotFoundError as error:
        raise WeightsError(f"{path} is not there") from error
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} cannot be read as safetensors: {_first_line(error)}") from error


def norm_of(path: Path) -> str:
    """Which norm a file's metadata names; without any it is taming's."""
    with safe_open(path, "pt") as stored:
        return str((stored.metadata() or {}).get("norm", "group"))


def _shaped(state: Mapping[str, Tensor], norm: str) -> Vqgan:
    n_embed, embed_dim = state["quantize.embedding.weight"].shape
    ch = state["encoder.conv_in.weight"].shape[0]
    levels = _count(state, "encoder.down.{}.block.0.conv1.weight")
    ddconfig = {
        "ch": ch,
        "ch_mult": tuple(state[f"encoder.down.{i}.block.0.conv1.weight"].shape[0] // ch for i in range(levels)),
        "num_res_blocks": _count(state, "encoder.down.0.block.{}.conv1.weight"),
        "attn_resolutions": _with_attention(state, "encoder.down", levels),
        "z_channels": state["quant_conv.weight"].shape[1],
        "double_z": False,
        "resolution": RESOLUTION,
        "in_channels": 3,
        "out_ch": 3,
    }
    decoder = {
        "num_res_blocks": _count(state, "decoder.up.0.block.{}.conv1.weight") - 1,
        "attn_resolutions": _with_attention(state, "decoder.up", levels),
    }
    return Vqgan(ddconfig, embed_dim, n_embed, decoder, norm)


def _count(state: Mapping[str, Tensor], name: str) -> int:
    return next(i for i in range(100) if name.format(i) not in state)


def _with_attention(state: Mapping[str, Tensor], part: str, levels: int) -> tuple[int, ...]:
    return tuple(RESOLUTION >> i for i in range(levels) if f"{part}.{i}.attn.0.q.weight" in state)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:160]
