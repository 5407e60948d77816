"""`blind-eye calibrate` as a technician has it: a screen, a keyboard, a mouse, and a file that must be right."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration import store
from calibration.mapping import default_mapping
from tests.support.program import Program, blind_eye, running
from tests.support.room import build_room
from tests.support.screen import xvfb
from tests.support.waiting import wait_until

WIDTH, HEIGHT = 1280, 800
BAY = default_mapping(WIDTH, HEIGHT)
X, Y = BAY.surfaces[0].corners[0]


class Room:
    """A site, its state folder, a screen of the projector's size, and hands."""

    def __init__(self, site: Path, state: Path, display: str) -> None:
        self.site, self.state = site, state
        self.env = {"DISPLAY": display}

    @contextmanager
    def calibrating(self) -> Iterator[Program]:
        """The editor, once its first picture is on the screen."""
        with running("calibrate", "--site", self.site, "--state", self.state, env=self.env) as program:
            program.wait_for("calibrating on")
            self.wait_for_picture(lambda picture: bool(picture.any()), "the first picture")
            yield program

    def press(self, *keys: str) -> None:
        """Press keys; returns when the picture has answered."""
        before = self.picture()
        self._do("key", "--delay", "40", *keys)
        self.wait_for_picture(lambda picture: not np.array_equal(picture, before), f"an answer to {keys}")
        self._wait_for_rest()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self._do("mousemove", *map(str, map(int, start)), "mousedown", "1")
        self._do("mousemove", *map(str, map(int, end)), "mouseup", "1")
        self._wait_for_rest()

    def picture(self, pointer: bool = False) -> np.ndarray:
        """What is on the screen, from outside: uint8 (HEIGHT, WIDTH, 3)."""
        grab = [
            "-f",
            "x11grab",
            "-draw_mouse",
            str(int(pointer)),
            "-video_size",
            f"{WIDTH}x{HEIGHT}",
            "-i",
            self.env["DISPLAY"],
        ]
        form = ["-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
        raw = subprocess.run(["ffmpeg", "-v", "error", *grab, *form], capture_output=True, check=True).stdout
        return np.frombuffer(raw, np.uint8).reshape(HEIGHT, WIDTH, 3)

    def wait_for_picture(self, condition: Callable[[np.ndarray], bool], what: str) -> None:
        wait_until(lambda: condition(self.picture()), what)

    def save(self, *shifts: float) -> None:
        """Save mappings whose first corner is moved to the right, one after the other."""
        self.state.mkdir(exist_ok=True)
        for shift in shifts:
            mapping = BAY.moved(0, ((X + shift, Y), *BAY.surfaces[0].corners[1:]))
            store.save(mapping, self.state / "mapping.json", self.state / "mapping-backups", at=datetime.now(UTC))

    def saved(self) -> dict[str, Any]:
        table: dict[str, Any] = json.loads((self.state / "mapping.json").read_text())
        return table

    def _wait_for_rest(self) -> None:
        pictures = [self.picture()]

        def rests() -> bool:
            pictures.append(self.picture())
            return np.array_equal(*pictures[-2:])

        wait_until(rests, "a picture that stands still")

    def _do(self, *what: str) -> None:
        subprocess.run(["xdotool", *what], env={**os.environ, **self.env}, check=True)


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with xvfb(WIDTH, HEIGHT) as name:
        yield name


@pytest.fixture
def room(tmp_path: Path, screen: str) -> Room:
    return Room(build_room(tmp_path / "room", frames=12), tmp_path / "state", screen)


def test_steps_of_one_ten_and_a_tenth_are_in_the_file_exactly(room: Room) -> None:
    with room.calibrating():
        room.press("Tab", "Right", "shift+Down", "alt+Left", "alt+Up", "s")
        wait_until(lambda: (room.state / "mapping.json").exists(), "the saved mapping")
    right, low = BAY.surfaces[0].corners[1]
    expected = json.loads((room.site.parent / "mapping.json").read_text())
    expected["surfaces"][0]["corners"]["top_right"] = [right + 1 - 0.1, low + 10 - 0.1]
    assert room.saved() == expected


def test_back_and_again_and_leave(room: Room) -> None:
    with room.calibrating() as program:
        room.press("Right", "Tab", "shift+Tab", "shift+Up", "ctrl+z", "ctrl+z", "ctrl+shift+z", "s")
        wait_until(lambda: (room.state / "mapping.json").exists(), "the saved mapping")
        room._do("key", "Escape")
        assert program.process.wait(10) == 0
    assert room.saved()["surfaces"][0]["corners"]["top_left"] == [X + 1, Y]


def test_a_folded_panel_is_refused_and_the_wall_keeps_its_picture(room: Room) -> None:
    with room.calibrating():
        room.press("t", "h")
        standing = room.picture()
        room.drag((X, Y), (700, 300))
        room.press("s")
        folded = room.picture()
        room.press("ctrl+z")
        undone = room.picture()
    above_the_card = np.s_[: HEIGHT * 3 // 4]
    assert standing[above_the_card].any()
    assert np.array_equal(folded[above_the_card], standing[above_the_card])
    assert folded[HEIGHT * 3 // 4 :].tobytes() != standing[HEIGHT * 3 // 4 :].tobytes()
    assert np.array_equal(undone, standing)
    assert not (room.state / "mapping.json").exists()


def test_the_mouse_drags_a_corner_by_its_grab(room: Room) -> None:
    with room.calibrating():
        room.drag((X + 6, Y + 4), (X + 26, Y - 6))
        room.press("s")
        wait_until(lambda: (room.state / "mapping.json").exists(), "the saved mapping")
    assert room.saved()["surfaces"][0]["corners"]["top_left"] == pytest.approx([X + 20, Y - 10], abs=1e-9)


def test_handles_lie_on_the_corners_and_nothing_outside_when_hidden(room: Room) -> None:
    with room.calibrating():
        shown = room.picture()
        room.press("h")
        hidden = room.picture()
    for surface in BAY.surfaces:
        for x, y in surface.corners:
            around = np.s_[int(y) - 9 : int(y) + 9, int(x) - 9 : int(x) + 9]
            assert not np.array_equal(shown[around], hidden[around])
    assert not hidden[:40].any()
    assert not hidden[:, 410:440].any()


def test_the_pointer_is_hidden_with_the_marks(room: Room) -> None:
    with room.calibrating():
        room._do("mousemove", str(WIDTH // 2), "20")
        beside = np.s_[:60, WIDTH // 2 - 30 : WIDTH // 2 + 30]
        wait_until(lambda: room.picture(pointer=True)[beside].any(), "the pointer")
        room.press("h")
        wait_until(lambda: not room.picture(pointer=True)[beside].any(), "no pointer")
        room.press("h")
        wait_until(lambda: room.picture(pointer=True)[beside].any(), "the pointer again")


def test_unsaved_changes_are_not_lost_by_one_escape(room: Room) -> None:
    with room.calibrating() as program:
        room.press("Right")
        room.press("Escape")
        assert program.process.poll() is None
        room._do("key", "Escape")
        assert program.process.wait(10) == 0
    assert not (room.state / "mapping.json").exists()


def test_sigterm_ends_it(room: Room) -> None:
    with room.calibrating() as program:
        assert program.stop() == 0


def test_a_damaged_mapping_names_file_and_way_back_and_restore_takes_it(room: Room) -> None:
    room.save(1, 2)
    (room.state / "mapping.json").write_bytes(b"\0" * 100)
    refused = blind_eye("calibrate", "--site", room.site, "--state", room.state, "--headless")
    assert refused.returncode == 78
    assert refused.stderr.startswith(f"blind-eye: {room.state / 'mapping.json'}: the file is damaged")
    assert f"kept in {room.state / 'mapping-backups'}" in refused.stderr
    assert blind_eye("calibrate", "--site", room.site, "--state", room.state, "restore").returncode == 0
    assert room.saved()["surfaces"][0]["corners"]["top_left"] == [X + 2, Y]


def test_restore_by_number_and_by_a_wrong_name(room: Room) -> None:
    room.save(1, 2, 3)
    restore = ("calibrate", "--site", room.site, "--state", room.state, "restore")
    assert blind_eye(*restore, "1").returncode == 0
    assert room.saved()["surfaces"][0]["corners"]["top_left"] == [X + 1, Y]
    wrong = blind_eye(*restore, "yesterday")
    assert wrong.returncode == 78
    assert 'no backup is called "yesterday"' in wrong.stderr


def test_restore_goes_back_to_before_the_first_save(room: Room) -> None:
    room.save(1)
    restore = ("calibrate", "--site", room.site, "--state", room.state, "restore")
    alone = blind_eye(*restore)
    assert alone.returncode == 78
    assert "`restore site` brings back the one that the site names" in alone.stderr
    for _ in range(2):
        assert f"the site's own mapping, {room.site.parent / 'mapping.json'}," in blind_eye(*restore, "site").stdout
        assert not (room.state / "mapping.json").exists()
    assert blind_eye(*restore).returncode == 0
    assert room.saved()["surfaces"][0]["corners"]["top_left"] == [X + 1, Y]


def test_outlines_are_exported_and_an_impossible_place_is_one_sentence(room: Room, tmp_path: Path) -> None:
    export = ("calibrate", "--site", room.site, "--state", room.state, "export")
    assert blind_eye(*export, tmp_path / "outlines.svg").returncode == 0
    assert 'id="centre" points="473.6,105.6 ' in (tmp_path / "outlines.svg").read_text()
    refused = blind_eye(*export, tmp_path / "nowhere" / "outlines.svg")
    assert refused.returncode == 78
    assert refused.stderr.strip().endswith("cannot be written: No such file or directory")


def test_without_a_display_it_says_so_and_leaves_a_picture(room: Room) -> None:
    done = blind_eye("calibrate", "--site", room.site, "--state", room.state, "--headless", "--for", "1")
    assert done.returncode == 0
    assert "off-screen" in done.stderr
    assert (room.state / "preview" / "calibrate.png").stat().st_size > 10_000


def test_without_a_film_the_pattern_is_there(room: Room) -> None:
    (room.site.parent / "film.mp4").write_bytes(b"no film")
    done = blind_eye("calibrate", "--site", room.site, "--state", room.state, "--headless", "--for", "1")
    assert done.returncode == 0
    assert "film.mp4" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_running_show_is_not_painted_over(room: Room) -> None:
    with room.calibrating():
        second = blind_eye("calibrate", "--site", room.site, "--state", room.state, "--headless", "--for", "1")
    assert second.returncode == 78
    assert "stop it, then calibrate" in second.stderr
