"""The projector in a real window: on a screen, in its place, and what the screen then shows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pyglet.libs.x11 import xlib

from calibration.homography import project
from calibration.mapping import default_mapping
from tests.support.footage import read_number
from tests.support.framebuffer import Framebuffer, screen
from tests.support.screen import two_displays
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]

# A projector draws what it is told on its input, a line each, and answers with one line of JSON.
PROGRAM = """
import dataclasses, json, sys
import numpy as np
from installation.projector import Look, Projector, list_displays, side_by_side
from show.films import Frame
from tests.support.footage import numbered
width, height, fullscreen, name = json.loads(sys.argv[1])
projector = Projector(width, height, display=name, fullscreen=fullscreen)
def show(number):
    projector.upload(Frame.of_arrays(*numbered(number, 576, 320)))
    projector.draw(Look(1.0, (1.0,) * 3, side_by_side(3)))
    projector.flip()
    return [int(projector.read().sum() > 0), *projector.read().shape]
def keys(_):
    return [[press.key, sorted(press.modifiers)] for press in projector.events()]
def about(_):
    displays = [dataclasses.asdict(each) for each in list_displays()]
    return [projector.where, projector.refresh_hz, projector.headless, displays]
def lost(_):
    projector.events()
    return projector.lost
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    what, value = json.loads(line)
    print(json.dumps(globals()[what](value)), flush=True)
projector.close()
"""

# The displays answer something odd, at three looks.
ODD = """
import time
from installation.projector.displays import settle
settle(False)
from installation.projector.watcher import Watcher
looks = []
class Odd:
    def find(self, displays):
        looks.append(displays)
        raise ValueError("odd")
watcher = Watcher("")
watcher._aim = Odd()
while len(looks) < 3:
    time.sleep(0.05)
watcher.stop()
"""


class Stage:
    """The program above on a display."""

    def __init__(self, process: "subprocess.Popen[str]", display: str) -> None:
        self._process, self._display = process, display

    def ask(self, what: str, value: object = None) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([what, value]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def xdotool(self, *what: str) -> str:
        env = {**os.environ, "DISPLAY": self._display}
        return subprocess.run(["xdotool", *what], env=env, check=True, capture_output=True, text=True).stdout

    @property
    def place(self) -> tuple[int, ...]:
        """The window's x, y, width and height on the screen."""
        told = dict(line.split("=") for line in self.xdotool("getwindowgeometry", "--shell", self.window).split())
        return tuple(int(told[key]) for key in ("X", "Y", "WIDTH", "HEIGHT"))

    @property
    def window(self) -> str:
        return self.xdotool("search", "--onlyvisible", "--name", "Learning a blind eye").split()[0]


