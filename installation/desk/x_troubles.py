"""What X's refusals and the network's failures mean: every call gives its answer or raises a Trouble."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import requests
import tweepy

from installation.desk.trouble import Busy, Duplicate, Gone, Refused

Answer = TypeVar("Answer")

# In these X speaks of our account, its keys or its bill, not of the post that was to be answered.
OUR_OWN_FAULT = ("permission", "your account", "not-enrolled", "client-forbidden", "automated", "oauth1")
OUR_BILL = ("problems/credits", "usage-capped", "credit", "spend cap", "spendcap", "spending limit")
# Limits of calls stand in headers of three kinds.
HEADERS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")


class Unclear(Busy):
    """The network or X broke down during the call: a reading call may be repeated, a posting one may have worked."""


class Malformed(Refused):
    """X says that the question itself was wrong; `detail` is all that it says about it."""


def told(what: str, ask: Callable[..., Answer], *values: Any, **how: Any) -> Answer:
    """The answer, or the Trouble that tweepy's and requests' errors mean."""
    try:
        return ask(*values, **how)
    except tweepy.TwitterServerError as error:
        raise Unclear(f"X is in trouble itself ({what}: {error.response.status_code})") from error
    except tweepy.HTTPException as error:
        raise _refusal(what, error) from error
    except requests.JSONDecodeError as error:
        raise Unclear(f"X's answer was not understood ({what})") from error
    except requests.RequestException as error:
        raise Unclear(f"X cannot be reached ({what}: {type(error).__name__})") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unclear(f"X's answer was not understood ({what})") from error


def data(answer: dict[str, Any]) -> dict[str, Any]:
    """What stands in an answer's data; Unclear when nothing does."""
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        raise Unclear("X's answer was not understood")
    return found


def id_in(answer: dict[str, Any]) -> str:
    """The id in an answer; Unclear when there is none."""
    id = data(answer).get("id")
    if not id:
        raise Unclear("X's answer was not understood")
    return str(id)


def unseen(answer: dict[str, Any]) -> Gone | Refused:
    """Why an answer about one post holds no post."""
    error = (answer.get("errors") or [{}])[0]
    sentence = str(error.get("detail") or "the post cannot be seen")
    is_gone = "resource-not-found" in str(error.get("type")) and "suspended" not in sentence.lower()
    return Gone(sentence) if is_gone else Refused(sentence)


def raise_as_tweepy(answer: requests.Response) -> None:
    """What tweepy does with the answers to its own calls."""
    kinds = {400: tweepy.BadRequest, 401: tweepy.Unauthorized, 403: tweepy.Forbidden, 404: tweepy.NotFound}
    kinds |= {429: tweepy.TooManyRequests}
    if answer.status_code >= 500:
        raise tweepy.TwitterServerError(answer)
    if not answer.ok:
        raise kinds.get(answer.status_code, tweepy.HTTPException)(answer)


def _refusal(what: str, error: Any) -> Busy | Duplicate | Refused | Gone:
    """What a clear no means."""
    status, detail, kind = error.response.status_code, _detail(error), _kind(error)
    said = f"{detail} {kind}".lower()
    if status == 402 or (status in (403, 429) and any(word in said for word in OUR_BILL)):
        return Busy(f"X is not paid for any more, so nothing is read or answered there: {detail}")
    if status == 401:
        return Busy("X does not accept the account's keys, or the clock of this PC is wrong")
    if status == 429:
        return Busy(f"X takes no more calls for now ({what})", _reset(error.response))
    if status == 404:
        return Gone(detail) if "resource-not-found" in kind else Busy(f"X has no such address any more ({what})")
    if status in (400, 403):
        return _no(status, detail, said)
    return Busy(f"X answered {status} ({what}): {detail}")


def _no(status: int, detail: str, said: str) -> Busy | Duplicate | Refused:
    """400 and 403 speak of the post, unless they speak of the account or the application."""
    if "duplicate" in detail.lower():
        return Duplicate(detail)
    if any(word in said for word in OUR_OWN_FAULT):
        return Busy(f"X does not let this account do that: {detail}")
    return Malformed(detail) if status == 400 else Refused(detail)


def _body(error: Any) -> dict[str, Any]:
    with suppress(ValueError):
        values = error.response.json()
        return values if isinstance(values, dict) else {}
    return {}


def _detail(error: Any) -> str:
    """X's own sentence; where it only says that something is invalid, what that is."""
    body = _body(error)
    listed = body.get("errors")
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return str(
        first.get("message") or body.get("detail") or body.get("title") or f"status {error.response.status_code}"
    )


def _kind(error: Any) -> str:
    body = _body(error)
    return " ".join(str(body.get(name, "")) for name in ("type", "title", "reason"))


def _reset(response: requests.Response) -> float | None:
    """When X says that calls are allowed again, in seconds since 1970: by the limit that is used up, if one is."""
    told = {name: _number(response, f"{name}-reset") for name in HEADERS}
    used_up = [told[name] for name in HEADERS if _number(response, f"{name}-remaining") == 0]
    return max((at for at in used_up if at is not None), default=told["x-rate-limit"])


def _number(response: requests.Response, header: str) -> float | None:
    with suppress(ValueError):
        return float(response.headers.get(header, ""))
    return None
