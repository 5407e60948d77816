"""Seams and damage from outside: the real program on a real screen, and what that screen shows."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from calibration.store import load
from installation.reporter import read_json
from installation.state import State
from tests.support.footage import numbered, to_hap, write_film
from tests.support.framebuffer import Counter, Framebuffer, Watcher, screen
from tests.support.priority import first_in_line
from tests.support.program import Program, running
from tests.support.room import build_room, change
from tests.support.waiting import wait_until

SIZE = (640, 400)
FPS = 12
FRAMES, CLIP_FRAMES, CLIP_NUMBER = 18, 12, 1000
SILENT = 'device = "none"'


@dataclass
class Evening:
    """A running show of a film and a clip, and its screen."""

    program: Program
    wall: Framebuffer
    counter: Counter
    folder: Path

    def says(self, of: str) -> object:
        return read_json(State.find(self.folder / "state").status).get(of)


@pytest.fixture
def evening(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Evening]:
    site = build_site(tmp_path, request.param)
    with (
        screen(*SIZE) as (display, wall),
        running("play", "--site", site, "--state", tmp_path / "state", env={"DISPLAY": display}) as program,
        first_in_line(program.process.pid),
    ):
        program.wait_for("the picture is up")
        yield Evening(program, wall, Counter(load(tmp_path / "mapping.json")), tmp_path)


def build_site(folder: Path, form: str) -> Path:
    """A film of 1.5 s, and a clip of a second on the shelf."""
    site = build_room(folder, frames=2, output_size=SIZE)
    film, clip = folder / "film.mp4", folder / "clip.mp4"
    write_film(film, (numbered(n, 192, 160) for n in range(FRAMES)), FPS, g="10")
    write_film(clip, (numbered(CLIP_NUMBER + n, 64, 160, panels=1) for n in range(CLIP_FRAMES)), FPS)
    if form == "hap":
        film = to_hap(film)
    shelf = State.find(folder / "state").shelf
    shelf.write_text(json.dumps([{"id": 1, "film": str(clip)}]))
    change(site, 'film = "film.mp4"\n[show.stems]\nnarration = "voice.wav"', f'film = "{film.name}"')
    return change(site, 'device = "headphones"', SILENT)


def followers(number: int) -> set[int]:
    """What may come after a number: at the film's end the clip, or while there is none the film again."""
    if number == FRAMES - 1:
        return {0, CLIP_NUMBER}
    return {0} if number == CLIP_NUMBER + CLIP_FRAMES - 1 else {number + 1}


@pytest.mark.parametrize("evening", ["h264", "hap"], indirect=True)
def test_film_and_clip_follow_each_other_without_a_seam(evening: Evening) -> None:
    wait_until(lambda: evening.says("clips") == 1, "the clip")
    with Watcher(evening.wall, evening.counter) as watcher:
        wait_until(lambda: len(watcher.frames) > 2 * (FRAMES + CLIP_FRAMES) + 1, "two rounds", 30)
    frames = watcher.frames
    assert [(one, two) for one, two in pairwise(frames) if two.number not in followers(one.number)] == []
    assert watcher.unseen == []
    assert any(each.number == CLIP_NUMBER for each in frames)


@pytest.mark.parametrize("evening", ["h264"], indirect=True)
def test_a_film_taken_away_is_held_told_and_taken_up_again(evening: Evening) -> None:
    film = evening.folder / "film.mp4"
    with Watcher(evening.wall, evening.counter) as watcher:
        os.rename(film, evening.folder / "away.mp4")
        wait_until(lambda: "cannot be read as a film" in str(evening.says("last_error")), "the complaint")
        write_film(evening.folder / "new.mp4", (numbered(500 + n, 96, 80) for n in range(12)), 12)
        shutil.move(evening.folder / "new.mp4", film)
        wait_until(lambda: any(500 <= each.number < CLIP_NUMBER for each in watcher.frames), "the new film", 30)
    assert watcher.unseen == []
    assert evening.says("state") == "playing"
    assert "Traceback" not in evening.program.output


@pytest.mark.parametrize("evening", ["hap"], indirect=True)
def test_damage_while_it_plays_is_held_and_told(evening: Evening) -> None:
    film = next(evening.folder.glob("film-hap*.mov"))
    with Watcher(evening.wall, evening.counter) as watcher:
        with film.open("r+b") as file:
            file.seek(film.stat().st_size // 3)
            file.write(os.urandom(film.stat().st_size // 4))
        wait_until(lambda: "could not be decoded" in str(evening.says("last_error")), "the complaint")
        wait_until(lambda: sum(each.number == FRAMES - 1 for each in watcher.frames) > 2, "the end of the film", 30)
    assert watcher.unseen == []
    assert evening.says("errors")
