"""The page on which staff decide: what waits, what there is, what befell it, and what may be done about it."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from installation.desk import decisions
from installation.desk.cues import Cues
from installation.desk.decisions import CLIPS, NOT_IN_THE_ROOM, REJECTABLE, WORDS
from installation.desk.pages.door import Door
from installation.desk.pages.films import film_response
from installation.desk.pages.frame import Declined, go_to, make_app, page
from installation.desk.pages.ledgers import Ledgers
from installation.desk.pages.levels import LevelsPage
from installation.site import Site
from installation.state import State
from installation.telling import tell
from show.errors import LedgerError
from show.ledger import DamagedLedger, Ledger, Step, Submission
from show.making.phrases import split

ACTOR = "staff page"
DECIDES = {"approve", "reject", "answered", "again"}
A_PAGE = 25
LARGEST_ID = 2**53
ONE = f"/submission/<int(max={LARGEST_ID}):id>"
TO_DECIDE = (Step.WAITING, Step.CHECKED, Step.RECEIVED, Step.MADE, Step.UNCERTAIN, Step.FAILED)

Act = Callable[[Ledger, Submission], str]


class Staff:
    """The application; `now` gives seconds since 1970, `clock` is monotonic."""

    def __init__(
        self,
        site: Site,
        state: State,
        pin: str,
        secret: bytes,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site, self._state = site, state
        self._ledgers = Ledgers(state.ledger, now)
        self._zone = ZoneInfo(site.hours.timezone)
        self._acts = self._all_acts()
        app = make_app("staff", self._ledgers, clock)
        Door(app, pin, secret, now, clock)
        LevelsPage(app, Cues(state))
        self.app = self._routes(app)

    def _routes(self, app: Flask) -> Flask:
        app.register_error_handler(Declined, self._declined)
        app.add_template_filter(self._when, "when")
        app.add_template_filter(self._phrases, "cut")
        app.add_template_filter(self._why, "why")
        app.add_template_global(self._offered, "offered")
        app.add_url_rule("/", "waiting", self._waiting)
        app.add_url_rule("/all", "all", self._all)
        app.add_url_rule(ONE, "submission", self._submission)
        app.add_url_rule(f"{ONE}/film.mp4", "film", self._film)
        app.add_url_rule(f"{ONE}/<act>", "act", self._act, methods=["POST"])
        return app

    def _all_acts(self) -> dict[str, Act]:
        """What a button does."""
        return {
            "approve": lambda ledger, story: decisions.approve(ledger, story, ACTOR),
            "reject": lambda ledger, story: decisions.reject(ledger, story, ACTOR),
            "remove": lambda ledger, story: decisions.remove(ledger, story, self._state, ACTOR),
            "answered": lambda ledger, story: decisions.was_answered(ledger, story, ACTOR),
            "again": lambda ledger, story: decisions.was_not_answered(ledger, story, ACTOR),
            "room-on": lambda ledger, story: decisions.show_in_room(ledger, story, ACTOR, True),
            "room-off": lambda ledger, story: decisions.show_in_room(ledger, story, ACTOR, False),
            "public-on": lambda ledger, story: decisions.answer_in_public(ledger, story, ACTOR, True),
            "public-off": lambda ledger, story: decisions.answer_in_public(ledger, story, ACTOR, False),
        }

    # looking

    def _waiting(self) -> Response:
        """What a person has to decide, the longest waiting first, and how everything is."""
        ledger = self._ledgers.here()
        stories = sorted(ledger.latest(A_PAGE, states=TO_DECIDE), key=lambda story: story.id)
        counts = ledger.counts()
        more = sum(counts[step] for step in TO_DECIDE) - len(stories)
        return page("staff_waiting.html", stories=stories, more=more, counts=counts, **self._condition())

    def _all(self) -> Response:
        """Everything, newest first, or what is in one state; a page at a time."""
        asked = request.args.get("state", "")
        states = [Step(asked)] if asked in set(Step) else None
        before = min(request.args.get("before", LARGEST_ID, int), LARGEST_ID)
        ledger = self._ledgers.here()
        found = ledger.latest(A_PAGE + 1, states=states, before=before)
        counts = ledger.counts()
        older = found[A_PAGE - 1].id if len(found) > A_PAGE else None
        return page("staff_all.html", stories=found[:A_PAGE], counts=counts, asked=asked if states else "", older=older)

    def _submission(self, id: int) -> Response:
        """One of them, with all that befell it."""
        ledger, story = self._found(id)
        return page(
            "staff_submission.html", story=story, changes=ledger.changes(id), left=decisions.left_in_public(story)
        )

    def _film(self, id: int) -> Response:
        return film_response(self._found(id)[1].film, f"film-{id}.mp4")

    # deciding

    def _act(self, id: int, act: str) -> Response:
        """Do what a button says; to approve or reject, the submission must be as the page showed it."""
        if act not in self._acts:
            raise NotFound
        ledger, story = self._found(id)
        if act in DECIDES and not _are_alike(request.form.get("state", ""), story.state):
            raise Declined(f"Submission {id} has changed meanwhile: it is {story.state.plain}. Please look again.", 409)
        try:
            self._acts[act](ledger, story)
        except DamagedLedger:
            raise
        except LedgerError as error:
            raise Declined(f"{error}.", 409) from error
        return go_to("/" if request.form.get("back") == "waiting" else f"/submission/{id}")

    def _offered(self, story: Submission) -> list[tuple[str, str, str]]:
        """The buttons of a submission: what each does, its words, its kind."""
        buttons = []
        if story.state in WORDS | CLIPS:
            buttons.append(("approve", "Approve the words" if story.state in WORDS else "Approve the clip", "yes"))
        if story.state is Step.UNCERTAIN:
            buttons += [("answered", "It was answered", "yes"), ("again", "It was not: try again", "no")]
        if story.state is Step.FAILED:
            buttons.append(("approve", "Try again", "yes"))
        if story.state is Step.REFUSED and story.text:
            buttons.append(("approve", "Approve after all", "no"))
        if story.state in REJECTABLE:
            buttons.append(("reject", "Reject", "no"))
        return buttons + self._switches(story)

    def _switches(self, story: Submission) -> list[tuple[str, str, str]]:
        if story.state is Step.WITHDRAWN:
            return []
        room = ("room-off", "Not in the room", "no") if story.room else ("room-on", "Show it in the room", "no")
        public = ("public-off", "No public answer", "no") if story.public else ("public-on", "Answer in public", "no")
        away = ("remove", "Remove now", "gone")
        return [*([room] if self._may_choose_room(story) else []), *([public] if story.source != "page" else []), away]

    def _may_choose_room(self, story: Submission) -> bool:
        return story.room or all(each.note != NOT_IN_THE_ROOM for each in self._ledgers.here().changes(story.id))

    # inside

    def _found(self, id: int) -> tuple[Ledger, Submission]:
        ledger = self._ledgers.here()
        try:
            return ledger, ledger.get(id)
        except DamagedLedger:
            raise
        except LedgerError as error:
            raise NotFound from error

    def _condition(self) -> dict[str, Any]:
        """What the show and the desk say of themselves."""
        desk, status = _read(self._state.desk), _read(self._state.status)
        try:
            show = tell(status)
        except (KeyError, TypeError, ValueError):
            show = "The show has not said anything yet."
        return {"show": show, "troubles": desk.get("troubles", [])}

    def _when(self, seconds: float) -> str:
        return f"{datetime.fromtimestamp(seconds, self._zone):%a %d %b, %H:%M}"

    def _phrases(self, story: Submission) -> tuple[str, ...]:
        settings = self._site.submissions
        return story.phrases or split(story.text, settings.phrases, settings.max_phrases)

    def _why(self, story: Submission) -> str:
        """What went wrong with it, where something did."""
        went_wrong = story.state in {Step.UNCERTAIN, Step.FAILED}
        return self._ledgers.here().changes(story.id)[-1].note if went_wrong else ""

    def _declined(self, error: Declined) -> Response:
        return page("staff_message.html", error.status, heading="Not done", sentence=error.sentence)


def _are_alike(shown: str, now: Step) -> bool:
    """Whether a decision about the one is a decision about the other."""
    return shown == now or any(shown in alike and now in alike for alike in (WORDS, CLIPS))


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
