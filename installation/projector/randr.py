"""A connection to the X server of its own, for what concerns displays: reading, switching on, keeping awake."""

import os
from collections.abc import Iterator
from ctypes import POINTER, byref, c_int, c_long, c_ubyte, c_uint8, c_uint16, c_ulong, string_at
from dataclasses import dataclass, replace
from typing import Any

from pyglet.libs.x11 import xlib, xrandr, xsync

from installation.errors import NoDisplay
from installation.projector import xserver
from installation.projector.edid import BLOCK_BYTES, Edid, read_edid
from installation.projector.naming import USUAL_HZ, DisplayInfo, Place

DISCONNECTED = 1
INTERLACED, DOUBLE_SCAN = 0x10, 0x20
POWERED = 0  # DPMSModeOn
UPRIGHT = 1  # RR_Rotate_0
MM_PER_PX = 25.4 / 96

_RANDR: Any = xrandr.lib
_XEXT: Any = xsync._lib


@dataclass(frozen=True)
class _Setting:
    """How a display was lit: mode, place, rotation."""

    mode: int
    x: int
    y: int
    rotation: int


class Screens:
    """The displays of the X server named by $DISPLAY; NoDisplay where none answers. For one thread at a time."""

    def __init__(self) -> None:
        self._x = xlib.XOpenDisplay(None)
        if not self._x:
            raise NoDisplay(f"no display answers at DISPLAY={os.environ.get('DISPLAY', '')!r}")
        xserver.mind(self._x)
        self._root = xlib.XDefaultRootWindow(self._x)
        self._edid = xlib.XInternAtom(self._x, b"EDID", False)
        self._settings: dict[str, _Setting] = {}  # of each display when it was last lit
        self._seen_plugged: set[str] = set()
        self._extended = _has(self._x, _RANDR.XRRQueryExtension)
        self._powers = _has(self._x, _XEXT.DPMSQueryExtension) and bool(_XEXT.DPMSCapable(self._x))

    def read(self) -> tuple[DisplayInfo, ...]:
        """All that are plugged in or switched on, from left to right; those that are off come last."""
        if not self._extended:
            return (self._whole(),)
        resources = xrandr.XRRGetScreenResourcesCurrent(self._x, self._root)
        if not resources:
            return ()
        primary = xrandr.XRRGetOutputPrimary(self._x, self._root)
        found = [self._info(resources, output, output == primary) for output in _outputs(resources)]
        xrandr.XRRFreeScreenResources(resources)
        return tuple(sorted(filter(None, found), key=lambda each: (not each.lit, each.x, each.y)))

    def light(self, connector: str) -> bool:
        """Switch a display on as it last was, else in its own best mode at the right edge; whether it could be."""
        resources = xrandr.XRRGetScreenResourcesCurrent(self._x, self._root)
        try:
            return any(
                self._light(resources, output)
                for output in (_outputs(resources) if resources else ())
                if self._name(resources, output) == connector
            )
        finally:
            xrandr.XRRFreeScreenResources(resources)

    def wake(self) -> bool:
        """No screen saver and no sleep; True when the displays were asleep and are on again."""
        xlib.XSetScreenSaver(self._x, 0, 0, xlib.DontPreferBlanking, xlib.DontAllowExposures)
        xlib.XResetScreenSaver(self._x)
        asleep = self._powers and self._power()
        xlib.XSync(self._x, False)
        return bool(asleep)

    def close(self) -> None:
        """End the connection."""
        if not xserver.gone():
            xlib.XCloseDisplay(self._x)

    def _power(self) -> bool:
        level, enabled = c_uint16(), c_uint8()
        _XEXT.DPMSInfo(self._x, byref(level), byref(enabled))
        if not enabled.value:
            return False
        _XEXT.DPMSForceLevel(self._x, POWERED)
        _XEXT.DPMSDisable(self._x)
        return level.value != POWERED

    def _whole(self) -> DisplayInfo:
        """A server without RandR has one display."""
        screen = xlib.XScreenOfDisplay(self._x, 0).contents
        return DisplayInfo("screen", 0, 0, screen.width, screen.height, primary=True)

    def _info(self, resources: Any, output: int, primary: bool) -> DisplayInfo | None:
        pointer = xrandr.XRRGetOutputInfo(self._x, resources, output)
        if not pointer:  # gone since the list was made
            return None
        info = pointer.contents
        name, crtc = string_at(info.name, info.nameLen).decode(), info.crtc
        plugged = self._plugged(name, info.connection != DISCONNECTED, bool(crtc))
        xrandr.XRRFreeOutputInfo(pointer)
        if not crtc:
            return DisplayInfo(name, edid=self._edid_of(output), primary=primary) if plugged else None
        return self._lit(resources, output, crtc, name, plugged, primary)

    def _lit(
        self, resources: Any, output: int, crtc: int, name: str, plugged: bool, primary: bool
    ) -> DisplayInfo | None:
        pointer = xrandr.XRRGetCrtcInfo(self._x, resources, crtc)
        if not pointer:
            return None
        its = pointer.contents
        place, mode = (its.x, its.y, its.width, its.height), its.mode
        self._settings[name] = _Setting(mode, its.x, its.y, its.rotation)
        xrandr.XRRFreeCrtcInfo(pointer)
        return DisplayInfo(name, *place, _rate(resources, mode), self._edid_of(output), plugged, primary)

    def _plugged(self, name: str, connected: bool, lit: bool) -> bool:
        """One that never said so, and was switched on by hand, cannot tell: it is believed to be there."""
        if connected:
            self._seen_plugged.add(name)
        return connected or (lit and name not in self._seen_plugged)

    def _edid_of(self, output: int) -> Edid:
        kind, form, count, left = c_ulong(), c_int(), c_ulong(), c_ulong()
        data = POINTER(c_ubyte)()
        _RANDR.XRRGetOutputProperty(
            self._x, c_ulong(output), c_ulong(self._edid), c_long(0), c_long(BLOCK_BYTES // 4), False, False,
            c_ulong(xlib.AnyPropertyType), byref(kind), byref(form), byref(count), byref(left), byref(data),
        )  # fmt: skip
        if not data:
            return Edid()
        block = bytes(data[: count.value])
        xlib.XFree(data)
        return read_edid(block) if form.value == 8 else Edid()

    def _name(self, resources: Any, output: int) -> str:
        pointer = xrandr.XRRGetOutputInfo(self._x, resources, output)
        if not pointer:
            return ""
        name = string_at(pointer.contents.name, pointer.contents.nameLen).decode()
        xrandr.XRRFreeOutputInfo(pointer)
        return name

    def _light(self, resources: Any, output: int) -> bool:
        pointer = xrandr.XRRGetOutputInfo(self._x, resources, output)
        if not pointer:
            return False
        info = pointer.contents
        name = string_at(info.name, info.nameLen).decode()
        modes, crtcs = info.modes[: info.nmode], info.crtcs[: info.ncrtc]
        xrandr.XRRFreeOutputInfo(pointer)
        free = next((crtc for crtc in crtcs if self._is_free(resources, crtc)), None)
        if free is None or not modes:
            return False
        before = self._settings.get(name)
        if before is None or before.mode not in modes:
            before = _Setting(modes[0], 0, 0, UPRIGHT)
        return self._set(resources, output, free, before)

    def _is_free(self, resources: Any, crtc: int) -> bool:
        pointer = xrandr.XRRGetCrtcInfo(self._x, resources, crtc)
        if not pointer:
            return False
        free = not pointer.contents.mode
        xrandr.XRRFreeCrtcInfo(pointer)
        return free

    def _set(self, resources: Any, output: int, crtc: int, to: _Setting) -> bool:
        mode = next(each for each in _modes(resources) if each.id == to.mode)
        turned = to.rotation & ~5 & 15  # by 90 or 270 degrees
        width, height = (mode.height, mode.width) if turned else (mode.width, mode.height)
        place = Place((), to.x, to.y, width, height, USUAL_HZ)
        others = [each for each in self.read() if each.lit]
        if any(map(place.overlaps, others)):  # another has come to lie there meanwhile
            place = replace(place, x=max(each.x + each.width for each in others), y=0)
        self._make_room(place.x + width, place.y + height)
        where, how = (xlib.CurrentTime, place.x, place.y), (to.mode, to.rotation)
        failed = xrandr.XRRSetCrtcConfig(self._x, resources, crtc, *where, *how, (xrandr.RROutput * 1)(output), 1)
        xlib.XSync(self._x, False)
        return not failed

    def _make_room(self, width: int, height: int) -> None:
        root = xlib.XWindowAttributes()
        xlib.XGetWindowAttributes(self._x, self._root, byref(root))
        size = max(width, root.width), max(height, root.height)
        if size != (root.width, root.height):
            millimetres = (c_int(round(each * MM_PER_PX)) for each in size)
            _RANDR.XRRSetScreenSize(self._x, c_ulong(self._root), *map(c_int, size), *millimetres)


def _has(connection: Any, query: Any) -> bool:
    return bool(query(connection, byref(c_int()), byref(c_int())))


def _outputs(resources: Any) -> list[int]:
    return list(resources.contents.outputs[: resources.contents.noutput])


def _modes(resources: Any) -> Iterator[Any]:
    return iter(resources.contents.modes[: resources.contents.nmode])


def _rate(resources: Any, mode: int) -> float:
    """What projectors usually have where the display does not tell."""
    for each in _modes(resources):
        if each.id == mode and each.hTotal and each.vTotal:
            fields = (2 if each.modeFlags & INTERLACED else 1) / (2 if each.modeFlags & DOUBLE_SCAN else 1)
            rate = float(each.dotClock) / (each.hTotal * each.vTotal) * fields
            return rate if rate > 1 else USUAL_HZ
    return USUAL_HZ
