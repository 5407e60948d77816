"""Where a submission stands, in the words its author reads on the pickup page."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from installation.day import Hours
from installation.desk.estimate import ready_about
from installation.site import Site
from installation.state import State
from show.submission import Step, Submission

READY = (Step.CLIP_APPROVED, Step.SHELVED, Step.SENDING, Step.SENT, Step.UNCERTAIN)
LOOKED_AT = (Step.MADE, Step.CHECKED)
BY_HAND = "by hand"


@dataclass(frozen=True)
class Told:
    """heading and sentences: what the page says. ready: the film may be seen. over: nothing more will come."""

    heading: str
    sentences: tuple[str, ...]
    ready: bool = False
    over: bool = False


class Teller:
    """Knows the house's hours and how far the maker is; `now` gives seconds since 1970."""

    def __init__(self, site: Site, state: State, now: Callable[[], float]) -> None:
        self._site, self._state, self._now = site, state, now
        self._hours = Hours(site.hours.rule, site.hours.timezone, site.hours.country)

    def tell(self, story: Submission) -> Told:
        """What its author is told."""
        if story.state in READY and story.film is not None:
            return self._ready(story)
        match story.state:
            case Step.RECEIVED | Step.WAITING:
                return Told("Your words are in the list", (self._reading(), self._when()))
            case Step.WORDS_APPROVED:
                return Told("Your words are in the list", (self._turn(story) or self._when(),))
            case Step.MAKING:
                return Told("Your film is being made", (self._progress(story.id),))
            case Step.MADE | Step.CHECKED:
                return Told("Your film is made", ("Somebody of the house looks at it before it comes to you.",))
            case Step.REFUSED:
                return Told("These words will not become a film", _REFUSED, over=True)
            case Step.WITHDRAWN:
                gone = "It is gone from the wall and from this machine. Nobody will see it again."
                return Told("This film was taken away", (gone,), over=True)
            case _:
                return Told("Your film could not be made", _FAILED)

    def _ready(self, story: Submission) -> Told:
        where = "It also hangs here in the room, without your name." if story.room else "Only this page shows it."
        return Told("Here is your film", (where,), ready=True)

    def _reading(self) -> str:
        by_hand = self._site.submissions.approve_words == BY_HAND
        return "Somebody of the house reads them first." if by_hand else "They are looked through first."

    def _when(self) -> str:
        """When films are made: after the doors close."""
        moment = datetime.fromtimestamp(self._now(), UTC)
        if not self._hours.is_open(moment):
            return "Films are being made now, one after the other, until the doors open."
        closing = self._hours.next_change(moment)
        if closing is None:
            return "Films are made while nobody is in the room. Please look again later."
        return f"Films are made after the doors close, {_day(moment, closing)}. Please look again the next morning."

    def _turn(self, story: Submission) -> str:
        """When it will be made, by the speed of the last nights; empty when that is not known."""
        moment, ready = datetime.fromtimestamp(self._now(), UTC), ready_about(self._state, story)
        return f"It will be made {_day(moment, ready)}, or thereabouts." if ready and ready > moment else ""

    def _progress(self, id: int) -> str:
        told = _read(self._state.maker)
        if told.get("state") != "making" or told.get("submission") != id:
            return "The machine is at work on it."
        try:
            minutes = max(1, round(float(told["eta_seconds"]) / 60))
            return f"Phrase {int(told['phrase'])} of {int(told['phrases'])}; about {minutes} min left."
        except (KeyError, TypeError, ValueError):
            return "The machine is at work on it."


_REFUSED = (
    "Not every text can hang in a room where anyone may come in, children too. It is no judgement of you.",
    "You are welcome to write another.",
)
_FAILED = (
    "The machine failed at it, and the fault is not in your words.",
    "People of the house know, and may try again.",
)


def _day(moment: datetime, closing: datetime) -> str:
    """Such as "today at 18:00"."""
    today = moment.astimezone(closing.tzinfo or ZoneInfo("UTC")).date()
    days = (closing.date() - today).days
    name = {0: "today", 1: "tomorrow"}.get(days, f"on {closing:%A}")
    return f"{name} at {closing:%H:%M}"


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
