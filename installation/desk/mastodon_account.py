"""The account on a Mastodon server: the only Mastodon.py. Every call has a time-out and gives a value or a Trouble."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mastodon import Mastodon
from mastodon.errors import (
    MastodonAPIError,
    MastodonError,
    MastodonNetworkError,
    MastodonRatelimitError,
    MastodonServerError,
    MastodonUnauthorizedError,
)

from installation.desk.mastodon_mentions import LONGEST_PAGE, Page, page_of, said
from installation.desk.trouble import Busy, Gone, Refused, Unknown
from show.timely import Timely

TIMEOUT_SECONDS = (10.0, 30.0)  # to connect, between two bytes of the answer
LONGEST_SECONDS = 90.0  # of a call, beside what a film takes to go up
CHARACTERS = 500  # of a post, where the server does not say
DESCRIPTION_CHARACTERS = 1500
FOR_ALL = {"public", "unlisted"}  # what only some may see is answered to its author alone: our followers are others
AGAINST_THE_POST = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Us:
    """The account itself: its id and name on its server, and its page."""

    id: str
    name: str
    page: str

    def is_named_in(self, addresses: Sequence[str]) -> bool:
        """Whether one of these addresses is that of the account; servers write it in more than one way."""
        return any(_person(each) == _person(self.page) for each in addresses)


@dataclass(frozen=True)
class Allowed:
    """What the server takes: characters of a post and of a description, bytes of a film."""

    characters: int
    description_characters: int
    film_bytes: int


@dataclass(frozen=True)
class Original:
    """The post that is to be answered, as it is now: author, who may see the answer, and its warning."""

    author: str
    visibility: str
    warning: str


class MastodonAccount:
    """The account that the token belongs to, on the server `server`."""

    def __init__(self, server: str, token: str) -> None:
        self._client = Mastodon(
            access_token=token,
            api_base_url=server,
            request_timeout=TIMEOUT_SECONDS,  # type: ignore[arg-type]  # handed on to requests, which takes a pair
            ratelimit_method="throw",
            user_agent="blind-eye",
        )
        for scheme in ("http://", "https://"):
            self._client.session.mount(scheme, Timely(LONGEST_SECONDS))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.session.close()

    def who(self) -> Us:
        """Which account it is."""
        return self._told("who we are", lambda: _us(self._client.account_verify_credentials()))

    def allowed(self) -> Allowed:
        """What the server takes."""
        return self._told("what the server takes", lambda: _allowed(self._client.instance().get("configuration") or {}))

    def left(self) -> dict[str, Any]:
        """How many calls the server still takes, of how many, and when it is that many again (seconds since 1970)."""
        client = self._client
        return {
            "limit": client.ratelimit_limit,
            "remaining": client.ratelimit_remaining,
            "reset": client.ratelimit_reset,
        }

    def mentions_after(self, notice_id: str) -> Page:
        """The page that follows a notification."""
        return self._page(min_id=notice_id)

    def mentions_before(self, notice_id: str) -> Page:
        """The page before a notification; the newest when it is empty."""
        return self._page(max_id=notice_id or None)

    def look_at(self, post_id: str) -> Original:
        """The post as it is now; Gone when it was deleted, or we may no longer see it."""
        return self._told("a look at the post", lambda: _original(self._client.status(post_id)))

    def find_answer(self, us: Us, post_id: str) -> str:
        """The id of our own answer to a post, or empty; Gone when the post is."""
        what = "the answers to the post"
        return self._told(what, lambda: _answer_in(self._client.status_context(post_id), us, post_id))

    def upload(self, film: Path, description: str) -> str:
        """Bring a film up; the id of the medium, which the server goes on working on. OSError for a film not there."""
        with film.open("rb") as file:
            about = {"mime_type": "video/mp4", "file_name": film.name, "description": description}
            try:
                return self._told("the film", lambda: said(self._client.media_post(file, **about), "id"))
            except Gone as error:
                raise Refused("Mastodon takes no films") from error

    def is_ready(self, media_id: str) -> bool:
        """Whether the server has done with a film; Refused when it cannot use it, Gone when it no longer has it."""
        return self._told("the film's state", lambda: bool(self._client.media(media_id).get("url")))

    def answer(self, original: Original, post_id: str, text: str, media_id: str, key: str) -> str:
        """Answer a post with a film; the answer's id. Within an hour the same `key` is the same answer.

        Unknown when it may or may not have been posted.
        """
        how: dict[str, Any] = {"in_reply_to_id": post_id, "media_ids": [media_id], "idempotency_key": key}
        how |= {"visibility": original.visibility if original.visibility in FOR_ALL else "direct"}
        how |= {"sensitive": bool(original.warning), "spoiler_text": original.warning or None}
        try:
            return self._told("the answer", lambda: said(self._client.status_post(text, **how), "id"))
        except Unclear as error:
            raise Unknown(str(error)) from error

    def _page(self, **where: str | None) -> Page:
        asked = {"types": ["mention"], "limit": LONGEST_PAGE, **where}
        return self._told("its mentions", lambda: page_of(self._client.notifications(**asked)))

    def _told(self, what: str, ask: Callable[[], Answer]) -> Answer:
        """The answer, or the Trouble that the library's errors mean."""
        try:
            return ask()
        except MastodonRatelimitError as error:
            if "Hit rate limit" not in str(error):
                raise Unclear(f"Mastodon's answer was not understood ({what})") from error
            raise Busy(f"Mastodon takes no more calls for now ({what})", self._client.ratelimit_reset) from error
        except MastodonNetworkError as error:
            raise Unclear(f"Mastodon cannot be reached ({what})") from error
        except MastodonServerError as error:
            raise Unclear(f"Mastodon is in trouble itself ({what}: {_status(error)})") from error
        except MastodonUnauthorizedError as error:
            raise Busy("Mastodon does not accept the account's token") from error
        except MastodonAPIError as error:
            raise _refusal(what, error) from error
        except (MastodonError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise Unclear(f"Mastodon's answer was not understood ({what})") from error


class Unclear(Busy):
    """The network or the server broke down: a reading call may be repeated, a posting one may have worked."""


def _refusal(what: str, error: MastodonAPIError) -> Busy | Gone | Refused:
    """What a status from 400 to 499 means."""
    status, said = _status(error), str(error.args[3] if len(error.args) > 3 and error.args[3] else "")
    if status is None:
        return Unclear(f"Mastodon's answer was not understood ({what})")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE} and said not in {"", "Endpoint not found."}:
        return Gone(f"it is no longer there ({what})")  # without a word it was not Mastodon that said so
    if status in AGAINST_THE_POST and "not finished processing" not in said:
        return Refused(said or f"Mastodon answered {status} ({what})")
    return Busy(f"Mastodon answered {status} ({what}): {said}".rstrip(": "))


def _status(error: MastodonAPIError) -> int | None:
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else None


def _us(account: Any) -> Us:
    return Us(said(account, "id"), said(account, "username"), said(account, "url"))


def _allowed(limits: Any) -> Allowed:
    words, files = limits.get("statuses") or {}, limits.get("media_attachments") or {}
    return Allowed(
        int(words.get("max_characters") or CHARACTERS),
        int(files.get("description_limit") or DESCRIPTION_CHARACTERS),
        int(files.get("video_size_limit") or 0),
    )


def _original(post: Any) -> Original:
    return Original(said(post["account"], "acct"), said(post, "visibility"), str(post.get("spoiler_text") or ""))


def _answer_in(below: Any, us: Us, post_id: str) -> str:
    ours = [post for post in below["descendants"] if said(post["account"], "id") == us.id]
    return next((said(post, "id") for post in ours if str(post.get("in_reply_to_id")) == post_id), "")


def _person(address: str) -> tuple[str, str]:
    """Server and name out of the address of somebody's page: /@name and /users/name are the same."""
    try:
        parts = urlsplit(address.lower())
    except ValueError:
        return "", address
    return parts.netloc, parts.path.rstrip("/").rpartition("/")[2].lstrip("@")
