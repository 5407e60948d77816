"""Posts that name the account, read from Mastodon's notifications."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from installation.desk.mastodon_words import read_html

log = logging.getLogger(__name__)

LONGEST_PAGE = 80  # the most that Mastodon gives at once


@dataclass(frozen=True)
class Mention:
    """A post of somebody that names the account.

    notice_id: the id of the notification, which tells how far we read. author_id: lasting, on our server. author: as we
    must write it to reach them. text: plain. named: the addresses mentioned in the middle of the text. visibility:
    public, unlisted, private or direct. warning: what its author put before it. replies_to, replies_to_author: ids, or
    empty. created: of the post, noticed: of the notification (seconds since 1970).
    """

    notice_id: str
    id: str
    author_id: str
    author: str
    text: str
    named: tuple[str, ...]
    visibility: str
    warning: str
    is_sensitive: bool
    replies_to: str
    replies_to_author: str
    created: float
    noticed: float


@dataclass(frozen=True)
class Page:
    """Mentions, oldest first; the ids of the oldest and newest notification; whether there may be more."""

    mentions: tuple[Mention, ...]
    oldest: str
    newest: str
    is_full: bool


def said(thing: Any, name: str) -> str:
    """What must be said about a thing; LookupError when it is not, for which the library gives None."""
    if not thing[name]:
        raise LookupError(name)
    return str(thing[name])


def page_of(notices: Sequence[Any]) -> Page:
    """The page in order of time; a post in a shape nobody knows is left out, and told."""
    found = []
    for notice in reversed(notices):
        if notice.get("type") != "mention":
            continue  # an old server tells of everything
        try:
            found.append(_mention(notice))
        except (LookupError, TypeError, ValueError, AttributeError):
            log.exception("a post on Mastodon is left out, for its form is not known")
    ids = [said(notice, "id") for notice in (*notices[-1:], *notices[:1])] or ["", ""]
    return Page(tuple(found), ids[0], ids[1], len(notices) >= LONGEST_PAGE)


def _mention(notice: Any) -> Mention:
    post = notice["status"]
    words = read_html(_without_emoji(post["content"], post.get("emojis") or []))
    return Mention(
        notice_id=said(notice, "id"),
        id=said(post, "id"),
        author_id=said(post["account"], "id"),
        author=said(post["account"], "acct"),
        text=words.text,
        named=words.named,
        visibility=said(post, "visibility"),
        warning=str(post.get("spoiler_text") or ""),
        is_sensitive=bool(post.get("sensitive")),
        replies_to=str(post.get("in_reply_to_id") or ""),
        replies_to_author=str(post.get("in_reply_to_account_id") or ""),
        created=_seconds(post["created_at"]),
        noticed=_seconds(notice["created_at"]),
    )


def _without_emoji(content: str, emojis: Sequence[Any]) -> str:
    """The server's own little pictures are written as names between colons."""
    for emoji in emojis[:100]:
        content = content.replace(f":{emoji['shortcode']}:", "")
    return content


def _seconds(moment: Any) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else 0.0
