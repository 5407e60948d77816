"""What a player's process may have to do besides: `python load.py FILM SECONDS`, or `busy(film)` inside a process.

A thread that spins, 1080p decoded as fast as it goes, and, three times in two seconds, a call that holds the
interpreter for 230 ms.
"""

import ctypes
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

HELD_SECONDS = 0.23


@contextmanager
def busy(film: Path) -> Iterator[None]:
    """All of it, in this process, while the block runs."""
    over = threading.Event()
    threads = [
        threading.Thread(target=work, args=arguments)
        for work, *arguments in ((spin, over), (decode, over, film), (hold, over))
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def spin(over: threading.Event) -> None:
    while not over.is_set():
        sum(range(1000))


def decode(over: threading.Event, film: Path) -> None:
    while not over.is_set():
        with av.open(str(film)) as container:
            for _ in container.decode(video=0):
                if over.is_set():
                    return


def hold(over: threading.Event) -> None:
    """PyDLL keeps the interpreter's lock during the call."""
    usleep = ctypes.PyDLL(None).usleep
    while not over.wait(0.43):
        usleep(round(HELD_SECONDS * 1e6))


if __name__ == "__main__":
    with busy(Path(sys.argv[1])):
        time.sleep(float(sys.argv[2]))
