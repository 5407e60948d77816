"""Clips leave the shelf and the disk: what was taken off the wall by OSC, and whatever else is withdrawn."""

import math
from collections.abc import Callable
from pathlib import Path

from installation.cue_line import send_remove
from installation.desk.copies import in_outbox
from installation.desk.files import put_json, sync_folder
from installation.desk.papers import on_shelf
from installation.removals import noted
from installation.state import State
from show.ledger import Ledger, Step, Submission

LOOK_BACK_SECONDS = 60.0  # longer than a film takes on its way out


def heed_removals(ledger: Ledger, state: State) -> None:
    """Withdraw the clips that were taken off the wall; broken off anywhere, it is done again in the next round."""
    removed = noted(state.removals)
    known = [ledger.get(clip) for clip in removed if ledger.changes(clip)]
    for story in known:
        if story.state is not Step.WITHDRAWN:
            ledger.withdraw(story.id, "osc", "taken off the wall")
    if removed:
        _clear(known, ledger, state)
        for clip in removed:
            (state.removals / str(clip)).unlink(missing_ok=True)


class Leftovers:
    """What a removal leaves behind that was broken off, or that came while a film went out: it goes in a later round.

    `now` gives seconds since 1970.
    """

    def __init__(self, state: State, outbox: Path | None, now: Callable[[], float]) -> None:
        self._state, self._outbox, self._now = state, outbox, now
        self._since = 0.0

    def round(self, ledger: Ledger) -> None:
        """Delete film and outbox files of all that was withdrawn since the last round; at the start, of all."""
        now = self._now()
        since = self._since if self._since <= now else 0.0  # the clock was set back
        for change in ledger.befell(Step.WITHDRAWN, since, math.inf):
            story = ledger.get(change.submission)
            if story.film is not None and story.film.exists():
                _clear([story], ledger, self._state)
            for path in in_outbox(story, self._outbox):
                path.unlink(missing_ok=True)
        self._since = now - LOOK_BACK_SECONDS


def clear_away(story: Submission, ledger: Ledger, state: State) -> None:
    """A withdrawn story's clip: off the wall at once if a show runs, off the shelf, then off the disk."""
    send_remove(state, story.id)
    _clear([story], ledger, state)


def _clear(stories: list[Submission], ledger: Ledger, state: State) -> None:
    put_json(state.shelf, on_shelf(ledger))
    films = [story.film for story in stories if story.film is not None]
    for film in films:
        film.unlink(missing_ok=True)
    for folder in {film.parent for film in films if film.parent.exists()}:
        sync_folder(folder)
