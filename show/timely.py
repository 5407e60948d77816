"""Calls that end. `requests` waits so long between two bytes; here the whole answer has its time, however it drips."""

import io
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from socket import socket

SLOWEST_BYTES = 32_000  # a second, of what is sent: a film takes longer than a question
PIECE_BYTES = 1 << 16
LONGEST_ANSWER_BYTES = 1 << 26


class Timely(HTTPAdapter):
    """Gives every call so many seconds, and more for long questions; then requests.Timeout or ConnectionError."""

    def __init__(self, seconds: float) -> None:
        self._pools = _pools(seconds)
        super().__init__()

    def init_poolmanager(self, *args: Any, **how: Any) -> None:
        super().init_poolmanager(*args, **how)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **how: Any) -> Any:
        manager = super().proxy_manager_for(*args, **how)
        manager.pool_classes_by_scheme = self._pools
        return manager


class _Timed(HTTPConnection):
    """A connection that knows until when its call may last."""

    seconds: float
    _until = 0.0

    def connect(self) -> None:
        self._until = time.monotonic() + self.seconds
        super().connect()

    def request(self, *args: Any, **how: Any) -> None:
        self._until = time.monotonic() + self.seconds
        super().request(*args, **how)

    def send(self, data: Any) -> None:
        for begin in range(0, len(data), PIECE_BYTES):
            piece = data[begin : begin + PIECE_BYTES]
            self._until += len(piece) / SLOWEST_BYTES
            if self.sock is not None:
                self.sock.settimeout(_left(self._until, self.sock.gettimeout()))
            super().send(piece)

    def response_class(  # type: ignore[override]  # called like the class that it stands for
        self, sock: "socket", *args: Any, **how: Any
    ) -> HTTPResponse:
        """What http.client makes an answer of."""
        return HTTPResponse(_Reader(sock, self._until), *args, **how)  # type: ignore[arg-type]


class _Reader(io.RawIOBase):
    """What comes from a socket, in time and of a bearable length."""

    def __init__(self, sock: "socket", until: float) -> None:
        self._sock, self._until, self._gap = sock, until, sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)
        self._bytes_left = LONGEST_ANSWER_BYTES

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        self._sock.settimeout(_left(self._until, self._gap))
        count = self._raw.readinto(into)
        self._bytes_left -= count or 0
        if self._bytes_left < 0:
            raise OSError(f"the answer is longer than {LONGEST_ANSWER_BYTES} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(until: float, gap: float | None) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the call took too long")
    return left if gap is None else min(gap, left)


def _pools(seconds: float) -> dict[str, Any]:
    """Kinds of connections by scheme, as urllib3 wants them."""
    known = {"seconds": seconds}
    plain = type("Timed", (_Timed,), known)
    secure = type("TimedSecure", (_Timed, HTTPSConnection), known)
    return {
        "http": type("TimedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TimedSecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
