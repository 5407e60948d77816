"""Clips leave the shelf and the disk: what was taken off the wall by OSC, and whatever else is withdrawn."""

from installation.cue_line import send_remove
from installation.desk.files import put_json, sync_folder
from installation.desk.papers import on_shelf
from installation.removals import noted
from installation.state import State
from show.ledger import Ledger, Step, Submission


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
