"""The X server's picture read from outside while a program draws: Xvfb keeps it in a file that can be mapped.

A program's swap is copied into the file from top to bottom, so a reading may fall into the middle of it. The `Watcher`
therefore looks many times a film frame and believes a number once it has stood still for a while.
"""

import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from calibration.homography import unit_to_quad
from calibration.mapping import Mapping
from tests.support.footage import COLUMNS, ROWS, SIGN
from tests.support.screen import xvfb

Pixels = NDArray[np.uint8]
LOOK_SECONDS = 0.003
BELIEVED_SECONDS = 0.02
UNSEEN, TORN = -1, -2  # no number stands on a panel; the panels do not agree


class Framebuffer:
    """The screen as rows, columns and BGR; `pixels` changes while one looks."""

    def __init__(self, folder: Path) -> None:
        with (folder / "Xvfb_screen0").open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self._map[:100])
        width, height, bits, stride = header[4], header[5], header[11], header[12]
        assert bits == 32
        start = header[0] + header[19] * 12
        whole = np.frombuffer(self._map, np.uint8, stride * height, start).reshape(height, stride)
        self.pixels: Pixels = whole[:, : width * 4].reshape(height, width, 4)[..., :3]

    def grab(self) -> Pixels:
        """A copy as RGB."""
        return self.pixels[..., ::-1].copy()


@contextmanager
def screen(width: int, height: int) -> Iterator[tuple[str, Framebuffer]]:
    """An X display and its framebuffer."""
    with TemporaryDirectory(prefix="screen-") as folder, xvfb(width, height, ["-fbdir", folder]) as display:
        yield display, Framebuffer(Path(folder))


class Counter:
    """Reads the number of a numbered film from all panels of a mapping at once."""

    def __init__(self, mapping: Mapping) -> None:
        centres = [_cells(surface.corners) for surface in mapping.surfaces]
        x, y = np.floor(np.array(centres)).astype(int).transpose(2, 0, 1)
        spread = np.arange(-2, 3)
        self._x = x[..., None, None] + spread
        self._y = y[..., None, None] + spread[:, None]

    def glance(self, pixels: Pixels) -> bytes:
        """The middle of every square: while it stays the same so does the number, and it is had twenty times sooner."""
        return pixels[self._y[..., 2, 0], self._x[..., 0, 2]].tobytes()

    def read(self, pixels: Pixels) -> int:
        """The number, UNSEEN or TORN."""
        white = pixels[self._y, self._x].mean(axis=(2, 3, 4)) > 110
        if (white[:, : len(SIGN)] != np.array(SIGN, bool)).any():
            return UNSEEN
        numbers = (white[:, len(SIGN) :] << np.arange(white.shape[1] - len(SIGN))).sum(axis=1)
        return int(numbers[0]) if (numbers == numbers[0]).all() else TORN


def _cells(corners: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Where the centres of a panel's squares lie on the screen."""
    u, v = np.meshgrid((np.arange(COLUMNS) + 0.5) / COLUMNS, (np.arange(ROWS) + 0.5) / ROWS)
    x, y, w = unit_to_quad(corners) @ np.array([u.ravel(), v.ravel(), np.ones(u.size)])
    return np.stack([x / w, y / w], axis=1)


@dataclass(frozen=True)
class Seen:
    """A number that stood on all panels, from and until when (monotonic seconds)."""

    number: int
    since: float
    until: float


class Watcher(threading.Thread):
    """Looks every `look` seconds until stopped and believes what stood for `believed`. Use it as a context manager."""

    def __init__(
        self,
        framebuffer: Framebuffer,
        counter: Counter,
        look: float = LOOK_SECONDS,
        believed: float = BELIEVED_SECONDS,
    ) -> None:
        super().__init__(daemon=True)
        self._look, self._believed = look, believed
        self._framebuffer, self._counter = framebuffer, counter
        self._runs: list[Seen] = []
        self._over = threading.Event()
        self.looks = 0

    def run(self) -> None:
        with suppress(OSError):  # what is seen late looks as if it came late
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        glanced, number = b"", UNSEEN
        while not self._over.wait(self._look):
            pixels, now = self._framebuffer.pixels, time.monotonic()
            if (glance := self._counter.glance(pixels)) != glanced:
                number = self._counter.read(pixels)
                glanced = glance if number >= 0 else b""  # it may be changing just now
            self._note(number, now)

    def _note(self, number: int, now: float) -> None:
        self.looks += 1
        last = self._runs[-1] if self._runs else None
        if last and last.number == number:
            self._runs[-1] = Seen(number, last.since, now)
        else:
            self._runs.append(Seen(number, now, now))

    @property
    def unseen(self) -> list[Seen]:
        """Whenever a panel showed no number, however shortly."""
        return [each for each in self._runs if each.number == UNSEEN]

    @property
    def frames(self) -> list[Seen]:
        """What stood on the wall, in order; the first and the last may have been cut short."""
        stood = [each for each in list(self._runs) if each.until - each.since >= self._believed and each.number >= 0]
        merged: list[Seen] = []
        for each in stood:
            if merged and merged[-1].number == each.number:
                each = Seen(each.number, merged.pop().since, each.until)
            merged.append(each)
        return merged

    def __enter__(self) -> "Watcher":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
