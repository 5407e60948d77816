"""The surface that light comes from: off-screen memory here, a window on a display in `on_display`."""

import time
from collections.abc import Callable
from typing import Any, cast

from pyglet import gl
from pyglet.window import Window

from installation.errors import NoDisplay
from installation.projector.look import KeyPress, PointerMove
from installation.projector.naming import USUAL_HZ

# Without the colour sizes EGL hands out 5, 6 and 5 bits.
CONFIG = {"double_buffer": True, "red_size": 8, "green_size": 8, "blue_size": 8, "major_version": 3, "minor_version": 3}

Hold = Callable[[], object]


class Stage:
    """Off-screen memory for the picture of `width` x `height` px.

    `port` is the picture's x, y, width, height in px of the window, with bars around it where the display has another
    shape; `stale` says that the window lost what was drawn; `lost` that somebody closed it; `vsync` that flips wait for
    the display's refresh by themselves.
    """

    headless = True
    lost = stale = vsync = False

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._window = self._open()
        self.port = letterbox(*self._size, *self._window.get_framebuffer_size())

    @property
    def where(self) -> str:
        """Where the picture is to be seen, in words."""
        return f"off-screen, {self._size[0]}x{self._size[1]}, no display"

    @property
    def trouble(self) -> str:
        """A sentence while the picture cannot be seen where it belongs."""
        return ""

    @property
    def refresh_hz(self) -> float:
        """The display's refresh rate."""
        return USUAL_HZ

    def flip(self, hold: Hold | None = None) -> float:
        """Show what was drawn, once it is ready and `hold` has returned; the monotonic time when that was done."""
        gl.glFinish()
        if hold:
            hold()
        return time.monotonic()

    def events(self) -> list[KeyPress]:
        """Keys pressed since the last call."""
        return []

    def pointer(self, seen: bool) -> list[PointerMove]:
        """What the pointer did since the last call; from now on it is to be seen, or not."""
        return []

    def close(self) -> None:
        """Take the window away."""
        self._window.close()

    def _open(self) -> Window:
        return make_window(*self._size, config=gl_config())


def gl_config() -> Any:
    """What is asked of OpenGL, in the class of the window system that was settled on."""
    return cast(Any, gl.Config)(**CONFIG)


def make_window(width: int, height: int, **options: Any) -> Window:
    """pyglet's window; NoDisplay when it cannot be had."""
    try:
        return Window(width, height, vsync=True, visible=False, **options)
    except Exception as error:
        raise NoDisplay(f"no picture can be drawn here: {str(error) or type(error).__name__}") from error


def letterbox(width: int, height: int, window_width: int, window_height: int) -> tuple[int, int, int, int]:
    """The largest place for the picture in the window, in the middle: x, y, width, height in px."""
    scale = min(window_width / width, window_height / height)
    shown = round(width * scale), round(height * scale)
    return (window_width - shown[0]) // 2, (window_height - shown[1]) // 2, *shown
