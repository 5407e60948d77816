"""An OSC sender and listener of its own, so that the show's encoder never judges itself; and liblo's `oscsend`."""

import socket
import struct
import subprocess
from collections.abc import Iterator

Value = int | float | str | bool
Heard = tuple[str, tuple[Value, ...]]


def text(value: str | bytes) -> bytes:
    """A zero-terminated text padded to four bytes."""
    raw = value.encode() if isinstance(value, str) else value
    return raw + b"\0" * (4 - len(raw) % 4)


def message(address: str, *values: Value) -> bytes:
    """One message as bytes."""
    return text(address) + text("," + "".join(map(_tag, values))) + b"".join(map(_bytes, values))


def bundle(*elements: bytes, time: int = 1) -> bytes:
    """A bundle as bytes; time 1 means at once."""
    return text("#bundle") + struct.pack(">Q", time) + b"".join(struct.pack(">i", len(e)) + e for e in elements)


HANGING = text("#bundle") + struct.pack(">Qi", 1, -4)  # python-osc's own server never comes back from these 20 bytes


def read(packet: bytes) -> Heard:
    """Address and values of a message with i, f, h and s."""
    address, rest = _cut(packet)
    tags, rest = _cut(rest)
    values: list[Value] = []
    for tag in tags[1:]:
        if tag == "s":
            value, rest = _cut(rest)
        else:
            form = f">{'q' if tag == 'h' else tag}"
            (value,), rest = struct.unpack_from(form, rest), rest[struct.calcsize(form) :]
        values.append(value)
    return address, tuple(values)


class Sender:
    """A UDP socket that sends to the show and hears its answers."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.to = (host, port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5)

    def send(self, address: str, *values: Value) -> None:
        self.raw(message(address, *values))

    def raw(self, packet: bytes) -> None:
        self.socket.sendto(packet, self.to)

    def hear(self) -> Heard:
        """The next answer."""
        return read(self.socket.recv(65536))

    def ask(self, address: str, *values: Value) -> Heard:
        """The next answer after sending this."""
        self.send(address, *values)
        return self.hear()

    def wait_for_ping(self) -> None:
        """Until everything sent so far has been read; answers to it are passed over."""
        self.send("/show/ping")
        while self.hear()[0] != "/reply/show/ping":
            pass

    def is_answered(self) -> bool:
        """Whether a ping is answered soon."""
        self.send("/show/ping")
        return any(address == "/reply/show/ping" for address, _ in self.rest(0.2))

    def rest(self, seconds: float = 0.1) -> Iterator[Heard]:
        """Whatever still comes, until it is quiet for so long."""
        self.socket.settimeout(seconds)
        try:
            while True:
                yield self.hear()
        except TimeoutError:
            self.socket.settimeout(5)

    def close(self) -> None:
        self.socket.close()


def oscsend(port: int, address: str, tags: str = "", *values: object) -> None:
    """liblo's own sender, a foreign implementation."""
    command = ["oscsend", "127.0.0.1", str(port), address, *([tags] if tags else []), *map(str, values)]
    subprocess.run(command, check=True, timeout=10)


def _tag(value: Value) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return "s" if isinstance(value, str) else "i" if isinstance(value, int) else "f"


def _bytes(value: Value) -> bytes:
    if isinstance(value, bool):
        return b""
    return text(value) if isinstance(value, str) else struct.pack(">" + _tag(value), value)


def _cut(data: bytes) -> tuple[str, bytes]:
    end = data.index(b"\0")
    return data[:end].decode(), data[(end // 4 + 1) * 4 :]
