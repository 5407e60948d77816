"""Posts, media and rules of the stand-in X: what X would remember and refuse, without the wire."""

import html
import re
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from installation.rehearsal.x_film_rules import problems

EPOCH_MS = 1288834974657  # X counts the milliseconds in its ids from here
LONGEST_POST = 280
LONGEST_PIECE = 5 * 1024 * 1024
MEDIA_LIFE_SECONDS = 86400.0
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # letters that count once; others count twice


class Refusal(Exception):
    """An answer other than yes."""

    def __init__(self, status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers or {}


@dataclass(frozen=True)
class Post:
    """A post: `replies_to`, `quotes` and `reposts` are ids or empty; `history` begins with the first version's id."""

    id: str
    author: str
    text: str
    created: float
    replies_to: str = ""
    quotes: str = ""
    reposts: str = ""
    history: tuple[str, ...] = ()
    media_ids: tuple[str, ...] = ()
    made_with_ai: bool = False


@dataclass
class Medium:
    """A film on its way up: announced, filled piece by piece, closed, looked at."""

    id: str
    total: int
    began: float
    pieces: dict[int, bytes] = field(default_factory=dict)
    closed: float | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def film(self) -> bytes:
        """The pieces in order."""
        return b"".join(self.pieces[index] for index in sorted(self.pieces))


class World:
    """All that X knows; one lock, for every request has a thread of its own."""

    def __init__(self, account: str, processing_seconds: float = 0.3) -> None:
        self.account = account
        self.processing_seconds = processing_seconds
        self.lock = RLock()
        self.users: dict[str, str] = {}
        self.posts: dict[str, Post] = {}
        self.media: dict[str, Medium] = {}
        self._last = 0
        self.account_id = self.user_id(account)

    # people

    def user_id(self, name: str) -> str:
        """The id of a user, who exists from the first time the name is heard."""
        with self.lock:
            return self.users.setdefault(name, str(1000 + len(self.users)))

    def publish(self, author: str, text: str, created: float | None = None, **more: Any) -> Post:
        """A post appears, now or at an earlier time (seconds since 1970)."""
        with self.lock:
            self.user_id(author)
            at = time.time() if created is None else created
            post = Post(self._new_id() if created is None else _id_at(at), author, text, at, **more)
            post = post if post.history else replace(post, history=(post.id,))
            self.posts[post.id] = post
            return post

    def edit(self, id: str, text: str) -> Post:
        """A post is edited: it gets a new id and remembers its first."""
        with self.lock:
            old = self.posts[id]
            new = self._new_id()
            self.posts[new] = replace(old, id=new, text=text, history=(*old.history, new))
            return self.posts[new]

    def delete(self, id: str) -> None:
        """A post is deleted by its author."""
        with self.lock:
            del self.posts[id]

    # what the endpoints say

    def mentions(self) -> list[Post]:
        """Posts that name the account, newest first; only the latest version of an edited one."""
        name = re.compile(rf"(?<!\w)@{re.escape(self.account)}(?!\w)", re.IGNORECASE)
        with self.lock:
            old = {earlier for post in self.posts.values() for earlier in post.history if earlier != post.id}
            found = [post for post in self.posts.values() if name.search(post.text) and post.id not in old]
        return sorted(found, key=lambda post: int(post.id), reverse=True)

    def by_account(self) -> list[Post]:
        """The account's own posts, newest first."""
        with self.lock:
            own = [post for post in self.posts.values() if post.author == self.account]
        return sorted(own, key=lambda post: int(post.id), reverse=True)

    def post_by_account(self, text: str, replies_to: str, media_ids: list[str], made_with_ai: bool) -> Post:
        """The account posts; Refusal where X would refuse."""
        with self.lock:
            self._check_text(text)
            if replies_to:
                self._check_reply(replies_to)
            for media_id in media_ids:
                self._check_attached(media_id)
            return self.publish(
                self.account, text, replies_to=replies_to, media_ids=tuple(media_ids), made_with_ai=made_with_ai
            )

    def start_medium(self, total: int) -> Medium:
        """A film is announced."""
        with self.lock:
            medium = Medium(self._new_id(), total, time.time())
            self.media[medium.id] = medium
            return medium

    def append(self, media_id: str, index: int, piece: bytes) -> None:
        """A piece of it arrives."""
        with self.lock:
            medium = self._medium(media_id)
            if medium.closed is not None or not 0 <= index <= 999 or not 0 < len(piece) <= LONGEST_PIECE:
                raise Refusal(400, "Invalid Request", f"Segment {index} with {len(piece)} bytes is not taken.")
            medium.pieces[index] = piece

    def finalize(self, media_id: str) -> Medium:
        """All pieces are there; the looking begins."""
        with self.lock:
            medium = self._medium(media_id)
            if sorted(medium.pieces) != list(range(len(medium.pieces))) or len(medium.film) != medium.total:
                raise Refusal(400, "Invalid Request", "Segments do not add up to provided total file size.")
            medium.closed = time.time()
            medium.problems = problems(medium.film)
            return medium

    def medium_state(self, media_id: str) -> str:
        """pending, in_progress, then succeeded or failed."""
        with self.lock:
            medium = self._medium(media_id)
            if medium.closed is None:
                raise Refusal(400, "Invalid Request", "The media was not finalized.")
            passed = time.time() - medium.closed
            if passed < self.processing_seconds / 2:
                return "pending"
            if passed < self.processing_seconds:
                return "in_progress"
            return "failed" if medium.problems else "succeeded"

    # inside

    def _new_id(self) -> str:
        self._last = max(int(_id_at(time.time())), self._last + 1)
        return str(self._last)

    def _medium(self, media_id: str) -> Medium:
        medium = self.media.get(media_id)
        if medium is None or time.time() - medium.began > MEDIA_LIFE_SECONDS:
            raise Refusal(400, "Invalid Request", f"The media id {media_id} is not known.")
        return medium

    def _check_text(self, text: str) -> None:
        if not text.strip():
            raise Refusal(400, "Invalid Request", "The text is empty.")
        if weight(text) > LONGEST_POST:
            raise Refusal(400, "Invalid Request", f"The text counts {weight(text)}, more than {LONGEST_POST}.")
        if any(post.text == text for post in self.by_account()):
            raise Refusal(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")

    def _check_reply(self, id: str) -> None:
        original = self.posts.get(id)
        if original is None:
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise Refusal(403, "Forbidden", detail)
        if f"@{self.account}".lower() not in original.text.lower():
            raise Refusal(403, "Forbidden", "Replies are allowed only to posts that mention or quote you.")

    def _check_attached(self, media_id: str) -> None:
        if self.medium_state(media_id) != "succeeded":
            raise Refusal(400, "Invalid Request", "Your media IDs are invalid.")


def _id_at(seconds: float) -> str:
    """Ids tell their time: this is the first of that millisecond."""
    return str((int(seconds * 1000) - EPOCH_MS) << 22)


def weight(text: str) -> int:
    """How much of the 280 a text takes: a link 23, most alphabets 1 a letter, the rest 2."""
    links = re.findall(r"https?://\S+|\b[\w-]+(?:\.[a-z]{2,})+\b(?:/\S*)?", text, re.IGNORECASE)
    rest = re.sub(r"https?://\S+|\b[\w-]+(?:\.[a-z]{2,})+\b(?:/\S*)?", "", text, flags=re.IGNORECASE)
    return 23 * len(links) + sum(1 if any(low <= ord(each) <= high for low, high in LIGHT) else 2 for each in rest)


def described(post: Post, world: World) -> dict[str, Any]:
    """A post as the API describes it: text escaped and, when long, cut short beside its whole `note_tweet`."""
    whole = html.escape(post.text, quote=False)
    seen: dict[str, Any] = {
        "id": post.id,
        "author_id": world.user_id(post.author),
        "text": whole if weight(post.text) <= LONGEST_POST else whole[:250] + "… https://t.co/more",
        "created_at": datetime.fromtimestamp(post.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "edit_history_tweet_ids": list(post.history),
        "conversation_id": post.replies_to or post.id,
        "lang": "en",
        "possibly_sensitive": False,
    }
    if weight(post.text) > LONGEST_POST:
        seen["note_tweet"] = {"text": whole}
    kinds = {"replied_to": post.replies_to, "quoted": post.quotes, "retweeted": post.reposts}
    referenced = [{"type": kind, "id": id} for kind, id in kinds.items() if id]
    return seen | ({"referenced_tweets": referenced} if referenced else {})
