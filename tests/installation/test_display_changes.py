"""The show on a real X server whose displays change under it, seen from outside."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from calibration.homography import project
from calibration.mapping import default_mapping
from tests.support.edid import edid, hang_edid
from tests.support.footage import read_number
from tests.support.framebuffer import Counter, screen
from tests.support.program import Program, blind_eye, running
from tests.support.room import build_room, change
from tests.support.screen import DYING, two_displays
from tests.support.waiting import wait_until

SIZE = (640, 400)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = build_room(tmp_path_factory.mktemp("room"), output_size=SIZE)
    return change(path, 'device = "headphones"', 'device = "none"')


class Room:
    """The show named by `program` on the X server `display`."""

    def __init__(self, program: Program, display: str) -> None:
        self.program, self.display = program, display

    def xrandr(self, *what: str) -> None:
        subprocess.run(["xrandr", "-d", self.display, *what], check=True, capture_output=True)

    def make_smaller(self, connector: str) -> None:
        """400x400 instead of 640x400."""
        self.xrandr("--newmode", "small", "20", "400", "416", "512", "560", "400", "412", "414", "449")
        self.xrandr("--addmode", connector, "small")
        self.xrandr("--output", connector, "--mode", "small")

    def lit(self, left: int, width: int, size: tuple[int, int], top: int = 0) -> bool:
        """Whether a frame of the film stands on all panels where the picture of that size has its place."""
        picture = grab(self.display)
        if picture.shape[1] < left + width:
            return False
        seen = picture[top : top + size[1], left : left + size[0]]
        numbers = {
            read_number(seen, lambda u, v, s=s: tuple(project(s.to_output, np.array([u, v]))))
            for s in default_mapping(*size).surfaces
        }
        return len(numbers) == 1 and None not in numbers


def grab(display: str) -> np.ndarray:
    """The whole X screen, RGB."""
    dump = ["ffmpeg", "-v", "error", "-f", "x11grab", "-draw_mouse", "0", "-i", display, "-frames:v", "1"]
    png = subprocess.run([*dump, "-c:v", "png", "-f", "image2pipe", "-"], capture_output=True, check=True).stdout
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def status(state: Path) -> str:
    return blind_eye("status", "--state", state).stdout


@contextmanager
def show(site: Path, display: str, name: str, state: Path) -> Iterator[Room]:
    named = site.with_name(f"{state.name}.toml")
    named.write_text(f'{site.read_text()}\n[display]\nname = "{name}"\n')
    with running("play", "--site", named, "--state", state, env={"DISPLAY": display}) as program:
        program.wait_for("the picture is up")
        yield Room(program, display)
        if program.process.poll() is None:
            assert program.stop() == 0


def test_the_picture_follows_its_display_and_waits_for_it_on_no_other(site: Path, tmp_path: Path) -> None:
    with two_displays() as display:
        hang_edid(display, "DUMMY1", edid("SEC", "EPSON PJ"))
        with show(site, display, "EPSON PJ", tmp_path) as room:
            wait_until(lambda: room.lit(640, 640, SIZE), "the picture on the right display")
            room.make_smaller("DUMMY1")
            room.program.wait_for("400x400 at 79.54 Hz, the 640x400 picture scaled to 400x250")
            wait_until(lambda: room.lit(640, 400, (400, 250), top=75), "the picture in the smaller mode")
            room.xrandr("--output", "DUMMY1", "--off", "--output", "DUMMY0", "--pos", "0x0")
            room.program.wait_for("no picture: waiting for DUMMY1, which is gone")
            wait_until(lambda: "no picture: waiting for DUMMY1" in status(tmp_path), "the status")
            assert grab(display).max() == 0
            room.xrandr("--query")  # the server looks, and finds it plugged in
            room.program.wait_for("DUMMY1 was switched off: it is on again")
            wait_until(lambda: room.lit(640, 400, (400, 250), top=75), "the picture on the display that came back")


def test_without_a_name_the_picture_moves_to_the_display_there_is(site: Path, tmp_path: Path) -> None:
    with two_displays() as display, show(site, display, "", tmp_path) as room:
        wait_until(lambda: room.lit(0, 640, SIZE), "the picture on the first display")
        room.make_smaller("DUMMY1")
        room.xrandr("--output", "DUMMY0", "--off")  # xrandr moves the other one to the left edge
        room.program.wait_for("picture: on DUMMY1")
        wait_until(lambda: room.lit(0, 400, (400, 250), top=75), "the picture on the other display")


def test_an_x_server_that_ends_ends_the_show_with_69_and_one_sentence(site: Path, tmp_path: Path) -> None:
    with ExitStack() as server:
        display = server.enter_context(two_displays())
        with show(site, display, "", tmp_path) as room:
            server.close()
            assert room.program.process.wait(20) == 69
            said = f"blind-eye: the X server at {display} has ended, and the picture with it\n"
            assert room.program.output.endswith(said)
            assert "Traceback" not in room.program.output


def test_a_screen_saver_does_not_keep_the_picture_away(site: Path, tmp_path: Path) -> None:
    with screen(*SIZE) as (display, seen), show(site, display, "", tmp_path):
        counter = Counter(default_mapping(*SIZE))
        xset = ["xset", "-d", display, "s"]
        subprocess.run([*xset, "noblank"], check=True)  # a saver that paints, and so can be seen
        subprocess.run([*xset, "activate"], check=True)
        wait_until(lambda: counter.read(seen.pixels) >= 0, "the picture")
        told = subprocess.run(["xset", "-d", display, "q"], capture_output=True, text=True, check=True).stdout
        assert "timeout:  0" in told


def test_under_a_window_manager_the_picture_fills_its_display_without_a_frame(site: Path, tmp_path: Path) -> None:
    with two_displays() as display, manager(display), show(site, display, "DUMMY1", tmp_path) as room:
        wait_until(lambda: room.lit(640, 640, SIZE), "the picture on the right display")
        room.make_smaller("DUMMY1")
        wait_until(lambda: room.lit(640, 400, (400, 250), top=75), "the picture in the smaller mode")


@contextmanager
def manager(display: str) -> Iterator[None]:
    """A small window manager that puts every window into a frame of its own."""
    process = subprocess.Popen([*DYING, "evilwm", "-display", display])
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
