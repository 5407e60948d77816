"""Datagrams to messages and back. python-osc sees single messages only, after their shape has been checked here:
left alone it loops for ever on a negative element size, sleeps on time tags and slips over unknown type tags."""

from collections.abc import Iterator
from dataclasses import dataclass

from pythonosc import osc_message
from pythonosc.osc_message_builder import OscMessageBuilder

MAX_BYTES = 16384
MAX_DEPTH = 8
MAX_TEXT = 255
MAX_FLOAT = 3.4028234e38  # of 32 bits, as answers carry them
HEAD = 16  # "#bundle", a zero, eight bytes of time tag
FIXED = {"i": 4, "f": 4, "h": 8, "d": 8, "T": 0, "F": 0}

Value = int | float | str | bool


class PacketError(Exception):
    """A datagram that is not taken; the message says why in one sentence."""


@dataclass(frozen=True)
class Message:
    """One OSC message."""

    address: str
    arguments: tuple[Value, ...] = ()


def unpack(packet: bytes) -> list[Message]:
    """All messages of a datagram, in order; bundles act at once whatever their time tag says. Raises PacketError."""
    if len(packet) > MAX_BYTES:
        raise PacketError(f"a packet of {len(packet)} bytes is longer than {MAX_BYTES}")
    return list(_walk(packet, 0))


def opened(answer: bytes) -> Message:
    """An answer of the show itself, whatever its length; no stranger's packet."""
    decoded = osc_message.OscMessage(answer)
    return Message(decoded.address, tuple(decoded.params))


def pack(address: str, *values: Value) -> bytes:
    """One message as a datagram; switches travel as 0 and 1, which every receiver can read."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(int(value) if isinstance(value, bool) else value)
    return builder.build().dgram


def _walk(element: bytes, depth: int) -> Iterator[Message]:
    if element.startswith(b"/"):
        yield _message(element)
    elif not element.startswith(b"#bundle\0"):
        raise PacketError("the packet starts neither with / nor with #bundle")
    elif depth == MAX_DEPTH:
        raise PacketError(f"bundles are nested deeper than {MAX_DEPTH}")
    else:
        for each in _elements(element):
            yield from _walk(each, depth + 1)


def _elements(bundle: bytes) -> Iterator[bytes]:
    at = HEAD
    if len(bundle) < at:
        raise PacketError("a bundle is cut off in its time tag")
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 4], "big", signed=True)
        at += 4
        if size < 4 or size % 4 or size > len(bundle) - at:
            raise PacketError(f"a bundle holds an element of {size} bytes")
        yield bundle[at : at + size]
        at += size


def _message(data: bytes) -> Message:
    _check_shape(data)
    try:
        decoded = osc_message.OscMessage(data)
    except (osc_message.ParseError, ValueError) as error:
        raise PacketError("a text is not UTF-8" if isinstance(error, UnicodeError) else str(error)) from error
    return Message(decoded.address, tuple(_sane(value) for value in decoded.params))


def _check_shape(data: bytes) -> None:
    """Address, type tags and arguments fill the message exactly, and every type is known."""
    address, at = _text(data, 0)
    if len(address) > MAX_TEXT or not all(0x20 < byte < 0x7F for byte in address):
        raise PacketError("the address is too long or not plain ASCII")
    if at == len(data):
        return
    tags, at = _text(data, at)
    if not tags.startswith(b","):
        raise PacketError("the arguments come without type tags")
    for tag in tags[1:].decode("latin-1"):
        at = _after(data, at, tag)
    if at != len(data):
        raise PacketError("the arguments do not fill the message as their type tags say")


def _after(data: bytes, at: int, tag: str) -> int:
    if tag == "s":
        return _text(data, at)[1]
    if tag not in FIXED:
        raise PacketError(f"type tag {tag!r} is not taken here; i f h d s T F are")
    return at + FIXED[tag]


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    """The zero-terminated text at a position, and the position after its padding."""
    zero = data.find(b"\0", at)
    end = (zero // 4 + 1) * 4
    if zero < 0 or end > len(data):
        raise PacketError("a text is cut off")
    return data[at:zero], end


def _sane(value: Value) -> Value:
    if isinstance(value, float) and not abs(value) <= MAX_FLOAT:
        raise PacketError(f"{value} is not a number that can be used")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise PacketError(f"a text is longer than {MAX_TEXT} characters")
    return value
