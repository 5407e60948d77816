"""Checkpoints of Tacotron 2 and WaveGlow as NVIDIA published them, and as `blind-eye weights convert` leaves them."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from show.errors import WeightsError

TACOTRON = "decoder.attention_rnn.weight_ih"  # a name that nothing else has
WAVEGLOW = "convinv.0.conv.weight"


def voice_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """What belongs to a Tacotron 2 or a WaveGlow, in float32, in today's layout; {} when it is neither."""
    bare = {name.removeprefix("module."): value for name, value in tensors.items()}
    if TACOTRON in bare:
        return {name: value.float() for name, value in bare.items() if value.dim()}
    if WAVEGLOW in bare:
        return _joined({name: value.float() for name, value in _folded(bare).items()})
    return {}


def load_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a converted checkpoint in float32, however it was kept; WeightsError when it cannot be read."""
    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        why = "is not there" if not path.exists() else "is no safetensors: `blind-eye weights convert` makes it one"
        raise WeightsError(f"{path} {why}") from error


def _folded(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weight normalisation undone: a direction and a length become the weight they stand for."""
    folded = {name: value for name, value in tensors.items() if not name.endswith(("_g", "_v"))}
    for name in tensors:
        if name.endswith("_v"):
            direction, length = tensors[name].float(), tensors[f"{name[:-2]}_g"].float()
            folded[name[:-2]] = torch._weight_norm(direction, length, 0)
    return folded


def _joined(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Older files have a conditioning layer for each layer; today it is one for all."""
    joined = {name: value for name, value in tensors.items() if ".cond_layers." not in name}
    for flow in {name.split(".cond_layers.")[0] for name in tensors.keys() - joined.keys()}:
        for kind in ("weight", "bias"):
            layers = [name for name in tensors if name.startswith(f"{flow}.cond_layers.") and name.endswith(kind)]
            layers.sort(key=lambda name: int(name.split(".")[3]))
            joined[f"{flow}.cond_layer.{kind}"] = torch.cat([tensors[name] for name in layers])
    return joined
