"""Posts, people and rules of the stand-in X: what X would remember and refuse, without the wire."""

import re
import time
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any

from installation.rehearsal.x_media import Media
from installation.rehearsal.x_refusals import Refusal, malformed, refuse

EPOCH_MS = 1288834974657  # X counts the milliseconds in its ids from here
LONGEST_POST = 280
MENTIONS_REACH = 800  # older ones are not shown any more
OWN_POSTS_REACH = 3200
NAME = re.compile(r"(?<![\w@])@(\w{1,15})(?!\w)")
LINK = re.compile(r"https?://\S+|\b[\w-]+(?:\.[a-z]{2,})+\b(?:/\S*)?", re.IGNORECASE)
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # letters that count once; others count twice


@dataclass(frozen=True)
class Post:
    """A post: `replies_to`, `quotes` and `reposts` are ids or empty; `history` begins with the first version's id.

    leading: how many UTF-16 units at its beginning are mentions that X put there, not its author.
    """

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
    leading: int = 0
    lang: str = "en"
    sensitive: bool = False


class World:
    """All that X knows; one lock, for every request has a thread of its own."""

    def __init__(self, account: str, processing_seconds: float = 0.3) -> None:
        self.account = account
        self.lock = RLock()
        self.users: dict[str, str] = {}
        self.posts: dict[str, Post] = {}
        self.media = Media(self.lock, processing_seconds)
        self.protected: set[str] = set()  # by name: only their followers see what they post
        self.blocking: set[str] = set()  # they do not want to hear from the account
        self.suspended: set[str] = set()
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
            post = Post(self.new_id() if created is None else _id_at(at), author, text, at, **more)
            post = post if post.history else replace(post, history=(post.id,))
            self.posts[post.id] = post
            return post

    def reply(self, author: str, to: str, text: str, **more: Any) -> Post:
        """A reply as X's own clients write it: before its words stand all who were named in the post it answers."""
        with self.lock:
            above = self.posts[to]
            named = dict.fromkeys([above.author, *NAME.findall(above.text)])
            prefix = "".join(f"@{name} " for name in named if name != author)
        return self.publish(author, prefix + text, replies_to=to, leading=units(prefix), **more)

    def edit(self, id: str, text: str) -> Post:
        """A post is edited: it gets a new id and remembers its first."""
        with self.lock:
            old = self.posts[id]
            new = self.new_id()
            history = (*old.history, new)
            for each in old.history:
                self.posts[each] = replace(self.posts[each], history=history)
            self.posts[new] = replace(old, id=new, text=text, history=history)
            return self.posts[new]

    def delete(self, id: str) -> None:
        """A post is deleted by its author, with all its versions."""
        with self.lock:
            for each in self.posts[id].history:
                del self.posts[each]

    # what the endpoints say

    def mentions(self) -> list[Post]:
        """The last posts that name the account, newest first; only the latest version of an edited one."""
        with self.lock:
            found = [post for post in self.posts.values() if self.names_account(post) and self._is_latest(post)]
            found = [post for post in found if post.author not in self.protected | self.suspended]
        return sorted(found, key=lambda post: int(post.id), reverse=True)[:MENTIONS_REACH]

    def by_account(self) -> list[Post]:
        """The account's own posts, newest first."""
        with self.lock:
            own = [post for post in self.posts.values() if post.author == self.account]
        return sorted(own, key=lambda post: int(post.id), reverse=True)[:OWN_POSTS_REACH]

    def names_account(self, post: Post) -> bool:
        """Whether the account's name stands in it."""
        return self.account.lower() in {name.lower() for name in NAME.findall(post.text)}

    def post_by_account(self, text: str, replies_to: str, media_ids: list[str], made_with_ai: bool) -> Post:
        """The account posts; Refusal where X would refuse."""
        with self.lock:
            self._check_text(text, media_ids)
            if replies_to:
                self._check_reply(replies_to)
            self.media.check_attached(media_ids)
            return self.publish(
                self.account, text, replies_to=replies_to, media_ids=tuple(media_ids), made_with_ai=made_with_ai
            )

    def new_id(self) -> str:
        """An id later than every other."""
        with self.lock:
            self._last = max(int(_id_at(time.time())), self._last + 1)
            return str(self._last)

    # inside

    def _is_latest(self, post: Post) -> bool:
        return post.history[-1] == post.id

    def _check_text(self, text: str, media_ids: list[str]) -> None:
        if not text.strip() and not media_ids:
            raise malformed("The text is empty.", {"text": [text]})
        if weight(text) > LONGEST_POST:
            detail = f"The text counts {weight(text)}, more than {LONGEST_POST}."
            raise Refusal(400, "Invalid Request", detail)
        if any(post.text == text for post in self.by_account()):
            raise refuse("duplicate")

    def _check_reply(self, id: str) -> None:
        original = self.posts.get(id)
        if original is None or original.author in self.protected | self.suspended:
            raise refuse("deleted")
        if original.author in self.blocking:
            raise refuse("not permitted")
        if not self.names_account(original) and not self._quotes_account(original):
            raise refuse("reply")

    def _quotes_account(self, post: Post) -> bool:
        quoted = self.posts.get(post.quotes)
        return quoted is not None and quoted.author == self.account


def _id_at(seconds: float) -> str:
    """Ids tell their time: this is the first of that millisecond."""
    return str((int(seconds * 1000) - EPOCH_MS) << 22)


def weight(text: str) -> int:
    """How much of the 280 a text takes: a link 23, most alphabets 1 a letter, the rest 2."""
    links, rest = LINK.findall(text), LINK.sub("", text)
    return 23 * len(links) + sum(1 if any(low <= ord(each) <= high for low, high in LIGHT) else 2 for each in rest)


def units(text: str) -> int:
    """The length of a text in UTF-16 units, by which X counts places in it."""
    return len(text.encode("utf-16-le")) // 2
