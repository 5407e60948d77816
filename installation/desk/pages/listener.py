"""A web server in threads of its own: bounded in connections, bodies and patience; a taken port is tried again."""

import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread, get_native_id
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from installation.desk.trouble import Busy

log = logging.getLogger(__name__)

AGAIN_SECONDS = 5.0
SLOWEST_REQUEST_SECONDS = 20.0  # from the first byte to the last, however slowly they drip in
FROM_ONE_ADDRESS = 24  # connections at a time, out of all
LARGEST_BODY_BYTES = 256 * 1024
NICENESS = 5  # the desk's own rounds go first
SETTINGS: dict[str, Any] = {
    "threads": 4,
    "ident": None,
    "connection_limit": 200,
    "channel_timeout": 20,
    "cleanup_interval": 5,
    "max_request_body_size": LARGEST_BODY_BYTES,
    "max_request_header_size": 16 * 1024,
    "asyncore_use_poll": True,
    "log_socket_errors": False,
}
logging.getLogger("waitress").setLevel(logging.ERROR)  # below, it writes visitors' addresses and codes into the log


class Listener:
    """Serves `app` at an address from the first `round` that finds the port free; `now` is a monotonic clock."""

    def __init__(self, name: str, app: Flask, host: str, port: int, now: Callable[[], float] = time.monotonic) -> None:
        self._name, self._app, self._host, self._port, self._now = name, app, host, port, now
        self._server: _Server | None = None
        self._thread: Thread | None = None
        self._ended = Event()
        self._again, self._why = 0.0, ""

    def round(self) -> None:
        """Listen, if it does not yet; Busy while the port cannot be had."""
        if self._has_died():
            log.error("%s: it had stopped listening", self._name)
            self.close()
        if self._server is None and self._now() >= self._again:
            self._why = self._listen()
            self._again = self._now() + AGAIN_SECONDS
        if self._why:
            raise Busy(self._why)

    def _has_died(self) -> bool:
        """Whether it listened once and does no more, for a reason that is in the log."""
        if self._server is None or self._thread is None:
            return False
        return not (self._thread.is_alive() and self._server.accepting)

    def close(self) -> None:
        """Let go of the port and of everyone who is connected."""
        if self._server is None or self._thread is None:
            return
        self._ended.set()
        with suppress(OSError):
            self._server.pull_trigger()
        self._thread.join(2.0)
        self._server.end()
        self._server = self._thread = None

    def _listen(self) -> str:
        """Why it cannot, or nothing."""
        try:
            self._server = _server(self._app, self._host, self._port)
        except OSError as error:
            return f"{self._name}: it cannot listen on {self._host} port {self._port} ({error.strerror or error})"
        self._ended = Event()
        self._thread = Thread(target=self._serve, args=(self._server, self._ended), name=self._name, daemon=True)
        self._thread.start()
        log.info("%s: at http://%s:%d/", self._name, self._host, self._port)
        return ""

    def _serve(self, server: "_Server", ended: Event) -> None:
        while not ended.is_set():
            server.turn()


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress brings no types
    """One connection, which knows since when it has been sending a request."""

    begun = 0.0

    def received(self, data: bytes) -> Any:
        if self.request is None:
            self.begun = time.time()
        return super().received(data)


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Waitress, with a limit to the connections of one address and to the time a request may take to arrive."""

    channel_class = _Channel
    next_channel_cleanup: float

    def turn(self) -> None:
        """Wait a second at most for something to happen, and see to it."""
        self.next_channel_cleanup = min(self.next_channel_cleanup, time.time() + self.adj.cleanup_interval)
        wasyncore.loop(1.0, True, self._map, 1)

    def end(self) -> None:
        """Close every connection and end the threads."""
        wasyncore.close_all(self._map, ignore_all=True)
        self.task_dispatcher.shutdown(timeout=1)

    def accept(self) -> Any:
        found = super().accept()
        if found is None:
            return None
        address = found[1][0]
        if sum(channel.addr[0] == address for channel in self.active_channels.values()) >= FROM_ONE_ADDRESS:
            found[0].close()
            return None
        return found

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.request is not None and channel.begun < now - SLOWEST_REQUEST_SECONDS:
                channel.will_close = True


class _Threads(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Waitress' threads, a little below the rest of the desk."""

    def handler_thread(self, thread_no: int) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)
        super().handler_thread(thread_no)


def _server(app: Flask, host: str, port: int) -> _Server:
    """A server that listens; OSError when it may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    everything: dict[int, Any] = {}
    threads = _Threads()
    try:
        server = _Server(
            app,
            everything,
            dispatcher=threads,
            adj=Adjustments(**SETTINGS),
            sockinfo=(family, socket.SOCK_STREAM, 0, (host, port)),
        )
    except BaseException:
        wasyncore.close_all(everything, ignore_all=True)
        raise
    threads.set_thread_count(SETTINGS["threads"])
    return server