@contextmanager
def stage(display: str, width: int, height: int, fullscreen: bool, name: str = "") -> Iterator[Stage]:
    command = [sys.executable, "-c", PROGRAM, json.dumps([width, height, fullscreen, name])]
    env = {**os.environ, "DISPLAY": display, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        assert process.stdout.readline() == '"ready"\n'
        yield Stage(process, display)
        assert process.stdin
        process.stdin.close()
        assert process.wait(20) == 0


def numbers(screen: Framebuffer, width: int, height: int, left: int = 0, top: int = 0) -> list[int | None]:
    """What the panels of the usual mapping show where the picture has that size and place on the screen."""
    picture = screen.grab()[top : top + height, left : left + width]
    surfaces = default_mapping(width, height).surfaces
    return [read_number(picture, lambda u, v, s=s: tuple(project(s.to_output, np.array([u, v])))) for s in surfaces]


def test_fullscreen_fills_the_display_pixel_by_pixel() -> None:
    with screen(1280, 800) as (display, seen), stage(display, 1280, 800, True) as projector:
        assert projector.ask("show", 21) == [1, 800, 1280, 3]
        wait_until(lambda: numbers(seen, 1280, 800) == [21] * 3, "21 on the screen")
        corners = seen.grab()[[0, 0, -1, -1, 400], [0, -1, 0, -1, 0]]
        assert corners.max() == 0
        where, hertz, headless, displays = projector.ask("about")
        assert where == f"on {displays[0]['connector']}, 1280x800 at {hertz:.4g} Hz"
        assert (headless, displays[0]["width"], displays[0]["height"]) == (False, 1280, 800)


def test_one_window_spans_all_displays_or_lies_on_the_second() -> None:
    with two_displays() as display:
        with stage(display, 1280, 400, True, "all") as projector:
            projector.ask("show", 21)
            assert "on DUMMY0 and DUMMY1, 1280x400 at " in projector.ask("about")[0]
            assert projector.place == (0, 0, 1280, 400)
        with stage(display, 640, 400, True, "DUMMY1") as projector:
            assert projector.place == (640, 0, 640, 400)


def test_a_display_of_another_shape_gets_bars_and_is_reported() -> None:
    with screen(1024, 768) as (display, seen), stage(display, 1280, 800, True) as projector:
        projector.ask("show", 5)
        wait_until(lambda: numbers(seen, 1024, 640, top=64) == [5] * 3, "5 on the screen")
        assert seen.grab()[:64].max() == 0
        assert "the 1280x800 picture scaled to 1024x640" in projector.ask("about")[0]


def test_a_window_has_the_size_of_the_picture_and_redraws() -> None:
    with screen(1280, 800) as (display, seen), stage(display, 640, 400, False) as projector:
        for number in (1, 2, 3000):
            projector.ask("show", number)
            wait_until(lambda: numbers(seen, 640, 400) == [number] * 3, f"{number} on the screen")  # noqa: B023


def test_keys_come_with_their_modifiers_and_arrows_repeat_while_held() -> None:
    with screen(640, 480) as (display, _), stage(display, 640, 400, True) as projector:
        projector.xdotool("key", "Tab", "shift+Left", "ctrl+shift+z", "Escape")
        pressed: list[Any] = []
        wait_until(lambda: pressed.extend(projector.ask("keys")) or len(pressed) >= 4, "the keys")
        assert pressed == [["tab", []], ["left", ["shift"]], ["z", ["ctrl", "shift"]], ["escape", []]]
        projector.xdotool("keydown", "Down")
        wait_until(lambda: pressed.extend(projector.ask("keys")) or pressed[-3:] == [["down", []]] * 3, "repeats")
        projector.xdotool("keyup", "Down")
        assert not projector.ask("lost")


def close_politely(display: str, window: int) -> None:
    """What a window manager sends when somebody closes the window."""
    connection = xlib.XOpenDisplay(display.encode())
    event = xlib.XEvent()
    event.xclient.type, event.xclient.window, event.xclient.format = xlib.ClientMessage, window, 32
    event.xclient.message_type = xlib.XInternAtom(connection, b"WM_PROTOCOLS", False)
    event.xclient.data.l[0] = xlib.XInternAtom(connection, b"WM_DELETE_WINDOW", False)
    xlib.XSendEvent(connection, window, False, 0, event)
    xlib.XCloseDisplay(connection)


def test_closing_the_window_is_told() -> None:
    with screen(640, 480) as (display, _), stage(display, 640, 400, False) as projector:
        close_politely(display, int(projector.window))
        wait_until(lambda: projector.ask("lost"), "the closed window")


def test_a_window_without_a_display_or_on_an_unknown_one_is_refused_in_one_sentence() -> None:
    program = "from installation.projector import Projector\nProjector(640, 400, headless=False, display='HDMI-9')"
    with screen(640, 480) as (display, _):
        for name, wanted in (("", "no display answers"), (display, 'no display is named "HDMI-9"; there are: ')):
            env = {**os.environ, "DISPLAY": name}
            told = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
            assert wanted in told.stderr.splitlines()[-1]


def await_display(display: str, seconds: float, name: str) -> str:
    """What a program that waits for a display of that name says last."""
    program = f"from installation.projector import await_display\nawait_display({seconds}, {name!r})"
    env = {**os.environ, "DISPLAY": display}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
    return done.stderr.rpartition("\n")[0].rpartition("\n")[2]


def test_a_display_is_waited_for_by_name_and_switched_on_when_it_is_plugged_in() -> None:
    with two_displays() as display:
        assert 'no display is named "HDMI-9"; there are: 1: DUMMY0 640x400' in await_display(display, 0.1, "HDMI-9")
        subprocess.run(["xrandr", "-d", display, "--output", "DUMMY1", "--off"], check=True)
        assert 'no display is named "DUMMY1"' in await_display(display, 0.1, "DUMMY1")
        subprocess.run(["xrandr", "-d", display, "--query"], check=True, stdout=subprocess.DEVNULL)  # now it is there
        assert await_display(display, 20, "DUMMY1") == ""


FAULTS = """
import logging
from installation.projector import Projector
logging.basicConfig(format="%(message)s")
projector = Projector(64, 40, headless=False)
from ctypes import byref
from pyglet import gl
from pyglet.display import get_display
from pyglet.libs.x11 import xlib
from installation.projector import context
strategy = gl.GLint()
gl.glGetIntegerv(gl.GL_RESET_NOTIFICATION_STRATEGY, byref(strategy))
offered = projector._stage._window.config.glx_info.have_extension(context.EXTENSION)
print((strategy.value == context.LOSE_CONTEXT_ON_RESET) is offered, context.is_lost())
for _ in range(2):
    xlib.XMapWindow(get_display()._display, 12)
    xlib.XSync(get_display()._display, False)
projector.events()
projector.close()
"""


def test_resets_of_the_card_are_told_where_the_driver_knows_and_an_x_error_is_said_once() -> None:
    with screen(640, 480) as (display, _):
        env = {**os.environ, "DISPLAY": display}
        done = subprocess.run([sys.executable, "-c", FAULTS], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
    assert done.stderr.splitlines() == ["X says: BadWindow (invalid Window parameter) (request 8.0)"]


def test_an_odd_answer_of_a_driver_is_told_once() -> None:
    with screen(64, 64) as (display, _):
        command, env = [sys.executable, "-c", ODD], {**os.environ, "DISPLAY": display}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the displays could not be looked at") == 1
