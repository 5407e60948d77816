"""Cues for the running show from other processes of this machine, through the socket in its state folder.

One OSC message needs no library: an address, type tags and a number, each filled up to four bytes.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installation.commands import QUEUE_IS_FULL
from installation.state import State

ANSWER_SECONDS = 2.0
TRIES = 3
PREFIX = "/show"
REMOVE = b"/show/clips/remove\0\0,h\0\0"
LONGEST = 65536


def send_remove(state: State, id: int) -> bool:
    """Take a clip off the wall now, for good; whether a running show has answered that it is not there any more."""
    packet = REMOVE + struct.pack(">q", id)
    try:
        return any(QUEUE_IS_FULL.encode() not in answer(state.line, packet) for _ in range(TRIES))
    except OSError:
        return False


def answer(path: Path, packet: bytes) -> bytes:
    """What the show answers. OSError when there is none, or when it answers nothing."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, reached(path) as name:
        line.bind("")  # any name, so that it can be answered
        line.settimeout(ANSWER_SECONDS)
        line.sendto(packet, name)
        return line.recv(LONGEST)


@contextmanager
def reached(path: Path) -> Iterator[str]:
    """A name for a socket that is short enough for the kernel, however deep its folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
