"""How long strangers' words are kept: after as many days as the site says they are forgotten, with film and files."""

import logging
from collections.abc import Callable
from pathlib import Path

from installation.desk.copies import REFUSED, TAKEN, delete_copies, delete_old
from installation.desk.files import put_text
from installation.desk.removals import clear_away
from installation.desk.report import SHEET, TEXT, without
from installation.site import Site
from installation.state import State
from installation.taking_part import FolderSettings
from show.ledger import Ledger, Step, Submission

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
SOON_SECONDS = 60.0  # when there was more than one round may do
MOST_AT_ONCE = 50
DAY_SECONDS = 86400.0


class Keeper:
    """Looks once an hour; `now` gives seconds since 1970.

    What was refused or taken back goes after `keep_refused_days`; what was answered, is not to be answered or could not
    be, after `keep_answered_days`; 0 days are for ever. The ledger keeps a number and what it was called at its source,
    so that it is not taken in again.
    """

    def __init__(self, site: Site, state: State, now: Callable[[], float]) -> None:
        self._settings, self._folders, self._state, self._now = site.submissions, site.folder, state, now
        self._next = 0.0

    def round(self, ledger: Ledger) -> None:
        """Forget what is over, if it is time; OSError when a file cannot be deleted, which is tried again."""
        if 0 < self._next - self._now() <= EVERY_SECONDS:
            return
        self._next = self._now() + SOON_SECONDS
        old = self._old(ledger)
        for story in old:
            forget(story, ledger, self._state, self._folders, "keeper")
            log.info("submission %d is over for long enough: its words are forgotten", story.id)
        self._clear_folders()
        if len(old) < MOST_AT_ONCE:
            self._next = self._now() + EVERY_SECONDS

    def _old(self, ledger: Ledger) -> list[Submission]:
        """What is to be forgotten now."""
        rules = [
            ((Step.REFUSED, Step.WITHDRAWN), self._settings.keep_refused_days),
            ((Step.SENT, Step.SHELVED, Step.FAILED), self._settings.keep_answered_days),
        ]
        found: list[Submission] = []
        for states, days in rules:
            if days > 0:
                found += ledger.stale(states, self._before(days), MOST_AT_ONCE - len(found))
        return found

    def _clear_folders(self) -> None:
        """Files that became no submission, or whose submission was forgotten some other way."""
        settings = self._settings
        if settings.keep_refused_days > 0:
            delete_old(self._folders.inbox, REFUSED, self._before(settings.keep_refused_days))
        if settings.keep_answered_days > 0:
            delete_old(self._folders.inbox, TAKEN, self._before(settings.keep_answered_days))

    def _before(self, days: float) -> float:
        return self._now() - days * DAY_SECONDS


def forget(story: Submission, ledger: Ledger, state: State, folders: FolderSettings, actor: str) -> None:
    """Erase a submission wherever it lies; what the ledger knows of its files goes last, so that it can be repeated."""
    delete_copies(story, folders)
    if story.state is not Step.WITHDRAWN:
        ledger.withdraw(story.id, actor, "erased")
    if story.film is not None:
        clear_away(story, ledger, state)
    forget_in_reports(story, state.reports)
    ledger.erase(story.id, actor)


def forget_in_reports(story: Submission, reports: Path) -> None:
    """Its words and its author go from the reports that tell of it, and the sheets that show its film go."""
    for path in reports.glob(f"*/{TEXT}"):
        text = path.read_text(encoding="utf-8")
        left = without(text, story.id)
        if left == text:
            continue
        if story.made:
            path.with_name(SHEET).unlink(missing_ok=True)
        put_text(path, left)
