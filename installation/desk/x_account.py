"""The account on X: the only tweepy that calls. Every call has a time-out and is counted; every answer is a value."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy

from installation.desk.credentials import Keys
from installation.desk.trouble import Refused, Unknown
from installation.desk.x_meter import Meter
from installation.desk.x_posts import NEW, OLD, Mention, answers_to, history, mentions, next_token
from installation.desk.x_troubles import Malformed, Unclear, data, id_in, raise_as_tweepy, told, unseen
from show.timely import Timely

HOST = "https://api.twitter.com"  # tweepy knows no other
TIMEOUT_SECONDS = (5.0, 20.0)  # to connect, between two bytes of the answer
LONGEST_SECONDS = 60.0  # of a call: so long the desk stands still
PAGE = 100
MOST_PAGES = 8  # X shows the last 800 mentions
OWN_PAGES = 10
RESET = "x-rate-limit-reset"
LONGEST_CHECK_SECONDS = 30.0


@dataclass(frozen=True)
class Look:
    """Where X's look at a film stands: done, or to be asked for again after so many seconds."""

    is_done: bool
    again_seconds: float = 0.0


class Door(Timely):
    """Gives every call a time-out, counts it, and leads it to another address when the site names one."""

    def __init__(self, api: str, meter: Meter | None = None) -> None:
        super().__init__(LONGEST_SECONDS)
        self._api, self._meter = api.rstrip("/"), meter

    def send(self, request: Any, *args: Any, **how: Any) -> requests.Response:
        """Send, signed as for X itself."""
        path = urlsplit(request.url).path
        if self._meter:
            self._meter.before(request.method, path)
        how["timeout"] = how.get("timeout") or TIMEOUT_SECONDS
        if self._api:
            request.url = self._api + request.url.removeprefix(HOST)
            how["proxies"] = {}  # these were chosen for the address we no longer use
        answer = super().send(request, *args, **how)
        if not answer.headers.get(RESET, "0").isdecimal():
            del answer.headers[RESET]  # tweepy would stumble over it, and a clear no become an unclear one
        if self._meter:
            self._meter.after(request.method, path, answer.headers)
        return answer


