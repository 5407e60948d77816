"""Whether pyglet is to draw on a display or off-screen, and which displays there are.

pyglet decides that once, when its window system is first imported, so every import of it waits for `settle`.
"""

import logging
import os
import sys
import time

import pyglet

from installation.errors import NoDisplay
from installation.projector.naming import Aim, DisplayInfo

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2

pyglet.options.debug_gl = False  # every GL call would be followed by glGetError
pyglet.options.shadow_window = False


def display_answers() -> bool:
    """Whether the X server named by $DISPLAY can be talked to."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        from pyglet.libs.x11 import xlib
    except ImportError:
        return False
    connection = xlib.XOpenDisplay(None)
    if connection:
        xlib.XCloseDisplay(connection)
    return bool(connection)


def await_display(seconds: float, name: str = "") -> None:
    """Wait for the X server of $DISPLAY, which may be starting too, and there for the display of that name.

    NoDisplay, naming those there are, when it does not appear in time.
    """
    end, told = time.monotonic() + seconds, ""
    while missing := _missing(name, seconds):
        if time.monotonic() > end:
            raise NoDisplay(missing)
        if missing != told:
            log.info("waiting up to %g s: %s", seconds, missing)
        told = missing
        time.sleep(POLL_SECONDS)


def _missing(name: str, seconds: float) -> str:
    try:
        settle(False)
        from installation.projector.randr import Screens

        screens, aim = Screens(), Aim(name)
    except NoDisplay:  # also from a server that starts anew whenever its last client goes
        where = f"DISPLAY={os.environ.get('DISPLAY', '')!r}"
        return f"no display answered at {where} within {seconds:g} s (--headless does without)"
    displays = screens.read()
    try:
        aim.find(displays)
    except NoDisplay as missing:
        if dark := aim.dark(displays):
            screens.light(dark)
        return str(missing)
    finally:
        screens.close()
    return ""


def settle(headless: bool | None) -> bool:
    """Decide once for this process: off-screen (True), a window (False), or a window where a display answers (None)."""
    answers = headless is not True and display_answers()
    if headless is False and not answers:
        raise NoDisplay(f"no display answers at DISPLAY={os.environ.get('DISPLAY', '')!r}")
    if not {"pyglet.gl", "pyglet.display"} & sys.modules.keys():
        pyglet.options.headless = not answers
    settled = bool(pyglet.options.headless)
    if headless is not None and settled is not headless:
        raise RuntimeError("pyglet was settled otherwise before: windows and off-screen drawing need a process each")
    return settled


def list_displays() -> tuple[DisplayInfo, ...]:
    """What is plugged in or switched on, from left to right; none where no display answers."""
    if settle(None):
        return ()
    from installation.projector.randr import Screens

    screens = Screens()
    try:
        return screens.read()
    finally:
        screens.close()
