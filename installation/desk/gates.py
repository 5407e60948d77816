"""The gates: what a submission passes before a person, or the site by itself, lets it on, and onto the shelf.

received -> refused, or waiting with what a person should look at -> words approved ... made -> checked, likewise ->
clip approved -> shelved. Where the site approves by itself, it does so only where nothing is to be looked at. Word
lists that cannot be read stop the words, and a classifier that cannot be used leaves every clip to a person; both are
told.
"""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from installation.desk.trouble import Trouble
from installation.site import Site
from show.errors import FilmError, GateError
from show.gates.alike import Memory
from show.gates.picture import look_at
from show.gates.terms import Grade
from show.gates.text import judge
from show.gates.words import WordLists
from show.ledger import Ledger, Step, Submission

log = logging.getLogger(__name__)

BY_ITSELF = "automatic"
DAY_SECONDS = 86400.0
RECENT, MOST_RECENT = 500, 2000  # texts among which one that is alike is looked for
AT_ONCE, MOST_CHARACTERS = 100, 200_000  # of texts in a round: a story takes milliseconds, a very long one a second
ANOTHER_DAY = "There were already {} stories from this author within a day; another one is welcome tomorrow."
FULL = "The list of stories to be made is full for now; another time is welcome."


Texts = list[tuple[int, str]]


class Refused(Exception):
    """Why a story does not pass; one sentence."""


class Gates:
    """The gates of one site; `now` gives seconds since 1970."""

    def __init__(self, site: Site, now: Callable[[], float] = time.time) -> None:
        self._gates, self._submissions, self._now = site.gates, site.submissions, now
        self._lists = OwnLists(site.gates.blocklist, site.gates.allowlist)
        self._memory = Memory()
        self._blindness = ""

    def round(self, ledger: Ledger) -> None:
        """Everything that can move on does; Trouble at the end, when a gate cannot do its work."""
        trouble = ""
        try:
            self._judge_words(ledger)
        except GateError as error:
            trouble = f"no words pass: {error}"
        self._look_at_a_clip(ledger)
        self._approve(ledger)
        if trouble or self._blindness:
            raise Trouble("; ".join(filter(None, (trouble, self._blindness))))

    def _judge_words(self, ledger: Ledger) -> None:
        received = ledger.list(Step.RECEIVED)
        if not received:
            return
        lists = self._lists.read()
        recent = ledger.recent_texts(min(RECENT + len(received), MOST_RECENT))
        characters = 0
        for place, story in enumerate(received[:AT_ONCE]):
            if characters > MOST_CHARACTERS:
                break
            characters += len(story.text)
            earlier = [(id, text) for id, text in recent if id < story.id]
            try:
                self._pass(ledger, story, lists, earlier, received[place + 1 :])
            except Refused as why:
                ledger.refuse(story.id, "gate", str(why))

    def _pass(
        self, ledger: Ledger, story: Submission, lists: WordLists, earlier: Texts, later: Sequence[Submission]
    ) -> None:
        """Let it pass, with what a person should look at; Refused when it does not."""
        self._check_author(ledger, story, later)
        if ledger.in_queue() - len(later) > self._gates.waiting_at_most:
            raise Refused(FULL)
        verdict = judge(story.text, lists, self._gates.links, self._submissions.phrases)
        if verdict.grade is Grade.REFUSE:
            raise Refused(verdict.reason)
        likeness = self._likeness(ledger, story, earlier)
        ledger.pass_words(story.id, " ".join(filter(None, (verdict.reason, likeness))))

    def _check_author(self, ledger: Ledger, story: Submission, later: Sequence[Submission]) -> None:
        """Of an author who sent too many, those are refused that came last."""
        if not story.author_id:
            return
        who, since = (story.source, story.author_id), self._now() - DAY_SECONDS
        if ledger.is_silenced(*who):
            raise Refused("Its author has asked to be left alone.")
        last = sum((each.source, each.author_id) == who and each.received >= since for each in later)
        if ledger.taken_since(*who, since) - last > self._gates.per_author_per_day:
            raise Refused(ANOTHER_DAY.format(self._gates.per_author_per_day))

    def _likeness(self, ledger: Ledger, story: Submission, earlier: Texts) -> str:
        """What it repeats, for a person to see, or empty; Refused when the author said the same before."""
        alike = self._memory.find(story.text, earlier)
        for other in map(ledger.get, alike.same if story.author_id else ()):
            is_theirs = (other.source, other.author_id) == (story.source, story.author_id)
            if is_theirs and other.state is not Step.REFUSED:
                raise Refused(f"The same words came from the same author before, as number {other.id}.")
        if alike.is_short or not (alike.same or alike.nearly):
            return ""
        what = "the same" if alike.same else "nearly the same"
        return f"It says {what} as number {min(alike.same or alike.nearly)}."

    def _look_at_a_clip(self, ledger: Ledger) -> None:
        """One clip a round, for it takes a while."""
        made = ledger.list(Step.MADE)
        if not made:
            return
        story, self._blindness = made[0], ""
        try:
            look = self._seen(story.film)
        except FilmError as error:
            look = f"The clip could not be looked at: it {str(error).removeprefix(f'{story.film}: ')}."
        except GateError as error:
            self._blindness = f"nobody but a person looks at the clips: {error}"
            look = f"The clip was not looked at: {error}."
        except Exception as error:  # a film or classifier in a state nobody foresaw keeps no other clip back
            log.exception("submission %d: its clip", story.id)
            look = f"The clip could not be looked at: {type(error).__name__}."
        ledger.pass_clip(story.id, look)

    def _seen(self, film: Path | None) -> str:
        if film is None:
            raise FilmError("is not there")
        verdict = look_at(film)
        if verdict.score <= self._gates.picture_limit:
            return ""
        return f"Its picture {verdict.frame + 1} may not be for everyone ({verdict.score:.0%} sure)."

    def _approve(self, ledger: Ledger) -> None:
        for story in ledger.list(Step.WAITING) if self._submissions.approve_words == BY_ITSELF else []:
            if not story.look:
                ledger.approve_words(story.id, "site")
        for story in ledger.list(Step.CHECKED) if self._submissions.approve_clips == BY_ITSELF else []:
            if not story.look:
                ledger.approve_clip(story.id, "site")
        for story in ledger.list(Step.CLIP_APPROVED):
            ledger.shelve(story.id, "desk")
            log.info("submission %d: its clip is on the shelf", story.id)


class OwnLists:
    """The word lists with the house's own two, read again when one of those has changed."""

    def __init__(self, blocklist: Path | None, allowlist: Path | None) -> None:
        self._files = blocklist, allowlist
        self._seen: list[tuple[int, int]] = []
        self._lists: WordLists | None = None

    def read(self) -> WordLists:
        """The lists as they are now; GateError when one cannot be read."""
        seen = [_stamp(path) for path in self._files if path]
        if self._lists is None or seen != self._seen:
            self._lists = WordLists.load(*self._files)
            self._seen = seen
        return self._lists


def _stamp(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError as error:
        raise GateError(f"{path} cannot be read: {error.strerror}") from error
    return about.st_mtime_ns, about.st_size
