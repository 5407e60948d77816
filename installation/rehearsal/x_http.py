"""The stand-in X on the wire: signatures, rate limits, and faults on demand."""

import json
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Event, Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from installation.rehearsal.x_endpoints import ROUTES, Asked
from installation.rehearsal.x_signature import Signatures
from installation.rehearsal.x_world import Refusal, World

WINDOW_SECONDS = 900.0
BODY_LIMIT = 8 * 1024 * 1024


@dataclass
class Fault:
    """What befalls the next `times` requests that match: "status" is answered, "cut" before or after it took effect.

    `hold` "before" or "after" keeps the request until `release` is set; `reached` says that it got there.
    """

    method: str
    path: str
    times: int = 1
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    detail: str = "A fault was asked for."
    cut: str = ""
    hold: str = ""
    reached: Event = field(default_factory=Event)
    release: Event = field(default_factory=Event)

    def matches(self, method: str, path: str) -> bool:
        """Whether this request is to suffer."""
        return self.times > 0 and method == self.method and re.fullmatch(self.path, path) is not None


class Server(ThreadingHTTPServer):
    """The listener, with the world behind it."""

    daemon_threads = True

    def __init__(self, port: int, world: World, signatures: Signatures) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.world, self.signatures = world, signatures
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.refused: list[str] = []
        self.lock = Lock()
        self._spent: dict[str, list[float]] = {}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a word; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The fault that a request meets, counted down."""
        with self.lock:
            for fault in self.faults:
                if fault.matches(method, path):
                    fault.times -= 1
                    return fault
        return None

    def spend(self, name: str, limit: int) -> None:
        """Count a call against its limit of 15 minutes; Refusal 429 when it is spent."""
        with self.lock:
            now = time.time()
            spent = self._spent.setdefault(name, [])
            spent[:] = [at for at in spent if at > now - WINDOW_SECONDS]
            if len(spent) >= limit:
                reset = str(int(spent[0] + WINDOW_SECONDS) + 1)
                headers = {"x-rate-limit-limit": str(limit), "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
                raise Refusal(429, "Too Many Requests", "Too Many Requests", headers)
            spent.append(now)


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
        fault = self.server.fault_for(self.command, target.path)
        if fault and self._suffer(fault, "before"):
            return
        status, answer, headers = self._outcome(target.path, target.query, body)
        if fault and self._suffer(fault, "after"):
            return
        self._send(status, answer, headers)

    def _suffer(self, fault: Fault, when: str) -> bool:
        """Whether the fault ends the request here."""
        if fault.hold == when:
            fault.reached.set()
            fault.release.wait(60.0)
        if fault.cut == when:
            self.close_connection = True
            with suppress(OSError):  # whoever asked may be gone already
                self.connection.shutdown(SHUT_RDWR)
            return True
        if fault.status and when == "before":
            self._send(fault.status, _error(fault.status, "Fault", fault.detail), dict(fault.headers))
            return True
        return False

    def _outcome(self, path: str, query: str, body: bytes) -> tuple[int, dict[str, Any], dict[str, str]]:
        try:
            problem = self.server.signatures.problem(self.command, path, query, _plain(self.headers), body)
            if problem:
                raise Refusal(401, "Unauthorized", f"Unauthorized: {problem}")
            status, answer = self._route(path, query, body)
            return status, answer, {}
        except Refusal as refusal:
            self.server.refused.append(f"{self.command} {path}: {refusal.status} {refusal.detail}")
            return refusal.status, _error(refusal.status, refusal.title, refusal.detail), refusal.headers

    def _route(self, path: str, query: str, body: bytes) -> tuple[int, dict[str, Any]]:
        for method, pattern, name, limit, action in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                self.server.spend(name, limit)
                parameters = dict(parse_qsl(query, keep_blank_values=True))
                return action(self.server.world, Asked(found.groups(), parameters, self.headers, body))
        raise Refusal(404, "Not Found", f"There is nothing at {self.command} {path}.")

    def _send(self, status: int, answer: dict[str, Any], headers: dict[str, str]) -> None:
        content = json.dumps(answer).encode()
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True  # whoever asked is gone


def _error(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"title": title, "detail": detail, "type": "about:blank", "status": status}


def _plain(headers: Message) -> dict[str, str]:
    return {name: str(headers[name]) for name in ("Authorization", "Content-Type") if name in headers}
