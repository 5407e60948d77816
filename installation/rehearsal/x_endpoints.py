"""What each address of the stand-in X does, and the shape of request it insists on."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from typing import Any

from installation.rehearsal.x_world import EPOCH_MS, Post, Refusal, World, described

POST_FIELDS = {"author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "lang", "note_tweet"}
POST_FIELDS |= {"possibly_sensitive", "referenced_tweets", "id", "text", "in_reply_to_user_id"}
LIST_PARAMETERS = {
    "since_id",
    "until_id",
    "start_time",
    "max_results",
    "pagination_token",
    "tweet.fields",
    "expansions",
}
LIST_PARAMETERS |= {"user.fields"}


@dataclass(frozen=True)
class Asked:
    """A signed request: the variable parts of its path, its parameters, headers and body."""

    parts: tuple[str, ...]
    parameters: dict[str, str]
    headers: Message
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; Refusal 400 otherwise."""
        try:
            values = json.loads(self.body)
        except ValueError:
            values = None
        if not isinstance(values, dict) or self.headers.get_content_type() != "application/json":
            raise Refusal(400, "Invalid Request", "The body is not a JSON object.")
        return values

    def form(self) -> dict[str, bytes]:
        """The body as multipart form fields."""
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode()
        message = BytesParser().parsebytes(head + self.body)
        if message.get_content_type() != "multipart/form-data":
            raise Refusal(400, "Invalid Request", "The body is not multipart/form-data.")
        parts = [part for part in message.walk() if not part.is_multipart()]
        names = [str(part.get_param("name", "", "Content-Disposition")) for part in parts]
        contents = [part.get_payload(decode=True) for part in parts]
        return {name: each for name, each in zip(names, contents, strict=True) if isinstance(each, bytes)}


Answer = tuple[int, dict[str, Any]]


def _me(world: World, asked: Asked) -> Answer:
    return 200, {"data": {"id": world.account_id, "name": world.account, "username": world.account}}


def _mentions(world: World, asked: Asked) -> Answer:
    return 200, _page(world, asked, world.mentions())


def _own_posts(world: World, asked: Asked) -> Answer:
    return 200, _page(world, asked, world.by_account())


def _page(world: World, asked: Asked, posts: list[Post]) -> dict[str, Any]:
    """A page of posts, newest first, with the authors when they are asked for."""
    given = asked.parameters
    _only(given, LIST_PARAMETERS)
    _fields(given.get("tweet.fields", ""))
    if asked.parts[0] != world.account_id:
        raise Refusal(403, "Forbidden", "Only the account's own lists are open to it.")
    number = _whole(given, "max_results", 10, 5, 100)
    start = _whole(given, "pagination_token", 0, 0, 10**6)
    since = _whole(given, "since_id", 0, 0, 2**63)
    since = max(since, _first_id(given.get("start_time", "")))
    found = [post for post in posts if int(post.id) > since]
    page = found[start : start + number]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + number < len(found):
        meta["next_token"] = str(start + number)
    answer: dict[str, Any] = {"meta": meta}
    return answer | ({"data": _described(page, world, given), **_authors(page, world, given)} if page else {})


def _described(posts: list[Post], world: World, given: dict[str, str]) -> list[dict[str, Any]]:
    """Only the fields that were asked for, besides those always given."""
    fields = {"id", "text", "edit_history_tweet_ids"} | _fields(given.get("tweet.fields", ""))
    return [{name: value for name, value in described(post, world).items() if name in fields} for post in posts]


def _authors(posts: list[Post], world: World, given: dict[str, str]) -> dict[str, Any]:
    if "author_id" not in given.get("expansions", ""):
        return {}
    names = dict.fromkeys(post.author for post in posts)
    return {"includes": {"users": [{"id": world.user_id(name), "name": name, "username": name} for name in names]}}


def _one_post(world: World, asked: Asked) -> Answer:
    _only(asked.parameters, {"tweet.fields", "expansions", "user.fields"})
    post = world.posts.get(asked.parts[0])
    if post is None:
        detail = f"Could not find tweet with id: [{asked.parts[0]}]."
        kind = "https://api.twitter.com/2/problems/resource-not-found"
        return 200, {
            "errors": [{"title": "Not Found Error", "detail": detail, "type": kind, "resource_id": asked.parts[0]}]
        }
    return 200, {"data": _described([post], world, asked.parameters)[0]}


