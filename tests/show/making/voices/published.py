"""The names and shapes of NVIDIA's published voices; a tiny pair of random weights, and files as NVIDIA left them."""

import math
import sys
import warnings
from pathlib import Path
from types import ModuleType

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from show.making.voices import tacotron, waveglow
from show.making.voices.trained import Trained

TINY_TACOTRON = tacotron.Sizes(148, 16, 2, 5, 8, 8, 16, 8, 4, 7, 8, 3, 5)
TINY_WAVEGLOW = waveglow.Sizes(8, 1024, (8, 8, 6, 6, 4, 4), 2, 16, 3)
LSTM = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def tacotron_shapes() -> dict[str, tuple[int, ...]]:
    """tacotron2_statedict.pt, without the counters of batches."""
    shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (148, 512)}
    for layer in range(3):
        shapes |= _normed(f"encoder.convolutions.{layer}", 512, 512)
    for way in ("", "_reverse"):
        sizes = ((1024, 512), (1024, 256), (1024,), (1024,))
        shapes |= {f"encoder.lstm.{name}{way}": size for name, size in zip(LSTM, sizes, strict=True)}
    shapes |= {
        "decoder.prenet.layers.0.linear_layer.weight": (256, 80),
        "decoder.prenet.layers.1.linear_layer.weight": (256, 256),
        "decoder.attention_layer.query_layer.linear_layer.weight": (128, 1024),
        "decoder.attention_layer.memory_layer.linear_layer.weight": (128, 512),
        "decoder.attention_layer.v.linear_layer.weight": (1, 128),
        "decoder.attention_layer.location_layer.location_conv.conv.weight": (32, 2, 31),
        "decoder.attention_layer.location_layer.location_dense.linear_layer.weight": (128, 32),
        "decoder.linear_projection.linear_layer.weight": (80, 1536),
        "decoder.linear_projection.linear_layer.bias": (80,),
        "decoder.gate_layer.linear_layer.weight": (1, 1536),
        "decoder.gate_layer.linear_layer.bias": (1,),
    }
    for name, inputs in (("attention_rnn", 768), ("decoder_rnn", 1536)):
        sizes = ((4096, inputs), (4096, 1024), (4096,), (4096,))
        shapes |= {f"decoder.{name}.{each[:-3]}": size for each, size in zip(LSTM, sizes, strict=True)}
    widths = (80, 512, 512, 512, 512, 80)
    for layer in range(5):
        shapes |= _normed(f"postnet.convolutions.{layer}", widths[layer], widths[layer + 1])
    return shapes


def _normed(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    norm = {f"{name}.1.{each}": (outputs,) for each in ("weight", "bias", "running_mean", "running_var")}
    return {f"{name}.0.conv.weight": (outputs, inputs, 5), f"{name}.0.conv.bias": (outputs,), **norm}


def waveglow_shapes(channels: int = 256) -> dict[str, tuple[int, ...]]:
    """waveglow_256channels_universal_v5.pt, its weight normalisation folded in."""
    shapes: dict[str, tuple[int, ...]] = {"upsample.weight": (80, 80, 1024), "upsample.bias": (80,)}
    for flow in range(12):
        group = 8 - flow // 4 * 2
        shapes[f"convinv.{flow}.conv.weight"] = (group, group, 1)
        wave = {"start": (channels, group // 2, 1), "cond_layer": (16 * channels, 640, 1), "end": (group, channels, 1)}
        wave |= {f"in_layers.{layer}": (2 * channels, channels, 3) for layer in range(8)}
        wave |= {f"res_skip_layers.{layer}": (channels * (1 + (layer < 7)), channels, 1) for layer in range(8)}
        for name, size in wave.items():
            shapes |= {f"WN.{flow}.{name}.weight": size, f"WN.{flow}.{name}.bias": size[:1]}
    return shapes


def tiny_tacotron(frames: int = 12) -> tacotron.Tacotron:
    """Random, but for one unit that counts the frames and rings the gate."""
    torch.manual_seed(3)
    network = tacotron.Tacotron(TINY_TACOTRON)
    gate, counter = network.decoder.gate_layer.linear_layer, network.decoder.decoder_rnn
    with torch.no_grad():
        for parameter in counter.parameters():
            parameter[:: TINY_TACOTRON.recurrent] = 0.0
        counter.bias_ih[:: TINY_TACOTRON.recurrent] = torch.tensor([9.0, 9.0, 0.05, 9.0])  # in, keep, add, out
        gate.weight.zero_()[0, 0] = 100.0
        gate.bias.fill_(-100.0 * math.tanh(0.05 * (frames - 0.5)))
    return network


def tiny_waveglow() -> waveglow.WaveGlow:
    """Random; its mixing is a rotation, as trained ones nearly are."""
    torch.manual_seed(4)
    network = waveglow.WaveGlow(TINY_WAVEGLOW)
    for mixing in network.convinv:
        nn.init.orthogonal_(mixing.conv.weight)
    for wave in network.WN:
        nn.init.normal_(wave.end.weight, std=0.1)
    return network


def save(network: nn.Module, path: Path) -> Path:
    kept = {name: value.contiguous() for name, value in network.state_dict().items() if value.dim()}
    save_file(kept, path)
    return path


def tiny_voice(folder: Path, seed: int = 1) -> Trained:
    """The pair in a folder."""
    files = save(tiny_tacotron(), folder / "t.safetensors"), save(tiny_waveglow(), folder / "w.safetensors")
    return Trained(*files, "cpu", seed, 0.6, 0.0)


def normalised(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """As weight normalisation stores it: a direction of any length, and the length it should have."""
    kept = {name: value for name, value in tensors.items() if not name.startswith("WN.") or ".end." in name}
    for name, value in tensors.items():
        if name in kept or name.endswith("bias"):
            kept[name] = value
        else:
            kept[f"{name}_g"] = value.norm(dim=(1, 2), keepdim=True)
            kept[f"{name}_v"] = value * 3
    return kept


def apart(tensors: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """As older files have it: a conditioning layer for each layer."""
    kept = {name: value for name, value in tensors.items() if ".cond_layer." not in name}
    for name in tensors.keys() - kept.keys():
        for layer, value in enumerate(tensors[name].chunk(layers)):
            kept[name.replace(".cond_layer.", f".cond_layers.{layer}.")] = value.clone()
    return kept


def save_pickled(network: waveglow.WaveGlow, path: Path, old: bool) -> None:
    """The way NVIDIA's training saves: the whole object, under the names of its own module `glow`."""
    glow = ModuleType("glow")
    sys.modules["glow"] = glow
    for found, name in (
        (waveglow.WaveGlow, "WaveGlow"),
        (waveglow.Wave, "WN"),
        (waveglow.Invertible, "Invertible1x1Conv"),
    ):
        made = type(name, (nn.Module,), {"__module__": "glow"})
        setattr(glow, name, made)
        for module in network.modules():
            if type(module) is found:
                module.__class__ = made
    for module in network.modules():
        module.__dict__.pop("sizes", None)
    with warnings.catch_warnings(action="ignore"):  # of the source of `glow`, which is not to be had
        torch.save({"model": network, "iteration": 1}, path, _use_new_zipfile_serialization=not old)
    del sys.modules["glow"]
