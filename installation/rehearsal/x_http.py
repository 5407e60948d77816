"""The stand-in X on the wire: signatures, rate limits, shapes, and faults on demand."""

import json
import re
import time
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from installation.rehearsal.wire import Listener, Request
from installation.rehearsal.x_endpoints import ENDPOINTS, Asked, check
from installation.rehearsal.x_faults import Fault, Faults
from installation.rehearsal.x_limits import Limits
from installation.rehearsal.x_refusals import Refusal, refuse
from installation.rehearsal.x_shapes import SHAPES
from installation.rehearsal.x_signature import Signatures
from installation.rehearsal.x_world import World

HOLD_SECONDS = 60.0


class Server(Listener):
    """The listener, with the world behind it."""

    def __init__(self, port: int, world: World, signatures: Signatures, vocabulary: str) -> None:
        super().__init__(port, Handler)
        self.world, self.signatures, self.vocabulary = world, signatures, vocabulary
        self.faults, self.limits = Faults(), Limits()


class Handler(Request):
    """One request."""

    server: Server
    body_limit = 8 * 1024 * 1024

    def answer(self) -> None:
        """What X does with it, but for a fault."""
        target, body = urlsplit(self.path), self.body()
        self.server.calls.append(f"{self.command} {target.path}")
        fault = self.server.faults.meet(self.command, target.path)
        if fault and self._suffer(fault, "before"):
            return
        status, answer, headers = self._outcome(target.path, target.query, body)
        if fault and self._suffer(fault, "after"):
            return
        self.send(status, json.dumps(answer).encode(), headers)

    def _suffer(self, fault: Fault, when: str) -> bool:
        """Whether the fault ends the request here."""
        if fault.hold == when:
            fault.reached.set()
            fault.release.wait(HOLD_SECONDS)
        if fault.slow_seconds and when == "after":
            time.sleep(fault.slow_seconds)
        if fault.cut == when:
            self.hang_up()
            return True
        refusal = fault.refusal()
        if refusal and when == "before":
            content = json.dumps(refusal.body()).encode() if fault.bare is None else fault.bare
            self.send(refusal.status, content, dict(fault.headers))
            return True
        return False

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


def _plain(headers: Message) -> Mapping[str, str]:
    return {name: str(headers[name]) for name in ("Authorization", "Content-Type") if name in headers}