def _post(world: World, asked: Asked) -> Answer:
    given = asked.json()
    _only(given, {"text", "reply", "media", "made_with_ai"})
    reply, media = given.get("reply") or {}, given.get("media") or {}
    _only(reply, {"in_reply_to_tweet_id"})
    _only(media, {"media_ids"})
    text, ids = given.get("text", ""), media.get("media_ids", [])
    if not isinstance(text, str) or not isinstance(given.get("made_with_ai", False), bool):
        raise Refusal(400, "Invalid Request", "text is a string, made_with_ai is true or false.")
    if len(ids) > 4 or not all(isinstance(each, str) for each in ids):
        raise Refusal(400, "Invalid Request", "media_ids are at most four strings.")
    post = world.post_by_account(
        text, str(reply.get("in_reply_to_tweet_id", "")), ids, given.get("made_with_ai", False)
    )
    return 201, {"data": {"id": post.id, "text": post.text, "edit_history_tweet_ids": [post.id]}}


def _initialize(world: World, asked: Asked) -> Answer:
    given = asked.json()
    _only(given, {"media_type", "total_bytes", "media_category"})
    if (given.get("media_type"), given.get("media_category")) != ("video/mp4", "tweet_video"):
        raise Refusal(400, "Invalid Request", "Here only video/mp4 as tweet_video is taken.")
    total = given.get("total_bytes")
    if not isinstance(total, int) or not 0 < total <= 512 * 1024 * 1024:
        raise Refusal(400, "Invalid Request", "total_bytes is outside 1 to 536870912.")
    medium = world.start_medium(total)
    return 200, {"data": {"id": medium.id, "media_key": f"13_{medium.id}", "expires_after_secs": 86400}}


def _append(world: World, asked: Asked) -> Answer:
    form = asked.form()
    index = form.get("segment_index", b"").decode("latin-1")
    if set(form) != {"segment_index", "media"} or not index.isdigit():
        raise Refusal(400, "Invalid Request", "The form needs segment_index and media.")
    world.append(asked.parts[0], int(index), form["media"])
    return 200, {"data": {"expires_at": int(time.time()) + 86400}}


def _finalize(world: World, asked: Asked) -> Answer:
    medium = world.finalize(asked.parts[0])
    info = {"state": "pending", "check_after_secs": 1}
    return 200, {
        "data": {"id": medium.id, "media_key": f"13_{medium.id}", "size": medium.total, "processing_info": info}
    }


def _status(world: World, asked: Asked) -> Answer:
    given = asked.parameters
    _only(given, {"command", "media_id"})
    if given.get("command") != "STATUS":
        raise Refusal(400, "Invalid Request", "command must be STATUS.")
    state = world.medium_state(given.get("media_id", ""))
    info: dict[str, Any] = {"state": state, "progress_percent": {"pending": 0, "in_progress": 50}.get(state, 100)}
    info |= {"check_after_secs": 1} if state in {"pending", "in_progress"} else {}
    return 200, {"data": {"id": given["media_id"], "processing_info": info}}


# method, path, name of the limit, calls allowed in 15 minutes, what happens
ROUTES: list[tuple[str, str, str, int, Callable[[World, Asked], Answer]]] = [
    ("GET", r"/2/users/me", "me", 75, _me),
    ("GET", r"/2/users/(\d+)/mentions", "mentions", 300, _mentions),
    ("GET", r"/2/users/(\d+)/tweets", "own posts", 900, _own_posts),
    ("GET", r"/2/tweets/(\d+)", "post lookup", 900, _one_post),
    ("POST", r"/2/tweets", "posts", 100, _post),
    ("POST", r"/2/media/upload/initialize", "media", 1875, _initialize),
    ("POST", r"/2/media/upload/(\d+)/append", "media", 1875, _append),
    ("POST", r"/2/media/upload/(\d+)/finalize", "media", 1875, _finalize),
    ("GET", r"/2/media/upload", "media", 1875, _status),
]


def _only(given: Mapping[str, object], allowed: set[str]) -> None:
    for name in given:
        if name not in allowed:
            raise Refusal(400, "Invalid Request", f"The parameter [{name}] is not one of {sorted(allowed)}.")


def _fields(asked: str) -> set[str]:
    fields = {name for name in asked.split(",") if name}
    _only(dict.fromkeys(fields), POST_FIELDS)
    return fields


def _whole(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = given.get(name, str(default))
    if not value.isdigit() or not low <= int(value) <= high:
        raise Refusal(
            400, "Invalid Request", f"The `{name}` query parameter value [{value}] is not between {low} and {high}."
        )
    return int(value)


def _first_id(start_time: str) -> int:
    """The id before every post of that second and later."""
    if not start_time:
        return 0
    try:
        start = datetime.strptime(start_time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(400, "Invalid Request", f"start_time [{start_time}] is not a time.") from None
    return ((int(start.timestamp() * 1000) - EPOCH_MS) << 22) - 1
