"""What each address of the stand-in X does, once the request is signed, counted and of its published shape."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from typing import Any

from installation.rehearsal.x_described import described
from installation.rehearsal.x_refusals import PROBLEMS, Refusal, malformed
from installation.rehearsal.x_schema import Schema, wrong, wrong_text
from installation.rehearsal.x_shapes import ABOUT_POSTS, Shape
from installation.rehearsal.x_world import EPOCH_MS, Post, World


@dataclass(frozen=True)
class Asked:
    """A signed request: the variable parts of its path, its parameters, headers and body, and the vocabulary spoken."""

    parts: tuple[str, ...]
    parameters: dict[str, str]
    headers: Message
    body: bytes
    vocabulary: str = "tweet"

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; Refusal 400 otherwise."""
        try:
            values = json.loads(self.body)
        except ValueError:
            values = None
        if not isinstance(values, dict) or self.headers.get_content_type() != "application/json":
            raise malformed("The body is not a JSON object.")
        return values

    def form(self) -> dict[str, bytes]:
        """The body as multipart form fields."""
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode()
        message = BytesParser().parsebytes(head + self.body)
        if message.get_content_type() != "multipart/form-data":
            raise malformed("The body is not multipart/form-data.")
        parts = [part for part in message.walk() if not part.is_multipart()]
        names = [str(part.get_param("name", "", "Content-Disposition")) for part in parts]
        contents = [part.get_payload(decode=True) for part in parts]
        return {name: each for name, each in zip(names, contents, strict=True) if isinstance(each, bytes)}


Answer = tuple[int, dict[str, Any]]


def check(shape: Shape, asked: Asked) -> None:
    """Refusal 400 when the request does not have its published shape."""
    known = dict(shape.parameters) | (dict(ABOUT_POSTS[asked.vocabulary]) if shape.about_posts else {})
    for name, value in asked.parameters.items():
        if name not in known:
            raise malformed(f"The query parameter [{name}] is not one of [{','.join(known)}]", {name: [value]})
        _insist(wrong_text(value, known[name], name), name, value)
    for name in shape.needed:
        _insist("" if name in asked.parameters else f"The `{name}` query parameter can not be empty", name, "")
    if shape.body is not None:
        _insist(wrong(asked.json(), shape.body, "body"), "body", "")
    elif shape.form is not None:
        _check_form(asked.form(), shape.form)
    elif asked.body not in (b"", b"{}"):
        raise malformed("This request has no body.")


def _check_form(form: dict[str, bytes], schema: Schema) -> None:
    for name in schema["required"]:
        _insist("" if name in form else f"The form lacks `{name}`", name, "")
    for name, value in form.items():
        _insist("" if name in schema["properties"] else f"`{name}` is not one of the form's fields", name, "")
        if name != "media":
            _insist(wrong_text(value.decode("latin-1"), schema["properties"][name], name), name, "")


def _insist(problem: str, name: str, value: str) -> None:
    if problem:
        raise malformed(problem, {name: [value]})


def _me(world: World, asked: Asked) -> Answer:
    return 200, {"data": {"id": world.account_id, "name": world.account, "username": world.account}}


def _mentions(world: World, asked: Asked) -> Answer:
    return 200, _page(world, asked, world.mentions())


def _own_posts(world: World, asked: Asked) -> Answer:
    return 200, _page(world, asked, world.by_account())


def _page(world: World, asked: Asked, posts: list[Post]) -> dict[str, Any]:
    """A page of posts, newest first, with the authors when they are asked for."""
    given = asked.parameters
    if asked.parts[0] != world.account_id:
        raise Refusal(403, "Forbidden", "Only the account's own lists are open to it.")
    token = given.get("pagination_token", "0")
    if not token.isdecimal():
        raise malformed(f"The `pagination_token` value [{token[:40]}] is not valid", {"pagination_token": [token]})
    start, number = int(token), int(given.get("max_results", "10"))
    since = max(int(given.get("since_id", "0")), _first_id(given.get("start_time", "")))
    found = [post for post in posts if int(post.id) > since]
    page = found[start : start + number]
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + number < len(found):
        meta["next_token"] = str(start + number)
    answer: dict[str, Any] = {"meta": meta}
    if page:
        answer["data"] = [described(post, world, given, asked.vocabulary) for post in page]
        answer |= _authors(page, world, given)
    return answer


