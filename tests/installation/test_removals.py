from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from installation.removals import Removals, noted
from tests.support.waiting import wait_until


@pytest.fixture
def removals(tmp_path: Path) -> Iterator[Removals]:
    removals = Removals(tmp_path / "removals")
    yield removals
    removals.close()


def test_a_removal_is_answered_once_it_is_written_down(removals: Removals, tmp_path: Path) -> None:
    answers: Queue[str | None] = Queue()
    removals.write_down(12, answers.put)
    assert answers.get(timeout=10) is None
    assert noted(tmp_path / "removals") == [12]


def test_a_thousand_askings_are_answered_and_written_once(removals: Removals, tmp_path: Path) -> None:
    answers: Queue[str | None] = Queue()
    removals.write_down(12, answers.put)
    assert answers.get(timeout=10) is None
    (tmp_path / "removals" / "12").unlink()  # by the desk, which has withdrawn it
    for _ in range(1000):
        removals.write_down(12, answers.put)
    assert [answers.get(timeout=10) for _ in range(1000)] == [None] * 1000
    assert noted(tmp_path / "removals") == []


def test_nothing_is_noted_before_there_is_a_folder(tmp_path: Path) -> None:
    assert noted(tmp_path / "removals") == []


def test_only_numbers_are_notes(tmp_path: Path) -> None:
    for name in ("7", "12", ".7.41.part", "seven"):
        (tmp_path / name).touch()
    assert noted(tmp_path) == [7, 12]


def test_what_cannot_be_written_down_is_told_and_tried_again(removals: Removals, tmp_path: Path) -> None:
    answers: Queue[str | None] = Queue()
    (tmp_path / "removals").write_text("in the way")
    removals.write_down(12, answers.put)
    assert answers.get(timeout=10) == (
        "clip 12 is off the wall, but this cannot be written down: File exists; it is tried again"
    )
    assert removals.trouble
    (tmp_path / "removals").unlink()
    removals.poll()
    wait_until(lambda: noted(tmp_path / "removals") == [12] and not removals.trouble, "the note")
