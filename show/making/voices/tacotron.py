"""Tacotron 2 (Shen et al. 2018): letters become a mel spectrogram, one frame after another.

Names and shapes are those of the state dicts that NVIDIA published: these load, and what was fine-tuned from them.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from show.errors import StoryError, WeightsError
from show.making.voices.letters import SYMBOLS
from show.making.voices.published import load_tensors

FRAMES_A_LETTER = 20  # a voice that has not ended by then never will
FEWEST_FRAMES = 200
ENDS_ABOVE = 0.5  # what the gate says when a text is over
DROPOUT = 0.5  # in the prenet, also while speaking: without it the voice stumbles


@dataclass(frozen=True)
class Sizes:
    """The widths of a network; the published one's unless said otherwise."""

    symbols: int = 148
    letter: int = 512
    encoder_layers: int = 3
    encoder_kernel: int = 5
    mel: int = 80
    prenet: int = 256
    recurrent: int = 1024
    attention: int = 128
    location: int = 32
    location_kernel: int = 31
    postnet: int = 512
    postnet_layers: int = 5
    postnet_kernel: int = 5

    @staticmethod
    def of(state: dict[str, Tensor]) -> "Sizes":
        """Read off the tensors."""
        location = state["decoder.attention_layer.location_layer.location_conv.conv.weight"].shape
        symbols, letter = state["embedding.weight"].shape
        return Sizes(
            symbols,
            letter,
            _count(state, "encoder.convolutions."),
            state["encoder.convolutions.0.0.conv.weight"].shape[2],
            state["decoder.linear_projection.linear_layer.weight"].shape[0],
            state["decoder.prenet.layers.0.linear_layer.weight"].shape[0],
            state["decoder.attention_rnn.weight_hh"].shape[1],
            state["decoder.attention_layer.query_layer.linear_layer.weight"].shape[0],
            location[0],
            location[2],
            state["postnet.convolutions.0.0.conv.weight"].shape[0],
            _count(state, "postnet.convolutions."),
            state["postnet.convolutions.0.0.conv.weight"].shape[2],
        )


def _count(state: dict[str, Tensor], prefix: str) -> int:
    return len({name.removeprefix(prefix).split(".")[0] for name in state if name.startswith(prefix)})


class Linear(nn.Module):
    """A linear map under the published name."""

    def __init__(self, inputs: int, outputs: int, bias: bool = False) -> None:
        super().__init__()
        self.linear_layer = nn.Linear(inputs, outputs, bias)

    def forward(self, value: Tensor) -> Tensor:
        return self.linear_layer(value)  # type: ignore[no-any-return]


class Convolution(nn.Module):
    """A convolution that keeps the length, under the published name."""

    def __init__(self, inputs: int, outputs: int, kernel: int, bias: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=bias)

    def forward(self, value: Tensor) -> Tensor:
        return self.conv(value)  # type: ignore[no-any-return]


