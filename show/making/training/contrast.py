"""What judge and critic are both trained with: contrastive loss, a running average of weights, retrieval."""

import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from copy import deepcopy
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from show.making.training.data import Batch


class Matcher(Protocol):
    """A text-image model: both faces give (n, d), L2-normalised."""

    def encode_image(self, images: Tensor) -> Tensor: ...
    def encode_text(self, texts: Sequence[str]) -> Tensor: ...


def contrastive(images: Tensor, texts: Tensor, keys: Sequence[str], scale: Tensor, smoothing: float = 0.05) -> Tensor:
    """Symmetric cross-entropy; pictures of one description share the target, some of it is spread over the batch."""
    ids = {key: i for i, key in enumerate(keys)}
    own = torch.tensor([ids[key] for key in keys])
    same = (own[:, None] == own[None]).float()
    target = (1 - smoothing) * same / same.sum(1, keepdim=True) + smoothing / len(keys)
    logits = scale * images @ texts.T
    return 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))


class Average:
    """Exponential running average of a model's weights, for keeping."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model, self.decay, self.steps = deepcopy(model).eval().requires_grad_(False), decay, 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for kept, new in zip(self.model.state_dict().values(), model.state_dict().values(), strict=True):
            kept.lerp_(new, 1 - decay) if kept.is_floating_point() else kept.copy_(new)


@torch.no_grad()
def retrieval(model: Matcher, held_out: Batch) -> tuple[float, float, float]:
    """Share of pictures whose own caption comes first among all, share in the first five, mean own cosine."""
    texts = list(dict.fromkeys(held_out.captions))
    scores = model.encode_image(held_out.images) @ model.encode_text(texts).T
    own = torch.tensor([texts.index(caption) for caption in held_out.captions])
    rank = (scores > scores.gather(1, own[:, None])).sum(1)
    cosine = scores.gather(1, own[:, None]).mean()
    return float((rank == 0).float().mean()), float((rank < 5).float().mean()), float(cosine)


def rate(done: float, peak: float) -> float:
    """Learning rate at `done` (0..1) of the time: short warm-up, then a cosine down to a fiftieth."""
    warm = min(1.0, done / 0.03 + 0.02)
    return peak * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(done, 1))))


def ahead(batches: Iterator[Batch], depth: int = 3) -> Generator[Batch, None, None]:
    """The same batches, composed by a thread of their own while the last one is learned from; close it when done."""
    waiting: queue.Queue[Batch] = queue.Queue(depth)
    over = threading.Event()

    def compose() -> None:
        for pictures in batches:
            waiting.put(pictures)
            if over.is_set():
                return

    thread = threading.Thread(target=compose)
    thread.start()
    try:
        while True:
            yield waiting.get()
    finally:  # a put that waits is let through, and is the last one
        over.set()
        while thread.is_alive():
            with contextlib.suppress(queue.Empty):
                waiting.get(timeout=0.1)


def train(
    model: nn.Module, forward: Callable[[Batch], Tensor], batches: Iterator[Batch], *, seconds: float,
    peak: float, held_out: Batch, keep: Callable[[nn.Module], None], decay: float = 0.998, keep_every: float = 120,
) -> nn.Module:  # fmt: skip
    """Train for `seconds` of wall-clock; `keep` gets the averaged model now and then; it is returned at the end."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=peak, betas=(0.9, 0.98), weight_decay=0.02)
    average, start, kept, losses = Average(model, decay), time.monotonic(), 0.0, []
    composed = ahead(batches)
    for step, pictures in enumerate(composed):
        elapsed = time.monotonic() - start
        optimiser.param_groups[0]["lr"] = rate(elapsed / seconds, peak)
        model.train()
        loss = forward(pictures)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        average.update(model)
        losses.append(loss.item())
        if step % 50 == 0:
            print(f"{elapsed:6.0f} s  step {step}  loss {sum(losses[-50:]) / len(losses[-50:]):.3f}", flush=True)
        if elapsed - kept > keep_every or elapsed > seconds:
            kept = elapsed
            first, five, cosine = retrieval(average.model, held_out)  # type: ignore[arg-type]
            print(
                f"{elapsed:6.0f} s  held out: first {first:.3f}, first five {five:.3f}, cosine {cosine:.3f}", flush=True
            )
            keep(average.model)
        if elapsed > seconds:
            break
    composed.close()
    return average.model
