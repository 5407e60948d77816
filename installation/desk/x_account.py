"""The account on X: the only tweepy. Every call has a time-out, and every answer becomes a value or a Trouble."""

import html
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import requests
import tweepy
from requests.adapters import HTTPAdapter

from installation.desk.credentials import Keys
from installation.desk.trouble import Busy, Duplicate, Gone, Refused, Unknown

log = logging.getLogger(__name__)

HOST = "https://api.twitter.com"  # tweepy knows no other
TIMEOUT_SECONDS = (10.0, 30.0)  # to connect, between two bytes of the answer
PIECE_BYTES = 4 * 1024 * 1024
PROCESSING_SECONDS = 600.0
MOST_PAGES = 8  # X shows the last 800 mentions
OWN_PAGES = 10

# The names X gives its fields; its newest description says "post" where these say "tweet".
FIELDS = ["author_id", "created_at", "edit_history_tweet_ids", "note_tweet", "referenced_tweets"]
REFERENCES = ("referenced_tweets", "referenced_posts")
LONG_TEXTS = ("note_tweet", "note_post")
HISTORIES = ("edit_history_tweet_ids", "edit_history_post_ids")
OUR_OWN_FAULT = ("permission", "suspended", "locked", "not-enrolled", "client-forbidden", "usage-capped", "credit")

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Mention:
    """Someone's post that names the account. first_id: of its first version; replies_to: a post's id, or empty."""

    id: str
    first_id: str
    author_id: str
    author: str
    text: str
    created: float
    replies_to: str
    is_repost: bool


class Door(HTTPAdapter):
    """Gives every call a time-out, and leads it to another address when the site names one."""

    def __init__(self, api: str) -> None:
        super().__init__()
        self._api = api.rstrip("/")

    def send(self, request: Any, *args: Any, **how: Any) -> requests.Response:
        """Send, signed as for X itself."""
        how["timeout"] = how.get("timeout") or TIMEOUT_SECONDS
        if self._api:
            request.url = self._api + request.url.removeprefix(HOST)
            how["proxies"] = {}  # these were chosen for the address we no longer use
        return super().send(request, *args, **how)


