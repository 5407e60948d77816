"""Finished films as answers on X: at most one to a post, whatever breaks on the way.

The film goes up first. Then the intent is written down (`sending`), then the answer is posted, then its id is written
down (`sent`). Whoever finds a `sending` later looks through our own posts before anything else: found, it is sent; not
found, it is tried again with the same words, which X refuses as a duplicate should the first have arrived after all;
and what cannot be found out becomes `uncertain`, for a person to look at.
"""

import errno
import logging
from collections.abc import Callable
from pathlib import Path

from av.error import FFmpegError

from installation.desk.fitting import fitted
from installation.desk.reply import reply_text
from installation.desk.trouble import Busy, Duplicate, Gone, Refused, Unknown
from installation.desk.x_account import XAccount
from show.ledger import Ledger, Submission

log = logging.getLogger(__name__)

SOURCE = "x"
MOST_TRIES = 5
PUT_OFF_SECONDS = 600.0
DISK_IN_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class XOutbox:
    """Answers what came from X. An unheard-of answer is looked for `settle_seconds` after it was posted, not before."""

    def __init__(self, folder: Path, settle_seconds: float, now: Callable[[], float]) -> None:
        self._folder, self._settle_seconds, self._now = folder, settle_seconds, now

    def round(self, ledger: Ledger, account: XAccount, account_id: str) -> None:
        """Clear up what was left open, then answer one post; Busy when X must be left alone for a while."""
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
            ledger.wait(story.id, self._now() + PUT_OFF_SECONDS)  # so that it does not stand in the others' way
            raise

    def _clear_up(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission) -> None:
        """Our answer may exist: look for it."""
        try:
            found = account.find_answer(account_id, story.source_id)
        except (Refused, Gone) as error:
            ledger.uncertain(story.id, f"whether it was answered cannot be found out: {error}")
            return
        if found:
            self._sent(ledger, story, found)
        elif story.tries >= MOST_TRIES:
            ledger.uncertain(story.id, f"no answer is to be found after {story.tries} tries")
        else:
            log.info("submission %d: no answer of ours is to be found, so it is tried again", story.id)
            ledger.not_sent(story.id, self._now(), "looked for our answer and found none")

    def _answer(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission) -> None:
        try:
            account.look_at(story.source_id)
        except Gone:
            self._withdraw(ledger, story)
            return
        except Refused as error:
            self._fail(ledger, story, str(error))
            return
        try:
            media_id = self._upload(account, story)
        except (Refused, FileNotFoundError, ValueError, FFmpegError) as error:
            if isinstance(error, OSError) and error.errno in DISK_IN_TROUBLE:
                raise  # not the film's fault: tried again later
            self._fail(ledger, story, str(error))
            return
        ledger.start_sending(story.id, due=self._now() + self._settle_seconds)
        self._post(ledger, account, account_id, story, media_id)

    def _upload(self, account: XAccount, story: Submission) -> str:
        if story.film is None:
            raise ValueError("it has no film")
        film = fitted(story.film, self._folder)
        try:
            return account.upload(film)
        finally:
            if film != story.film:
                film.unlink(missing_ok=True)

    def _post(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission, media_id: str) -> None:
        try:
            answer = account.answer(story.source_id, reply_text(story.id, story.phrases), media_id)
        except Unknown as error:
            ledger.wait(story.id, self._now() + self._settle_seconds)  # a time-out may have taken as long
            log.warning("submission %d: %s; our answer is looked for before it is tried again", story.id, error)
        except Busy as error:
            ledger.not_sent(story.id, self._now(), str(error))
            raise
        except Duplicate:
            self._after_duplicate(ledger, account, account_id, story)
        except (Refused, Gone) as error:
            self._fail(ledger, story, str(error))
        else:
            self._sent(ledger, story, answer)

    def _after_duplicate(self, ledger: Ledger, account: XAccount, account_id: str, story: Submission) -> None:
        """X has these words already: it must be our own earlier answer, if it can be found."""
        found = account.find_answer(account_id, story.source_id)
        if found:
            self._sent(ledger, story, found)
        else:
            ledger.uncertain(story.id, "X says the answer exists already, but it is not to be found")

    def _sent(self, ledger: Ledger, story: Submission, answer: str) -> None:
        log.info("submission %d is answered on X as %s", story.id, answer)
        ledger.sent(story.id, answer)

    def _fail(self, ledger: Ledger, story: Submission, reason: str) -> None:
        ledger.failed(story.id, f"X: {reason}", "desk")
        log.warning("submission %d cannot be answered on X: %s", story.id, reason)

    def _withdraw(self, ledger: Ledger, story: Submission) -> None:
        """Its author deleted the post before the answer: the film goes too."""
        ledger.withdraw(story.id, "x", "the post was deleted")
        if story.film is not None:
            story.film.unlink(missing_ok=True)
        log.info("submission %d: its post was deleted, so its film is too", story.id)
