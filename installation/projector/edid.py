"""What a display says of itself in its EDID (VESA E-EDID 1.4): maker, name, serial number."""

import string
from dataclasses import dataclass

HEADER = bytes.fromhex("00ffffffffffff00")
BLOCK_BYTES = 128
DESCRIPTORS = (54, 72, 90, 108)  # where they begin, 18 bytes each
NAME, SERIAL = 0xFC, 0xFF
LETTERS = "?" + string.ascii_uppercase + "?????"  # five bits each


@dataclass(frozen=True)
class Edid:
    """Maker as three letters, the name on the menu and the serial number; empty where the display does not tell."""

    maker: str = ""
    name: str = ""
    serial: str = ""


def read_edid(block: bytes) -> Edid:
    """From the first 128 bytes; all empty when they are none, or damaged."""
    if len(block) < BLOCK_BYTES or block[:8] != HEADER or sum(block[:BLOCK_BYTES]) % 256:
        return Edid()
    number = int.from_bytes(block[12:16], "little")
    return Edid(_maker(block), _text(block, NAME), _text(block, SERIAL) or (str(number) if number else ""))


def _maker(block: bytes) -> str:
    bits = int.from_bytes(block[8:10], "big")
    return "".join(LETTERS[bits >> shift & 31] for shift in (10, 5, 0))


def _text(block: bytes, kind: int) -> str:
    """The text of the first descriptor of that kind: ended by a line feed, filled up with spaces."""
    for start in DESCRIPTORS:
        if block[start : start + 5] == bytes((0, 0, 0, kind, 0)):
            text = block[start + 5 : start + 18].partition(b"\n")[0].decode("cp437")
            return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return ""
