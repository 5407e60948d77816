"""House form for high rates: HAP, by the ffmpeg program, which alone can make it."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryFile

from show.errors import FilmError
from show.house_form.given import Given
from show.house_form.plan import KEPT_SOUND, Progress, Wish, filters

CHUNKS = 4  # parts of a picture that can be unpacked one by one


def write(given: Given, wish: Wish, path: Path, progress: Progress) -> int:
    """Write it; how many complaints the program had. FilmError where it is not there, or gives up."""
    done = 0
    with TemporaryFile("w+") as said:
        with subprocess.Popen(_command(given, wish, path), stdout=subprocess.PIPE, stderr=said, text=True) as ffmpeg:
            try:
                for line in ffmpeg.stdout or ():
                    if line.startswith("frame="):
                        frames = int(line.removeprefix("frame="))
                        progress(frames - done)
                        done = frames
            except BaseException:
                ffmpeg.kill()
                raise
        said.seek(0)
        complaints = said.read().splitlines()
    if ffmpeg.returncode:
        raise FilmError(f"{given.path} cannot be made HAP: {complaints[-1] if complaints else ffmpeg.returncode}")
    return len(complaints)


def _command(given: Given, wish: Wish, path: Path) -> list[str]:
    program = shutil.which("ffmpeg")
    if program is None:
        raise FilmError("HAP is made by the ffmpeg program, which is not here: install it (apt-get install ffmpeg)")
    pace = ["-r", str(given.fps)] if given.untimed else []
    before = [program, "-v", "error", "-nostdin", "-y", "-progress", "pipe:1", "-noautorotate", *pace]
    way = ["-i", str(given.path), "-map", "0:v:0", "-map", "0:a:0?", "-vf", filters(given, wish)]
    coding = ["-c:v", "hap", "-format", wish.form, "-compressor", "snappy", "-chunks", str(CHUNKS)]
    sound = ["-c:a", "copy" if given.sound in KEPT_SOUND else "alac"]
    return [*before, *way, *coding, *sound, str(path)]
