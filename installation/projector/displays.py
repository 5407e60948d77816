"""Which displays there are, and whether pyglet is to draw on one or off-screen.

pyglet decides that once, when its window system is first imported, so every import of it waits for `settle`.
"""

import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import pyglet

from installation.errors import NoDisplay

USUAL_HZ = 60.0
ALL = "all"  # the name of all displays together
POLL_SECONDS = 0.2

pyglet.options.debug_gl = False  # every GL call would be followed by glGetError
pyglet.options.shadow_window = False


@dataclass(frozen=True)
class DisplayInfo:
    """A display that is switched on: connector, place and size in px, refresh rate in Hz."""

    name: str
    x: int
    y: int
    width: int
    height: int
    refresh_hz: float


@dataclass(frozen=True)
class Span:
    """All displays as one, for a picture that several projectors share; as far as the stage asks, one of pyglet's."""

    screens: tuple[Any, ...]

    @property
    def x(self) -> int:
        """Its left edge, px."""
        return int(min(screen.x for screen in self.screens))

    @property
    def y(self) -> int:
        """Its top edge, px."""
        return int(min(screen.y for screen in self.screens))

    @property
    def width(self) -> int:
        """From the leftmost to the rightmost px."""
        return int(max(screen.x + screen.width for screen in self.screens)) - self.x

    @property
    def height(self) -> int:
        """From the highest to the lowest px."""
        return int(max(screen.y + screen.height for screen in self.screens)) - self.y

    def get_monitor_name(self) -> str:
        """The names of all."""
        return " and ".join(screen.get_monitor_name() for screen in self.screens)

    def get_mode(self) -> Any:
        """The mode of the slowest, which all must wait for."""
        return min((screen.get_mode() for screen in self.screens), key=lambda mode: mode.rate if mode else 0)


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


def await_display(seconds: float) -> None:
    """Wait for the X server named by $DISPLAY, which may be starting too; NoDisplay when it does not answer in time."""
    end = time.monotonic() + seconds
    while not display_answers():
        if time.monotonic() > end:
            where = f"DISPLAY={os.environ.get('DISPLAY', '')!r}"
            raise NoDisplay(f"no display answered at {where} within {seconds:g} s (--headless does without)")
        time.sleep(POLL_SECONDS)


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
    """The displays that are switched on, the primary one first; none where no display answers."""
    if settle(None):
        return ()
    return tuple(_info(screen) for screen in sorted(_screens(), key=lambda screen: not _is_primary(screen)))


def find_screen(name: str) -> Any:
    """pyglet's screen of that connector, the primary one when the name is empty, a Span of all by the name "all".

    NoDisplay naming those there are.
    """
    screens = _screens()
    if not screens:
        raise NoDisplay("no display is switched on")
    if not name:
        return next(filter(_is_primary, screens), screens[0])
    if name.lower() == ALL:
        return Span(tuple(screens)) if len(screens) > 1 else screens[0]
    for screen in screens:
        if screen.get_monitor_name().lower() == name.lower():
            return screen
    there = ", ".join(f"{screen.get_monitor_name()} ({screen.width}x{screen.height})" for screen in screens)
    raise NoDisplay(f'no display is named "{name}"; there are: {there}')


def refresh_hz(screen: Any) -> float:
    """The display's refresh rate; what projectors usually have where it does not tell."""
    mode = screen.get_mode()
    return float(mode.rate) if mode is not None and mode.rate > 1 else USUAL_HZ


def _screens() -> list[Any]:
    from pyglet.display import get_display

    return [screen for screen in get_display().get_screens() if screen.width and screen.height]


def _is_primary(screen: Any) -> bool:
    return bool(getattr(screen, "is_primary", False))


def _info(screen: Any) -> DisplayInfo:
    return DisplayInfo(screen.get_monitor_name(), screen.x, screen.y, screen.width, screen.height, refresh_hz(screen))
