"""A stand-in for X: a real HTTP server on loopback that takes and refuses what X does, for rehearsals and tests.

OAuth 1.0a signatures are verified against https://api.twitter.com, whatever address the client was led to. Run by
itself, `python -m installation.rehearsal.x_stand_in` prints its address and credentials as one line of JSON, takes one
mention a line on its standard input (`AUTHOR TEXT`), ends with its input, and then tells the answers, a line each.
"""

import argparse
import json
import secrets
import sys
from typing import Any

from installation.rehearsal.wire import StandIn
from installation.rehearsal.x_faults import Fault, Weather
from installation.rehearsal.x_http import Server
from installation.rehearsal.x_signature import Signatures
from installation.rehearsal.x_world import Post, World

__all__ = ["Fault", "Post", "Weather", "XStandIn"]


class XStandIn(StandIn):
    """X with one account on it; `port` 0 takes any free one; `vocabulary` "tweet" or "post" (see x_shapes)."""

    def __init__(
        self,
        port: int = 0,
        account: str = "blind_eye",
        processing_seconds: float = 0.3,
        vocabulary: str = "tweet",
        weather: Weather | None = None,
    ) -> None:
        self.account = account
        self.world = World(account, processing_seconds)
        self.credentials = _new_credentials(self.world.account_id)
        self._server = Server(port, self.world, Signatures(self.credentials), vocabulary)
        self._server.faults.weather = weather
        super().__init__("X", self._server)

    def let_go(self) -> None:
        """Let requests that are held go on."""
        self._server.faults.release()

    def mention(self, author: str, text: str, **more: Any) -> str:
        """Someone mentions the account (it is put before a text that does not name it); the post's id."""
        named = f"@{self.account}".lower() in text.lower()
        return self.world.publish(author, text if named else f"@{self.account} {text}", **more).id

    def replies(self, id: str) -> list[Post]:
        """The account's answers to a post, oldest first."""
        return [post for post in reversed(self.world.by_account()) if post.replies_to == id]

    def film(self, media_id: str) -> bytes:
        """An uploaded film."""
        return self.world.media[media_id].film

    def fault(self, method: str, path: str, **how: Any) -> Fault:
        """Let the next request to this path (a regular expression) go wrong; see `Fault`."""
        fault = Fault(method, path, **how)
        self._server.faults.ordered.append(fault)
        return fault

    def weather(self, weather: Weather | None) -> None:
        """Faults at random from now on, or none."""
        self._server.faults.weather = weather

    def allow(self, limit: str, calls: int) -> None:
        """Another number of calls in 15 minutes than X's own, by the name of a limit (see x_shapes)."""
        self._server.limits.allowed[limit] = calls


def _new_credentials(account_id: str) -> dict[str, str]:
    return {
        "consumer_key": secrets.token_hex(12),
        "consumer_secret": secrets.token_hex(25),
        "access_token": f"{account_id}-{secrets.token_hex(20)}",
        "access_token_secret": secrets.token_hex(22),
    }


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description="a stand-in for X on loopback")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--account", default="blind_eye", help="the account that is mentioned")
    options = parser.parse_args()
    x = XStandIn(options.port, options.account)
    x.start()
    print(json.dumps({"base": x.base, "account": x.account, "credentials": x.credentials}), flush=True)
    try:
        for line in sys.stdin:
            author, _, text = line.strip().partition(" ")
            if text:
                print(json.dumps({"mention": x.mention(author, text)}), flush=True)
    except KeyboardInterrupt:
        pass
    answers = [post for post in reversed(x.world.by_account()) if post.replies_to]
    for post in answers:
        print(json.dumps({"reply": post.id, "to": post.replies_to, "text": post.text}), flush=True)
    x.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
