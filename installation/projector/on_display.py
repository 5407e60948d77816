"""A borderless window on the display that the site names; it follows that display's mode and place."""

import os
import time
from typing import Any

from pyglet.display import get_display
from pyglet.display.xlib import XlibScreen
from pyglet.window import Window

from installation.errors import NoDisplay
from installation.projector import context, xserver
from installation.projector.hands import Hands
from installation.projector.look import KeyPress, PointerMove
from installation.projector.naming import Place
from installation.projector.stage import Hold, Stage, gl_config, letterbox, make_window
from installation.projector.watcher import Watcher

TITLE = "Learning a blind eye"


class OnDisplay(Stage):
    """The picture on a display, which it fills, or in a window of its own size there.

    While the display is away the show goes on in the window, hidden where it would be seen on another display.
    """

    headless = False

    def __init__(self, width: int, height: int, display: str, fullscreen: bool) -> None:
        self._filling = fullscreen
        self._pointed = self._hidden = False
        self._watcher = Watcher(display)
        self._sight = self._watcher.latest
        try:
            super().__init__(width, height)
        except NoDisplay:
            self._watcher.stop()
            raise
        self._window.push_handlers(on_close=self._on_close, on_expose=self._on_expose)
        self.vsync = not context.is_software()
        self._hands = Hands(self._window, self._locate)
        self._settle(self._sight.place)
        self._window.activate()
        self._window.dispatch_events()
        self._fit()

    @property
    def where(self) -> str:
        """Where the picture is to be seen, in words; while its display is away, what is waited for."""
        if self._sight.trouble:
            return self._sight.trouble
        shown, size = self.port[2:], self._window.get_framebuffer_size()
        told = f"on {' and '.join(self._sight.place.connectors)}, {_by(size)} at {self.refresh_hz:.4g} Hz"
        return told if shown == self._size else f"{told}, the {_by(self._size)} picture scaled to {_by(shown)}"

    @property
    def trouble(self) -> str:
        """What is waited for, while the picture cannot be seen where it belongs."""
        return self._sight.trouble

    @property
    def refresh_hz(self) -> float:
        """The display's refresh rate."""
        return self._sight.place.refresh_hz

    def flip(self, hold: Hold | None = None) -> float:
        """Show what was drawn, once `hold` has returned or at the refresh; the monotonic time when that was done."""
        self.stale = False
        if not self.vsync:
            super().flip(hold)
        self._window.flip()
        return time.monotonic()

    def events(self) -> list[KeyPress]:
        """Keys pressed since the last call; NoDisplay when X server or graphics card are gone."""
        if self.lost:
            return []
        if xserver.gone():
            raise NoDisplay(f"the X server at {os.environ.get('DISPLAY', '')} has ended, and the picture with it")
        self._window.dispatch_events()
        if self._watcher.latest is not self._sight:
            self._follow()
        if self._window.get_framebuffer_size() != self._fitted:
            self._fit()
        return self._hands.keys()

    def pointer(self, seen: bool) -> list[PointerMove]:
        """What the pointer did since the last call; from now on it is to be seen, or not."""
        if self._pointed != seen:
            self._pointed = seen
            self._window.set_mouse_visible(seen)
        return self._hands.moves()

    def close(self) -> None:
        """Take the window away."""
        self._watcher.stop()
        if xserver.gone():  # pyglet would wait for its answer for ever
            self._window._window = None
        self._window.close()

    def _open(self) -> Window:
        place = self._sight.place
        size = (place.width, place.height) if self._filling else self._size
        display: Any = get_display()
        xserver.mind(display._display)
        screen = XlibScreen(display, place.x, place.y, place.width, place.height)
        try:
            config: Any = screen.get_best_config(gl_config())
            robust = context.RobustContext(config, None)
        except Exception as error:
            raise NoDisplay(f"no picture can be drawn here: {str(error) or type(error).__name__}") from error
        return make_window(*size, style="borderless", screen=screen, caption=TITLE, config=config, context=robust)

    def _follow(self) -> None:
        """Once a second: the displays may have changed, the card may have been reset."""
        before, self._sight = self._sight, self._watcher.latest
        if context.is_lost():
            raise NoDisplay("the graphics card was reset, and the picture is gone with it")
        if self._sight.astray and not self._hidden:
            self._hidden = True
            self._window.set_visible(False)
        elif not self._sight.trouble and (before.trouble or self._hidden or self._sight.place != before.place):
            self._settle(self._sight.place)

    def _settle(self, place: Place) -> None:
        """By hand, before and after showing: pyglet's fullscreen lands on the wrong output under a window manager."""
        if self._filling:
            self._window.set_size(place.width, place.height)
        self._window.set_location(place.x, place.y)
        self._window.set_visible(True)
        self._window.set_location(place.x, place.y)
        self._window.set_mouse_visible(self._pointed)
        self._hidden, self.stale = False, True

    def _fit(self) -> None:
        self._fitted = self._window.get_framebuffer_size()
        self.port = letterbox(*self._size, *self._fitted)
        self.stale = True

    def _locate(self, x: float, y: float) -> tuple[float, float]:
        """From window px counted upwards to output px counted downwards."""
        left, bottom, width, height = self.port
        return (x - left) / width * self._size[0], (1 - (y - bottom) / height) * self._size[1]

    def _on_close(self) -> bool:
        self.lost = True
        return True  # else pyglet closes the window under us

    def _on_expose(self) -> None:
        self.stale = True


def _by(size: tuple[int, ...]) -> str:
    return f"{size[0]}x{size[1]}"
