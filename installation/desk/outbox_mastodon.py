"""Finished films as answers on Mastodon: at most one to a post, whatever breaks on the way.

The film goes up first, and the server works on it while the desk does other things. Then the intent is written down
(`sending`), then the answer is posted under a key made from the post it answers, then its id is written down (`sent`).
Whoever finds a `sending` later looks among the answers below the post; not found, it is tried again under the same
key, for which the server gives the first answer once more should that have arrived after all (for an hour; by then it
would have been found). What cannot be found out becomes `uncertain`, for a person to look at.
"""

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass

from installation.desk.decisions import remove
from installation.desk.mastodon_account import Allowed, MastodonAccount, Original, Us
from installation.desk.mastodon_words import answer_words, described
from installation.desk.trouble import Busy, Gone, Refused, Unknown
from installation.state import State
from show.ledger import Ledger, Submission

log = logging.getLogger(__name__)

SOURCE = "mastodon"
MOST_TRIES = 5
PUT_OFF_SECONDS = 600.0
LOOK_AGAIN_SECONDS = 1.0
PROCESSING_SECONDS = 1800.0  # after so long the film is brought up anew
DISK_IN_TROUBLE = {errno.EIO, errno.ENFILE, errno.EMFILE}


@dataclass(frozen=True)
class Medium:
    """A film that is up, and since when (seconds since 1970)."""

    id: str
    since: float


class MastodonOutbox:
    """Answers what came from Mastodon. An unheard-of answer is looked for after `settle_seconds`, not before."""

    def __init__(self, state: State, settle_seconds: float, opt_out: str, now: Callable[[], float]) -> None:
        self._state, self._settle_seconds = state, settle_seconds
        self._opt_out, self._now = opt_out, now
        self._media: dict[int, Medium] = {}

    def round(self, ledger: Ledger, account: MastodonAccount, us: Us, allowed: Allowed) -> None:
        """Clear up what was left open, then go one step with one film; Busy when the server is to be left alone."""
        for begun in ledger.unfinished(SOURCE):
            if self._now() >= begun.due:
                self._clear_up(ledger, account, us, begun)
        story = ledger.next_to_send(SOURCE)
        if story is None:
            return
        try:
            self._step(ledger, account, allowed, story)
        except Busy:
            raise
        except Exception:
            ledger.wait(story.id, self._now() + PUT_OFF_SECONDS)  # so that it does not stand in the others' way
            raise

    def _clear_up(self, ledger: Ledger, account: MastodonAccount, us: Us, story: Submission) -> None:
        """Our answer may exist: look for it."""
        try:
            found = account.find_answer(us, story.source_id)
        except Gone:
            self._withdraw(ledger, story, "the post was deleted; whether it had been answered is not known")
        except Refused as error:
            ledger.uncertain(story.id, f"whether it was answered cannot be found out: {error}")
        else:
            self._after_looking(ledger, story, found)

    def _after_looking(self, ledger: Ledger, story: Submission, found: str) -> None:
        if found:
            self._sent(ledger, story, found)
        elif story.tries >= MOST_TRIES:
            ledger.uncertain(story.id, f"no answer is to be found after {story.tries} tries")
        else:
            log.info("submission %d: no answer of ours is to be found, so it is tried again", story.id)
            ledger.not_sent(story.id, self._now(), "looked for our answer and found none")

    def _step(self, ledger: Ledger, account: MastodonAccount, allowed: Allowed, story: Submission) -> None:
        """Bring the film up, or see whether the server is done with it and answer."""
        try:
            medium = self._media.get(story.id)
            if medium is None:
                account.look_at(story.source_id)  # nothing is brought up for a post that is gone
                self._bring_up(account, allowed, story)
                ledger.wait(story.id, self._now() + LOOK_AGAIN_SECONDS)
            elif self._is_ready(account, story, medium):
                self._answer(ledger, account, allowed, story, account.look_at(story.source_id), medium)
            else:
                ledger.wait(story.id, self._now() + LOOK_AGAIN_SECONDS)
        except Gone:
            self._withdraw(ledger, story, "the post was deleted")
        except (Refused, OSError) as error:
            if isinstance(error, OSError) and error.errno in DISK_IN_TROUBLE:
                raise  # not the film's fault: tried again later
            self._fail(ledger, story, str(error))

    def _bring_up(self, account: MastodonAccount, allowed: Allowed, story: Submission) -> None:
        if story.film is None:
            raise Refused("it has no film")
        size = story.film.stat().st_size
        if allowed.film_bytes and size > allowed.film_bytes:
            raise Refused(f"the film has {size} bytes and the server takes {allowed.film_bytes}")
        id = account.upload(story.film, described(story.phrases, allowed.description_characters))
        self._media[story.id] = Medium(id, self._now())

    def _is_ready(self, account: MastodonAccount, story: Submission, medium: Medium) -> bool:
        try:
            is_ready = account.is_ready(medium.id)
        except Gone:
            is_ready, medium = False, Medium(medium.id, 0.0)
        if not is_ready and not 0 <= self._now() - medium.since <= PROCESSING_SECONDS:
            del self._media[story.id]
        return is_ready

    def _answer(
        self,
        ledger: Ledger,
        account: MastodonAccount,
        allowed: Allowed,
        story: Submission,
        original: Original,
        medium: Medium,
    ) -> None:
        room = allowed.characters - len(original.warning)
        text = answer_words(story.id, original.author, story.phrases, room, self._opt_out)
        ledger.start_sending(story.id, due=self._now() + self._settle_seconds)
        try:
            answer = account.answer(original, story.source_id, text, medium.id, f"blind-eye {story.source_id}")
        except Unknown as error:
            self._media.pop(story.id, None)  # it may be in a post by now
            ledger.wait(story.id, self._now() + self._settle_seconds)  # a time-out may have taken as long
            log.warning("submission %d: %s; our answer is looked for before it is tried again", story.id, error)
        except Busy as error:
            ledger.not_sent(story.id, self._now(), str(error))
            raise
        else:
            self._sent(ledger, story, answer)

    def _sent(self, ledger: Ledger, story: Submission, answer: str) -> None:
        self._media.pop(story.id, None)
        log.info("submission %d is answered on Mastodon as %s", story.id, answer)
        ledger.sent(story.id, answer)

    def _fail(self, ledger: Ledger, story: Submission, reason: str) -> None:
        self._media.pop(story.id, None)
        ledger.failed(story.id, f"Mastodon: {reason}", "desk")
        log.warning("submission %d cannot be answered on Mastodon: %s", story.id, reason)

    def _withdraw(self, ledger: Ledger, story: Submission, reason: str) -> None:
        """Its author deleted the post: the film goes too."""
        self._media.pop(story.id, None)
        remove(ledger, story, self._state, "mastodon", reason)
        log.info("submission %d: %s, so its film is too", story.id, reason)
