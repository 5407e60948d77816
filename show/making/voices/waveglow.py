"""WaveGlow (Prenger et al. 2018): noise becomes sound, step by step, as a mel spectrogram asks.

Names and shapes are those NVIDIA published, with weight normalisation folded in (see `published`).
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from show.errors import WeightsError
from show.making.voices.published import load_tensors

FFT, HOP = 1024, 256  # of the spectrograms, samples at 22 050 Hz
STRIDE = 256
SILENT_FRAMES = 88  # enough to hear the network's own hum


@dataclass(frozen=True)
class Sizes:
    """The widths of a network: the published one's unless said otherwise; `groups` per flow, first to last."""

    mel: int = 80
    kernel: int = 1024
    groups: tuple[int, ...] = (8,) * 4 + (6,) * 4 + (4,) * 4
    layers: int = 8
    channels: int = 256
    wave_kernel: int = 3

    @staticmethod
    def of(state: dict[str, Tensor]) -> "Sizes":
        """Read off the tensors."""
        mel, _, kernel = state["upsample.weight"].shape
        flows = len({name.split(".")[1] for name in state if name.startswith("convinv.")})
        layers = len({name.split(".")[3] for name in state if name.startswith("WN.0.in_layers.")})
        _, channels, wave_kernel = state["WN.0.in_layers.0.weight"].shape
        groups = tuple(state[f"convinv.{flow}.conv.weight"].shape[0] for flow in range(flows))
        return Sizes(mel, kernel, groups, layers, channels, wave_kernel)


class Invertible(nn.Module):
    """A mixing of channels, undone."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 1, bias=False)

    def undo(self, sound: Tensor) -> Tensor:
        mixing = self.conv.weight[..., 0].double()  # inverting in less loses what is heard
        return functional.conv1d(sound, torch.linalg.inv(mixing)[..., None].to(sound.dtype))


class Wave(nn.Module):
    """What half of the channels and the spectrogram say of the other half: shift and log of scale."""

    def __init__(self, half: int, sizes: Sizes) -> None:
        super().__init__()
        width, last, kernel = sizes.channels, sizes.layers - 1, sizes.wave_kernel
        self._width = width
        self.start = nn.Conv1d(half, width, 1)
        self.in_layers = nn.ModuleList(
            nn.Conv1d(width, 2 * width, kernel, dilation=2**n, padding=(kernel - 1) * 2**n // 2)
            for n in range(sizes.layers)
        )
        self.cond_layer = nn.Conv1d(sizes.mel * sizes.groups[0], 2 * width * sizes.layers, 1)
        self.res_skip_layers = nn.ModuleList(
            nn.Conv1d(width, width if n == last else 2 * width, 1) for n in range(sizes.layers)
        )
        self.end = nn.Conv1d(width, 2 * half, 1)

    def forward(self, sound: Tensor, mel: Tensor) -> tuple[Tensor, Tensor]:
        sound = self.start(sound)
        skipped: Tensor | float = 0.0
        asked = self.cond_layer(mel).split(2 * self._width, 1)
        for inner, outer, ask in zip(self.in_layers, self.res_skip_layers, asked, strict=True):
            shape, gate = (inner(sound) + ask).chunk(2, 1)
            done = outer(torch.tanh(shape) * torch.sigmoid(gate))
            if done.shape[1] > self._width:  # all but the last
                sound, done = sound + done[:, : self._width], done[:, self._width :]
            skipped = skipped + done
        shift, log_scale = self.end(skipped).chunk(2, 1)
        return shift, log_scale


class WaveGlow(nn.Module):
    """The whole network."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.upsample = nn.ConvTranspose1d(sizes.mel, sizes.mel, sizes.kernel, stride=STRIDE)
        self.convinv = nn.ModuleList(Invertible(group) for group in sizes.groups)
        self.WN = nn.ModuleList(Wave(group // 2, sizes) for group in sizes.groups)
        self.eval()

    @torch.inference_mode()
    def forward(self, mel: Tensor, sigma: float, seed: int) -> Tensor:
        """A mel spectrogram (1, mel, frames) as sound (samples,) at its own rate; `sigma` is how lively, 0..1."""
        chance = torch.Generator().manual_seed(seed)
        asked = self._asked(mel)
        sound = _noise(self.sizes.groups[-1], asked, sigma, chance)
        shapes = [*pairwise(self.sizes.groups[::-1]), (self.sizes.groups[0],) * 2]
        mixings: list[Any] = list(self.convinv)
        for wave, mixing, (group, coming) in zip(self.WN[::-1], mixings[::-1], shapes, strict=True):
            first, second = sound.chunk(2, 1)
            shift, log_scale = wave(first, asked)
            sound = mixing.undo(torch.cat([first, (second - shift) * torch.exp(-log_scale)], 1))
            if coming > group:
                sound = torch.cat([_noise(coming - group, asked, sigma, chance), sound], 1)
        return sound.transpose(1, 2).flatten()

    def _asked(self, mel: Tensor) -> Tensor:
        """The spectrogram at the rate of groups of samples: (1, mel * group, groups)."""
        group = self.sizes.groups[0]
        fine = self.upsample(mel)[..., : mel.shape[2] * STRIDE]
        return fine.unfold(2, group, group).transpose(2, 3).flatten(1, 2)  # type: ignore[no-any-return]

    def hush(self, sound: Tensor, strength: float) -> Tensor:
        """The sound without the hum that the network makes of silence."""
        if strength <= 0:
            return sound
        heard = _spectrum(sound)
        quiet = torch.polar((heard.abs() - strength * self._hum).clamp(min=0), heard.angle())
        return torch.istft(quiet, FFT, HOP, window=torch.hann_window(FFT, device=sound.device), length=sound.numel())

    @cached_property
    def _hum(self) -> Tensor:
        """How loud each frequency of its silence is (frequencies, 1): in the middle, as it hears where it begins."""
        silent = self.upsample.weight.new_zeros(1, self.sizes.mel, SILENT_FRAMES)
        return _spectrum(self(silent, 0.0, 0))[:, SILENT_FRAMES // 2, None].abs()


def _noise(channels: int, like: Tensor, sigma: float, chance: torch.Generator) -> Tensor:
    """Drawn on the CPU, so that it is the same anywhere."""
    return sigma * torch.randn(1, channels, like.shape[2], generator=chance).to(like)


def _spectrum(sound: Tensor) -> Tensor:
    """(frequencies, frames); around the sound, which may be as short as it likes, is silence."""
    window = torch.hann_window(FFT, device=sound.device)
    return torch.stft(sound, FFT, HOP, window=window, pad_mode="constant", return_complex=True)


def load_waveglow(path: Path) -> WaveGlow:
    """A converted checkpoint; WeightsError when it is none of a WaveGlow."""
    state = load_tensors(path)
    try:
        with torch.device("meta"):
            network = WaveGlow(Sizes.of(state))
        network.load_state_dict(state, assign=True)
    except (KeyError, ValueError, IndexError, RuntimeError) as error:
        raise WeightsError(f"{path} is no WaveGlow as NVIDIA published it: {str(error).splitlines()[0]}") from error
    return network.eval().requires_grad_(False)
