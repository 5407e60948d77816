"""Writing a movie in house form, whole or not at all."""

import os
from pathlib import Path

import av

from show.errors import FilmError
from show.house_form import h264, hap
from show.house_form.given import Given
from show.house_form.plan import Progress, Wish
from show.making.encode import settle


def recode(given: Given, wish: Wish, out: Path, progress: Progress) -> int:
    """Write `out`, telling of each picture that is done; how many parts of the movie could not be decoded.

    FilmError when FFmpeg refuses, OSError when the disk does.
    """
    waiting = out.with_name(f".{out.name}.new{out.suffix}")
    try:
        lost: int = (h264 if wish.form == "h264" else hap).write(given, wish, waiting, progress)
        settle(waiting, out)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno:
            raise OSError(error.errno, os.strerror(error.errno), str(out)) from error
        raise FilmError(f"{out} cannot be made of {given.path}: {error}") from error
    finally:
        waiting.unlink(missing_ok=True)
    return lost
