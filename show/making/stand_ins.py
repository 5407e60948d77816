"""Objects that old checkpoints mention, read without their classes: each holds its state, and can do nothing."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

MODULES = (  # what NVIDIA's training of WaveGlow pickled along with the numbers, and Lightning with a VQGAN's
    "glow.WaveGlow",
    "glow.WN",
    "glow.Invertible1x1Conv",
    "torch.nn.modules.container.ModuleList",
    "torch.nn.modules.conv.Conv1d",
    "torch.nn.modules.conv.ConvTranspose1d",
    "torch.nn.utils.weight_norm.WeightNorm",
    "torch.nn.backends.thnn._get_thnn_function_backend",
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
    "lightning.callbacks.model_checkpoint.ModelCheckpoint",
)


class StandIn:
    """Takes whatever state it is given."""

    def __init__(self, *_: object) -> None:
        pass


def stand_ins() -> list[Any]:
    """For `torch.serialization.safe_globals`: a class for each name, told apart by nothing but its name."""
    made = []
    for path in MODULES:
        module, _, name = path.rpartition(".")
        made.append((type(name, (StandIn,), {"__module__": module, "__qualname__": name}), path))
    return made


def state_of(loaded: Any, prefix: str = "") -> dict[str, Tensor]:
    """The tensors by name, of a state dict or of a module that stands in for the one that was pickled."""
    if isinstance(loaded, Mapping):
        return {f"{prefix}{name}": value for name, value in loaded.items() if isinstance(value, Tensor)}
    found: dict[str, Tensor] = {}
    if isinstance(loaded, StandIn):
        kept = vars(loaded)
        for tensors in (kept.get("_parameters", {}), kept.get("_buffers", {})):
            found |= state_of(tensors, prefix)
        for name, module in kept.get("_modules", {}).items():
            found |= state_of(module, f"{prefix}{name}.")
    return found
