"""The stand-in Mastodon server on the wire: its token, its rate limits, and faults on demand."""

import json
import re
import time
from datetime import UTC, datetime
from threading import Lock
from urllib.parse import urlsplit

from installation.rehearsal.mastodon_endpoints import ROUTES, Answer, Asked
from installation.rehearsal.mastodon_world import Refusal, World
from installation.rehearsal.wire import Listener, Request
from installation.rehearsal.x_stand_in import Fault


class Server(Listener):
    """The listener, with the world behind it."""

    def __init__(self, port: int, world: World, token: str) -> None:
        super().__init__(port, Handler)
        self.world, self.token = world, token
        self.faults: list[Fault] = []
        self.answered: list[str] = []
        self.lock = Lock()
        self.allowed: dict[str, int] = {}  # in place of Mastodon's own numbers, by the name of a limit
        self._spent: dict[str, list[float]] = {}

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The fault that a request meets, counted down."""
        with self.lock:
            for fault in self.faults:
                if fault.matches(method, path):
                    fault.times -= 1
                    return fault
        return None

    def spend(self, name: str, limit: int, seconds: float) -> dict[str, str]:
        """Count a call against its limit; the headers that tell of it. Refusal 429 when it is spent."""
        with self.lock:
            now, limit = time.time(), self.allowed.get(name, limit)
            spent = self._spent.setdefault(name, [])
            spent[:] = [at for at in spent if at > now - seconds]
            reset = datetime.fromtimestamp((spent[0] if spent else now) + seconds, UTC).isoformat()
            left = limit - len(spent) - 1
            headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(max(left, 0))}
            headers |= {"X-RateLimit-Reset": reset}
            if left < 0:
                raise Refusal(429, "Too many requests", headers)
            spent.append(now)
            return headers


class Handler(Request):
    """One request."""

    server: Server
    body_limit = 120 * 1024 * 1024

    def answer(self) -> None:
        """What Mastodon does with it, but for a fault."""
        target, body = urlsplit(self.path), self.body()
        self.server.calls.append(f"{self.command} {target.path}")
        fault = self.server.fault_for(self.command, target.path)
        if fault and self._suffer(fault, "before"):
            return
        status, answer, headers = self._outcome(target.path, target.query, body)
        self.server.answered.append(f"{self.command} {target.path}")
        if fault and self._suffer(fault, "after"):
            return
        self.send(status, json.dumps(answer).encode(), headers)

    def _suffer(self, fault: Fault, when: str) -> bool:
        """Whether the fault ends the request here."""
        if fault.hold == when:
            fault.reached.set()
            fault.release.wait(60.0)
        if fault.cut == when:
            self.hang_up()
            return True
        if fault.status and when == "before":
            self.send(fault.status, json.dumps({"error": fault.detail}).encode(), dict(fault.headers))
            return True
        return False

    def _outcome(self, path: str, query: str, body: bytes) -> Answer:
        try:
            return self._route(path, query, body)
        except Refusal as refusal:
            self.server.refused.append(f"{self.command} {path}: {refusal.status} {refusal}")
            return refusal.status, {"error": str(refusal)}, refusal.headers

    def _route(self, path: str, query: str, body: bytes) -> Answer:
        for method, pattern, name, limit, seconds, needs_token, action in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                headers = self.server.spend(name, limit, seconds)
                if needs_token and self.headers.get("Authorization") != f"Bearer {self.server.token}":
                    raise Refusal(401, "The access token is invalid", headers)
                base = f"http://127.0.0.1:{self.server.server_address[1]}"
                asked = Asked(found.group(1), query, self.headers, body, base)
                status, answer, more = action(self.server.world, asked)
                return status, answer, headers | more
        raise Refusal(404, "Not Found")
