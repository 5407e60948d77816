"""Mentions on Mastodon into the ledger, each once, from the last one seen."""

import logging
from collections.abc import Callable

from installation.desk.mastodon_account import MastodonAccount, Us
from installation.desk.mastodon_mentions import Mention, Page
from installation.desk.opting_out import asks_to_stop, leave_alone
from installation.state import State
from installation.taking_part import SubmissionSettings
from show.ledger import Ledger

log = logging.getLogger(__name__)

SOURCE = "mastodon"
MOST_PAGES = 10  # in one round; the next goes on
FOR_FEW = {"private", "direct"}
LONGEST_SHOWN = 200  # characters of a warning


class MastodonInbox:
    """Fetches every `poll_seconds`. The very first run of an account begins `reach_back_seconds` before itself."""

    def __init__(
        self,
        poll_seconds: float,
        reach_back_seconds: float,
        submissions: SubmissionSettings,
        state: State,
        now: Callable[[], float],
    ) -> None:
        self._poll_seconds, self._reach_back_seconds = poll_seconds, reach_back_seconds
        self._submissions, self._state, self._now = submissions, state, now
        self._next = 0.0

    def begin(self, ledger: Ledger, name: str) -> None:
        """Remember when the account was first asked for, so that nothing is missed while it cannot be reached yet."""
        if not ledger.mark(_start(name)):
            ledger.set_mark(_start(name), str(self._now() - self._reach_back_seconds))

    def round(self, ledger: Ledger, account: MastodonAccount, us: Us, name: str) -> None:
        """Fetch, if it is time; a clock that was set back does not make it wait longer."""
        if 0 < self._next - self._now() <= self._poll_seconds:
            return
        if ledger.mark(_since(us)):
            self._go_on(ledger, account, us)
        else:
            self._begin_at(float(ledger.mark(_start(name))), ledger, account, us)
        self._next = self._now() + self._poll_seconds  # trouble before this is met with the desk's patience

    def _go_on(self, ledger: Ledger, account: MastodonAccount, us: Us) -> None:
        """Page after page from the last one seen; each is remembered, so that a crash repeats one page at most."""
        for _ in range(MOST_PAGES):
            page = account.mentions_after(ledger.mark(_since(us)))
            self._take_page(ledger, us, page, 0.0)
            if not page.is_full:
                break

    def _begin_at(self, start: float, ledger: Ledger, account: MastodonAccount, us: Us) -> None:
        """Back from the newest until the start, then all of them in order."""
        pages = [account.mentions_before("")]
        while pages[-1].is_full and len(pages) < MOST_PAGES and _reaches(pages[-1], start):
            pages.append(account.mentions_before(pages[-1].oldest))
        for page in reversed(pages):
            self._take_page(ledger, us, page, start)

    def _take_page(self, ledger: Ledger, us: Us, page: Page, start: float) -> None:
        for mention in page.mentions:
            if mention.noticed >= start:
                self._take(ledger, us, mention)
        if page.newest:
            ledger.set_mark(_since(us), page.newest)

    def _take(self, ledger: Ledger, us: Us, mention: Mention) -> None:
        """Heed one mention. Who asks to stop is heard although silenced: a crash may have left it half done."""
        if mention.author_id == us.id:
            return
        if asks_to_stop(mention.text, self._submissions.opt_out):
            leave_alone(ledger, self._state, SOURCE, mention.author_id)
        elif is_story(mention, us, ledger) and not ledger.is_silenced(SOURCE, mention.author_id):
            self._receive(ledger, mention)

    def _receive(self, ledger: Ledger, mention: Mention) -> None:
        settings = self._submissions
        id = ledger.receive(
            SOURCE,
            mention.id,
            mention.author,
            mention.text,
            mention.noticed or None,  # by our server's clock: another server can say what it likes
            author_id=mention.author_id,
            room=settings.room and mention.visibility not in FOR_FEW,
            public=settings.public,
            look=reason_to_look(mention),
        )
        if id is not None:
            log.info("submission %d came from Mastodon", id)


def is_story(mention: Mention, us: Us, ledger: Ledger) -> bool:
    """Whether it speaks to us: not thanks under one of our answers, nor talk with others that carries our name along.

    An answer to another post of ours is one, and so is one within a thread of its author's own.
    """
    if not mention.replies_to:
        return True
    if ledger.is_reply(mention.replies_to):
        return False
    return mention.replies_to_author in {us.id, mention.author_id} or us.is_named_in(mention.named)


def reason_to_look(mention: Mention) -> str:
    """Why a person must see it whatever the gates find; empty when its author gave no reason."""
    if mention.warning:
        return f"its author put a warning before it: “{mention.warning[:LONGEST_SHOWN]}”"
    return "its author marked it as sensitive" if mention.is_sensitive else ""


def _reaches(page: Page, start: float) -> bool:
    """Whether all of a page is later than the start, so that there may be more before it."""
    return bool(page.oldest) and all(mention.noticed >= start for mention in page.mentions)


def _start(name: str) -> str:
    return f"mastodon.{name.lower()}.start"


def _since(us: Us) -> str:
    return f"mastodon.{us.page.lower()}.since"
