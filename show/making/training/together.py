"""Several processes train one model: each learns by itself, and every few steps their weights become the mean of all.

Under `torchrun` (or with its environment: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT); alone, nothing happens.
"""

import os

import torch
from torch import Tensor, distributed, nn

EVERY = 20  # steps between two meetings


class Together:
    """This process among the others."""

    def __init__(self) -> None:
        self.rank, self.count = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        if self.count > 1:
            distributed.init_process_group("gloo")

    @torch.no_grad()
    def average(self, model: nn.Module) -> None:
        """Every parameter becomes its mean over all processes."""
        if self.count == 1:
            return
        parameters = list(model.parameters())
        flat = torch.cat([parameter.flatten() for parameter in parameters])
        distributed.all_reduce(flat)
        for parameter, mean in zip(parameters, torch.split(flat, [p.numel() for p in parameters]), strict=True):
            parameter.copy_(mean.view_as(parameter) / self.count)

    def follow_first(self, tensor: Tensor) -> Tensor:
        """`tensor` of process 0, in place."""
        if self.count > 1:
            distributed.broadcast(tensor, 0)
        return tensor
