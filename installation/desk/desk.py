"""The desk's rounds: stories in, gates, shelf, films out; each part may fail alone, and none may stop the others."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from installation.desk.estimate import Forecast
from installation.desk.gates import Gates
from installation.desk.intake_folder import FolderInbox
from installation.desk.keeping import Keeper
from installation.desk.mastodon_desk import MastodonDesk
from installation.desk.morning import Morning
from installation.desk.outbox_folder import FolderOutbox
from installation.desk.outbox_page import deliver
from installation.desk.pages import Pages
from installation.desk.papers import Papers
from installation.desk.patience import Patience
from installation.desk.removals import Leftovers, heed_removals
from installation.desk.trouble import Trouble
from installation.desk.x_desk import XDesk
from installation.site import Site
from installation.state import State
from show.errors import LedgerError
from show.ledger import DamagedLedger, Ledger

log = logging.getLogger(__name__)

LEDGER_AGAIN_SECONDS = 5.0
LONGEST_DUE_SECONDS = 900.0  # nothing is ever put off for as long
Wait = Callable[[float], bool]


class Desk:
    """One desk. `wait(seconds)` sleeps, and is true when the desk is to end; `now` gives seconds since 1970."""

    def __init__(
        self, site: Site, state: State, wait: Wait, settle_seconds: float = 30.0, now: Callable[[], float] = time.time
    ) -> None:
        self._site, self._state, self._wait, self._now = site, state, wait, now
        self._settle_seconds, self._last = settle_seconds, float("inf")
        self._papers = Papers(state.shelf, state.desk)
        self._forecast, self._morning = Forecast(site, state), Morning(site, state)
        self._ledger: Ledger | None = None
        self._ledger_again = Patience(LEDGER_AGAIN_SECONDS)
        self._gates = Gates(site, now)
        inbox, room = site.folder.inbox, site.submissions.room
        self._inbox = FolderInbox(inbox, time.monotonic, room) if inbox else None
        self._outbox = FolderOutbox(site.folder.outbox, now) if site.folder.outbox else None
        self._keeper = Keeper(site, state, now)
        self._leftovers = Leftovers(state, site.folder.outbox, now)
        self._x = XDesk(site, state, settle_seconds, now) if site.x.enabled else None
        self._pages = Pages(site, state, now)
        tell_limits = partial(self._papers.limits, "Mastodon")
        self._mastodon = MastodonDesk(site, state, settle_seconds, now, tell_limits) if site.mastodon.enabled else None

    def run(self, beat_seconds: float) -> None:
        """Rounds until told to end."""
        while True:
            self.round()
            if self._wait(beat_seconds):
                break
        self.close()

    def close(self) -> None:
        """Close the pages, write the papers a last time and let go of the ledger."""
        self._pages.close()
        self._morning.close()
        self._write_papers()
        if self._x is not None:
            self._x.close()
        if self._mastodon is not None:
            self._mastodon.close()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def round(self) -> None:
        """Everything once."""
        ledger = self._open_ledger()
        for about, part in self._pages.parts():
            self._guarded(about, part)
        if ledger is not None:
            for about, part in self._parts(ledger):
                self._guarded(about, part)
                if self._ledger is None:
                    break
        self._write_papers()

    def _parts(self, ledger: Ledger) -> list[tuple[str, Callable[[], None]]]:
        """What a round consists of, in order, by the name under which trouble with it is told."""
        parts: list[tuple[str, Callable[[], None]]] = [("clock", lambda: self._mind_the_clock(ledger))]
        parts.append(("removals", lambda: heed_removals(ledger, self._state)))
        parts.append(("leftovers", lambda: self._leftovers.round(ledger)))
        inbox, outbox, x, mastodon = self._inbox, self._outbox, self._x, self._mastodon
        if inbox is not None:
            parts.append(("inbox", lambda: inbox.round(ledger)))
        if x is not None:
            parts.append(("X", lambda: x.take_in(ledger)))
        if mastodon is not None:
            parts.append(("Mastodon", lambda: mastodon.take_in(ledger)))
        parts.append(("gates", lambda: self._gates.round(ledger)))
        parts.append(("pickup pages", lambda: deliver(ledger)))
        if outbox is not None:
            parts.append(("outbox", lambda: outbox.round(ledger)))
        if x is not None:
            parts.append(("X answers", lambda: x.send(ledger)))
        if mastodon is not None:
            parts.append(("Mastodon answers", lambda: mastodon.send(ledger)))
        parts.append(("keeping", lambda: self._keeper.round(ledger)))
        parts.append(("estimate", lambda: self._foretell(ledger)))
        parts.append(("report", lambda: self._morning.round(ledger, self._now())))
        return parts

    def _mind_the_clock(self, ledger: Ledger) -> None:
        """At the start, and when the clock was turned back: nothing waits for a time that was never meant."""
        is_turned = self._now() < self._last - 1.0
        if is_turned and ledger.hurry(self._now() + LONGEST_DUE_SECONDS, self._now() + self._settle_seconds):
            log.info("the clock was wrong: what waited for its time is sent sooner")
        self._last = self._now()

    def _foretell(self, ledger: Ledger) -> None:
        self._forecast.round(ledger, self._now())
        self._papers.foretell(self._forecast.latest)

    def _guarded(self, about: str, part: Callable[[], None]) -> None:
        try:
            part()
        except DamagedLedger as error:
            self._lose_ledger(error)
        except (Trouble, LedgerError) as error:
            self._papers.trouble(about, str(error))
        except OSError as error:
            self._papers.trouble(about, f"{about}: {error}")
        except Exception as error:
            log.exception("the %s went wrong", about)
            self._papers.trouble(about, f"{about}: {type(error).__name__}: {error}")
        else:
            self._papers.over(about)

    def _open_ledger(self) -> Ledger | None:
        if self._ledger is None and self._ledger_again.is_over(self._now()):
            try:
                self._ledger = self._sound_ledger()
            except LedgerError as error:
                self._papers.trouble("ledger", str(error))
                self._ledger_again.failed(self._now())
            else:
                self._papers.over("ledger")
                self._ledger_again.went_well()
        return self._ledger

    def _sound_ledger(self) -> Ledger:
        """The ledger, every line of it read once, so that nothing is sent out of half a one."""
        ledger = Ledger(self._state.ledger, self._now)
        try:
            ledger.examine()
        except LedgerError:
            ledger.close()
            raise
        return ledger

    def _lose_ledger(self, error: DamagedLedger) -> None:
        """Nothing more is taken in or sent until the file is sound again."""
        self._papers.trouble("ledger", str(error))
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = None
        self._ledger_again.failed(self._now())

    def _write_papers(self) -> None:
        if self._x is not None:
            self._papers.limits("X", self._x.limits())
        try:
            self._papers.write(self._ledger)
        except DamagedLedger as error:
            self._lose_ledger(error)
            with suppress(OSError, LedgerError):
                self._papers.write(None)
        except (OSError, LedgerError) as error:
            self._papers.trouble("papers", f"shelf.json and desk.json cannot be written: {error}")
        else:
            self._papers.over("papers")