class XAccount:
    """The account that the keys belong to. `wait(seconds)` sleeps, and is true when the desk is to end meanwhile."""

    def __init__(self, keys: Keys, api: str, wait: Callable[[float], bool]) -> None:
        four = (keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_token_secret)
        self._client = tweepy.Client(None, *four, return_type=dict)
        self._client.session.mount(HOST, Door(api))
        self._auth = tweepy.OAuth1UserHandler(*four).apply_auth
        self._wait = wait

    def close(self) -> None:
        """Let go of the connections."""
        self._client.session.close()

    def who(self) -> tuple[str, str]:
        """Id and name of the account."""
        answer = _told("who we are", self._client.get_me, user_auth=True)
        return _id(answer), str(_data(answer).get("username", ""))

    def mentions(self, account_id: str, since_id: str, start: float) -> list[Mention]:
        """Mentions after the post `since_id` (or, when empty, since the time `start`), oldest first."""
        since: dict[str, Any] = (
            {"since_id": since_id} if since_id else {"start_time": datetime.fromtimestamp(start, UTC)}
        )
        pages, _ = self._pages(
            self._client.get_users_mentions, account_id, MOST_PAGES, expansions=["author_id"], **since
        )
        return sorted((each for page in pages for each in _mentions(page)), key=lambda mention: int(mention.id))

    def look_at(self, post_id: str) -> None:
        """Gone when the post was deleted, Refused when we may no longer see it."""
        answer = _told("a look at the post", self._client.get_tweet, post_id, user_auth=True)
        if not answer.get("data"):
            error = (answer.get("errors") or [{}])[0]
            sentence = str(error.get("detail") or "the post cannot be seen")
            raise Gone(sentence) if "resource-not-found" in str(error.get("type")) else Refused(sentence)

    def find_answer(self, account_id: str, post_id: str) -> str:
        """The id of our own answer to a post, or empty. Refused when our posts since are too many to tell."""
        pages, is_all = self._pages(self._client.get_users_tweets, account_id, OWN_PAGES, since_id=post_id)
        for post in (post for page in pages for post in page.get("data", [])):
            if ("replied_to", post_id) in _references(post):
                return str(post["id"])
        if not is_all:
            raise Refused("there are too many posts since to be sure that none is the answer")
        return ""

    def upload(self, film: Path) -> str:
        """Bring a film up; the media id, when X has looked at it and found it good."""
        size = film.stat().st_size
        media = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": size}
        begun = _told("the film's announcement", self._post, "/2/media/upload/initialize", media)
        media_id = _id(begun)
        with film.open("rb") as file:
            for index, piece in enumerate(iter(lambda: file.read(PIECE_BYTES), b"")):
                _told("a piece of the film", self._append, media_id, index, piece)
        ended = _told("the film's end", self._post, f"/2/media/upload/{media_id}/finalize", None)
        self._await_processing(media_id, _data(ended).get("processing_info"))
        return media_id

    def answer(self, post_id: str, text: str, media_id: str) -> str:
        """Answer a post with a film; the answer's id. Unknown when it may or may not have been posted."""
        post = {
            "text": text,
            "reply": {"in_reply_to_tweet_id": post_id},
            "media": {"media_ids": [media_id]},
            "made_with_ai": True,
        }
        try:
            return _id(_told("the answer", self._post, "/2/tweets", post))
        except Unclear as error:
            raise Unknown(str(error)) from error

    def _pages(
        self, ask: Callable[..., dict[str, Any]], account_id: str, most: int, **how: Any
    ) -> tuple[list[dict[str, Any]], bool]:
        """At most so many pages of a list, and whether that is all of it."""
        pages: list[dict[str, Any]] = []
        how |= {"max_results": 100, "tweet_fields": FIELDS, "user_auth": True}
        while len(pages) < most:
            pages.append(_told("its lists", ask, account_id, **how))
            how["pagination_token"] = pages[-1].get("meta", {}).get("next_token")
            if not how["pagination_token"]:
                return pages, True
        return pages, False

    def _post(self, route: str, body: dict[str, Any] | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.request("POST", route, json=body, user_auth=True).json()
        return answer

    def _get(self, route: str, asked: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.request("GET", route, params=asked, user_auth=True).json()
        return answer

    def _append(self, media_id: str, index: int, piece: bytes) -> None:
        answer = self._client.session.post(
            f"{HOST}/2/media/upload/{media_id}/append",
            data={"segment_index": str(index)},
            files={"media": ("piece", piece, "application/octet-stream")},
            auth=self._auth(),
        )
        _raise_as_tweepy(answer)

    def _await_processing(self, media_id: str, info: dict[str, Any] | None) -> None:
        waited = 0.0
        while info and info.get("state") != "succeeded":
            if info.get("state") == "failed":
                raise Refused("X does not take the film; it never says why")
            seconds = min(max(float(info.get("check_after_secs", 1)), 0.2), 30.0)
            waited += seconds
            if waited > PROCESSING_SECONDS or self._wait(seconds):
                raise Busy("X was still looking at the film")
            asked = {"command": "STATUS", "media_id": media_id}
            info = _data(_told("the film's state", self._get, "/2/media/upload", asked)).get("processing_info")


class Unclear(Busy):
    """The network or X broke down during the call: a reading call may be repeated, a posting one may have worked."""


def _told(what: str, ask: Callable[..., Answer], *values: Any, **how: Any) -> Answer:
    """The answer, or the Trouble that tweepy's and requests' errors mean."""
    try:
        return ask(*values, **how)
    except tweepy.TooManyRequests as error:
        raise Busy(f"X takes no more calls for now ({what})", _reset(error.response)) from error
    except tweepy.Unauthorized as error:
        raise Busy("X does not accept the account's keys, or the clock of this PC is wrong") from error
    except tweepy.NotFound as error:
        if "resource-not-found" in _kind(error):
            raise Gone(_detail(error)) from error
        raise Busy(f"X has no such address any more ({what})") from error
    except (tweepy.Forbidden, tweepy.BadRequest) as error:
        raise _refusal(error) from error
    except tweepy.TwitterServerError as error:
        raise Unclear(f"X is in trouble itself ({what}: {error.response.status_code})") from error
    except tweepy.HTTPException as error:
        raise Busy(f"X answered {error.response.status_code} ({what}): {_detail(error)}") from error
    except requests.RequestException as error:
        raise Unclear(f"X cannot be reached ({what}: {type(error).__name__})") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unclear(f"X's answer was not understood ({what})") from error


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise Unclear("X's answer was not understood")
    return data


def _id(answer: dict[str, Any]) -> str:
    id = _data(answer).get("id")
    if not id:
        raise Unclear("X's answer was not understood")
    return str(id)


def _refusal(error: Any) -> Busy | Duplicate | Refused:
    """403 and 400 speak of the post, unless they speak of the account or the application."""
    detail = _detail(error)
    if "duplicate" in detail.lower():
        return Duplicate(detail)
    if any(word in f"{detail} {_kind(error)}".lower() for word in OUR_OWN_FAULT):
        return Busy(f"X does not let this account do that: {detail}")
    return Refused(detail)


def _raise_as_tweepy(answer: requests.Response) -> None:
    kinds = {400: tweepy.BadRequest, 401: tweepy.Unauthorized, 403: tweepy.Forbidden, 404: tweepy.NotFound}
    kinds |= {429: tweepy.TooManyRequests}
    if answer.status_code >= 500:
        raise tweepy.TwitterServerError(answer)
    if not answer.ok:
        raise kinds.get(answer.status_code, tweepy.HTTPException)(answer)


def _body(error: Any) -> dict[str, Any]:
    with suppress(ValueError):
        values = error.response.json()
        return values if isinstance(values, dict) else {}
    return {}


def _detail(error: Any) -> str:
    body = _body(error)
    return str(body.get("detail") or body.get("title") or f"status {error.response.status_code}")


def _kind(error: Any) -> str:
    body = _body(error)
    return " ".join(str(body.get(name, "")) for name in ("type", "title", "reason"))


def _reset(response: requests.Response) -> float | None:
    """When X says that calls are allowed again, in seconds since 1970."""
    with suppress(ValueError):
        return float(response.headers.get("x-rate-limit-reset", ""))
    return None


def _mentions(page: dict[str, Any]) -> list[Mention]:
    """The posts of a page; one in a shape nobody knows is left out, and told."""
    names = {str(user["id"]): str(user["username"]) for user in page.get("includes", {}).get("users", [])}
    found = []
    for post in page.get("data", []):
        try:
            found.append(_mention(post, names))
        except (LookupError, TypeError, ValueError, AttributeError):
            log.exception("a post on X is left out, for its form is not known")
    return found


def _mention(post: dict[str, Any], names: dict[str, str]) -> Mention:
    long: dict[str, Any] = next((post[name] for name in LONG_TEXTS if post.get(name)), {})
    history = next((post[name] for name in HISTORIES if post.get(name)), [post["id"]])
    kinds = _references(post)
    return Mention(
        id=str(int(post["id"])),
        first_id=str(history[0]),
        author_id=str(post.get("author_id", "")),
        author=names.get(str(post.get("author_id", "")), ""),
        text=html.unescape(str(long.get("text") or post.get("text", ""))),
        created=_seconds(str(post.get("created_at", ""))),
        replies_to=next((id for kind, id in kinds if kind == "replied_to"), ""),
        is_repost=any(kind in {"retweeted", "reposted"} for kind, _ in kinds),
    )


def _references(post: dict[str, Any]) -> list[tuple[str, str]]:
    listed: list[dict[str, Any]] = next((post[name] for name in REFERENCES if post.get(name)), [])
    return [(str(each["type"]), str(each["id"])) for each in listed]


def _seconds(stamp: str) -> float:
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError:
        return 0.0
