"""What each address of the stand-in Mastodon server does, and the shape of request it insists on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs

from installation.rehearsal import mastodon_film_rules as film_rules
from installation.rehearsal.mastodon_html import mentioned, to_html
from installation.rehearsal.mastodon_world import LONGEST_DESCRIPTION, MOST_FILES, Notice, Post, Refusal, World

MOST_NOTICES = 80
KINDS = {"mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote"}


@dataclass(frozen=True)
class Asked:
    """A request: the variable part of its path, its query, headers and body; `base` is the server's own address."""

    id: str
    query: str
    headers: Message
    body: bytes
    base: str

    def parameters(self, allowed: Iterable[str]) -> dict[str, list[str]]:
        """The query; the real server passes over names it does not know, this one refuses them."""
        given = parse_qs(self.query, keep_blank_values=True)
        return _only(given, allowed)

    def form(self, allowed: Iterable[str]) -> dict[str, list[str]]:
        """The body as an urlencoded form."""
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            raise Refusal(400, "The body is not a form.")
        return _only(parse_qs(self.body.decode("utf-8"), keep_blank_values=True), allowed)

    def parts(self) -> dict[str, bytes]:
        """The body as multipart form fields."""
        head = f"Content-Type: {self.headers.get('Content-Type', '')}\r\n\r\n".encode()
        message = BytesParser().parsebytes(head + self.body)
        if message.get_content_type() != "multipart/form-data":
            raise Refusal(400, "The body is not multipart/form-data.")
        parts = [part for part in message.walk() if not part.is_multipart()]
        names = [str(part.get_param("name", "", "Content-Disposition")) for part in parts]
        contents = [part.get_payload(decode=True) for part in parts]
        return {name: each for name, each in zip(names, contents, strict=True) if isinstance(each, bytes)}


Answer = tuple[int, Any, dict[str, str]]


def _only(given: dict[str, list[str]], allowed: Iterable[str]) -> dict[str, list[str]]:
    for name in given:
        if name not in allowed:
            raise Refusal(400, f"The parameter {name} is not one of {sorted(allowed)}.")
    return given


def _instance(world: World, asked: Asked) -> Answer:
    return 200, {"uri": asked.base, "title": "A stand-in", "version": "4.4.2", "configuration": _limits(world)}, {}


def _instance_2(world: World, asked: Asked) -> Answer:
    about = {"domain": asked.base, "title": "A stand-in", "version": "4.4.2", "api_versions": {"mastodon": 6}}
    return 200, about | {"configuration": _limits(world)}, {}


def _limits(world: World) -> dict[str, Any]:
    words = {"max_characters": world.most_characters, "max_media_attachments": MOST_FILES}
    files = {"supported_mime_types": ["image/png", "video/mp4"], "video_size_limit": film_rules.LARGEST_BYTES}
    files |= {"video_frame_rate_limit": film_rules.LARGEST_RATE, "video_matrix_limit": film_rules.MOST_PIXELS}
    files |= {"description_limit": LONGEST_DESCRIPTION}
    return {"statuses": words | {"characters_reserved_per_url": 23}, "media_attachments": files}


def _me(world: World, asked: Asked) -> Answer:
    return 200, _account(world, world.account, asked.base), {}


def _notices(world: World, asked: Asked) -> Answer:
    given = asked.parameters({"max_id", "since_id", "min_id", "limit", "types[]", "exclude_types[]"})
    kinds = set(given.get("types[]", KINDS)) - set(given.get("exclude_types[]", []))
    limit = min(_whole(given, "limit", 40), MOST_NOTICES)
    below, above = _whole(given, "max_id", 2**63), max(_whole(given, "since_id", 0), _whole(given, "min_id", 0))
    with world.lock:
        found = [each for each in world.notices if each.kind in kinds and above < int(each.id) < below]
        page = found[:limit] if "min_id" in given else found[-limit:]
        return 200, [_notice(world, each, asked.base) for each in reversed(page)], _links(page, asked, limit)


def _links(page: list[Notice], asked: Asked, limit: int) -> dict[str, str]:
    if not page:
        return {}
    address = f"{asked.base}/api/v1/notifications?limit={limit}"
    return {"Link": f'<{address}&max_id={page[0].id}>; rel="next", <{address}&min_id={page[-1].id}>; rel="prev"'}


def _one_post(world: World, asked: Asked) -> Answer:
    return 200, _status(world, world.post(asked.id), asked.base), {}