def _authors(posts: list[Post], world: World, given: dict[str, str]) -> dict[str, Any]:
    if "author_id" not in given.get("expansions", "").split(","):
        return {}
    names = dict.fromkeys(post.author for post in posts)
    return {"includes": {"users": [{"id": world.user_id(name), "name": name, "username": name} for name in names]}}


def _one_post(world: World, asked: Asked) -> Answer:
    id = asked.parts[0]
    post = world.posts.get(id)
    if post is None:
        return 200, _unseen(id, "Not Found Error", f"Could not find tweet with id: [{id}].", "resource-not-found")
    if post.author in world.suspended:
        detail = f"User has been suspended: [{world.user_id(post.author)}]."
        return 200, _unseen(id, "Forbidden", detail, "resource-not-found")
    if post.author in world.protected:
        detail = f"Sorry, you are not authorized to see the Tweet with id: [{id}]."
        return 200, _unseen(id, "Authorization Error", detail, "not-authorized-for-resource")
    return 200, {"data": described(post, world, asked.parameters, asked.vocabulary)}


def _unseen(id: str, title: str, detail: str, kind: str) -> dict[str, Any]:
    error = {"value": id, "resource_id": id, "parameter": "id", "resource_type": "tweet", "title": title}
    return {"errors": [{**error, "detail": detail, "type": PROBLEMS + kind}]}


def _post(world: World, asked: Asked) -> Answer:
    given = asked.json()
    media = given.get("media", {}).get("media_ids", [])
    replies_to = given.get("reply", {}).get("in_reply_to_tweet_id", "")
    post = world.post_by_account(given.get("text", ""), replies_to, media, given.get("made_with_ai", False))
    history = "edit_history_tweet_ids" if asked.vocabulary == "tweet" else "edit_history_post_ids"
    return 201, {"data": {"id": post.id, "text": post.text, history: [post.id]}}


def _initialize(world: World, asked: Asked) -> Answer:
    given = asked.json()
    kind = (given.get("media_type"), given.get("media_category"))
    medium = world.media.start(world.new_id(), given.get("total_bytes", 0), kind)
    return 200, {"data": {"id": medium.id, "media_key": f"13_{medium.id}", **_life(world, medium.id)}}


def _append(world: World, asked: Asked) -> Answer:
    form = asked.form()
    world.media.append(asked.parts[0], int(form["segment_index"]), form["media"])
    return 200, {"data": {"expires_at": int(time.time()) + _life(world, asked.parts[0])["expires_after_secs"]}}


def _finalize(world: World, asked: Asked) -> Answer:
    medium = world.media.finalize(asked.parts[0])
    info = {"state": "pending", "check_after_secs": 1}
    told = {"id": medium.id, "media_key": f"13_{medium.id}", "size": medium.total, "processing_info": info}
    return 200, {"data": told | _life(world, medium.id)}


def _status(world: World, asked: Asked) -> Answer:
    id = asked.parameters["media_id"]
    state = world.media.state(id)
    info: dict[str, Any] = {"state": state, "progress_percent": {"pending": 0, "in_progress": 50}.get(state, 100)}
    info |= {"check_after_secs": 1} if state in {"pending", "in_progress"} else {}
    return 200, {"data": {"id": id, "processing_info": info, **_life(world, id)}}


def _life(world: World, id: str) -> dict[str, int]:
    return {"expires_after_secs": world.media.left_seconds(world.media.known(id))}


def _metadata(world: World, asked: Asked) -> Answer:
    given = asked.json()
    alt_text = given.get("metadata", {}).get("alt_text", {"text": ""})
    world.media.describe(given["id"], alt_text["text"])
    return 200, {"data": {"id": given["id"], "associated_metadata": {"alt_text": alt_text}}}


ENDPOINTS: dict[str, Callable[[World, Asked], Answer]] = {
    "me": _me,
    "mentions": _mentions,
    "own posts": _own_posts,
    "post": _one_post,
    "answer": _post,
    "initialize": _initialize,
    "append": _append,
    "finalize": _finalize,
    "status": _status,
    "metadata": _metadata,
}


def _first_id(start_time: str) -> int:
    """The id before every post of that second and later."""
    if not start_time:
        return 0
    start = datetime.fromisoformat(start_time)
    if start.timestamp() > time.time() + 1.0:
        raise malformed(f"start_time [{start_time}] is in the future", {"start_time": [start_time]})
    return ((int(start.timestamp() * 1000) - EPOCH_MS) << 22) - 1
