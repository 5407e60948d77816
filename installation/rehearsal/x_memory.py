"""What the stand-in X keeps over night, so that a second rehearsal on the same state meets the posts of the first."""

import json
from dataclasses import asdict
from pathlib import Path

from installation.rehearsal.x_stand_in import XStandIn
from installation.rehearsal.x_world import Post


def remember(x: XStandIn, path: Path) -> None:
    """Write people, posts and credentials down."""
    posts = [asdict(post) for post in x.world.posts.values()]
    memory = {"credentials": x.credentials, "users": x.world.users, "posts": posts}
    path.write_text(json.dumps(memory), encoding="utf-8")


def recall(x: XStandIn, path: Path) -> None:
    """Bring an earlier stand-in's posts and credentials back, before `start`; nothing when there was none."""
    if not path.exists():
        return
    memory = json.loads(path.read_text(encoding="utf-8"))
    x.credentials.update(memory["credentials"])
    x.world.users.update(memory["users"])
    for values in memory["posts"]:
        lists = {"history": tuple(values["history"]), "media_ids": tuple(values["media_ids"])}
        x.world.posts[values["id"]] = Post(**(values | lists))
