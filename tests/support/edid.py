"""What a display says of itself, made and hung on an output of a real X server."""

from ctypes import c_char_p, c_int, c_ulong

from pyglet.libs.x11 import xlib, xrandr


def edid(maker: str, name: str, serial: str = "", number: int = 0) -> bytes:
    """The first block of an EDID 1.4."""
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    bits = 0
    for letter in maker:
        bits = bits << 5 | ord(letter) - 64
    block[8:10] = bits.to_bytes(2, "big")
    block[12:16] = number.to_bytes(4, "little")
    block[54:72] = _descriptor(0xFC, name)
    block[72:90] = _descriptor(0xFF, serial) if serial else _descriptor(0x10, "")
    block[127] = -sum(block) % 256
    return bytes(block)


def _descriptor(kind: int, text: str) -> bytes:
    line = (text + "\n").encode() if len(text) < 13 else text.encode()
    return bytes((0, 0, 0, kind, 0)) + line.ljust(13)


def hang_edid(display: str, connector: str, block: bytes) -> None:
    """Let an output say so, as its driver would."""
    x = xlib.XOpenDisplay(display.encode())
    kind = xlib.XInternAtom(x, b"EDID", False)
    resources = xrandr.XRRGetScreenResourcesCurrent(x, xlib.XDefaultRootWindow(x))
    for output in resources.contents.outputs[: resources.contents.noutput]:
        if xrandr.XRRGetOutputInfo(x, resources, output).contents.name == connector.encode():
            how = c_int(8), c_int(xlib.PropModeReplace), c_char_p(block), c_int(len(block))
            xrandr.lib.XRRChangeOutputProperty(x, c_ulong(output), c_ulong(kind), c_ulong(19), *how)  # XA_INTEGER
    xlib.XCloseDisplay(x)
