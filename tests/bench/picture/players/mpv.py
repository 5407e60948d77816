"""mpv as fast as it goes, drawing by OpenGL: flat, or through a shader that hangs one panel askew."""

import re
import resource
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

SHADER = Path(__file__).with_name("homography.glsl")
FREELY = ["--untimed", "--framedrop=no", "--opengl-swapinterval=0"]
STATUS = re.compile(rb"frame (\d+)")


def command(film: Path, size: tuple[int, int], *more: str) -> list[str]:
    """mpv filling a window of this size, on a software renderer too."""
    window = ["--no-border", "--no-keepaspect", "--geometry={}x{}+0+0".format(*size)]
    picture = ["--vo=gpu", "--gpu-sw=yes", "--hwdec=no", "--no-audio", "--no-osc"]
    return ["mpv", "--no-config", *picture, *window, *more, str(film)]


def play(
    film: Path, size: tuple[int, int], frames: int, skipped: int, env: Mapping[str, str], *more: str
) -> dict[str, float]:
    """Frames a second after the first `skipped`, and CPU milliseconds a frame, start included."""
    status = ["--term-status-msg=frame ${estimated-frame-number}\n", f"--frames={frames}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command(film, size, *FREELY, *status, *more), env=env, **told) as process:
        assert process.stdout
        seen = {int(said[1]): time.monotonic() for line in process.stdout if (said := STATUS.search(line))}
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    counted = sorted(number for number in seen if number >= skipped)
    fps = (counted[-1] - counted[0]) / (seen[counted[-1]] - seen[counted[0]])
    return {"fps": fps, "cpu_ms": cpu / frames * 1000}
