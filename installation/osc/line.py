"""The show's own entrance: a datagram socket in its state folder, for the desk's pages and the command line.

Whoever may write to the file is heard, which is whoever runs the show; so there is no allow list here and no limit but
the queue's. The packets are OSC under `/show`, whatever prefix the site has.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from installation.commands import CommandQueue
from installation.cue_line import LONGEST, PREFIX, reached
from installation.osc.packets import PacketError, Value, pack, unpack
from installation.osc.service import Service
from installation.status import Board

log = logging.getLogger(__name__)


class Line:
    """Serves the socket `path` on a thread of its own, from `start` to `stop`."""

    def __init__(self, path: Path, commands: CommandQueue, board: Board) -> None:
        self._path = path
        self._service = Service(PREFIX, commands, board)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self.trouble = ""

    def start(self) -> bool:
        """Listen, in place of whatever a show that was killed left there; else `trouble` says why not."""
        try:
            self._socket = _listen(self._path)
        except OSError as error:
            self.trouble = f"nothing can be told to the show through {self._path} ({error.strerror})"
            return False
        self.trouble = ""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(self._socket,), name="line", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Take the socket away; no thread is left."""
        if self._socket is not None and self._thread is not None:
            self._stopping.set()
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._socket.close()
            self._path.unlink(missing_ok=True)
            self._socket = self._thread = None

    def _run(self, listening: socket.socket) -> None:
        while True:
            data, sender = listening.recvfrom(LONGEST)
            if self._stopping.is_set():
                return
            self._receive(data, _Caller(listening, sender))

    def _receive(self, data: bytes, caller: "_Caller") -> None:
        try:
            for message in unpack(data):
                self._service.take(message, caller)
        except PacketError as error:
            caller.refuse("", str(error))
        except Exception:  # as at the port: it must not fall silent for good
            log.exception("a packet from this machine could not be served")


@dataclass(frozen=True)
class _Caller:
    """The sender of one packet; one that gave its socket no name hears no answer."""

    socket: socket.socket
    name: bytes | str | None

    @property
    def key(self) -> Hashable:
        return self.name

    def reply(self, address: str, *values: Value) -> None:
        self._send(pack(f"/reply{address}", *values))

    def refuse(self, address: str, reason: str) -> None:
        self._send(pack(f"{PREFIX}/error", address, reason))

    def applied(self, address: str, values: tuple[Value, ...], reason: str | None) -> None:
        if reason is None:
            self.reply(address, *values)
        else:
            self.refuse(address, reason)

    def _send(self, packet: bytes) -> None:
        """Never waits: the frame loop answers too."""
        if self.name:
            with contextlib.suppress(OSError):
                self.socket.sendto(packet, socket.MSG_DONTWAIT, self.name)


def _listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        os.fchmod(listening.fileno(), 0o600)  # before it has a name that others could open
        path.unlink(missing_ok=True)
        with reached(path) as name:
            listening.bind(name)
    except OSError:
        listening.close()
        raise
    return listening
