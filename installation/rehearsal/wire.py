"""What the stand-ins of services share: a listener on loopback, a request and its answer, and starting and stopping."""

import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Thread
from typing import Any


class Listener(ThreadingHTTPServer):
    """Keeps every request as "METHOD path" in `calls`, and in `refused` those that were refused and why."""

    daemon_threads = True

    def __init__(self, port: int, handler: type["Request"]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.calls: list[str] = []
        self.refused: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a word; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Request(BaseHTTPRequestHandler):
    """One request, `answer`ed by its service."""

    protocol_version = "HTTP/1.1"
    body_limit: int

    def do_GET(self) -> None:
        """Reading."""
        self.answer()

    def do_POST(self) -> None:
        """Writing."""
        self.answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `Listener.calls` keeps them."""

    def answer(self) -> None:
        """Read the request and answer it."""
        raise TypeError(f"{type(self).__name__} does not answer")

    def body(self) -> bytes:
        """What was sent, read to its end or to the limit."""
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), self.body_limit))

    def send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """Answer with JSON, or with what the headers say."""
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True  # whoever asked is gone

    def hang_up(self) -> None:
        """Cut the line without an answer."""
        self.close_connection = True
        with suppress(OSError):  # whoever asked may be gone already
            self.connection.shutdown(SHUT_RDWR)


class StandIn:
    """A service on this machine, answering from a thread of its own between `start` and `stop`."""

    def __init__(self, name: str, server: Listener) -> None:
        self._listener = server
        self._thread = Thread(target=server.serve_forever, args=(0.05,), name=f"stand-in {name}", daemon=True)

    @property
    def base(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self._listener.server_address[1]}"

    @property
    def calls(self) -> list[str]:
        """Every request so far, as "METHOD path"."""
        return list(self._listener.calls)

    @property
    def refused(self) -> list[str]:
        """Every request that was refused, and why."""
        return list(self._listener.refused)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self.let_go()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def let_go(self) -> None:
        """Let requests that are held go on."""
