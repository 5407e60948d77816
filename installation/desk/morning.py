"""The morning report: written once the night is over, kept for a while; and the command that writes one.

`reports/DATE/` in the state folder holds report.txt and contact-sheet.png, `reports/latest/` a copy of the newest.
"""

import argparse
import json
import logging
import shutil
import subprocess
import sys
from contextlib import suppress
from datetime import date as Date
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from installation.day import Hours
from installation.desk.contact_sheet import MOST_ROWS, Strip, contact_sheet
from installation.desk.estimate import estimate
from installation.desk.files import put_bytes, put_copy, put_text
from installation.desk.patience import Patience
from installation.desk.report import SHEET, TEXT, Night, date_of, gather, span, tell
from installation.desk.trouble import Trouble
from installation.reporter import read_json
from installation.site import Site, load_site
from installation.state import State
from show.errors import FilmError, LedgerError
from show.ledger import Ledger, Step
from show.ledger_reader import LedgerReader

log = logging.getLogger(__name__)

KEPT_DAYS = 90
LOOK_SECONDS = 3.0
MOST_SECONDS = 900.0  # a child that takes longer is ended
LATEST = "latest"
MARK = "report.written"  # of the last dates: what was in the report, or FINAL
FINAL = "final"


class Morning:
    """Has reports written, by a process of its own and after everything else: reading films takes its time."""

    def __init__(self, site: Site, state: State) -> None:
        self._command = ["nice", sys.executable, "-m", "installation.cli", "report", "--site", str(site.path)]
        self._command += ["--state", str(state.root), "--for"]
        self._zone = ZoneInfo(site.hours.timezone)
        self._hours = Hours(site.hours.rule, site.hours.timezone, site.hours.country)
        self._patience = Patience(30.0)
        self._child: subprocess.Popen[bytes] | None = None
        self._writing, self._until, self._look_at = ("", ""), 0.0, 0.0

    def round(self, ledger: Ledger, now: float) -> None:
        """See to it, now and then; Trouble while one that is due cannot be written. `now`: seconds since 1970."""
        if self._child is not None:
            self._see_child(ledger, now)
        elif abs(now - self._look_at) >= LOOK_SECONDS and self._patience.is_over(now):
            self._look_at = now
            self._writing = due(ledger, self._hours, datetime.fromtimestamp(now, self._zone), self._zone)
            if not self._writing[0]:
                self._patience.went_well()
            else:
                self._child = subprocess.Popen(
                    [*self._command, self._writing[0]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                )
                self._until = now + MOST_SECONDS
        if self._patience.why:
            raise Trouble(self._patience.why)

    def close(self) -> None:
        """End the child; what it was at is done again."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _see_child(self, ledger: Ledger, now: float) -> None:
        assert self._child is not None
        status = self._child.poll()
        if status is None:
            if not self._until - 2 * MOST_SECONDS < now < self._until:
                self._child.kill()
            return
        self._child = None
        date, what = self._writing
        if status == 0:
            written = dict(sorted((_written(ledger) | {date: what}).items())[-3:])
            ledger.set_mark(MARK, json.dumps(written))
            self._patience.went_well()
            log.info("the report of the night to %s is written", date)
        else:
            self._patience.failed(now, why=f"the report of the night to {date} could not be written; it is tried again")


def due(ledger: LedgerReader, hours: Hours, at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """The date of a report to be written and what will be in it, from the state of things; empty when none is due.

    Early, when nothing is left to be made; and once more when the doors are open or it is noon: then it is final.
    """
    written = _written(ledger)
    for date in (date_of(at) - timedelta(days=1), date_of(at)):
        start, end = (moment.timestamp() for moment in span(date, zone))
        befell = {step: ledger.befell(step, start, end) for step in (Step.MADE, Step.FAILED, Step.REFUSED)}
        newest = max((change.at for step in (Step.MADE, Step.FAILED) for change in befell[step]), default=0.0)
        is_over = at.timestamp() >= end or (hours.is_open(at) and at.date() == date)
        before = written.get(date.isoformat(), "")
        if is_over and any(befell.values()) and before != FINAL:
            return date.isoformat(), FINAL
        counts = ledger.counts()
        is_idle = not counts[Step.WORDS_APPROVED] + counts[Step.MAKING] and not hours.is_open(at)
        if not is_over and is_idle and newest and before != str(newest):
            return date.isoformat(), str(newest)
    return "", ""


def _written(ledger: LedgerReader) -> dict[str, str]:
    with suppress(ValueError, TypeError):
        return dict(json.loads(ledger.mark(MARK) or "{}"))
    return {}


def write(site: Site, state: State, ledger: LedgerReader, date: Date, out: Path, now: datetime) -> str:
    """Write the report of a date into a folder; what it says. OSError when the folder cannot be written."""
    night = gather(ledger, date, ZoneInfo(site.hours.timezone))
    hours = Hours(site.hours.rule, site.hours.timezone, site.hours.country)
    desk, words = read_json(state.desk), estimate(ledger, site, state, hours, now).words
    text = tell(night, words, desk.get("limits", {}), desk.get("troubles", []))
    out.mkdir(parents=True, exist_ok=True)
    about_sheet = _put_sheet(night, out / SHEET)
    if about_sheet:
        text += f"\n{about_sheet}.\n"
    put_text(out / TEXT, text)
    return text


def _put_sheet(night: Night, path: Path) -> str:
    """The sheet of the night's films; what there is to say of it, in a sentence."""
    made = [(story, story.film) for story, _ in night.befell[Step.MADE] if story.film is not None]
    strips = [Strip(story.id, film, story.phrases) for story, film in made if film.exists()]
    if not strips:
        path.unlink(missing_ok=True)
        return ""
    try:
        put_bytes(path, contact_sheet(strips))
    except (FilmError, OSError) as error:
        path.unlink(missing_ok=True)  # not an older one of fewer films
        return f"There is no contact sheet: {error}"
    return f"The contact sheet shows the first {MOST_ROWS} films" if len(strips) > MOST_ROWS else ""


def keep(reports: Path, date: Date) -> None:
    """Make it the latest, and let go of the oldest."""
    latest = reports / LATEST
    latest.mkdir(exist_ok=True)
    for name in (TEXT, SHEET):
        if (reports / date.isoformat() / name).exists():
            put_copy(reports / date.isoformat() / name, latest / name)
        else:
            (latest / name).unlink(missing_ok=True)
    for folder in reports.iterdir():
        with suppress(ValueError):
            if Date.fromisoformat(folder.name) < date - timedelta(days=KEPT_DAYS):
                shutil.rmtree(folder, ignore_errors=True)


def run_command(options: argparse.Namespace) -> int:
    """`blind-eye report`; 1 when it cannot be written. LedgerError when the ledger cannot be used."""
    site, state = load_site(options.site), State.named(options.state)
    if not state.ledger.exists():
        raise LedgerError(f"there is no ledger in {state.root}; {state.elsewhere}")
    now = datetime.now(ZoneInfo(site.hours.timezone))
    date = options.date or date_of(now)
    out = options.out or state.reports / date.isoformat()
    try:
        with Ledger(state.ledger) as ledger:
            print(write(site, state, ledger, date, out, now), end="")
        if options.out is None:
            keep(state.reports, date)
    except OSError as error:
        print(f"blind-eye: the report cannot be written: {error.strerror or error} ({error.filename})", file=sys.stderr)
        return 1
    return 0
