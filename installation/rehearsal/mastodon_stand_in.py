"""A stand-in for a Mastodon server: real HTTP on loopback that takes and refuses what Mastodon does.

One token opens it. An `Idempotency-Key` holds for an hour, a film is worked on before it can be posted, notifications
come in pages, and what is spent of the rate limits stands in every answer.
"""

import json
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

from installation.rehearsal.mastodon_http import Server
from installation.rehearsal.mastodon_world import Notice, Post, World
from installation.rehearsal.wire import StandIn
from installation.rehearsal.x_stand_in import Fault

__all__ = ["Fault", "MastodonStandIn", "Post"]


class MastodonStandIn(StandIn):
    """A server with one account of ours on it; `port` 0 takes any free one."""

    def __init__(
        self,
        port: int = 0,
        account: str = "blind_eye",
        processing_seconds: float = 0.3,
        most_characters: int = 500,
        token: str = "",
    ) -> None:
        self.account = account
        self.token = token or secrets.token_urlsafe(32)
        self.world = World(account, processing_seconds, most_characters)
        self.world.person(account)
        self._server = Server(port, self.world, self.token)
        super().__init__("Mastodon", self._server)

    @property
    def answered(self) -> list[str]:
        """Those of them that took effect, or were refused by a rule."""
        return list(self._server.answered)

    def let_go(self) -> None:
        """Let requests that are held go on."""
        for fault in self._server.faults:
            fault.release.set()

    def mention(self, author: str, text: str, **more: Any) -> str:
        """Someone mentions the account (it is put before a text that does not name it); the post's id."""
        named = f"@{self.account}" in text
        return self.world.publish(author, text if named else f"@{self.account} {text}", **more).id

    def replies(self, id: str) -> list[Post]:
        """The account's answers to a post, oldest first."""
        return [post for post in self.world.below(id) if post.author == self.account and post.replies_to == id]

    def film(self, media_id: str) -> bytes:
        """A film that was brought up."""
        return self.world.media[media_id].film

    def fault(self, method: str, path: str, **how: Any) -> Fault:
        """Let the next request to this path (a regular expression) go wrong; see `Fault`."""
        fault = Fault(method, path, **how)
        self._server.faults.append(fault)
        return fault

    def allow(self, limit: str, calls: int) -> None:
        """Another number of calls than Mastodon's own, by the name of a limit: "all", "media" or "posts"."""
        self._server.allowed[limit] = calls


def remember(server: MastodonStandIn, path: Path) -> None:
    """Write people, posts and notifications down, for a second rehearsal on the same state."""
    world = server.world
    with world.lock:
        posts = [asdict(post) | {"media_ids": ()} for post in world.posts.values()]
        memory = {"token": server.token, "people": world.people, "posts": posts}
        memory["notices"] = [asdict(notice) for notice in world.notices]
    path.write_text(json.dumps(memory), encoding="utf-8")


def recalled(path: Path, account: str) -> MastodonStandIn:
    """A stand-in that knows what an earlier one wrote down; a new one when there was none."""
    if not path.exists():
        return MastodonStandIn(account=account)
    memory = json.loads(path.read_text(encoding="utf-8"))
    server = MastodonStandIn(account=account, token=memory["token"])
    server.world.people.update(memory["people"])
    server.world.posts.update({each["id"]: Post(**each | {"media_ids": ()}) for each in memory["posts"]})
    server.world.notices.extend(Notice(**each) for each in memory["notices"])
    return server
