"""Finished films as answers on X: at most one to a post, whatever breaks on the way.

The film goes up first, in steps. Then the author's post is looked at once more, the intent is written down (`sending`),
the answer is posted, and its id is written down (`sent`). Whoever finds a `sending` later looks through our own posts
before anything else: found, it is sent; not found, it is tried again with the same words, which X refuses as a
duplicate should the first have arrived after all; and what cannot be found out becomes `uncertain`, for a person.
"""

import errno
import logging
from collections.abc import Callable, Sequence

from av.error import FFmpegError

from installation.desk import x_parcels
from installation.desk.decisions import remove
from installation.desk.reply import alt_text, reply_text
from installation.desk.trouble import Busy, Duplicate, Gone, Refused, Trouble, Unknown
from installation.desk.x_account import XAccount
from installation.desk.x_parcels import Parcel
from installation.desk.x_upload import XUploads
from installation.state import State
from show.ledger import Ledger, Step, Submission

log = logging.getLogger(__name__)

SOURCE = "x"
MOST_LOOKS = 5
LOOKED = "looked for our answer and found none"
PUT_OFF_SECONDS = 600.0
DISK_IN_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class XOutbox:
    """Answers what came from X. An unheard-of answer is looked for `settle_seconds` after it was posted, not before."""

    def __init__(self, state: State, settle_seconds: float, opt_out: Sequence[str], now: Callable[[], float]) -> None:
        self._state, self._settle_seconds, self._now = state, settle_seconds, now
        self._opt_out = opt_out[0] if opt_out else ""
        self._uploads = XUploads(state.root / "outgoing", now)
        self._last = float("inf")
        self._describes = True

    def close(self) -> None:
        """Leave nothing half done on the disk."""
        self._uploads.close()

    def round(self, ledger: Ledger, account: XAccount, account_id: str) -> None:
        """Clear up what was left open, then go a step further with one post; Busy when X must be left alone."""
        self._forget_parcels(ledger)
        for begun in ledger.unfinished(SOURCE):
            if self._now() >= begun.due:
                self._clear_up(ledger, account, account_id, begun)
        story = ledger.next_to_send(SOURCE)
        if story is None:
            return
        try:
            self._answer(ledger, account, account_id, story)
        except Busy:
            raise
        except Exception:
            if ledger.get(story.id).state is Step.SHELVED:
                ledger.wait(story.id, self._now() + PUT_OFF_SECONDS)  # not in the others' way
            raise

    def _forget_parcels(self, ledger: Ledger) -> None:
        """At the start, and when the clock was turned back: those of submissions that came to an end elsewhere."""
        is_turned, self._last = self._now() < self._last - 1.0, self._now()
        for id in x_parcels.ids(ledger) if is_turned else []:
            if ledger.get(id).state not in (Step.SHELVED, Step.SENDING):
                x_parcels.drop(ledger, id)

    def _clear_up(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission) -> None:
        """Our answer may exist: look for it."""
        try:
            found = account.find_answer(account_id, _targets(ledger, story))
        except (Refused, Gone) as error:
            self._uncertain(ledger, story, f"whether it was answered cannot be found out: {error}")
            return
        if found:
            self._sent(ledger, story, found)
        elif sum(change.note == LOOKED for change in ledger.changes(story.id)) >= MOST_LOOKS:
            self._uncertain(ledger, story, f"no answer is to be found after {story.tries} tries")
        else:
            log.info("submission %d: no answer of ours is to be found, so it is tried again", story.id)
            ledger.not_sent(story.id, self._now(), LOOKED)

    def _answer(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission) -> None:
        try:
            parcel = self._uploads.step(ledger, account, story)
            target = account.look_at(story.source_id) if parcel else ""
        except Gone as error:
            self._withdraw(ledger, story, str(error))
        except (Refused, FileNotFoundError, ValueError, FFmpegError) as error:
            if isinstance(error, OSError) and error.errno in DISK_IN_TROUBLE:
                raise  # not the film's fault: tried again later
            self._fail(ledger, story, str(error))
        else:
            if parcel is not None:
                self._describe(account, story, parcel)
                x_parcels.aim(ledger, story.id, parcel, target)
                ledger.start_sending(story.id, due=self._now() + self._settle_seconds)
                self._post(ledger, account, account_id, story, parcel.media_id, target)

    def _describe(self, account: XAccount, story: Submission, parcel: Parcel) -> None:
        """Words for those who do not see the film; X gives them to pictures and may not want them for films."""
        if not self._describes or parcel.target:
            return
        try:
            account.describe(parcel.media_id, alt_text(story.phrases))
        except Trouble as error:  # no film stays away for want of them
            self._describes = isinstance(error, Busy)  # else not before the next start: every refusal costs a call
            log.warning("X takes no words beside the film of submission %d: %s", story.id, error)

    def _post(
        self, ledger: Ledger, account: XAccount, account_id: str, story: Submission, media_id: str, target: str
    ) -> None:
        try:
            answer = account.answer(target, reply_text(story.id, story.phrases, self._opt_out), media_id)
        except Unknown as error:
            ledger.wait(story.id, self._now() + self._settle_seconds)  # a time-out may have taken as long
            log.warning("submission %d: %s; our answer is looked for before it is tried again", story.id, error)
        except Busy as error:
            others_first = 0.0 if story.tries < 2 else PUT_OFF_SECONDS
            ledger.not_sent(story.id, self._now() + others_first, str(error))
            raise
        except Duplicate:
            self._after_duplicate(ledger, account, account_id, story)
        except (Refused, Gone) as error:
            self._after_refusal(ledger, story, str(error))
        else:
            self._sent(ledger, story, answer)

    def _after_duplicate(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission) -> None:
        """X has these words already: it must be our own earlier answer, if it can be found."""
        found = account.find_answer(account_id, _targets(ledger, story))
        if found:
            self._sent(ledger, story, found)
        else:
            self._uncertain(ledger, story, "X says the answer exists already, but it is not to be found")

    def _after_refusal(self, ledger: Ledger, story: Submission, reason: str) -> None:
        """Final, unless X speaks of the film that it had taken: then it has mislaid it."""
        if "media id" not in reason.lower():
            self._fail(ledger, story, reason)
            return
        try:
            self._uploads.again(ledger, story, reason)
        except Refused as error:
            self._fail(ledger, story, str(error))
        else:
            ledger.not_sent(story.id, self._now(), reason)

    def _sent(self, ledger: Ledger, story: Submission, answer: str) -> None:
        log.info("submission %d is answered on X as %s", story.id, answer)
        ledger.sent(story.id, answer)
        self._uploads.forget(ledger, story.id)

    def _fail(self, ledger: Ledger, story: Submission, reason: str) -> None:
        ledger.failed(story.id, f"X: {reason}", "desk")
        log.warning("submission %d cannot be answered on X: %s", story.id, reason)
        self._uploads.forget(ledger, story.id)

    def _uncertain(self, ledger: Ledger, story: Submission, reason: str) -> None:
        ledger.uncertain(story.id, reason)
        log.warning("submission %d: %s", story.id, reason)
        self._uploads.forget(ledger, story.id)

    def _withdraw(self, ledger: Ledger, story: Submission, reason: str) -> None:
        """Its author deleted the post before the answer: the film goes too."""
        remove(ledger, story, self._state, SOURCE, f"the post was deleted: {reason}")
        log.info("submission %d: its post was deleted, so its film is too", story.id)
        self._uploads.forget(ledger, story.id)


def _targets(ledger: Ledger, story: Submission) -> set[str]:
    """Every version of the post that our answer may have been given to."""
    return {story.source_id, x_parcels.target_of(ledger, story.id) or story.source_id}
