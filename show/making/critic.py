"""The critic: a genuine `clip.model.CLIP`, small and bundled or one of OpenAI's; sizes are read off the tensors.

The package's `__init__` asks for torchvision, which nothing here needs; so its modules are loaded by file. The bundled
critic knows whole words (its vocabulary lies in the file's metadata), OpenAI's use CLIP's own tokeniser.
"""

import importlib.metadata
import importlib.util
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from show.errors import WeightsError
from show.making.vqgan import read_tensors
from show.making.words import FILLER, every_word, known_form, split_words

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
GENUINE = {
    "embed_dim": 512, "image_resolution": 224, "vision_layers": 12, "vision_width": 768, "vision_patch_size": 32,
    "context_length": 77, "vocab_size": 49408, "transformer_width": 512, "transformer_heads": 8,
    "transformer_layers": 12,
}  # fmt: skip  # ViT-B/32


@cache
def clip_module(name: str) -> ModuleType:
    """A module of the installed `clip-anytorch` ("model", "simple_tokenizer"), without its `__init__`."""
    files = importlib.metadata.files("clip-anytorch") or []
    path = next(file.locate() for file in files if str(file) == f"clip/{name}.py")
    spec = importlib.util.spec_from_file_location(f"clip_{name}", str(path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Tokens(Protocol):
    """How texts become numbers for the network."""

    def encode(self, texts: Sequence[str]) -> Tensor:
        """(n, context) int64; the end mark is the largest number of each row, as CLIP expects."""
        ...

    def unknown(self, text: str) -> tuple[str, ...]:
        """Words that mean nothing to the network."""
        ...


class WordTokens:
    """Whole words of a vocabulary: 0 is empty, then the words, a start mark, an end mark."""

    def __init__(self, vocabulary: Sequence[str], context: int) -> None:
        self.known = {word: i + 1 for i, word in enumerate(vocabulary)}
        self.context = context
        self.start, self.end = len(vocabulary) + 1, len(vocabulary) + 2

    def encode(self, texts: Sequence[str]) -> Tensor:
        """Texts -> (n, context); words unknown or too many are passed over."""
        return torch.tensor([self._row(text) for text in texts], dtype=torch.int64)

    def unknown(self, text: str) -> tuple[str, ...]:
        """Words outside the vocabulary, each once."""
        words = (word for word in every_word(text) if word not in FILLER)
        return tuple(dict.fromkeys(word for word in words if known_form(word, self.known) is None))

    def _row(self, text: str) -> list[int]:
        forms = (known_form(word, self.known) for word in split_words(text))
        ids = [self.known[form] for form in forms if form][: self.context - 2]
        row = [self.start, *ids, self.end]
        return row + [0] * (self.context - len(row))


class ClipTokens:
    """CLIP's own byte pairs; every word can be written with them."""

    def __init__(self, context: int) -> None:
        self.context = context
        self.pairs = clip_module("simple_tokenizer").SimpleTokenizer()

    def encode(self, texts: Sequence[str]) -> Tensor:
        """Texts -> (n, context); what is too long is cut."""
        start, end = self.pairs.encoder["<|startoftext|>"], self.pairs.encoder["<|endoftext|>"]
        rows = [[start, *self.pairs.encode(text)[: self.context - 2], end] for text in texts]
        return torch.tensor([row + [0] * (self.context - len(row)) for row in rows], dtype=torch.int64)

    def unknown(self, text: str) -> tuple[str, ...]:
        """Nothing."""
        return ()


class Critic(nn.Module):
    """Says how well pictures and texts agree."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, tokens: Tokens, input_size: int) -> None:
        super().__init__()
        self.network, self.tokens, self.input_size = network, tokens, input_size
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """Texts -> (n, d), L2-normalised."""
        return F.normalize(self._call("encode_text", self.tokens.encode(texts).to(self.mean.device)), dim=-1)

    def encode_image(self, images: Tensor) -> Tensor:
        """Pictures (n, 3, input_size, input_size) in 0..1 -> (n, d), L2-normalised."""
        return F.normalize(self._call("encode_image", (images - self.mean) / self.std), dim=-1)

    def unknown_words(self, text: str) -> tuple[str, ...]:
        """Words of `text` that this critic never learned, each once."""
        return self.tokens.unknown(text)

    def _call(self, face: str, values: Tensor) -> Tensor:
        result: Tensor = getattr(self.network, face)(values)
        return result


def load_critic(path: Path, device: str = "cpu") -> Critic:
    """Read a CLIP from safetensors, frozen; raises WeightsError."""
    state = read_tensors(path)
    try:
        sizes = sizes_of(state)
        with torch.device("meta"):
            network = clip_module("model").CLIP(**sizes)
        network.transformer.apply(_real_mask(sizes["context_length"]))
        network.load_state_dict({name: _single(state[name]) for name in network.state_dict()}, assign=True)
        tokens = _tokens(path, sizes["context_length"])
    except (KeyError, RuntimeError, ValueError, StopIteration) as error:
        raise WeightsError(f"{path} is not a CLIP in OpenAI's layout: {str(error).strip()[:160]}") from error
    critic = Critic(network, tokens, sizes["image_resolution"])
    return critic.eval().requires_grad_(False).to(device)


def save_critic(critic: Critic, path: Path) -> None:
    """Write a critic of whole words as safetensors (float16), its vocabulary in the metadata."""
    assert isinstance(critic.tokens, WordTokens)
    state = {k: v.half().contiguous() if v.is_floating_point() else v for k, v in critic.network.state_dict().items()}
    save_file(state, path, metadata={"kind": "critic", "vocabulary": json.dumps(list(critic.tokens.known))})


def new_critic(vocabulary: Sequence[str], sizes: Mapping[str, Any]) -> Critic:
    """An untrained critic of whole words; `sizes` are CLIP's own arguments, without the vocabulary's size."""
    network = clip_module("model").CLIP(**{**sizes, "vocab_size": len(vocabulary) + 3})
    return Critic(network, WordTokens(vocabulary, sizes["context_length"]), sizes["image_resolution"])


def random_critic(sizes: Mapping[str, Any] | None = None, vocabulary: Sequence[str] = (), seed: int = 0) -> Critic:
    """A critic with random weights, ViT-B/32 with CLIP's own tokens by default; for tests and benchmarks."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if vocabulary:
            critic = new_critic(vocabulary, sizes or GENUINE)
        else:
            sizes = sizes or GENUINE
            network = clip_module("model").CLIP(**sizes)
            critic = Critic(network, ClipTokens(sizes["context_length"]), sizes["image_resolution"])
    return critic.eval().requires_grad_(False)


def sizes_of(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """CLIP's arguments, read off its tensors; raises KeyError when they are not CLIP's."""
    context, width = state["positional_embedding"].shape
    return {
        "embed_dim": state["text_projection"].shape[1],
        "context_length": context,
        "vocab_size": state["token_embedding.weight"].shape[0],
        "transformer_width": width,
        "transformer_heads": max(1, width // 64),
        "transformer_layers": _count(state, "transformer.resblocks."),
        **(_vit_sizes(state) if "visual.proj" in state else _resnet_sizes(state)),
    }


def _vit_sizes(state: Mapping[str, Tensor]) -> dict[str, Any]:
    width, _, _, patch = state["visual.conv1.weight"].shape
    grid = round((state["visual.positional_embedding"].shape[0] - 1) ** 0.5)
    return {
        "vision_layers": _count(state, "visual.transformer.resblocks."),
        "vision_width": width,
        "vision_patch_size": patch,
        "image_resolution": grid * patch,
    }


def _resnet_sizes(state: Mapping[str, Tensor]) -> dict[str, Any]:
    grid = round((state["visual.attnpool.positional_embedding"].shape[0] - 1) ** 0.5)
    return {
        "vision_layers": tuple(_count(state, f"visual.layer{i}.") for i in (1, 2, 3, 4)),
        "vision_width": state["visual.layer1.0.conv1.weight"].shape[0],
        "vision_patch_size": 0,
        "image_resolution": grid * 32,
    }


def _count(state: Mapping[str, Tensor], prefix: str) -> int:
    return len({name.removeprefix(prefix).split(".")[0] for name in state if name.startswith(prefix)})


def _single(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor


def _real_mask(context: int) -> Any:
    """Masks are no parameters: built on the meta device they hold nothing, so each block gets one that does."""
    mask = torch.full((context, context), float("-inf")).triu(1)

    def give(block: nn.Module) -> None:
        if isinstance(getattr(block, "attn_mask", None), Tensor):
            block.attn_mask = mask

    return give


def _tokens(path: Path, context: int) -> Tokens:
    with safe_open(path, "pt") as stored:
        vocabulary = (stored.metadata() or {}).get("vocabulary")
    return WordTokens(json.loads(vocabulary), context) if vocabulary else ClipTokens(context)
