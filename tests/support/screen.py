"""Real X servers without a screen, with OpenGL by llvmpipe."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# A server dies with the tests, however they end.
DYING = ["setpriv", "--pdeathsig", "KILL"]
XVFB, XORG = [*DYING, "Xvfb"], [*DYING, "Xorg"]
TWO = Path(__file__).with_name("two-displays.conf")


@contextmanager
def xvfb(width: int = 1920, height: int = 1080, more: Sequence[str] = (), resets: bool = False) -> Iterator[str]:
    """An X display such as ":3", free of any other; the server picks the number itself, and takes more options.

    One that `resets` starts anew whenever its last client goes.
    """
    size = ["-screen", "0", f"{width}x{height}x24"]
    with _server([*XVFB, *size, "+extension", "GLX", *more], resets) as name:
        yield name


@contextmanager
def two_displays() -> Iterator[str]:
    """An X display with two projectors of 640x400 beside each other, DUMMY0 and DUMMY1."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-config", TWO, "-logfile", f"{folder}/log", "-novtswitch", "-sharevts", "+extension", "GLX"]
        with _server([*XORG, *map(str, options)]) as name:
            xrandr = ["xrandr", "-d", name]
            mode = ["25.18", "640", "656", "752", "800", "400", "412", "414", "449"]
            subprocess.run([*xrandr, "--newmode", "second", *mode], check=True)
            subprocess.run([*xrandr, "--addmode", "DUMMY1", "second"], check=True)
            first, second = ["--output", "DUMMY0", "--mode", "640x400"], ["--output", "DUMMY1", "--mode", "second"]
            subprocess.run([*xrandr, *first, "--pos", "0x0", *second, "--pos", "640x0"], check=True)
            yield name


@contextmanager
def _server(command: Sequence[str], resets: bool = False) -> Iterator[str]:
    reading, writing = os.pipe()
    options = ["-displayfd", str(writing), "-nolisten", "tcp", *([] if resets else ["-noreset"])]
    server = subprocess.Popen([*command, *options], pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            raise AssertionError(f"{command[3]} did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
