"""The judge: a text-image model that only ever scores.

Another architecture than the critic (a plain residual conv net with max and mean pooling, a GRU over words), another
split of the data; trained and hashed before the pair, and never optimised against.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from show.making.words import known_form, split_words

WIDTHS = (48, 96, 192)
WORD_CHANNELS = 112
TEXT_CHANNELS = 160
EMBED = 128
LONGEST = 14


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.GELU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(x + self.body(x))


class Judge(nn.Module):
    """Scores pictures against texts; pictures are (n, 3, 64, 64) in 0..1."""

    input_size = 64

    def __init__(self, vocabulary: Sequence[str]) -> None:
        super().__init__()
        self.known = {word: i + 1 for i, word in enumerate(vocabulary)}
        layers: list[nn.Module] = [
            nn.Conv2d(3, WIDTHS[0], 6, stride=4, padding=1),
            nn.BatchNorm2d(WIDTHS[0]),
            nn.GELU(),
            _Block(WIDTHS[0]),
        ]
        for a, b in pairwise(WIDTHS):
            layers += [nn.Conv2d(a, b, 2, stride=2), nn.BatchNorm2d(b), nn.GELU(), _Block(b), _Block(b)]
        self.picture = nn.Sequential(*layers)
        self.picture_out = nn.Linear(2 * WIDTHS[-1], EMBED)
        self.words = nn.Embedding(len(vocabulary) + 1, WORD_CHANNELS, padding_idx=0)
        self.text = nn.GRU(WORD_CHANNELS, TEXT_CHANNELS, batch_first=True)
        self.text_out = nn.Linear(TEXT_CHANNELS + WORD_CHANNELS, EMBED)
        self.log_scale = nn.Parameter(torch.tensor(2.7))

    def encode_image(self, images: Tensor) -> Tensor:
        """(n, 3, 64, 64) in 0..1 -> (n, 128), L2-normalised."""
        seen = self.picture(images * 4 - 2)
        return F.normalize(self.picture_out(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)), dim=-1)

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """Texts -> (n, 128), L2-normalised; unknown words are passed over."""
        tokens = torch.tensor([self._tokens(text) for text in texts])
        words, there = self.words(tokens), (tokens > 0).float()[..., None]
        states, _ = self.text(words)
        pooled = (states - 1e4 * (1 - there)).amax(1)
        mean = (words * there).sum(1) / there.sum(1).clamp(min=1)
        return F.normalize(self.text_out(torch.cat([pooled, mean], 1)), dim=-1)

    def _tokens(self, text: str) -> list[int]:
        forms = [known_form(word, self.known) for word in split_words(text)]
        ids = [self.known[form] for form in forms if form][:LONGEST] or [0]
        return ids + [0] * (LONGEST - len(ids))


def save_judge(judge: Judge, path: Path) -> None:
    """Write weights (fp16) and vocabulary as safetensors."""
    state = {k: v.half().contiguous() if v.is_floating_point() else v for k, v in judge.state_dict().items()}
    save_file(state, path, metadata={"kind": "judge", "vocabulary": json.dumps(list(judge.known))})


def load_judge(path: Path) -> Judge:
    """Read what `save_judge` wrote, frozen and in evaluation mode."""
    with safe_open(path, "pt") as stored:
        judge = Judge(json.loads(stored.metadata()["vocabulary"]))
        judge.load_state_dict({key: stored.get_tensor(key).float() for key in stored.keys()})  # noqa: SIM118
    return judge.eval().requires_grad_(False)
