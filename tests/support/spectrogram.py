"""What a sound looks like: time to the right, pitch upwards on a scale of octaves, loud is bright."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LOWEST_HZ, HIGHEST_HZ = 60.0, 12_000.0
HEIGHT, COLUMNS_A_SECOND = 360, 40
WINDOW = 4096
DEEP_DB = 70.0


def spectrogram(sound: NDArray[np.float32], rate: int, path: Path) -> None:
    """Write a PNG of a mono sound."""
    hop = rate // COLUMNS_A_SECOND
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, WINDOW // 2), WINDOW)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW))) ** 2 + 1e-12
    wanted = np.geomspace(HIGHEST_HZ, LOWEST_HZ, HEIGHT)
    bins = np.clip(np.rint(wanted * WINDOW / rate).astype(int), 0, power.shape[1] - 1)
    loud = 10 * np.log10(power[:, bins]).T
    grey = np.clip((loud - loud.max() + DEEP_DB) / DEEP_DB, 0, 1)
    Image.fromarray((255 * grey).astype(np.uint8)).save(path)
