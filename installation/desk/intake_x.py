"""Mentions on X into the ledger, each once, from the last one seen."""

import logging
from collections.abc import Callable

from installation.desk.x_account import Mention, XAccount
from show.ledger import Ledger

log = logging.getLogger(__name__)

SOURCE = "x"


class XInbox:
    """Fetches every `poll_seconds`. The very first run of an account begins `reach_back_seconds` before itself."""

    def __init__(self, poll_seconds: float, reach_back_seconds: float, now: Callable[[], float]) -> None:
        self._poll_seconds, self._reach_back_seconds, self._now = poll_seconds, reach_back_seconds, now
        self._next = 0.0

    def begin(self, ledger: Ledger, name: str) -> None:
        """Remember when the account was first asked for, so that nothing is missed while X cannot be reached yet."""
        if not ledger.mark(_start(name)):
            ledger.set_mark(_start(name), str(self._now() - self._reach_back_seconds))

    def round(self, ledger: Ledger, account: XAccount, account_id: str, name: str) -> None:
        """Fetch, if it is time."""
        if self._now() < self._next:
            return
        since = f"x.{account_id}.since"
        mentions = account.mentions(account_id, ledger.mark(since), float(ledger.mark(_start(name))))
        for mention in mentions:
            if is_story(mention, account_id, ledger):
                self._take(ledger, mention)
        if mentions:
            ledger.set_mark(since, mentions[-1].id)
        self._next = self._now() + self._poll_seconds  # trouble before this is met with the desk's patience

    def _take(self, ledger: Ledger, mention: Mention) -> None:
        id = ledger.receive(SOURCE, mention.first_id, mention.author, mention.text, mention.created or None)
        if id is not None:
            log.info("submission %d came from X", id)


def is_story(mention: Mention, account_id: str, ledger: Ledger) -> bool:
    """Not our own post, not a repost, not a word of thanks under one of our answers."""
    return mention.author_id != account_id and not mention.is_repost and not ledger.is_reply(mention.replies_to)


def _start(name: str) -> str:
    return f"x.{name.lower()}.start"
