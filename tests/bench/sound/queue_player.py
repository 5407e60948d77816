"""A peer: `python queue_player.py RAW FILM SECONDS` plays a long file as sounddevice's example play_long_file does.

Its main thread reads blocks of 2048 frames into a queue of 20, its callback takes them out; the load is in its process,
where a player in Python has it.
"""

import queue
import sys
import time
from pathlib import Path

import numpy as np
import sounddevice
from load import busy

BLOCK, AHEAD, CHANNELS = 2048, 20, 6


def main(sound: Path, film: Path, seconds: float) -> None:
    """`sound` holds float32 of six channels, without a header."""
    samples = np.memmap(sound, "<f4", "r").reshape(-1, CHANNELS)
    blocks: queue.Queue[np.ndarray] = queue.Queue(AHEAD)

    def callback(out: np.ndarray, _frames: int, _info: object, _flags: object) -> None:
        try:
            out[:] = blocks.get_nowait()
        except queue.Empty:
            out.fill(0.0)

    coming = iter(samples[at : at + BLOCK] for at in range(0, len(samples) - BLOCK, BLOCK))
    for _ in range(AHEAD):
        blocks.put_nowait(next(coming))
    end = time.monotonic() + seconds
    with busy(film), sounddevice.OutputStream(48000, BLOCK, "headphones", CHANNELS, "float32", callback=callback):
        while time.monotonic() < end:
            blocks.put(next(coming), timeout=10)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
