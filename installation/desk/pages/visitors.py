"""The page on which visitors write: words, how they will be split, consent, a code, and under the code the film."""

import logging
import time
from collections.abc import Callable
from threading import Lock

import segno
from flask import Flask, Response, jsonify, request
from markupsafe import Markup

from installation.desk.decisions import NOT_IN_THE_ROOM, remove
from installation.desk.keeping import forget_in_reports
from installation.desk.outbox_page import SOURCE
from installation.desk.pages.codes import code_of, tidied
from installation.desk.pages.films import film_response
from installation.desk.pages.frame import Declined, address, go_to, make_app, message, page, say_when_to_retry
from installation.desk.pages.ledgers import Ledgers
from installation.desk.pages.limits import Bucket, Buckets
from installation.desk.pages.sheets import Sheet, Sheets
from installation.desk.pages.telling import BY_HAND, Teller
from installation.site import Site
from installation.state import State
from show.errors import LedgerError
from show.ledger import Ledger, Submission
from show.making.phrases import split

log = logging.getLogger(__name__)

LONGEST = 3000  # characters; a film holds fewer
SHOWN_PHRASES = 100
SOONEST_SECONDS = 2.0  # nobody reads, chooses and presses faster
DAY_SECONDS = 86400.0
WHO = {"room": True, "me": False}


