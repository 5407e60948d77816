"""Checkpoints from before 2020 that hold whole modules: their numbers are read, and nothing else in them comes to life.

Such a file is a row of pickles, then the numbers themselves. torch reads them only where classes may be called freely;
here a name is looked up in one short list or refused.
"""

import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

from show.making.stand_ins import stand_ins

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
}


def load_old(path: Path) -> Any:
    """What the file holds, stand-ins in place of modules; pickle.UnpicklingError when that is more than numbers."""
    with path.open("rb") as file:
        if _Reader(file).load() != MAGIC:
            raise pickle.UnpicklingError("no checkpoint of that time")
        for _ in range(2):  # the version, the machine it was written on
            _Reader(file).load()
        reader = _Reader(file, path.stat().st_size)
        loaded = reader.load()
        for key in _Reader(file).load():
            _fill(reader.storages[key], file)
    return loaded


def _fill(storage: Tensor, file: IO[bytes]) -> None:
    (count,) = struct.unpack("<q", file.read(8))
    data = bytearray(file.read(count * storage.element_size()))
    storage.copy_(torch.frombuffer(data, dtype=storage.dtype))


class _Reader(pickle.Unpickler):
    """Knows storages, how tensors lie in them, and stand-ins."""

    def __init__(self, file: IO[bytes], bytes_at_most: int = 0) -> None:
        super().__init__(file, encoding="utf-8")
        self.storages: dict[str, Tensor] = {}
        self._left = bytes_at_most
        self._known: dict[str, Callable[..., Any]] = {name: made for made, name in stand_ins()}
        self._known |= {
            "collections.OrderedDict": OrderedDict,
            "torch._utils._rebuild_tensor": _tensor,
            "torch._utils._rebuild_tensor_v2": _tensor,
            "torch._utils._rebuild_parameter": _parameter,
            "torch.nn.parameter.Parameter": _parameter,
            "builtins.set": frozenset,
            "__builtin__.set": frozenset,
        }

    def find_class(self, module: str, name: str) -> Any:
        if module in ("torch", "torch.storage") and name in DTYPES:
            return DTYPES[name]
        if (found := self._known.get(f"{module}.{name}")) is None:
            raise pickle.UnpicklingError(f"{module}.{name} is more than numbers")
        return found

    def persistent_load(self, pid: Any) -> Any:
        kind, *rest = pid
        if kind == "module":  # a class and its source
            return rest[0]
        dtype, key, _, count = rest[:4]
        if key not in self.storages:
            self._left -= count * dtype.itemsize
            if kind != "storage" or self._left < 0:
                raise pickle.UnpicklingError("it promises more numbers than it holds")
            self.storages[key] = torch.zeros(count, dtype=dtype)
        return self.storages[key]


def _tensor(storage: Tensor, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object) -> Tensor:
    return storage.as_strided(size, stride, offset)


def _parameter(data: Tensor | None = None, *_: object) -> Tensor | None:
    return data
