"""HAP, which only the ffmpeg program can make: it is fed with the pictures as they come."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO

import numpy as np

from installation.baking.movie import Movie
from installation.baking.sound import Samples
from installation.projector.look import Picture
from show.errors import FilmError
from show.stems import RATE

CHUNKS = 4  # parts of a picture that can be unpacked one by one


def write(movie: Movie, path: Path, pictures: Iterable[Picture], sound: Samples | None) -> None:
    """Write it; FilmError where the program is not there, or gives up."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise FilmError("HAP is made by the ffmpeg program, which is not here: install it (apt-get install ffmpeg)")
    with NamedTemporaryFile(suffix=".raw") as samples, TemporaryFile("w+") as said:
        if sound is not None:
            samples.write(np.round(sound * 32767).astype("<i2").tobytes())
            samples.flush()
        command = [program, *_asked(movie, samples.name if sound is not None else ""), str(path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said) as ffmpeg:
            try:
                _feed(ffmpeg.stdin, pictures)
            except BaseException:
                ffmpeg.kill()
                raise
        said.seek(0)
        complaints = said.read().splitlines()
    if ffmpeg.returncode:
        raise FilmError(f"{movie.out} cannot be made: {complaints[-1] if complaints else ffmpeg.returncode}")


def _feed(pipe: IO[bytes] | None, pictures: Iterable[Picture]) -> None:
    assert pipe
    try:
        for picture in pictures:
            pipe.write(np.ascontiguousarray(picture).data)
        pipe.close()
    except BrokenPipeError:
        return  # it gave up, and has said why


def _asked(movie: Movie, samples: str) -> list[str]:
    size = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{movie.width}x{movie.height}", "-r", str(movie.fps)]
    heard = ["-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", samples, "-c:a", "pcm_s16le"] if samples else []
    coding = ["-c:v", "hap", "-format", movie.form, "-compressor", "snappy", "-chunks", str(CHUNKS)]
    return ["-v", "error", "-y", *size, "-i", "pipe:0", *heard, "-pix_fmt", "rgba", *coding]
