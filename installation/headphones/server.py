"""The sound server (PulseAudio, or PipeWire in its manner): which sinks there are, and on which of them we play.

When a sink goes, the server moves its streams to another one without a word to them; here it is noticed, and seen to
that it is one nobody hears (`guard`). Nothing else imports pulsectl. A PC without a sound server is no trouble.
"""

import gc
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from installation.headphones.guard import UNHEARD, Guard, own_streams

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # at least this often, also without news
AGAIN_SECONDS = 1.0
SOCKET_SECONDS = 0.02
STALE_SECONDS = 3.0  # a server that has not answered for so long is left as it is


@dataclass(frozen=True)
class Sink:
    """An output of the sound server."""

    name: str
    title: str
    channels: int


@dataclass(frozen=True)
class View:
    """The sound server as it was asked for at one moment (monotonic): its sinks by name, without those that nobody
    hears, the default one among them, "" for none, and the one we play on, "" for none.
    """

    sinks: Mapping[str, Sink]
    default: str
    ours: str
    at: float


class SoundServer(Thread):
    """Watches from a thread of its own; `view` is None while no server answers, `news` is set by every change.
    `guards`: have the server keep what we play from any sink that it is not meant for.
    """

    def __init__(self, guards: bool = False) -> None:
        super().__init__(name="sound server", daemon=True)
        self._guards = guards
        self._told: set[str] = set()
        self.view: View | None = None
        self.changes = 0  # of sinks that come and go, and of the server itself
        self.looked, self.news = Event(), Event()
        self._outdated = False

    @property
    def there(self) -> bool:
        """Whether there seems to be a server, be it one that has not answered yet."""
        return self.view is not None or _stamp() is not None

    def run(self) -> None:
        """Look for a server, and at it."""
        try:
            import pulsectl
        except OSError:  # without the library there is no server either
            self.looked.set()
            return
        while True:
            stamp = _stamp()
            try:
                self._watch(pulsectl)
            except (pulsectl.PulseError, pulsectl.PulseDisconnected):
                self._see(None)
            except Exception:
                logger.exception("the sound server cannot be watched")
                self._see(None)
            gc.collect()  # nobody else does in this process, and a connection in vain leaves 16 KB behind
            self._wait_for_socket(stamp)

    def leave(self) -> None:
        """Take back what was set up to guard our streams, which are closed by now. Called by another thread."""
        guards, self._guards, view = self._guards, False, self.view
        if not guards or view is None or view.at < time.monotonic() - STALE_SECONDS:
            return
        import pulsectl

        try:
            with pulsectl.Pulse("blind-eye, leaving", connect=False) as pulse:
                pulse.connect()
                Guard(pulse).leave()
        except (pulsectl.PulseError, pulsectl.PulseDisconnected):
            logger.info("the sound server went before the sound")

    def _watch(self, pulsectl: Any) -> None:
        """Until the server goes away."""

        def notice(_event: Any) -> None:
            self._outdated = True
            raise pulsectl.PulseLoopStop

        with pulsectl.Pulse("blind-eye", connect=False) as pulse:
            pulse.connect()
            pulse.event_mask_set("sink", "sink_input", "server")
            pulse.event_callback_set(notice)
            guard = Guard(pulse)
            while True:
                self._outdated = False
                self._keep(guard)
                self._see(_look(pulse))
                if not self._outdated:  # by an event that came amid the look, for which nobody would be woken
                    pulse.event_listen(timeout=LOOK_SECONDS)

    def _keep(self, guard: Guard) -> None:
        if self._guards:
            guard.keep()
            for lack in set(guard.lacks) - self._told:
                logger.warning("%s", lack)
            self._told.update(guard.lacks)

    def _see(self, view: View | None) -> None:
        before, self.view = self.view, view
        if (before and before.sinks) != (view and view.sinks):
            self.changes += 1
        self.looked.set()
        self.news.set()

    def _wait_for_socket(self, stamp: object) -> None:
        """A server that starts makes its socket anew."""
        until = time.monotonic() + AGAIN_SECONDS
        while time.monotonic() < until and _stamp() == stamp:
            time.sleep(SOCKET_SECONDS)


def _look(pulse: Any) -> View:
    at = time.monotonic()
    sinks = {each.index: Sink(each.name, each.description, each.channel_count) for each in pulse.sink_list()}
    ours = [each.sink for each in own_streams(pulse)]
    name = sinks[ours[-1]].name if ours and ours[-1] in sinks else ""
    default = str(pulse.server_info().default_sink_name or "")
    heard = {sink.name: sink for sink in sinks.values() if sink.name not in UNHEARD}
    return View(heard, "" if default in UNHEARD else default, name, at)


def _stamp() -> object:
    """Changes when a server makes its socket; None while there is none, or its place is not known."""
    for path in _sockets():
        try:
            status = path.stat()
        except OSError:
            continue
        return path, status.st_ino, status.st_ctime_ns
    return None


def _sockets() -> list[Path]:
    address = os.environ.get("PULSE_SERVER", "").rpartition("unix:")[2]
    if address:
        return [Path(address)]
    folders = (os.environ.get("PULSE_RUNTIME_PATH"), os.environ.get("XDG_RUNTIME_DIR", "/run") + "/pulse")
    return [Path(folder, "native") for folder in folders if folder]
