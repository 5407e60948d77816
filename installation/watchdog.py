"""What the show tells systemd: ready at the first picture, alive while the intended picture is on the screen.

Alive means completed rounds of the frame loop that left on the screen what was meant to be there, moving or still. A
pause, a closed night or a missing sound card are no reason to be silent; a hanging loop or a lost screen is one.
"""

import os
import socket
from collections.abc import MutableMapping


class Notifier:
    """systemd's sd_notify; without a socket in the environment every call does nothing."""

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        # Taken out of the environment: children must not speak for the show.
        self.address = environment.pop("NOTIFY_SOCKET", "")

    def say(self, *lines: str) -> None:
        """Send lines such as "STATUS=..." in one datagram; a systemd that does not listen is no reason to stop."""
        if not self.address:
            return
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as messenger:
            try:
                messenger.sendto("\n".join(lines).encode(), address)
            except OSError:
                return

    def ready(self, status: str = "the picture is up") -> None:
        """The first picture is on the screen."""
        self.say("READY=1", f"STATUS={status}")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self.say(f"STATUS={text}")

    def ping(self) -> None:
        self.say("WATCHDOG=1")

    def stopping(self) -> None:
        self.say("STOPPING=1")


class Watchdog:
    """The rule when to ping: at most once per interval, and only after a round that left the picture as intended."""

    def __init__(self, interval_seconds: float) -> None:
        """Seconds between pings; 0 means that nobody asks for any."""
        self.interval_seconds = interval_seconds
        self._last = float("-inf")

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] = os.environ) -> "Watchdog":
        """A quarter of systemd's WatchdogSec, so that three pings may come late."""
        process = environment.pop("WATCHDOG_PID", str(os.getpid()))
        limit = environment.pop("WATCHDOG_USEC", "0")
        ours = process == str(os.getpid()) and limit.isdecimal()
        return cls(int(limit) / 1e6 / 4 if ours else 0.0)

    def round(self, now: float, picture_ok: bool) -> bool:
        """After a round of the frame loop at `now` (monotonic seconds): is it time to ping?"""
        due = self.interval_seconds > 0 and now - self._last >= self.interval_seconds
        if due and picture_ok:
            self._last = now
        return due and picture_ok
