"""What Xlib does when something goes wrong: its own ways are to end the process, pyglet's to say nothing."""

import logging
from ctypes import CFUNCTYPE, POINTER, c_void_p, create_string_buffer
from typing import Any

import pyglet.display.xlib  # noqa: F401  which sets a silent handler of its own
from pyglet.libs.x11 import xlib

log = logging.getLogger(__name__)

_told: set[tuple[int, int, int]] = set()
_gone: list[str] = []


def gone() -> bool:
    """Whether the X server has ended; no connection to it may be used any more."""
    return bool(_gone)


def mind(connection: Any) -> None:
    """From now on the end of the server is noted, not the end of this process (libX11 1.7 and later)."""
    xlib.XSetErrorHandler(_on_error)
    xlib.XSetIOErrorHandler(_on_end)
    if hasattr(xlib._lib, "XSetIOErrorExitHandler"):
        xlib._lib.XSetIOErrorExitHandler(connection, _go_on, None)


@xlib.XErrorHandler  # type: ignore[untyped-decorator]
def _on_error(connection: Any, event: Any) -> int:
    """Each kind of error once, since some come with every frame."""
    error = event.contents
    kind = error.error_code, error.request_code, error.minor_code
    if kind not in _told:
        _told.add(kind)
        text = create_string_buffer(256)
        xlib.XGetErrorText(connection, error.error_code, text, len(text))
        log.warning("X says: %s (request %d.%d)", text.value.decode(errors="replace"), *kind[1:])
    return 0


@xlib.XIOErrorHandler  # type: ignore[untyped-decorator]
def _on_end(_connection: Any) -> int:
    _gone.append("gone")
    return 0


@CFUNCTYPE(None, POINTER(xlib.Display), c_void_p)  # type: ignore[untyped-decorator]
def _go_on(_connection: Any, _data: Any) -> None:
    """The caller goes on, with nothing for an answer; the frame loop looks at `gone`."""
