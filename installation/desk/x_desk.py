"""The desk's side towards X: its account, what it costs, and patience of its own for reading and for answering."""

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from installation.desk.credentials import Keys, find_keys
from installation.desk.intake_x import Who, XInbox
from installation.desk.outbox_x import XOutbox
from installation.desk.patience import Patience
from installation.desk.trouble import Busy, Trouble
from installation.desk.x_account import XAccount
from installation.desk.x_meter import Meter
from installation.site import Site
from installation.state import State
from show.ledger import Ledger

log = logging.getLogger(__name__)

WHO = "x.who"


class XDesk:
    """One account. `now` gives seconds since 1970."""

    def __init__(self, site: Site, state: State, settle_seconds: float, now: Callable[[], float]) -> None:
        self._site, self._now = site, now
        x, submissions = site.x, site.submissions
        self._meter = Meter(x.calls_per_day, x.price_per_call, now)
        self._inbox = XInbox(submissions, state, x.poll_seconds, x.since_hours * 3600, x.calls_per_day, now)
        self._outbox = XOutbox(state, settle_seconds, submissions.opt_out, now)
        self._reading, self._answering = Patience(), Patience()
        self._account: XAccount | None = None
        self._who = Who("", "")
        self._missed = ""

    def take_in(self, ledger: Ledger) -> None:
        """Mentions into the ledger."""
        name = self._site.x.account
        self._meter.write_into(ledger)
        self._inbox.begin(ledger, name)
        if self._account is None or self._inbox.is_due():
            self._with_patience(self._reading, lambda: self._read(ledger, name))

    def send(self, ledger: Ledger) -> None:
        """Films out; nothing is asked of X while it has not even told who we are."""
        if self._account is not None:
            account = self._account
            self._with_patience(self._answering, lambda: self._outbox.round(ledger, account, self._who.id))

    def limits(self) -> dict[str, Any]:
        """What X costs and allows, for desk.json."""
        told = self._meter.told()
        if self._missed:
            told["words"] += f" {self._missed}"
        return told

    def close(self) -> None:
        """Let go of everything."""
        self._outbox.close()
        if self._account is not None:
            self._account.close()

    def _read(self, ledger: Ledger, name: str) -> None:
        account = self._connected(ledger)
        if self._inbox.is_due():
            self._inbox.round(ledger, account, self._who, name)
        self._missed = self._inbox.missed(ledger, self._who)

    def _with_patience(self, patience: Patience, part: Callable[[], None]) -> None:
        """Do it if its time has come; on trouble, tell it and wait longer each time."""
        if not patience.is_over(self._now()):
            raise Busy(patience.why)
        try:
            part()
        except Busy as busy:
            patience.failed(self._now(), busy.until, str(busy))
            raise
        except (Trouble, OSError) as error:
            patience.failed(self._now(), None, f"X: {error}")
            raise
        except Exception:
            patience.failed(self._now(), None, "X: something unexpected happened; see the log")
            raise
        patience.went_well()

    def _connected(self, ledger: Ledger) -> XAccount:
        """The account, once its keys are found and it is the one the site names."""
        if self._account is None:
            keys = find_keys(self._site)
            account = XAccount(keys, self._site.x.api, self._meter)
            try:
                self._who = self._find_out(ledger, account, keys)
            except BaseException:
                account.close()
                raise
            self._account = account
            log.info("connected to X as @%s", self._who.name)
        return self._account

    def _find_out(self, ledger: Ledger, account: XAccount, keys: Keys) -> Who:
        """Whose keys these are; asked of X once, and remembered as long as they are the same."""
        seal = hashlib.sha256(keys.access_token.encode()).hexdigest()[:16]
        with suppress(ValueError, LookupError, TypeError):
            known = json.loads(ledger.mark(WHO))
            if known["keys"] == seal and self._is_ours(known["name"]):
                return Who(known["id"], known["name"])
        who = Who(*account.who())
        if not self._is_ours(who.name):
            raise Busy(
                f"X: the keys belong to @{who.name}, but [x] account is @{self._site.x.account}; nothing is done"
            )
        ledger.set_mark(WHO, json.dumps({"keys": seal, "id": who.id, "name": who.name}))
        return who

    def _is_ours(self, name: str) -> bool:
        wanted = self._site.x.account.lower().lstrip("@")
        return not wanted or name.lower() == wanted
