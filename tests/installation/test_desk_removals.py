"""What was taken off the wall leaves ledger, shelf and disk, wherever it was broken off before."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.opting_out import leave_alone
from installation.desk.removals import Leftovers, clear_away, heed_removals
from installation.removals import noted
from installation.state import State
from show.ledger import Ledger, Step


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.find(tmp_path / "state")


@pytest.fixture
def ledger(state: State) -> Iterator[Ledger]:
    with Ledger(state.ledger) as ledger:
        yield ledger


def shelved(ledger: Ledger, state: State) -> int:
    """A clip on the shelf."""
    number = len(ledger.list()) + 1
    id = ledger.receive("folder", f"story {number}", "", "A red house.")
    assert id is not None
    ledger.approve_words(id, "test")
    ledger.start_making(id)
    film = state.clips / f"{id}.mp4"
    film.write_bytes(b"a film")
    ledger.made(id, film, ["A red house."])
    ledger.approve_clip(id, "test")
    ledger.shelve(id, "desk")
    return id


def note(state: State, id: int) -> None:
    state.removals.mkdir(exist_ok=True)
    (state.removals / str(id)).touch()


def test_a_noted_clip_is_withdrawn_everywhere(ledger: Ledger, state: State) -> None:
    gone, kept = shelved(ledger, state), shelved(ledger, state)
    note(state, gone)
    heed_removals(ledger, state)
    assert (ledger.get(gone).state, ledger.get(kept).state) == (Step.WITHDRAWN, Step.SHELVED)
    last = ledger.changes(gone)[-1]
    assert (last.actor, last.note) == ("osc", "taken off the wall")
    assert [clip["id"] for clip in json.loads(state.shelf.read_text())] == [kept]
    assert [film.name for film in state.clips.iterdir()] == [f"{kept}.mp4"]
    assert noted(state.removals) == []


def test_a_removal_broken_off_after_the_ledger_is_finished(ledger: Ledger, state: State) -> None:
    gone = shelved(ledger, state)
    note(state, gone)
    ledger.withdraw(gone, "a person")
    heed_removals(ledger, state)
    assert [change.actor for change in ledger.changes(gone) if change.after == "withdrawn"] == ["a person"]
    assert not list(state.clips.iterdir())
    assert noted(state.removals) == []


def test_a_note_of_an_unknown_clip_is_dropped(ledger: Ledger, state: State) -> None:
    note(state, 99)
    heed_removals(ledger, state)
    assert noted(state.removals) == []


def test_without_notes_nothing_is_written(ledger: Ledger, state: State) -> None:
    shelved(ledger, state)
    heed_removals(ledger, state)
    assert not state.shelf.exists()


def test_a_removal_broken_off_before_the_disk_is_finished(ledger: Ledger, state: State, tmp_path: Path) -> None:
    gone, kept = shelved(ledger, state), shelved(ledger, state)
    ledger.withdraw(gone, "a person")
    out = [tmp_path / f"{ledger.get(id).id:04d}-story-{id}.mp4" for id in (gone, kept)]
    for path in out:
        path.touch()
    Leftovers(state, tmp_path, time.time).round(ledger)
    assert [film.name for film in state.clips.iterdir()] == [f"{kept}.mp4"]
    assert [path.exists() for path in out] == [False, True]


def test_what_went_out_while_it_was_withdrawn_is_fetched_back(ledger: Ledger, state: State, tmp_path: Path) -> None:
    now = time.time()
    leftovers = Leftovers(state, tmp_path, lambda: now)
    gone = shelved(ledger, state)
    ledger.start_sending(gone)
    ledger.withdraw(gone, "a person")
    leftovers.round(ledger)
    late = tmp_path / f"{gone:04d}-story-{gone}.mp4"
    late.touch()
    now += 1.0
    leftovers.round(ledger)
    assert not late.exists()
    now -= 1e6
    ledger._now = lambda: now
    other = shelved(ledger, state)
    ledger.withdraw(other, "a person")
    leftovers.round(ledger)
    assert not list(state.clips.iterdir())


def test_someone_of_whom_nothing_is_known_takes_nothing_of_others_along(ledger: Ledger, state: State) -> None:
    kept = shelved(ledger, state)
    leave_alone(ledger, state, "folder", "")
    assert ledger.get(kept).state is Step.SHELVED
    assert not ledger.is_silenced("folder", "")


def test_without_a_show_a_clip_is_cleared_away_all_the_same(ledger: Ledger, state: State) -> None:
    gone = shelved(ledger, state)
    ledger.withdraw(gone, "a person")
    clear_away(ledger.get(gone), ledger, state)
    assert json.loads(state.shelf.read_text()) == []
    assert not list(state.clips.iterdir())
