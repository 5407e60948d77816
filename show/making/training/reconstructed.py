"""Training pictures of which some are seen through the VQGAN, whose strokes the critic will have to judge."""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from show.making.training.data import Batch, Composer
from show.making.vqgan import Vqgan, load_vqgan

SHARE = 0.12
RELOAD = 400


class Reconstructed:
    """A composer whose pictures pass, now and then, through the newest VQGAN found at `path`."""

    def __init__(self, composer: Composer, path: Path) -> None:
        self.composer, self.path = composer, path
        self._vqgan: Vqgan | None = None

    def batches(self, size: int, count: int, augment: float) -> Iterator[Batch]:
        """As `Composer.batches`."""
        for step, batch in enumerate(self.composer.batches(size, count, augment)):
            if step % RELOAD == 0 and self.path.exists():
                self._vqgan = load_vqgan(self.path)
            if self._vqgan:
                chosen = torch.randperm(count)[: int(SHARE * count)]
                batch.images[chosen] = through(self._vqgan, batch.images[chosen])
            yield batch


@torch.no_grad()
def through(vqgan: Vqgan, images: Tensor) -> Tensor:
    """Pictures in 0..1 as the VQGAN draws them."""
    return (vqgan.decode(vqgan.quantize(vqgan.encode(images * 2 - 1))) / 2 + 0.5).clamp(0, 1)
