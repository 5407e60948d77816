"""Accounts, posts, notifications and media of the stand-in Mastodon server, and its rules, without the wire."""

import time
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

from installation.rehearsal.mastodon_film_rules import problem, processing_problem
from installation.rehearsal.mastodon_html import mentioned

KEY_LIFE_SECONDS = 3600.0
MEDIA_LIFE_SECONDS = 86400.0
MOST_FILES = 4
LONGEST_DESCRIPTION = 1500
VISIBILITIES = ("public", "unlisted", "private", "direct")


class Refusal(Exception):
    """An answer other than yes."""

    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status, self.headers = status, headers or {}


@dataclass(frozen=True)
class Post:
    """A post. author: a name, with its server when that is another; warning: what stands before it, or empty.

    replies_to: an id or empty. edited: whether these are not its first words. created: seconds since 1970.
    """

    id: str
    author: str
    text: str
    created: float
    visibility: str = "public"
    warning: str = ""
    replies_to: str = ""
    edited: bool = False
    media_ids: tuple[str, ...] = ()
    content: str = ""  # HTML of another make than this server's


@dataclass(frozen=True)
class Notice:
    """One notification for the account: a mention, a favourite ..."""

    id: str
    kind: str
    author: str
    post_id: str
    at: float


@dataclass
class Medium:
    """A film that was brought up."""

    id: str
    film: bytes
    description: str
    began: float
    post_id: str = ""
    problem: str = ""


@dataclass
class World:
    """All that the server knows; one lock, for every request has a thread of its own."""

    account: str
    processing_seconds: float = 0.3
    most_characters: int = 500
    lock: RLock = field(default_factory=RLock)
    people: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    media: dict[str, Medium] = field(default_factory=dict)
    keys: dict[str, tuple[str, float]] = field(default_factory=dict)
    last_id: int = 0

    # people

    def person(self, name: str) -> str:
        """The id of an account, who exists from the first time the name is heard."""
        with self.lock:
            return self.people.setdefault(name, str(109_000_000_000_000_000 + len(self.people)))

    def publish(self, author: str, text: str, created: float | None = None, **more: Any) -> Post:
        """A post appears, now or at an earlier time (seconds since 1970); the account hears of it when it is named."""
        with self.lock:
            self.person(author)
            at = time.time() if created is None else created
            post = Post(self._new_id(at), author, text, at, **more)
            self.posts[post.id] = post
            if self.account in mentioned(text) and author != self.account:
                self.notify("mention", author, post.id, at)
            return post

    def notify(self, kind: str, author: str, post_id: str, at: float | None = None) -> None:
        """The account is told of something; only earlier than the last when `at` says so."""
        with self.lock:
            self.person(author)
            number = int(self.notices[-1].id) + 1 if self.notices else 70_001
            self.notices.append(Notice(str(number), kind, author, post_id, time.time() if at is None else at))

    def edit(self, id: str, text: str) -> None:
        """A post is edited: id and notification stay."""
        with self.lock:
            self.posts[id] = replace(self.posts[id], text=text, edited=True)

    def delete(self, id: str) -> None:
        """A post is deleted by its author, and with it what told of it."""
        with self.lock:
            del self.posts[id]
            self.notices = [notice for notice in self.notices if notice.post_id != id]
            for answer in [each for each in self.posts.values() if each.replies_to == id]:
                self.posts[answer.id] = replace(answer, replies_to="")

    # what the endpoints say

    def post(self, id: str) -> Post:
        """A post that may be seen; Refusal 404 otherwise."""
        with self.lock:
            if id not in self.posts:
                raise Refusal(404, "Record not found")
            return self.posts[id]

    def below(self, id: str) -> list[Post]:
        """All answers to a post, and theirs, oldest first."""
        with self.lock:
            direct = [each for each in self.posts.values() if each.replies_to == id]
            return [each for answer in direct for each in (answer, *self.below(answer.id))]

    def bring_up(self, film: bytes, description: str) -> Medium:
        """A film arrives; Refusal 422 where the server sees at once that it is none."""
        if len(description) > LONGEST_DESCRIPTION:
            raise Refusal(422, f"Validation failed: Description is too long (maximum is {LONGEST_DESCRIPTION})")
        if why := problem(film):
            raise Refusal(422, why)
        with self.lock:
            medium = Medium(self._new_id(time.time()), film, description, time.time())
            medium.problem = processing_problem(film)
            self.media[medium.id] = medium
            return medium

    def medium(self, id: str) -> Medium:
        """A film that is in no post yet; Refusal 404 otherwise."""
        with self.lock:
            medium = self.media.get(id)
            if medium is None or medium.post_id or time.time() - medium.began > MEDIA_LIFE_SECONDS:
                raise Refusal(404, "Record not found")
            return medium

    def is_processed(self, medium: Medium) -> bool:
        """Whether the server has done with it; Refusal 422 when it could not be used."""
        if time.time() - medium.began < self.processing_seconds:
            return False
        if medium.problem:
            raise Refusal(422, "Error processing thumbnail for uploaded media")
        return True

    def post_by_account(self, key: str, text: str, replies_to: str, media_ids: list[str], **more: Any) -> Post:
        """The account posts; within an hour the same key is the same post. Refusal where the server would refuse."""
        with self.lock:
            earlier, at = self.keys.get(key, ("", 0.0))
            if key and earlier in self.posts and time.time() - at < KEY_LIFE_SECONDS:
                return self.posts[earlier]
            self._check(text, more, media_ids)
            if replies_to and replies_to not in self.posts:
                raise Refusal(404, "The post you are trying to reply to does not appear to exist.")
            post = self.publish(self.account, text, replies_to=replies_to, media_ids=tuple(media_ids), **more)
            for media_id in media_ids:
                self.media[media_id].post_id = post.id
            self.keys[key] = (post.id, time.time())
            return post

    # inside

    def _new_id(self, at: float) -> str:
        self.last_id = max(int(at * 1000) << 16, self.last_id + 1)
        return str(self.last_id)

    def _check(self, text: str, more: dict[str, Any], media_ids: list[str]) -> None:
        if not text.strip() and not media_ids:
            raise Refusal(422, "Validation failed: Text can't be blank")
        if counted(text) + len(more.get("warning", "")) > self.most_characters:
            raise Refusal(422, f"Validation failed: Text character limit of {self.most_characters} exceeded")
        if more.get("visibility", "public") not in VISIBILITIES:
            raise Refusal(422, "Validation failed: Visibility is not included in the list")
        if len(media_ids) > MOST_FILES:
            raise Refusal(422, f"Cannot attach more than {MOST_FILES} files")
        self._check_media(media_ids)

    def _check_media(self, media_ids: list[str]) -> None:
        for media_id in media_ids:
            medium = self.media.get(media_id)
            if medium is None or medium.post_id:
                raise Refusal(422, f"Media {media_id} not found or already attached to another post")
            if not self.is_processed(medium):
                raise Refusal(422, "Cannot attach files that have not finished processing. Try again in a moment!")


def counted(text: str) -> int:
    """How much of a post a text takes: of a name only what stands before its server."""
    return len(text) - sum(len(name) - len(name.partition("@")[0]) for name in mentioned(text))
