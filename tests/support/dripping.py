"""A server that lets its answers drip, byte by byte, for a few seconds; then the rest comes at once."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

DRIPS_SECONDS, PAUSE_SECONDS = 3.0, 0.05


@contextmanager
def dripping(at_once: bytes, dripped: bytes) -> Iterator[str]:
    """Its address; whatever is asked is answered so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_serve, args=(server, at_once, dripped), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket, at_once: bytes, dripped: bytes) -> None:
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            with caller, suppress(OSError):
                caller.recv(1 << 16)
                caller.sendall(at_once)
                _drip(caller, dripped)


def _drip(caller: socket.socket, dripped: bytes) -> None:
    drops = round(DRIPS_SECONDS / PAUSE_SECONDS)
    for at in range(drops):
        caller.sendall(dripped[at : at + 1])
        time.sleep(PAUSE_SECONDS)
    caller.sendall(dripped[drops:])
