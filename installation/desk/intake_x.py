"""Mentions on X into the ledger, each once, from the last one seen."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from installation.desk.opting_out import asks_to_stop, leave_alone
from installation.desk.x_account import XAccount
from installation.desk.x_posts import Mention
from installation.state import State
from installation.taking_part import SubmissionSettings
from show.ledger import Ledger

log = logging.getLogger(__name__)

SOURCE = "x"
DAY_SECONDS = 86400.0
TOLD_SECONDS = 7 * DAY_SECONDS
NOT_YET_SECONDS = 10.0  # X refuses to be asked about a time that has not come by its own clock
READING_SHARE = 0.5  # of our own cap on calls; the rest is for answering


@dataclass(frozen=True)
class Who:
    """The account: its id and its name."""

    id: str
    name: str


class XInbox:
    """Fetches every `poll_seconds`. The very first run of an account begins `reach_back_seconds` before itself.

    With a cap on calls it fetches as seldom as leaves half of them for answers.
    """

    def __init__(
        self,
        settings: SubmissionSettings,
        state: State,
        poll_seconds: float,
        reach_back_seconds: float,
        calls_per_day: int,
        now: Callable[[], float],
    ) -> None:
        self._settings, self._state = settings, state
        self._reach_back_seconds, self._now = reach_back_seconds, now
        sparing = DAY_SECONDS / (calls_per_day * READING_SHARE) if calls_per_day else 0.0
        self.poll_seconds = max(poll_seconds, sparing)
        self._next = 0.0

    def begin(self, ledger: Ledger, name: str) -> None:
        """Remember when the account was first asked for, so that nothing is missed while X cannot be reached yet."""
        if not ledger.mark(_start(name)):
            ledger.set_mark(_start(name), str(self._now() - self._reach_back_seconds))

    def is_due(self) -> bool:
        """Whether it is time to fetch; at once when the clock was turned back."""
        return not 0 < self._next - self._now() <= self.poll_seconds

    def round(self, ledger: Ledger, account: XAccount, who: Who, name: str) -> None:
        """Fetch, and take in what is a story; `name` is the account as the site calls it."""
        since = f"x.{who.id}.since"
        start = min(float(ledger.mark(_start(name))), self._now() - NOT_YET_SECONDS)
        mentions, are_all = account.mentions(who.id, ledger.mark(since), start)
        if not are_all:
            ledger.set_mark(_missed(who.id), str(self._now()))
            log.warning("X showed its last %d mentions only: earlier ones may be missed", len(mentions))
        for mention in mentions:
            self._take(ledger, mention, who)
        if mentions:
            ledger.set_mark(since, mentions[-1].id)
        self._next = self._now() + self.poll_seconds  # trouble before this is met with the desk's patience

    def missed(self, ledger: Ledger, who: Who) -> str:
        """One sentence for a week after mentions may have been missed, else empty."""
        at = float(ledger.mark(_missed(who.id)) or 0.0)
        if at and self._now() - at < TOLD_SECONDS:
            return "X: there were more mentions than X shows (800), so that the earliest may have been missed."
        return ""

    def _take(self, ledger: Ledger, mention: Mention, who: Who) -> None:
        if mention.author_id == who.id or mention.is_repost:
            return
        if asks_to_stop(mention.text, self._settings.opt_out):
            leave_alone(ledger, self._state, SOURCE, mention.author_id or mention.author)
            return
        if not is_story(mention, who, ledger) or ledger.is_silenced(SOURCE, mention.author_id):
            return
        id = ledger.receive(
            SOURCE,
            mention.first_id,
            mention.author,
            mention.text,
            mention.created or None,
            author_id=mention.author_id,
            room=self._settings.room,
            public=self._settings.public,
            look=look(mention, who),
        )
        if id is not None:
            log.info("submission %d came from X", id)


def is_story(mention: Mention, who: Who, ledger: Ledger) -> bool:
    """Whether its author speaks to the account, and not only below it.

    A post that answers nobody does. In a thread the account's name is put before every reply by X itself, so there its
    author must name it in their own words. A word of thanks under one of our answers is none, whomever it names.
    """
    if not mention.replies_to:
        return True
    if ledger.is_reply(mention.replies_to):
        return False
    return mention.replies_to_user == who.id or _is_named(mention, who)


def look(mention: Mention, who: Who) -> str:
    """Why a person must see it, or empty."""
    reasons = []
    if mention.replies_to_user == who.id and not _is_named(mention, who):
        reasons.append("it answers a post of ours and may be a remark rather than a story")
    if mention.is_sensitive:
        reasons.append("X marks it as possibly sensitive")
    return "; ".join(reasons)


def _is_named(mention: Mention, who: Who) -> bool:
    return bool(mention.own_names & {who.id, who.name.lower()})


def _start(name: str) -> str:
    return f"x.{name.lower()}.start"


def _missed(account_id: str) -> str:
    return f"x.{account_id}.missed"
