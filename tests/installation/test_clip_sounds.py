"""The sound of visitors' clips: decoded while they hang, gone with them."""

import json
from pathlib import Path

import numpy as np
import pytest

from installation.clip_sounds import AGAIN_SECONDS, ClipSounds
from installation.reporter import Reporter
from installation.state import State
from installation.status import Board
from tests.support.footage import numbered_film
from tests.support.room import tone
from tests.support.voiced import voiced_film
from tests.support.waiting import wait_until


@pytest.fixture
def sounds(tmp_path: Path) -> ClipSounds:
    return ClipSounds(tmp_path / "sounds", None)


def test_a_clip_with_sound_has_a_stem_and_a_silent_one_has_none(sounds: ClipSounds, tmp_path: Path) -> None:
    stem = sounds.of(voiced_film(tmp_path / "1.mkv", 12, tone(1.0)))
    np.testing.assert_allclose(np.load(stem)[:, 0], tone(1.0), atol=1e-4)
    assert sounds.of(numbered_film(tmp_path / "2.mp4", 12)) is None
    assert sounds.of(tmp_path / "absent.mp4") is None


def test_what_belongs_to_no_clip_any_more_is_deleted(sounds: ClipSounds, tmp_path: Path) -> None:
    first, second = (voiced_film(tmp_path / f"{n}.mkv", 12, tone(1.0)) for n in (1, 2))
    kept, gone = sounds.of(first), sounds.of(second)
    sounds.keep_only([first])
    assert (kept.exists(), gone.exists()) == (True, False)
    ClipSounds(tmp_path / "sounds", None).keep_only([])
    assert not kept.exists()


def test_a_disk_that_cannot_be_written_costs_the_sound_until_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    film, folder, now = voiced_film(tmp_path / "1.mkv", 12, tone(1.0)), tmp_path / "sounds", [0.0]
    folder.write_text("in the way")
    sounds = ClipSounds(folder, None, lambda: now[0])
    assert sounds.of(film) is None
    now[0] += AGAIN_SECONDS
    assert sounds.of(film) is None
    assert caplog.text.count(f"a clip is silent for now: {folder} cannot be written (File exists)") == 1
    folder.unlink()
    now[0] += AGAIN_SECONDS - 1
    assert sounds.of(film) is None
    now[0] += 1
    np.testing.assert_allclose(np.load(sounds.of(film))[:, 0], tone(1.0), atol=1e-4)
    assert sounds.of(film) is sounds.of(film)


def test_the_reporter_gives_a_clip_on_the_shelf_its_sound(tmp_path: Path) -> None:
    state = State.find(tmp_path / "state")
    film = voiced_film(state.clips / "5.mkv", 12, tone(1.0))
    state.shelf.write_text(json.dumps([{"id": 5, "film": str(film)}]))
    reporter = Reporter(state, Board())
    reporter.start()
    clip = wait_until(lambda: reporter.papers.clips, "the clip")[0]
    assert clip.sound == "clip 5"
    assert reporter.papers.sounds["clip 5/film"].parent == state.clip_sounds
    state.shelf.write_text("[]")
    wait_until(lambda: not list(state.clip_sounds.iterdir()), "its end")
    reporter.stop()