def _normed(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(Convolution(inputs, outputs, kernel), nn.BatchNorm1d(outputs))


class Encoder(nn.Module):
    """Letters in their surroundings: (1, letters, width)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        layers = [_normed(sizes.letter, sizes.letter, sizes.encoder_kernel) for _ in range(sizes.encoder_layers)]
        self.convolutions = nn.ModuleList(layers)
        self.lstm = nn.LSTM(sizes.letter, sizes.letter // 2, batch_first=True, bidirectional=True)

    def forward(self, letters: Tensor) -> Tensor:
        for convolution in self.convolutions:
            letters = functional.relu(convolution(letters))
        return self.lstm(letters.transpose(1, 2))[0]  # type: ignore[no-any-return]


class Prenet(nn.Module):
    """The last frame, blurred by chance."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        widths = [sizes.mel, sizes.prenet, sizes.prenet]
        self.layers = nn.ModuleList([Linear(*each) for each in pairwise(widths)])

    def forward(self, frame: Tensor, chance: torch.Generator) -> Tensor:
        for layer in self.layers:
            frame = functional.relu(layer(frame))
            kept = torch.rand(frame.shape[1], generator=chance) >= DROPOUT  # drawn on the CPU: the same anywhere
            frame = frame * kept.to(frame.device) / (1 - DROPOUT)
        return frame


class Location(nn.Module):
    """Where the voice looked before."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.location_conv = Convolution(2, sizes.location, sizes.location_kernel, bias=False)
        self.location_dense = Linear(sizes.location, sizes.attention)

    def forward(self, looked: Tensor) -> Tensor:
        return self.location_dense(self.location_conv(looked).transpose(1, 2))  # type: ignore[no-any-return]


class Attention(nn.Module):
    """Which letters the coming frame is about."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.query_layer = Linear(sizes.recurrent, sizes.attention)
        self.memory_layer = Linear(sizes.letter, sizes.attention)
        self.v = Linear(sizes.attention, 1)
        self.location_layer = Location(sizes)

    def forward(self, query: Tensor, keys: Tensor, looked: Tensor) -> Tensor:
        energies = self.v(torch.tanh(self.query_layer(query)[:, None] + keys + self.location_layer(looked)))
        return functional.softmax(energies[..., 0], 1)


@dataclass
class _Memory:
    """What the decoder carries from frame to frame; letters (1, n, width)."""

    letters: Tensor
    keys: Tensor
    first: tuple[Tensor, Tensor]
    second: tuple[Tensor, Tensor]
    weights: Tensor
    looked: Tensor = field(init=False)
    context: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.looked = torch.zeros_like(self.weights)
        self.context = torch.zeros_like(self.letters[:, 0])


class Decoder(nn.Module):
    """Frame after frame, until the gate says that the text is over."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self._sizes = sizes
        self.prenet = Prenet(sizes)
        self.attention_rnn = nn.LSTMCell(sizes.prenet + sizes.letter, sizes.recurrent)
        self.attention_layer = Attention(sizes)
        self.decoder_rnn = nn.LSTMCell(sizes.recurrent + sizes.letter, sizes.recurrent)
        self.linear_projection = Linear(sizes.recurrent + sizes.letter, sizes.mel, bias=True)
        self.gate_layer = Linear(sizes.recurrent + sizes.letter, 1, bias=True)

    def start(self, letters: Tensor) -> _Memory:
        """As a text begins."""
        silence = letters.new_zeros(1, self._sizes.recurrent)
        keys = self.attention_layer.memory_layer(letters)
        return _Memory(letters, keys, (silence, silence), (silence, silence), letters.new_zeros(letters.shape[:2]))

    def step(self, frame: Tensor, memory: _Memory, chance: torch.Generator) -> tuple[Tensor, float]:
        """The next frame (1, mel), and how surely it is the last, 0..1."""
        inputs = torch.cat([self.prenet(frame, chance), memory.context], 1)
        memory.first = self.attention_rnn(inputs, memory.first)
        looked = torch.stack([memory.weights, memory.looked], 1)
        memory.weights = self.attention_layer(memory.first[0], memory.keys, looked)
        memory.looked = memory.looked + memory.weights
        memory.context = torch.bmm(memory.weights[:, None], memory.letters)[:, 0]
        memory.second = self.decoder_rnn(torch.cat([memory.first[0], memory.context], 1), memory.second)
        known = torch.cat([memory.second[0], memory.context], 1)
        return self.linear_projection(known), float(torch.sigmoid(self.gate_layer(known)))


class Postnet(nn.Module):
    """What the frames lack of a whole."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        widths = [sizes.mel, *[sizes.postnet] * (sizes.postnet_layers - 1), sizes.mel]
        layers = [_normed(*each, sizes.postnet_kernel) for each in pairwise(widths)]
        self.convolutions = nn.ModuleList(layers)

    def forward(self, mel: Tensor) -> Tensor:
        for convolution in self.convolutions[:-1]:
            mel = torch.tanh(convolution(mel))
        return self.convolutions[-1](mel)  # type: ignore[no-any-return]


class Tacotron(nn.Module):
    """The whole network."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.embedding = nn.Embedding(sizes.symbols, sizes.letter)
        self.encoder = Encoder(sizes)
        self.decoder = Decoder(sizes)
        self.postnet = Postnet(sizes)
        self.eval()

    @torch.inference_mode()
    def forward(self, symbols: list[int], seed: int) -> tuple[Tensor, Tensor]:
        """A text as numbers becomes its mel spectrogram (1, mel, frames), and the letter of each frame (frames,).

        StoryError when the voice does not come to an end.
        """
        device, chance = self.embedding.weight.device, torch.Generator().manual_seed(seed)
        letters = self.encoder(self.embedding(torch.tensor([symbols], device=device)).transpose(1, 2))
        memory, frame = self.decoder.start(letters), letters.new_zeros(1, self.sizes.mel)
        frames, places = [], []
        for _ in range(max(FEWEST_FRAMES, FRAMES_A_LETTER * len(symbols))):
            frame, ending = self.decoder.step(frame, memory, chance)
            frames.append(frame)
            places.append(memory.weights.argmax(1))
            if ending > ENDS_ABOVE:
                mel = torch.stack(frames, 2)
                return mel + self.postnet(mel), torch.cat(places)
        raise StoryError("the trained voice did not come to an end: try another seed, or a shorter sentence")


def load_tacotron(path: Path) -> Tacotron:
    """A converted checkpoint; WeightsError when it is none of a Tacotron 2."""
    state = load_tensors(path)
    try:
        with torch.device("meta"):
            network = Tacotron(Sizes.of(state))
        counters = {name: torch.zeros(()) for name in network.state_dict() if name.endswith("num_batches_tracked")}
        network.load_state_dict(counters | state, assign=True)
    except (KeyError, ValueError, IndexError, RuntimeError) as error:
        raise WeightsError(f"{path} is no Tacotron 2 as NVIDIA published it: {str(error).splitlines()[0]}") from error
    if (known := network.sizes.symbols) < len(SYMBOLS):
        raise WeightsError(f"{path} knows {known} letters and sounds: the published voices know {len(SYMBOLS)}")
    return network.eval().requires_grad_(False)
