"""The surface that light comes from: a borderless window on a display, or off-screen memory where there is none."""

import time
from collections import deque
from typing import Any, cast

import pyglet
from pyglet import gl
from pyglet.window import Window, key

from installation.errors import NoDisplay
from installation.projector import displays
from installation.projector.look import KeyPress, PointerMove

TITLE = "Learning a blind eye"
REPEAT_AFTER_SECONDS, REPEAT_EVERY_SECONDS = 0.4, 0.05
HELD = {key.MOD_SHIFT: "shift", key.MOD_CTRL: "ctrl", key.MOD_ALT: "alt"}
# Without the colour sizes EGL hands out 5, 6 and 5 bits.
CONFIG = {"double_buffer": True, "red_size": 8, "green_size": 8, "blue_size": 8, "major_version": 3, "minor_version": 3}
LONE = {key.LSHIFT, key.RSHIFT, key.LCTRL, key.RCTRL, key.LALT, key.RALT}  # keys that say nothing by themselves
SHIFTED_TAB = key.user_key(23)  # X knows Tab with Shift as another key, which pyglet has no name for
REPEATED = {key.LEFT, key.RIGHT, key.UP, key.DOWN}


class Stage:
    """Where the picture of `width` x `height` px is shown.

    `where` says it in words; `port` is the picture's x, y, width, height in px of the window, with bars around it where
    the display has another shape.
    """

    def __init__(self, width: int, height: int, display: str, fullscreen: bool) -> None:
        self.lost = False
        self._size = width, height
        self._keys: deque[KeyPress] = deque()
        self._moves: deque[PointerMove] = deque()
        self._pointed = False
        self._held: tuple[KeyPress, float] | None = None
        self.headless = bool(pyglet.options.headless)
        screen = displays.find_screen("" if self.headless else display)
        filling = fullscreen and not self.headless
        size = (screen.width, screen.height) if filling else (width, height)
        self.refresh_hz = displays.USUAL_HZ if self.headless else displays.refresh_hz(screen)
        self._window = self._open(size, screen)
        self.port = letterbox(width, height, *self._window.get_framebuffer_size())
        self.where = self._told(width, height, screen)

    def _open(self, size: tuple[int, int], shown_on: Any) -> Window:
        """Borderless and placed by hand: pyglet's fullscreen lands on the wrong output under a window manager."""
        config = cast(Any, gl.Config)(**CONFIG)  # the class of the window system that was settled on
        screen = shown_on.screens[0] if isinstance(shown_on, displays.Span) else shown_on
        try:
            window = Window(
                *size, style="borderless", screen=screen, config=config, vsync=True, visible=False, caption=TITLE
            )
        except Exception as error:
            raise NoDisplay(f"no picture can be drawn here: {str(error) or type(error).__name__}") from error
        window.push_handlers(on_close=self._on_close, on_key_press=self._on_key, on_key_release=self._on_release)
        window.push_handlers(on_mouse_press=self._on_press, on_mouse_drag=self._on_drag, on_mouse_release=self._on_drop)
        window.push_handlers(on_deactivate=self._on_deactivate)
        if not self.headless:
            self._place(window, shown_on)
        return window

    def _place(self, window: Window, screen: Any) -> None:
        window.set_location(screen.x, screen.y)
        window.set_visible(True)
        window.set_location(screen.x, screen.y)
        window.set_mouse_visible(False)
        window.activate()
        window.dispatch_events()

    def _told(self, width: int, height: int, screen: Any) -> str:
        if self.headless:
            return f"off-screen, {width}x{height}, no display"
        window = "x".join(map(str, self._window.get_framebuffer_size()))
        told = f"on {screen.get_monitor_name()}, {window} at {self.refresh_hz:.4g} Hz"
        shown = self.port[2:]
        scaled = f", the {width}x{height} picture scaled to {shown[0]}x{shown[1]}"
        return told if shown == (width, height) else told + scaled

    def flip(self) -> float:
        """Show what was drawn; the monotonic time when that was done. Off-screen it waits for the drawing itself."""
        if self.headless:
            gl.glFinish()
        else:
            self._window.flip()
        return time.monotonic()

    def events(self) -> list[KeyPress]:
        """Keys pressed since the last call; a held arrow key repeats at a fixed rate."""
        if self.headless or self.lost:
            return []
        self._window.dispatch_events()
        self._repeat(time.monotonic())
        pressed = list(self._keys)
        self._keys.clear()
        return pressed

    def pointer(self, seen: bool) -> list[PointerMove]:
        """What the pointer did since the last call; from now on it is to be seen, or not."""
        if self._pointed != seen and not self.headless:
            self._pointed = seen
            self._window.set_mouse_visible(seen)
        moves = list(self._moves)
        self._moves.clear()
        return moves

    def close(self) -> None:
        """Take the window away."""
        self._window.close()

    def _on_close(self) -> bool:
        self.lost = True
        return True  # else pyglet closes the window under us

    def _on_key(self, symbol: int, modifiers: int) -> bool:
        if symbol in LONE:
            return True
        symbol = key.TAB if symbol == SHIFTED_TAB else symbol
        held = frozenset(name for bit, name in HELD.items() if modifiers & bit)
        press = KeyPress(key.symbol_string(symbol).lower().lstrip("_"), held)
        self._keys.append(press)
        if symbol in REPEATED:
            self._held = press, time.monotonic() + REPEAT_AFTER_SECONDS
        return True  # else pyglet closes the window on Escape

    def _on_release(self, symbol: int, modifiers: int) -> None:
        if self._held and self._held[0].key == key.symbol_string(symbol).lower():
            self._held = None

    def _on_deactivate(self) -> None:
        """Another window hears of the release."""
        self._held = None

    def _on_press(self, x: int, y: int, button: int, modifiers: int) -> None:
        self._point("press", x, y)

    def _on_drag(self, x: int, y: int, dx: int, dy: int, buttons: int, modifiers: int) -> None:
        self._point("drag", x, y)

    def _on_drop(self, x: int, y: int, button: int, modifiers: int) -> None:
        self._point("release", x, y)

    def _point(self, kind: str, x: int, y: int) -> None:
        """Keep the middle of the pointer's px, from window px counted upwards to output px counted downwards."""
        left, bottom, width, height = self.port
        across, up = (x + 0.5 - left) / width, (y + 0.5 - bottom) / height
        self._moves.append(PointerMove(kind, across * self._size[0], (1 - up) * self._size[1]))

    def _repeat(self, now: float) -> None:
        if self._held and now >= self._held[1]:
            self._keys.append(self._held[0])
            self._held = self._held[0], now + REPEAT_EVERY_SECONDS


def letterbox(width: int, height: int, window_width: int, window_height: int) -> tuple[int, int, int, int]:
    """The largest place for the picture in the window, in the middle: x, y, width, height in px."""
    scale = min(window_width / width, window_height / height)
    shown = round(width * scale), round(height * scale)
    return (window_width - shown[0]) // 2, (window_height - shown[1]) // 2, *shown
