"""A post as X's answers describe it, in either of the two vocabularies."""

import html
from datetime import UTC, datetime
from typing import Any

from installation.rehearsal.x_world import LONGEST_POST, NAME, Post, World, units, weight

# What the newest description of X's API calls the things for which its answers have said "tweet" up to now.
NEW_NAMES = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
}
ALWAYS = {"id", "text", "edit_history_tweet_ids"}
BY_EXPANSION = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "referenced_posts": "referenced_tweets",
    "referenced_tweets.id": "referenced_tweets",
}


def described(post: Post, world: World, asked: dict[str, str], vocabulary: str) -> dict[str, Any]:
    """Only what was asked for, besides what is always given."""
    old_names = {new: old for old, new in NEW_NAMES.items()}
    fields = {old_names.get(name, name) for name in asked.get(f"{vocabulary}.fields", "").split(",")}
    fields |= {BY_EXPANSION[name] for name in asked.get("expansions", "").split(",") if name in BY_EXPANSION}
    told = {name: value for name, value in _all(post, world).items() if name in fields | ALWAYS}
    if vocabulary == "tweet":
        return told
    return {NEW_NAMES.get(name, name): value for name, value in told.items()}


def _all(post: Post, world: World) -> dict[str, Any]:
    """Everything: the text escaped and, when it is long, cut short beside its whole `note_tweet`."""
    is_long = weight(post.text) > LONGEST_POST
    text = post.text[:250] + "… https://t.co/more" if is_long else post.text
    seen: dict[str, Any] = {
        "id": post.id,
        "author_id": world.user_id(post.author),
        "text": html.escape(text, quote=False),
        "created_at": datetime.fromtimestamp(post.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "edit_history_tweet_ids": list(post.history),
        "conversation_id": _root(post, world),
        "display_text_range": [post.leading, units(text)],
        "lang": post.lang,
        "possibly_sensitive": post.sensitive,
    }
    seen |= _entities(text, world)
    if is_long:
        seen["note_tweet"] = {"text": html.escape(post.text, quote=False), **_entities(post.text, world)}
    above = world.posts.get(post.replies_to)
    seen |= {"in_reply_to_user_id": world.user_id(above.author)} if above else {}
    kinds = {"replied_to": post.replies_to, "quoted": post.quotes, "retweeted": post.reposts}
    referenced = [{"type": kind, "id": id} for kind, id in kinds.items() if id]
    return seen | ({"referenced_tweets": referenced} if referenced else {})


def _entities(text: str, world: World) -> dict[str, Any]:
    mentions = [
        {
            "start": units(text[: found.start()]),
            "end": units(text[: found.end()]),
            "username": found[1],
            "id": world.user_id(found[1]),
        }
        for found in NAME.finditer(text)
    ]
    return {"entities": {"mentions": mentions}} if mentions else {}


def _root(post: Post, world: World) -> str:
    above = world.posts.get(post.replies_to)
    return _root(above, world) if above else post.id
