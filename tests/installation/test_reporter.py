import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from installation.reporter import Reporter, read_json
from installation.state import State
from installation.status import Board, Status
from installation.telling import tell, tell_making
from tests.support.footage import numbered_film
from tests.support.waiting import wait_until


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.find(tmp_path / "state")


@pytest.fixture
def reporter(state: State) -> Iterator[Reporter]:
    board = Board()
    board.latest = Status(state="playing", cue="film", frames_shown=7)
    reporter = Reporter(state, board)
    reporter.start()
    yield reporter
    reporter.stop()


def test_the_status_is_written(reporter: Reporter, state: State) -> None:
    status = wait_until(lambda: read_json(state.status), "a status")
    assert (status["state"], status["cue"], status["frames_shown"]) == ("playing", "film", 7)


def test_an_errand_that_fails_is_done_again_and_holds_up_no_other(reporter: Reporter) -> None:
    done: list[str] = []

    def stubborn() -> None:
        done.append("tried")
        if done.count("tried") == 1:
            raise OSError("the disk is full")

    reporter.soon(stubborn)
    reporter.soon(lambda: done.append("other"))
    wait_until(lambda: done.count("tried") == 2, "the second try")
    assert done == ["tried", "other", "tried"]


def test_a_picture_is_written_whole(reporter: Reporter, state: State) -> None:
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    reporter.save_picture(pixels, state.preview / "wall.png")
    wait_until((state.preview / "wall.png").exists, "the picture")
    assert np.array_equal(np.asarray(Image.open(state.preview / "wall.png")), pixels)


def test_clips_come_from_the_shelf_and_broken_ones_stay_out(reporter: Reporter, state: State) -> None:
    film = numbered_film(state.clips / "5.mp4", 12)
    shelf = [{"id": 5, "film": str(film)}, {"id": 4, "film": str(state.clips / "gone.mp4")}]
    state.shelf.write_text(json.dumps(shelf))
    state.desk.write_text(json.dumps({"waiting": 3, "words": "2 sent"}))
    wait_until(lambda: reporter.papers.clips, "the clip")
    assert [clip.clip_id for clip in reporter.papers.clips] == ["5"]
    assert reporter.papers.waiting == 3


def test_a_half_written_shelf_changes_nothing(reporter: Reporter, state: State) -> None:
    state.shelf.write_text('[{"id": 1, ')
    wait_until(lambda: read_json(state.status), "a turn")
    assert reporter.papers.clips == ()


def test_an_unreadable_shelf_leaves_the_clips_on_the_wall(reporter: Reporter, state: State) -> None:
    film = numbered_film(state.clips / "5.mp4", 12)
    state.shelf.write_text(json.dumps([{"id": 5, "film": str(film)}]))
    wait_until(lambda: reporter.papers.clips, "the clip")
    state.shelf.write_text('[{"id": 5, ')
    state.desk.write_text(json.dumps({"waiting": 3}))
    wait_until(lambda: reporter.papers.waiting == 3, "a later turn")
    assert [clip.clip_id for clip in reporter.papers.clips] == ["5"]
    state.shelf.unlink()
    wait_until(lambda: not reporter.papers.clips, "an empty shelf")


@pytest.mark.parametrize("nonsense", ['{"state": "making"}', '{"state": "making", "eta_seconds": null}'])
def test_nonsense_from_the_maker_does_not_end_the_reports(reporter: Reporter, state: State, nonsense: str) -> None:
    state.maker.write_text(nonsense)
    state.desk.write_text(json.dumps({"waiting": 3}))
    wait_until(lambda: reporter.papers.waiting == 3, "the desk's words all the same")
    first = wait_until(lambda: read_json(state.status), "a status")
    wait_until(lambda: read_json(state.status)["written"] > first["written"] + 1, "a later status")


def test_a_reporter_that_never_began_can_be_stopped(state: State) -> None:
    Reporter(state, Board()).stop()


def test_the_status_in_words_names_trouble_and_losses() -> None:
    status = Status(state="playing", cue="film", dropped=2, last_error="OSC is not heard", restarts={"desk": 3})
    words = tell(status.as_json())
    assert "2 frames lost" in words
    assert "last trouble: OSC is not heard" in words
    assert "started again: desk 3 times" in words


@pytest.mark.parametrize(("seconds", "words"), [(40.4, "40 s"), (600.0, "10 min"), (9000.0, "2.5 h")])
def test_the_making_in_words(seconds: float, words: str) -> None:
    progress = {"state": "making", "submission": 3, "phrase": 2, "phrases": 4, "image": 20, "images": 60}
    told = tell_making(progress | {"score": 0.314, "eta_seconds": seconds})
    assert told == f"story 3: phrase 2 of 4, image 20 of 60, agreement 0.31, about {words} left"


@pytest.mark.parametrize("progress", [{}, {"state": "done"}, {"state": "stopped"}])
def test_a_resting_maker_says_nothing(progress: dict[str, str]) -> None:
    assert tell_making(progress) == ""


def test_what_waits_for_a_person_comes_from_the_desk(reporter: Reporter, state: State) -> None:
    counts = {"waiting": 3, "to_make": 1, "to_approve_words": 2, "to_approve_clips": 4, "uncertain": 1}
    limits = {"X": {"words": "X: 3 of 40 calls today.", "calls": 3}, "Mastodon": {"words": ""}}
    state.desk.write_text(json.dumps(counts | {"estimate": "All of it will be made by Friday.", "limits": limits}))
    wait_until(lambda: reporter.papers.waiting == 3, "the desk's words")
    papers = reporter.papers
    assert (papers.to_make, papers.to_approve_words, papers.to_approve_clips, papers.uncertain) == (1, 2, 4, 1)
    assert (papers.estimate, papers.limits) == ("All of it will be made by Friday.", "X: 3 of 40 calls today")


def test_the_status_in_words_says_who_must_look_at_what() -> None:
    status = Status(to_approve_words=2, uncertain=1, making_paused=True, making="story 3 waits", estimate="By Friday.")
    words = tell(status.as_json()).splitlines()
    assert "a person must look at: the words of 2 stories, 1 answer that may or may not have gone out" in words
    assert "making: paused until the house next opens; story 3 waits" in words
    assert "By Friday." in words
    assert "look at" not in tell(Status().as_json())
