"""Stems as the callback sees them: memory-mapped, and read ahead so that it never waits for the disk."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from installation.headphones.course import RATE, Course
from installation.headphones.fades import Sound

logger = logging.getLogger(__name__)

AHEAD_SECONDS = 10.0


class Stems:
    """The stems of a table; `arrays` is replaced as a whole, so the callback may read it at any time."""

    def __init__(self) -> None:
        self.arrays: Mapping[str, Sound] = {}
        self._paths: dict[str, str] = {}

    def load(self, paths: Mapping[str, str]) -> None:
        """Map what is new and forget what is gone; a stem that cannot be read stays silent."""
        arrays = {name: array for name, array in self.arrays.items() if self._paths[name] == paths.get(name)}
        for name, path in paths.items():
            if name not in arrays and (array := _mapped(Path(path))) is not None:
                arrays[name] = array
        self._paths = {name: paths[name] for name in arrays}
        self.arrays = arrays

    def read_ahead(self, course: Course, now: float) -> None:
        """Ask the system for the pages that will sound in the coming seconds, without waiting for them."""
        begin = round((now - course.anchor) * RATE)
        end = begin + round(AHEAD_SECONDS * RATE)
        for segment in course.segments if course.playing else ():
            first, last = max(begin, segment.first), min(end, segment.end)
            for name in [each for each in self.arrays if each.rpartition("/")[0] == segment.stem_group]:
                if first < last:
                    self._ask(name, segment.source + first - segment.first, last - first)

    def _ask(self, name: str, first: int, frames: int) -> None:
        width = self.arrays[name].itemsize * self.arrays[name].shape[1]
        try:
            descriptor = os.open(self._paths[name], os.O_RDONLY)
        except OSError:
            return
        try:
            os.posix_fadvise(descriptor, first * width, frames * width, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(descriptor)


def _mapped(path: Path) -> Sound | None:
    try:
        array = np.load(path, mmap_mode="r")
    except (OSError, EOFError, ValueError) as error:
        logger.warning("%s stays silent: %s", path, error)
        return None
    if array.dtype != np.float32 or array.ndim != 2 or array.shape[1] not in (1, 2):
        logger.warning("%s stays silent: it is not float32 of one or two channels", path)
        return None
    plain: Sound = array.view(np.ndarray)
    return plain
