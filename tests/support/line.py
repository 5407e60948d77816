"""A line between a program and a server on loopback that can be cut and made slow."""

import socket
import time
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

PIECE_BYTES = 1 << 16


class Line:
    """Leads to `base`, such as "http://127.0.0.1:8000"; `base` of the line itself is what the program is told."""

    def __init__(self, base: str) -> None:
        self._to = ("127.0.0.1", urlsplit(base).port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        self._is_cut, self._delay_seconds = False, 0.0
        Thread(target=self._listen, name="line", daemon=True).start()

    def cut(self) -> None:
        """Whatever is said is lost, and nobody gets through."""
        self._is_cut = True
        for end in list(self._open):
            _hang_up(end)

    def slow(self, seconds: float) -> None:
        """Every piece takes as long."""
        self._delay_seconds = seconds

    def mend(self) -> None:
        """As it should be."""
        self._is_cut, self._delay_seconds = False, 0.0

    def close(self) -> None:
        """Take the line away."""
        self.cut()
        _hang_up(self._listener)  # which wakes the thread that listens
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(here)
            Thread(target=self._serve, args=(here,), daemon=True).start()

    def _serve(self, here: socket.socket) -> None:
        try:
            with here, socket.create_connection(self._to) as there:
                self._open.add(there)
                back = Thread(target=self._carry, args=(there, here), daemon=True)
                back.start()
                self._carry(here, there)
                back.join()
                self._open.discard(there)
        except OSError:
            pass
        finally:
            self._open.discard(here)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while not self._is_cut and (piece := source.recv(PIECE_BYTES)):
                time.sleep(self._delay_seconds)
                if self._is_cut:
                    break
                target.sendall(piece)
        _hang_up(source)
        _hang_up(target)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
