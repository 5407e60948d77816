"""What X costs: calls counted by kind and UTC day, our own cap on them, and what X says is left of its limits."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from installation.desk.trouble import Busy
from show.ledger import Ledger

MARK = "x.calls"
WINDOW_SECONDS = 900.0
SLACK_SECONDS = 60.0
KINDS = (
    ("GET", r"/2/users/me", "account"),
    ("GET", r"/2/users/\d+/mentions", "mentions"),
    ("GET", r"/2/users/\d+/tweets", "own posts"),
    ("GET", r"/2/tweets/\d+", "posts"),
    ("POST", r"/2/tweets", "answers"),
    ("POST", r"/2/media/metadata", "descriptions"),
    (r"GET|POST", r"/2/media/upload.*", "films"),
)


class Meter:
    """Counts every call before it is made, in the ledger, so that no restart forgets one. `now`: seconds since 1970.

    calls_per_day: 0 for no cap of our own. price_per_call: in the currency of the bill; X may charge less.
    """

    def __init__(self, calls_per_day: int, price_per_call: float, now: Callable[[], float]) -> None:
        self.calls_per_day = calls_per_day
        self._price, self._now = price_per_call, now
        self._ledger: Ledger | None = None
        self._day, self._month = "", ""
        self._today: dict[str, int] = {}
        self._month_total = 0
        self._left: dict[str, tuple[int, int, float]] = {}

    def write_into(self, ledger: Ledger) -> None:
        """Count in this ledger from now on."""
        self._ledger = ledger
        if not self._day:
            self._read(ledger.mark(MARK))
        self._turn_page()

    def before(self, method: str, path: str) -> None:
        """A call is about to be made; Busy when it must not be."""
        kind = kind_of(method, path)
        self._turn_page()
        if self.calls_per_day and sum(self._today.values()) >= self.calls_per_day:
            raise Busy(
                f"X: today's {self.calls_per_day} calls ([x] calls_per_day) are used up;"
                " it goes on at midnight, universal time",
                _midnight_after(self._now()),
            )
        _, left, reset = self._left.get(kind, (0, 1, 0.0))
        if left <= 0 and 0 < reset - self._now() <= WINDOW_SECONDS + SLACK_SECONDS:
            raise Busy(f"X takes no more calls for now ({kind})", reset)
        self._today[kind] = self._today.get(kind, 0) + 1
        self._month_total += 1
        self._write()

    def after(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """What the answer says of its limit."""
        with suppress(ValueError, KeyError):
            limit, left = int(headers["x-rate-limit-limit"]), int(headers["x-rate-limit-remaining"])
            self._left[kind_of(method, path)] = (limit, left, float(headers["x-rate-limit-reset"]))

    def told(self) -> dict[str, Any]:
        """For desk.json: the counts, the limits as X told them last, the spending, and one sentence."""
        self._turn_page()
        calls = sum(self._today.values())
        values: dict[str, Any] = {
            "words": self._words(calls),
            "calls_today": calls,
            "calls_this_month": self._month_total,
        }
        values |= {"calls_per_day": self.calls_per_day, "by_kind": dict(sorted(self._today.items()))}
        values["spent_today"] = round(calls * self._price, 4)
        values["spent_this_month"] = round(self._month_total * self._price, 4)
        values["left"] = {
            kind: {"limit": limit, "remaining": left, "reset": _stamp(reset)}
            for kind, (limit, left, reset) in sorted(self._left.items())
            if reset > self._now()
        }
        return values

    def _words(self, calls: int) -> str:
        cap = f" of {self.calls_per_day}" if self.calls_per_day else ""
        words = f"X: {calls}{cap} {'call' if calls == 1 and not cap else 'calls'} today"
        if self._price:
            spent = f"{calls * self._price:.2f} today, {self._month_total * self._price:.2f} this month"
            words += f"; spent at most: {spent}"
        return words + "."

    def _turn_page(self) -> None:
        """Another day begins at 0; another month too."""
        day = datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%d")
        if day != self._day:
            self._day, self._today = day, {}
        if day[:7] != self._month:
            self._month, self._month_total = day[:7], 0

    def _read(self, mark: str) -> None:
        with suppress(ValueError, LookupError, TypeError, AttributeError):
            values = json.loads(mark)
            self._day, self._month = str(values["day"]), str(values["day"])[:7]
            self._today = {str(kind): int(number) for kind, number in values["calls"].items()}
            self._month_total = int(values["month"])

    def _write(self) -> None:
        if self._ledger is not None:
            self._ledger.set_mark(
                MARK, json.dumps({"day": self._day, "calls": self._today, "month": self._month_total})
            )


def kind_of(method: str, path: str) -> str:
    """What sort of call this is."""
    found = (kind for verb, route, kind in KINDS if re.fullmatch(verb, method) and re.fullmatch(route, path))
    return next(found, "other")


def _midnight_after(now: float) -> float:
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=1)).timestamp()


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
