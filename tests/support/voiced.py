"""Films that hold sound of their own."""

from pathlib import Path

import av
import numpy as np

from tests.support.footage import numbered_film
from tests.support.sink import RATE


def voiced_film(path: Path, frames: int, voice: np.ndarray) -> Path:
    """A numbered film (.mkv) with `voice`, float32 mono at 48 kHz, kept to 16 bits."""
    silent = numbered_film(path.with_name("silent.mp4"), frames)
    with av.open(str(silent)) as source, av.open(str(path), "w") as film:
        picture = film.add_stream_from_template(source.streams.video[0])
        sound = film.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = picture
                film.mux(packet)
        samples = av.AudioFrame.from_ndarray((voice[np.newaxis] * 32767).astype(np.int16), format="s16", layout="mono")
        samples.sample_rate = RATE
        film.mux(sound.encode(samples))
        film.mux(sound.encode(None))
    silent.unlink()
    return path
