"""The OSC port: a thread that understands, refuses and queues; only the frame loop acts.

A plain socket rather than asyncio: what has come is read in one go, then a few milliseconds are left to the frame loop.
A flood of 20000 packets a second takes a tenth of a processor this way, and six tenths with a wake-up for each packet.
"""

import logging
import select
import socket
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Protocol

from installation.commands import CommandQueue
from installation.osc.guests import AllowList, Meter, RefusalLog
from installation.osc.packets import Message, PacketError, Value, pack, unpack
from installation.osc.patterns import is_pattern
from installation.osc.service import Service
from installation.status import Board

log = logging.getLogger(__name__)

RECEIVE_BYTES = 1 << 20  # what the kernel keeps for us while other threads are busy
BATCH = 500  # packets read in one go
PATTERN_WEIGHT = 10  # messages that a pattern counts as, since it is held against every address
BREATH_SECONDS = 0.004
PATIENCE_SECONDS = 1.0  # between two looks at the refusals that wait to be logged

Host = tuple[Any, ...]  # of a socket: host, port, and two more with IPv6


class Settings(Protocol):
    """What the port must know; the table [osc] of site.toml has it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def reply_port(self) -> int: ...
    @property
    def allow(self) -> tuple[str, ...]: ...
    @property
    def prefix(self) -> str: ...
    @property
    def per_second(self) -> int: ...


class OscServer:
    """The show's OSC port. Raises SiteError when the allow list names something that is no address."""

    def __init__(self, settings: Settings, commands: CommandQueue, board: Board) -> None:
        self._settings = settings
        self._allowed = AllowList(settings.allow)
        self._service = Service(settings.prefix, commands, board)
        self._refusals = RefusalLog(time.monotonic)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble = ""
        self.address: Host = (settings.host, settings.port)

    @property
    def refused(self) -> int:
        """Packets and messages refused so far."""
        return self._refusals.count

    def start(self) -> bool:
        """Listen; False when that cannot be: `trouble` then holds the sentence, and one may try again later."""
        try:
            listening = _listen(self._settings.host, self._settings.port)
        except OSError as error:
            where = f"{self._settings.host}:{self._settings.port}"
            self.trouble = f"OSC cannot listen on {where} ({error.strerror}); the show goes on without it"
            return False
        self.trouble = ""
        self.address = listening.getsockname()[:2]
        self._stopping.clear()
        self._waker, woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(listening, woken), name="osc", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Close the port; no thread is left."""
        if self._thread is not None:
            self._stopping.set()
            self._waker.close()
            self._thread.join()
            self._thread = None

    def _run(self, listening: socket.socket, woken: socket.socket) -> None:
        port = _Port(listening, self._settings, self._allowed, self._refusals, self._service)
        with listening, woken:
            while not self._stopping.wait(BREATH_SECONDS):
                select.select([listening, woken], [], [], PATIENCE_SECONDS)
                port.read()
                self._refusals.tell_when_due()
        self._refusals.tell()


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, without SO_REUSEADDR: two shows must never share a port without a word."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening


def _weight(message: Message) -> int:
    return PATTERN_WEIGHT if is_pattern(message.address) else 1


class _Port:
    """Lets in whom it may, and hands each message to the service with a way to answer."""

    def __init__(
        self, listening: socket.socket, settings: Settings, allowed: AllowList, refusals: RefusalLog, service: Service
    ) -> None:
        self._listening = listening
        self._reply_port = settings.reply_port
        self._error = f"{settings.prefix}/error"
        self._allowed = allowed
        self._meter = Meter(settings.per_second, time.monotonic)
        self._most = settings.per_second - 1  # on top of the first: a rested sender's packet is never too large
        self._refusals = refusals
        self._service = service
        self._faulty = False

    def read(self) -> None:
        """Take what has come, at most a batch."""
        for _ in range(BATCH):
            try:
                data, addr = self._listening.recvfrom(65536)
            except BlockingIOError:
                return
            self._receive(data, addr)

    def _receive(self, data: bytes, addr: Host) -> None:
        if not self._allowed.welcomes(addr[0]):
            self._refusals.add(addr[0], "the allow list does not name the sender")
            return
        try:
            self._take(data, addr)
        except PacketError as error:
            self._refuse_packet(addr, str(error))
        except Exception:  # a port that falls silent for good would be worse than any fault of ours
            if not self._faulty:
                log.exception("a packet could not be served; this is told once")
            self._faulty = True
            self._refuse_packet(addr, "the packet could not be served")

    def _take(self, data: bytes, addr: Host) -> None:
        self._charge(addr, 1)
        messages = unpack(data)
        self._charge(addr, min(sum(map(_weight, messages)) - 1, self._most))
        caller = _Caller(self, addr)
        for message in messages:
            self._service.take(message, caller)

    def _charge(self, addr: Host, coins: int) -> None:
        if not self._meter.spend(addr[0], coins):
            raise PacketError("more messages a second came than the site allows")

    def _refuse_packet(self, addr: Host, reason: str) -> None:
        """Told at most once a second, so that no stranger's noise is echoed at its own rate."""
        self._refusals.add(addr[0], reason)
        if self._meter.may_tell(addr[0]):
            self.tell(addr, "", reason)

    def refuse(self, addr: Host, address: str, reason: str) -> None:
        """Refuse a message; never one that is itself an answer, or two shows would quarrel for ever."""
        self._refusals.add(addr[0], f"{address}: {reason}")
        if not address.startswith(("/reply/", self._error)):
            self.tell(addr, address, reason)

    def tell(self, addr: Host, address: str, reason: str) -> None:
        """Send the reason of a refusal."""
        self.send(addr, self._error, address, reason)

    def send(self, addr: Host, address: str, *values: Value) -> None:
        """Send a message to where the sender listens; what the kernel does not take at once is dropped. Any thread."""
        try:
            self._listening.sendto(pack(address, *values), (addr[0], self._reply_port or addr[1], *addr[2:]))
        except OSError as error:
            log.debug("no OSC reply to %s: %s", addr[0], error)


@dataclass(frozen=True)
class _Caller:
    """The sender of one packet."""

    port: _Port
    addr: Host

    @property
    def key(self) -> Hashable:
        return self.addr

    def reply(self, address: str, *values: Value) -> None:
        self.port.send(self.addr, f"/reply{address}", *values)

    def refuse(self, address: str, reason: str) -> None:
        self.port.refuse(self.addr, address, reason)

    def applied(self, address: str, values: tuple[Value, ...], reason: str | None) -> None:
        if reason is None:
            self.reply(address, *values)
        else:
            self.port.tell(self.addr, address, reason)
