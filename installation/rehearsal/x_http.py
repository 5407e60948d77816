"""The stand-in X on the wire: signatures, rate limits, shapes, and faults on demand."""

import json
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from installation.rehearsal.x_endpoints import ENDPOINTS, Asked, check
from installation.rehearsal.x_faults import Fault, Faults
from installation.rehearsal.x_limits import Limits
from installation.rehearsal.x_refusals import Refusal, refuse
from installation.rehearsal.x_shapes import SHAPES
from installation.rehearsal.x_signature import Signatures
from installation.rehearsal.x_world import World

BODY_LIMIT = 8 * 1024 * 1024
HOLD_SECONDS = 60.0


class Server(ThreadingHTTPServer):
    """The listener, with the world behind it."""

    daemon_threads = True

    def __init__(self, port: int, world: World, signatures: Signatures, vocabulary: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.world, self.signatures, self.vocabulary = world, signatures, vocabulary
        self.faults, self.limits = Faults(), Limits()
        self.calls: list[str] = []
        self.refused: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a word; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Reading."""
        self._answer()

    def do_POST(self) -> None:
        """Writing."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `Server.calls` keeps them."""

    def _answer(self) -> None:
        target = urlsplit(self.path)
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT))
        self.server.calls.append(f"{self.command} {target.path}")
        fault = self.server.faults.meet(self.command, target.path)
        if fault and self._suffer(fault, "before"):
            return
        status, answer, headers = self._outcome(target.path, target.query, body)
        if fault and self._suffer(fault, "after"):
            return
        self._send(status, json.dumps(answer).encode(), headers)

    def _suffer(self, fault: Fault, when: str) -> bool:
        """Whether the fault ends the request here."""
        if fault.hold == when:
            fault.reached.set()
            fault.release.wait(HOLD_SECONDS)
        if fault.slow_seconds and when == "after":
            time.sleep(fault.slow_seconds)
        if fault.cut == when:
            self._hang_up()
            return True
        refusal = fault.refusal()
        if refusal and when == "before":
            content = json.dumps(refusal.body()).encode() if fault.bare is None else fault.bare
            self._send(refusal.status, content, dict(fault.headers))
            return True
        return False

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # whoever asked may be gone already
            self.connection.shutdown(SHUT_RDWR)

    def _outcome(self, path: str, query: str, body: bytes) -> tuple[int, dict[str, Any], dict[str, str]]:
        headers: dict[str, str] = {}
        try:
            problem = self.server.signatures.problem(self.command, path, query, _plain(self.headers), body)
            if problem:
                raise refuse("unauthorized", f"Unauthorized: {problem}")
            status, answer = self._route(path, query, body, headers)
            return status, answer, headers
        except Refusal as refusal:
            said = refusal.more.get("errors", [{}])[0].get("message", refusal.detail)
            self.server.refused.append(f"{self.command} {path}: {refusal.status} {said}")
            return refusal.status, refusal.body(), headers

    def _route(self, path: str, query: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What the address answers; `headers` tell what is left of its limit whatever comes of it."""
        for shape in SHAPES:
            found = re.fullmatch(shape.path, path)
            if found and shape.method == self.command:
                is_allowed, told = self.server.limits.spend(shape.limit, shape.calls)
                headers |= told
                if not is_allowed:
                    raise refuse("rate limit")
                parameters = dict(parse_qsl(query, keep_blank_values=True))
                asked = Asked(found.groups(), parameters, self.headers, body, self.server.vocabulary)
                check(shape, asked)
                return ENDPOINTS[shape.name](self.server.world, asked)
        raise Refusal(404, "Not Found", f"There is nothing at {self.command} {path}.")

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True  # whoever asked is gone


def _plain(headers: Message) -> Mapping[str, str]:
    return {name: str(headers[name]) for name in ("Authorization", "Content-Type") if name in headers}
