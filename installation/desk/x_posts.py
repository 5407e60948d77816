"""Posts on X as values: what is asked about them and what is answered, in X's older words and in its newer ones.

X's newest description of its API says "post" where its guides, its clients and its answers so far say "tweet"; only
this file knows the names.
"""

import html
import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

log = logging.getLogger(__name__)

HANDLE = re.compile(r"(?<![\w@])@(\w{1,15})(?!\w)")


@dataclass(frozen=True)
class Vocabulary:
    """The parameters that ask for all the desk needs to know of a post."""

    parameter: str
    fields: tuple[str, ...]
    expansions: tuple[str, ...]

    def asked(self) -> dict[str, str]:
        """As parameters of an address."""
        return {self.parameter: ",".join(self.fields), "expansions": ",".join(self.expansions)}


IN_BOTH = ("created_at", "display_text_range", "entities", "possibly_sensitive")
OLD = Vocabulary(
    "tweet.fields",
    (*IN_BOTH, "author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets"),
    ("author_id",),
)
NEW = Vocabulary(
    "post.fields",
    (*IN_BOTH, "note_post"),
    ("author_id", "edit_history_post_ids", "in_reply_to_user_id", "referenced_posts"),
)
REFERENCES = ("referenced_tweets", "referenced_posts")
LONG_TEXTS = ("note_tweet", "note_post")
HISTORIES = ("edit_history_tweet_ids", "edit_history_post_ids")


@dataclass(frozen=True)
class Mention:
    """Someone's post that names the account.

    first_id: of its first version. replies_to, replies_to_user: the post and the person it answers, or empty.
    own_names: ids and small-letter names of those whom its author names in their own words, not in the mentions that X
    puts before a reply.
    """

    id: str
    first_id: str
    author_id: str
    author: str
    text: str
    created: float
    replies_to: str
    replies_to_user: str
    own_names: frozenset[str]
    is_repost: bool
    is_sensitive: bool


def mentions(page: dict[str, Any]) -> list[Mention]:
    """The posts of a page; one in a shape nobody knows is left out, and told."""
    users = (page.get("includes") or {}).get("users") or []
    names = {str(user["id"]): str(user["username"]) for user in users}
    found = []
    for post in page.get("data") or []:
        try:
            found.append(_mention(post, names))
        except (LookupError, TypeError, ValueError, AttributeError):
            log.exception("a post on X is left out, for its form is not known")
    return found


def answers_to(page: dict[str, Any], post_ids: Collection[str]) -> list[str]:
    """The ids of the posts of a page that answer one of these."""
    posts: list[dict[str, Any]] = page.get("data") or []
    return [
        str(post["id"])
        for post in posts
        if any(kind == "replied_to" and id in post_ids for kind, id in references(post))
    ]


def next_token(page: dict[str, Any]) -> str:
    """What the next page is asked for with; empty when this is the last."""
    return str((page.get("meta") or {}).get("next_token") or "")


def references(post: dict[str, Any]) -> list[tuple[str, str]]:
    """What a post refers to: kinds such as "replied_to", and ids."""
    listed: list[dict[str, Any]] = _either(post, REFERENCES, [])
    return [(str(each["type"]), str(each["id"])) for each in listed]


def history(post: dict[str, Any]) -> list[str]:
    """The ids of all versions of a post, first to last."""
    return [str(id) for id in _either(post, HISTORIES, [post["id"]])]


def _mention(post: dict[str, Any], names: dict[str, str]) -> Mention:
    long: dict[str, Any] = _either(post, LONG_TEXTS, {})
    kinds = references(post)
    replies_to = next((id for kind, id in kinds if kind == "replied_to"), "")
    return Mention(
        id=str(int(post["id"])),
        first_id=history(post)[0],
        author_id=str(post.get("author_id", "")),
        author=names.get(str(post.get("author_id", "")), ""),
        text=html.unescape(str(long.get("text") or post.get("text", ""))),
        created=_seconds(str(post.get("created_at", ""))),
        replies_to=replies_to,
        replies_to_user=str(post.get("in_reply_to_user_id", "")),
        own_names=_own_names(post, long, bool(replies_to)),
        is_repost=any(kind in {"retweeted", "reposted"} for kind, _ in kinds),
        is_sensitive=post.get("possibly_sensitive") is True,
    )


def _own_names(post: dict[str, Any], long: dict[str, Any], is_reply: bool) -> frozenset[str]:
    """Places are compared with places only, so that it does not matter in which units X counts them."""
    named = _named(post, long)
    own_from = 0
    if is_reply:
        shown = post.get("display_text_range")
        own_from = int(shown[0]) if shown else _end_of_leading(named)
    return frozenset(who for start, _, *both in named for who in both if start >= own_from)


def _named(post: dict[str, Any], long: dict[str, Any]) -> list[tuple[int, int, str, str]]:
    """Everyone named in the text, in order: where the name begins and ends, the person's id, the name."""
    told = (long or post).get("entities", post.get("entities", {})).get("mentions")
    if told is None:
        text = html.unescape(str((long or post).get("text", "")))
        return [(found.start(), found.end(), "", found[1].lower()) for found in HANDLE.finditer(text)]
    return sorted(
        (int(each["start"]), int(each["end"]), str(each.get("id", "")), str(each.get("username", "")).lower())
        for each in told
    )


def _end_of_leading(named: list[tuple[int, int, str, str]]) -> int:
    """Where the unbroken row of names at the very beginning ends."""
    end = 0
    for start, after, *_ in named:
        if start > end + 1:
            break
        end = after
    return end


def _either(post: dict[str, Any], names: tuple[str, str], otherwise: Any) -> Any:
    return next((post[name] for name in names if post.get(name)), otherwise)


def _seconds(stamp: str) -> float:
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError:
        return 0.0
