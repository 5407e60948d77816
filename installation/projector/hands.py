"""Keyboard and pointer of a window: what was pressed and pointed at since somebody last asked."""

import time
from collections import deque
from collections.abc import Callable

from pyglet.window import Window, key

from installation.projector.look import KeyPress, PointerMove

REPEAT_AFTER_SECONDS, REPEAT_EVERY_SECONDS = 0.4, 0.05
HELD = {key.MOD_SHIFT: "shift", key.MOD_CTRL: "ctrl", key.MOD_ALT: "alt"}
LONE = {key.LSHIFT, key.RSHIFT, key.LCTRL, key.RCTRL, key.LALT, key.RALT}  # keys that say nothing by themselves
SHIFTED_TAB = key.user_key(23)  # X knows Tab with Shift as another key, which pyglet has no name for
REPEATED = {key.LEFT, key.RIGHT, key.UP, key.DOWN}

Locate = Callable[[float, float], tuple[float, float]]
MOST = 1000  # the show never asks for the pointer's


class Hands:
    """Keys and pointer moves, queued; `locate` turns window px, counted upwards, into output px, counted downwards."""

    def __init__(self, window: Window, locate: Locate) -> None:
        self._locate = locate
        self._keys: deque[KeyPress] = deque(maxlen=MOST)
        self._moves: deque[PointerMove] = deque(maxlen=MOST)
        self._held: tuple[KeyPress, float] | None = None
        window.push_handlers(on_key_press=self._on_key, on_key_release=self._on_release)
        window.push_handlers(on_mouse_press=self._on_press, on_mouse_drag=self._on_drag, on_mouse_release=self._on_drop)
        window.push_handlers(on_deactivate=self._on_deactivate)

    def keys(self) -> list[KeyPress]:
        """Keys pressed since the last call; a held arrow key repeats at a fixed rate."""
        self._repeat(time.monotonic())
        pressed = list(self._keys)
        self._keys.clear()
        return pressed

    def moves(self) -> list[PointerMove]:
        """What the pointer did since the last call."""
        moves = list(self._moves)
        self._moves.clear()
        return moves

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
        """Keep the middle of the pointer's px."""
        self._moves.append(PointerMove(kind, *self._locate(x + 0.5, y + 0.5)))

    def _repeat(self, now: float) -> None:
        if self._held and now >= self._held[1]:
            self._keys.append(self._held[0])
            self._held = self._held[0], now + REPEAT_EVERY_SECONDS
