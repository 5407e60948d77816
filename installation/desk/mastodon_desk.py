"""The desk's side towards Mastodon: its account, and patience of its own for reading and for answering."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from installation.desk.credentials import find_token
from installation.desk.intake_mastodon import MastodonInbox
from installation.desk.mastodon_account import Allowed, MastodonAccount, Us
from installation.desk.outbox_mastodon import MastodonOutbox
from installation.desk.patience import Patience
from installation.desk.trouble import Busy, Gone, Refused
from installation.site import Site
from installation.state import State
from show.ledger import Ledger

log = logging.getLogger(__name__)


class MastodonDesk:
    """Stories in and films out; `now` gives seconds since 1970, `tell_limits` is given what the server still takes."""

    def __init__(
        self,
        site: Site,
        state: State,
        settle_seconds: float,
        now: Callable[[], float],
        tell_limits: Callable[[dict[str, Any]], None],
    ) -> None:
        self._site, self._now, self._tell_limits = site, now, tell_limits
        settings, opt_out = site.mastodon, site.submissions.opt_out
        self._inbox = MastodonInbox(settings.poll_seconds, settings.since_hours * 3600, site.submissions, state, now)
        self._outbox = MastodonOutbox(state, settle_seconds, opt_out[0] if opt_out else "", now)
        self._reading, self._answering = Patience(), Patience()
        self._known: tuple[MastodonAccount, Us, Allowed] | None = None

    def take_in(self, ledger: Ledger) -> None:
        """Mentions into the ledger."""
        name = f"{self._site.mastodon.server}/@{self._site.mastodon.account}"
        self._inbox.begin(ledger, name)
        self._with_patience(self._reading, lambda: self._inbox.round(ledger, *self._connected()[:2], name))

    def send(self, ledger: Ledger) -> None:
        """Films out; nothing is asked of the server while it has not even told who we are."""
        if self._known is not None:
            self._with_patience(self._answering, lambda: self._outbox.round(ledger, *self._connected()))

    def close(self) -> None:
        """Let go of the connections."""
        if self._known is not None:
            self._known[0].close()

    def _with_patience(self, patience: Patience, part: Callable[[], None]) -> None:
        """Do it if its time has come; on trouble, tell it and wait longer each time."""
        if not patience.is_over(self._now()):
            raise Busy(patience.why)
        try:
            part()
        except Busy as busy:
            patience.failed(self._now(), busy.until, str(busy))
            raise
        except Exception:
            patience.failed(self._now(), None, "Mastodon: something unexpected happened; see the log")
            raise
        finally:
            if self._known is not None:
                self._tell_limits(_told(self._known[0].left()))
        patience.went_well()

    def _connected(self) -> tuple[MastodonAccount, Us, Allowed]:
        """The account, once its token is found and it is the one the site names; with what its server takes."""
        if self._known is None:
            server = self._site.mastodon.server
            account = MastodonAccount(server, find_token(self._site))
            try:
                self._known = account, self._ours(account.who()), account.allowed()
            except (Gone, Refused) as error:
                account.close()
                raise Busy(f"Mastodon: {server} does not answer as a Mastodon server does: {error}") from error
            except BaseException:
                account.close()
                raise
            log.info("connected to Mastodon as %s", self._known[1].page)
        return self._known

    def _ours(self, us: Us) -> Us:
        """The account, when it is the one the site names."""
        wanted = self._site.mastodon.account.lower().lstrip("@").partition("@")[0]
        if wanted and us.name.lower() != wanted:
            raise Busy(
                f"Mastodon: the token belongs to @{us.name}, but [mastodon] account is @{wanted}; nothing is done"
            )
        return us


def _told(left: dict[str, Any]) -> dict[str, Any]:
    """How many calls the server still takes, for desk.json."""
    if left["reset"] is None:
        return left | {"words": ""}
    reset = datetime.fromtimestamp(left["reset"], UTC)
    words = f"Mastodon takes {left['remaining']} more calls until {reset:%H:%M} UTC"
    return left | {"reset": reset.isoformat(timespec="seconds"), "words": words}