class Doors:
    """How often a visitor's address may do things: at once, and in the long run a second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.sheets = Buckets(60, 1.0, clock)
        self.kept_sheets = Buckets(20, 0.2, clock)  # apart, so that a flood without any leaves the others to visitors
        self.splits = Buckets(40, 4.0, clock)
        self.stories = Buckets(20, 1 / 30, clock)
        self.wrong_codes = Buckets(20, 1 / 15, clock)
        self._everyone, self._clock, self._lock = Bucket(100, 1.0, clock()), clock, Lock()

    def let_in(self) -> bool:
        """Whether one more story may come in, from whichever address."""
        with self._lock:
            return self._everyone.take(self._clock())


class Visitors:
    """The application; `now` gives seconds since 1970, `clock` is monotonic."""

    def __init__(
        self,
        site: Site,
        state: State,
        secret: bytes,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site, self._state, self._secret, self._now = site, state, secret, now
        self._ledgers = Ledgers(state.ledger, now)
        self._sheets = Sheets(secret, "visitor", now)
        self._teller = Teller(site, state, now)
        self._doors = Doors(clock)
        self._one_at_a_time = Lock()
        self.app = self._routes(make_app("visitors", self._ledgers, clock))

    def _routes(self, app: Flask) -> Flask:
        app.register_error_handler(Declined, self._declined)
        app.register_error_handler(LedgerError, self._no_ledger)
        for rule, method, view in (
            ("/", "GET", self._write),
            ("/write", "POST", self._rewrite),
            ("/phrases", "POST", self._phrases),
            ("/split", "POST", self._split),
            ("/send", "POST", self._send),
            ("/film", "GET", self._find),
            ("/film/<code>", "GET", self._film),
            ("/film/<code>/film.mp4", "GET", self._film_file),
            ("/film/<code>/back", "GET", self._ask_back),
            ("/film/<code>/back", "POST", self._take_back),
        ):
            app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])
        return app

    # writing

    def _write(self) -> Response:
        """An empty sheet; for someone who comes from a film of theirs, another one of the same hand."""
        if not self._doors.sheets.take(address()):
            answer = page("message.html", 429, heading="One moment, please", sentence=_MANY_HERE)
            return say_when_to_retry(answer, 5)
        code = tidied(request.args.get("from", ""))
        before = self._ledgers.here().by_code(code) if code else None
        return self._sheet("write.html", words="", sheet=self._sheets.new(before.author_id if before else ""))

    def _rewrite(self) -> Response:
        """The sheet again, with what was written on it."""
        return self._sheet("write.html", words=_words(), sheet=self._kept_sheet())

    def _phrases(self) -> Response:
        """How the words will be split, and what is to be agreed to."""
        self._read_sheet()
        words = self._checked_words()
        self._count_split()
        return self._consent(words, request.form["sheet"])

    def _split(self) -> Response:
        """The same for the preview beside the words, which is only a help."""
        self._read_sheet()
        self._count_split()
        made, left_out = self._cut(_words()[:LONGEST])
        return jsonify(phrases=made, left_out=left_out)

    def _send(self) -> Response:
        """Take the story in, once for each sheet, and show where its film will be."""
        sheet, words = self._read_sheet(), self._checked_words()
        code = code_of(self._secret, sheet.nonce)
        ledger = self._ledgers.here()
        if ledger.by_code(code) is None:
            if self._site.submissions.room and request.form.get("who") not in WHO:
                return self._consent(words, request.form["sheet"], problem="who", status=400)
            self._check_pace(sheet)
            self._take_in(ledger, sheet, words, code)
        return go_to(f"/film/{code}")

    def _take_in(self, ledger: Ledger, sheet: Sheet, words: str, code: str) -> None:
        room = self._site.submissions.room and WHO[request.form.get("who", "me")]
        with self._one_at_a_time:
            self._check_room_for(ledger, sheet)
            how = {"author_id": sheet.visitor, "code": code, "note": "" if room else NOT_IN_THE_ROOM}
            ledger.receive(SOURCE, sheet.nonce, "", words, room=room, **how)  # type: ignore[arg-type]

    def _check_pace(self, sheet: Sheet) -> None:
        if self._now() < sheet.at + SOONEST_SECONDS:
            raise Declined("That was quick. Please look at your words once more.", 429, SOONEST_SECONDS)
        if not self._doors.stories.take(address()):
            raise Declined(f"{_MANY_HERE} Your words are kept below.", 429, 30)
        if not self._doors.let_in():
            raise Declined("Many are writing at this moment. Please wait a minute; your words are kept below.", 429, 60)

    def _check_room_for(self, ledger: Ledger, sheet: Sheet) -> None:
        gates = self._site.gates
        if ledger.in_queue() >= gates.waiting_at_most:
            raise Declined("The list is full for now. Please come back tomorrow; your words are kept below.", 503, 3600)
        if ledger.taken_since(SOURCE, sheet.visitor, self._now() - DAY_SECONDS) >= gates.per_author_per_day:
            raise Declined("That is enough for one day. Please keep these words, and come back tomorrow.", 429, 3600)

    # the film

    def _find(self) -> Response:
        """From a code that was typed to its page."""
        code = tidied(request.args.get("code", ""))
        if not code:
            return self._no_film()
        return go_to(f"/film/{code}")

    def _film(self, code: str) -> Response:
        if (story := self._story(code)) is None:
            return self._no_film()
        values = {"story": story, "told": self._teller.tell(story), "code": story.code, "square": self._square(story)}
        return page("film.html", **values, phrases=story.phrases or self._cut(story.text)[0])

    def _film_file(self, code: str) -> Response:
        story = self._story(code)
        if story is None or not self._teller.tell(story).ready:
            return message(404)
        return film_response(story.film, f"film-{story.code}.mp4")

    def _ask_back(self, code: str) -> Response:
        story = self._story(code)
        return page("back.html", code=story.code) if story else self._no_film()

    def _take_back(self, code: str) -> Response:
        """Everything of it goes, the words too; what is left is that it was taken back."""
        if (story := self._story(code)) is None:
            return self._no_film()
        ledger = self._ledgers.here()
        remove(ledger, story, self._state, SOURCE, "taken back by its author")
        forget_in_reports(story, self._state.reports)
        ledger.erase(story.id, SOURCE)
        return page("message.html", heading="It is taken back", sentence=_TAKEN_BACK)

    def _story(self, code: str) -> Submission | None:
        """The submission under a code; wrong guesses are counted, and after too many of them nothing is told."""
        if not self._doors.wrong_codes.has(address()):
            raise Declined("Too many wrong codes came from here. Please wait a few minutes.", 429, 120)
        found = self._ledgers.here().by_code(tidied(code)) if tidied(code) else None
        if found is None:
            self._doors.wrong_codes.take(address())
        return found

    def _square(self, story: Submission) -> Markup:
        """The address of this page as a QR code, to carry away."""
        base = self._site.page.address or request.host_url
        code = segno.make(f"{base.rstrip('/')}/film/{story.code}", error="m", micro=False)
        return Markup(code.svg_inline(svgclass="square", lineclass=None, omitsize=True, light="#fff"))

    # inside

    def _sheet(self, template: str, **values: object) -> Response:
        return page(template, longest=LONGEST, **values)

    def _consent(self, words: str, sheet: str, problem: str = "", status: int = 200) -> Response:
        made, left_out = self._cut(words)
        if not made:
            raise Declined("There is no phrase in this. Please write a few words.")
        site = self._site
        values = {"made": made, "left_out": left_out, "images": site.making.images_per_phrase, "problem": problem}
        people = BY_HAND in (site.submissions.approve_words, site.submissions.approve_clips)
        about = {"room": site.submissions.room, "kept": self._kept_for(), "people": people}
        return page("phrases.html", status, words=words, sheet=sheet, **values, **about)

    def _kept_for(self) -> str:
        days = self._site.submissions.keep_answered_days
        return f"for {days:g} days after your film is made" if days else "for as long as the work is shown"

    def _cut(self, words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The phrases that will be made, and those that are left out."""
        settings = self._site.submissions
        found = split(words, settings.phrases, SHOWN_PHRASES)
        return found[: settings.max_phrases], found[settings.max_phrases :]

    def _read_sheet(self) -> Sheet:
        sheet = self._sheets.read(request.form.get("sheet", ""))
        if sheet is None:
            raise Declined("This page has lain open for long. Your words are kept: please press once more.", 409)
        return sheet

    def _kept_sheet(self) -> str:
        """The sheet that came with a form, or a new one; empty when too many were handed out."""
        text = request.form.get("sheet", "")
        if self._sheets.read(text):
            return text
        return self._sheets.new() if self._doors.kept_sheets.take(address()) else ""

    def _count_split(self) -> None:
        if not self._doors.splits.take(address()):
            raise Declined(f"{_MANY_HERE} Your words are kept below.", 429, 5)

    def _checked_words(self) -> str:
        words = _words()
        if not words.strip():
            raise Declined("There are no words yet. Please write a few.")
        if len(words) > LONGEST:
            raise Declined(f"That is {len(words)} characters, and {LONGEST} is the most. Please shorten it.")
        return words

    def _no_film(self) -> Response:
        """Where a code is typed; 404 for a wrong one."""
        typed = str((request.view_args or request.args).get("code", ""))[:60]
        return page("find.html", 404 if typed else 200, typed=typed)

    def _no_ledger(self, error: LedgerError) -> Response:
        log.warning("%s", error)
        self._ledgers.lose()
        return self._declined(Declined(_NO_LIST, 503, 60))

    def _declined(self, error: Declined) -> Response:
        """The words come back with every refusal."""
        if request.method == "GET":
            answer = page("message.html", error.status, heading="Not now", sentence=error.sentence)
        elif request.path == "/split":
            answer = jsonify(problem=error.sentence)
            answer.status_code = error.status
        else:
            values = {"words": _words(), "sheet": self._kept_sheet(), "problem": error.sentence}
            answer = page("write.html", error.status, longest=LONGEST, **values)
        return say_when_to_retry(answer, error.retry_seconds)


def _words() -> str:
    return request.form.get("words", "").replace("\r\n", "\n")


_NO_LIST = "The list cannot be used at this moment. Please try again in a minute."
_MANY_HERE = "Many are writing from here at this moment. Please wait half a minute and try again."
_TAKEN_BACK = "Film and words are deleted. If it hung in the room, it hangs there no more."