def _context(world: World, asked: Asked) -> Answer:
    world.post(asked.id)
    return (
        200,
        {"ancestors": [], "descendants": [_status(world, each, asked.base) for each in world.below(asked.id)]},
        {},
    )


def _bring_up(world: World, asked: Asked) -> Answer:
    parts = asked.parts()
    if "file" not in parts or not set(parts) <= {"file", "description"}:
        raise Refusal(422, "Validation failed: File can't be blank")
    medium = world.bring_up(parts["file"], parts.get("description", b"").decode())
    return 202, _medium(medium.id, medium.description, ""), {}


def _one_medium(world: World, asked: Asked) -> Answer:
    medium = world.medium(asked.id)
    if not world.is_processed(medium):
        return 206, _medium(medium.id, medium.description, ""), {}
    return 200, _medium(medium.id, medium.description, f"{asked.base}/media/{medium.id}.mp4"), {}


def _post(world: World, asked: Asked) -> Answer:
    names = {"status", "in_reply_to_id", "media_ids[]", "sensitive", "spoiler_text", "visibility", "language"}
    given = asked.form(names)
    first = {name: values[0] for name, values in given.items()}
    more = {"visibility": first.get("visibility", "public"), "warning": first.get("spoiler_text", "")}
    key, replies_to = asked.headers.get("Idempotency-Key", ""), first.get("in_reply_to_id", "")
    post = world.post_by_account(key, first.get("status", ""), replies_to, given.get("media_ids[]", []), **more)
    return 200, _status(world, post, asked.base), {}


Action = Callable[[World, Asked], Answer]

# method, path, name of the limit, calls allowed in so many seconds, whether it needs a token, what happens
ROUTES: list[tuple[str, str, str, int, float, bool, Action]] = [
    ("GET", r"/api/v1/instance/?()", "all", 300, 300.0, False, _instance),
    ("GET", r"/api/v2/instance/?()", "all", 300, 300.0, False, _instance_2),
    ("GET", r"/api/v1/accounts/verify_credentials()", "all", 300, 300.0, True, _me),
    ("GET", r"/api/v1/notifications()", "all", 300, 300.0, True, _notices),
    ("GET", r"/api/v1/statuses/(\d+)", "all", 300, 300.0, True, _one_post),
    ("GET", r"/api/v1/statuses/(\d+)/context", "all", 300, 300.0, True, _context),
    ("POST", r"/api/v2/media()", "media", 30, 1800.0, True, _bring_up),
    ("GET", r"/api/v1/media/(\d+)", "all", 300, 300.0, True, _one_medium),
    ("POST", r"/api/v1/statuses()", "posts", 300, 10800.0, True, _post),
]


def _account(world: World, name: str, base: str) -> dict[str, Any]:
    return {"id": world.person(name), "username": name.partition("@")[0], "acct": name, "url": _address(name, base)}


def _address(name: str, base: str) -> str:
    local, _, server = name.partition("@")
    return f"https://{server}/@{local}" if server else f"{base}/@{local}"


def _notice(world: World, notice: Notice, base: str) -> dict[str, Any]:
    about = {"id": notice.id, "type": notice.kind, "created_at": _stamp(notice.at)}
    post = world.posts.get(notice.post_id)
    shown = {"status": _status(world, post, base)} if post else {}
    return about | {"account": _account(world, notice.author, base)} | shown


def _status(world: World, post: Post, base: str) -> dict[str, Any]:
    people = {name: _address(name, base) for name in mentioned(post.text) if name in world.people}
    parent = world.posts.get(post.replies_to)
    return {
        "id": post.id,
        "created_at": _stamp(post.created),
        "edited_at": _stamp(post.created) if post.edited else None,
        "in_reply_to_id": post.replies_to or None,
        "in_reply_to_account_id": world.person(parent.author) if parent else None,
        "sensitive": bool(post.warning),
        "spoiler_text": post.warning,
        "visibility": post.visibility,
        "language": "en",
        "content": post.content or to_html(post.text, people, base),
        "reblog": None,
        "account": _account(world, post.author, base),
        "mentions": [_account(world, name, base) for name in people],
        "media_attachments": [_medium(id, world.media[id].description, base) for id in post.media_ids],
        "emojis": [],
        "tags": [],
    }


def _medium(id: str, description: str, url: str) -> dict[str, Any]:
    return {"id": id, "type": "video", "url": url or None, "preview_url": None, "description": description, "meta": {}}


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _whole(given: dict[str, list[str]], name: str, default: int) -> int:
    value = given.get(name, [str(default)])[0]
    if not value.isdigit():
        raise Refusal(400, f"{name} is not a number")
    return int(value)