class XAccount:
    """The account that the keys belong to."""

    def __init__(self, keys: Keys, api: str, meter: Meter | None = None) -> None:
        four = (keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_token_secret)
        self._client = tweepy.Client(None, *four, return_type=dict)
        self._client.session.mount(HOST, Door(api, meter))
        self._auth = tweepy.OAuth1UserHandler(*four).apply_auth
        self._words = OLD

    def close(self) -> None:
        """Let go of the connections."""
        self._client.session.close()

    def who(self) -> tuple[str, str]:
        """Id and name of the account."""
        answer = self._get("who we are", "/2/users/me", {})
        return id_in(answer), str(data(answer).get("username", ""))

    def mentions(self, account_id: str, since_id: str, start: float) -> tuple[list[Mention], bool]:
        """Mentions after the post `since_id` (or, when empty, since the time `start`), oldest first.

        And whether these are all: X shows only the last 800.
        """
        begin = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        since = {"since_id": since_id} if since_id else {"start_time": begin}
        pages, is_all = self._pages(f"/2/users/{account_id}/mentions", MOST_PAGES, since)
        found = [each for page in pages for each in told("its mentions", mentions, page)]
        return sorted(found, key=lambda mention: int(mention.id)), is_all and len(found) < MOST_PAGES * PAGE

    def look_at(self, post_id: str) -> str:
        """The id of a post's latest version; Gone when it was deleted, Refused when we may no longer see it."""
        answer = self._get("a look at the post", f"/2/tweets/{post_id}", {})
        if not answer.get("data"):
            raise unseen(answer)
        return told("a look at the post", history, {"id": post_id, **data(answer)})[-1]

    def find_answer(self, account_id: str, post_ids: Collection[str]) -> str:
        """The id of our own answer to one of these versions of a post, or empty.

        Refused when our posts since are too many to tell.
        """
        since = {"since_id": str(min(int(id) for id in post_ids))}
        pages, is_all = self._pages(f"/2/users/{account_id}/tweets", OWN_PAGES, since)
        found = [id for page in pages for id in told("our own posts", answers_to, page, post_ids)]
        if not found and not is_all:
            raise Refused("there are too many posts since to be sure that none is the answer")
        return found[0] if found else ""

    def announce(self, size: int) -> tuple[str, float]:
        """Announce a film of so many bytes: its media id, and for how many seconds X keeps it."""
        media = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": size}
        begun = self._post("the film's announcement", "/2/media/upload/initialize", media)
        return id_in(begun), float(data(begun).get("expires_after_secs", 0.0))

    def append(self, media_id: str, index: int, piece: bytes) -> None:
        """A piece of the film."""
        told("a piece of the film", self._append, media_id, index, piece)

    def finish(self, media_id: str) -> Look:
        """All pieces are there: X begins to look at the film."""
        return _look(self._post("the film's end", f"/2/media/upload/{media_id}/finalize", None))

    def processing(self, media_id: str) -> Look:
        """How far X is with its look; Refused when it does not take the film."""
        return _look(self._get("the film's state", "/2/media/upload", {"command": "STATUS", "media_id": media_id}))

    def describe(self, media_id: str, text: str) -> None:
        """Words for those who do not see the film."""
        self._post("the film's words", "/2/media/metadata", {"id": media_id, "metadata": {"alt_text": {"text": text}}})

    def answer(self, post_id: str, text: str, media_id: str) -> str:
        """Answer a post with a film; the answer's id. Unknown when it may or may not have been posted."""
        post = {
            "text": text,
            "reply": {"in_reply_to_tweet_id": post_id},
            "media": {"media_ids": [media_id]},
            "made_with_ai": True,
        }
        try:
            return id_in(self._post("the answer", "/2/tweets", post))
        except Unclear as error:
            raise Unknown(str(error)) from error

    def _pages(self, route: str, most: int, since: dict[str, str]) -> tuple[list[dict[str, Any]], bool]:
        """At most so many pages of a list, and whether that is all of it."""
        pages: list[dict[str, Any]] = []
        asked = {"max_results": str(PAGE), **since}
        while len(pages) < most:
            pages.append(self._list(route, asked))
            token = told("its lists", next_token, pages[-1])
            if not token:
                return pages, True
            asked["pagination_token"] = token
        return pages, False

    def _list(self, route: str, asked: dict[str, str]) -> dict[str, Any]:
        """One page, asked for in the words that X understands."""
        try:
            return self._get("its lists", route, asked | self._words.asked())
        except Malformed as error:
            if self._words.parameter not in str(error):
                raise
        self._words = NEW if self._words is OLD else OLD
        return self._get("its lists", route, asked | self._words.asked())

    def _post(self, what: str, route: str, body: dict[str, Any] | None) -> dict[str, Any]:
        return told(what, self._ask, "POST", route, json=body)

    def _get(self, what: str, route: str, asked: dict[str, str]) -> dict[str, Any]:
        return told(what, self._ask, "GET", route, params=asked)

    def _ask(self, method: str, route: str, **what: Any) -> dict[str, Any]:
        request: Callable[..., requests.Response] = self._client.request
        answer = request(method, route, user_auth=True, **what).json()
        if not isinstance(answer, dict):
            raise ValueError("it is no object")
        return answer

    def _append(self, media_id: str, index: int, piece: bytes) -> None:
        answer = self._client.session.post(
            f"{HOST}/2/media/upload/{media_id}/append",
            data={"segment_index": str(index)},
            files={"media": ("piece", piece, "application/octet-stream")},
            auth=self._auth(),
        )
        raise_as_tweepy(answer)


def _look(answer: dict[str, Any]) -> Look:
    info = data(answer).get("processing_info") or {"state": "succeeded"}
    if info.get("state") == "failed":
        raise Refused("X does not take the film; it never says why")
    if info.get("state") == "succeeded":
        return Look(is_done=True)
    try:
        seconds = float(info.get("check_after_secs", 1))
    except (TypeError, ValueError):
        seconds = 1.0
    return Look(is_done=False, again_seconds=min(max(seconds, 0.2), LONGEST_CHECK_SECONDS))
