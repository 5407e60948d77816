"""A real X server without a screen, with OpenGL by llvmpipe."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# The server dies with the tests, however they end.
XVFB = ["setpriv", "--pdeathsig", "KILL", "Xvfb"]


@contextmanager
def xvfb(width: int = 1920, height: int = 1080, more: Sequence[str] = ()) -> Iterator[str]:
    """An X display such as ":3", free of any other; the server picks the number itself, and takes more options."""
    reading, writing = os.pipe()
    size = ["-screen", "0", f"{width}x{height}x24"]
    options = ["-displayfd", str(writing), "+extension", "GLX", "-nolisten", "tcp", "-noreset", *more]
    server = subprocess.Popen([*XVFB, *size, *options], pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise AssertionError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
