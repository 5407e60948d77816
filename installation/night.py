"""Between visiting hours: run the maker while there is work, and have it out of the way before the doors open."""

import logging
import subprocess
import sys
from collections.abc import Sequence
from signal import SIGTERM

from installation.site import Site
from installation.state import State

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0  # the longest the maker may take to write its checkpoint and end once the doors are open
FAREWELL_SECONDS = 15.0  # the same when the whole show ends; systemd waits 30 s for all of it
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5.0, 600.0


def maker_command(site: Site, state: State) -> list[str]:
    """The maker's command line for a site."""
    making = site.making
    return [
        *(sys.executable, "-m", "show.making.maker"),
        *("--ledger", str(state.ledger), "--work", str(state.work), "--clips", str(state.clips)),
        *("--progress", str(state.maker), "--phrases", site.submissions.phrases),
        *("--max-phrases", str(site.submissions.max_phrases)),
        *("--images", str(making.images_per_phrase), "--checkpoint", str(making.checkpoint_every)),
        *("--iterations", str(making.iterations), "--width", str(making.width), "--height", str(making.height)),
        *("--vqgan", str(making.vqgan or "bundled")),
        *("--critic", str(making.critic or "bundled")),
    ]


class Night:
    """Decides from the state of things, never from edges, whether the maker should run; called about once a second."""

    def __init__(self, command: Sequence[str], margin_seconds: float, output: int | None = None) -> None:
        self._command = list(command)
        self._margin = margin_seconds
        self._output = output
        self._maker: subprocess.Popen[bytes] | None = None
        self._asked_at: float | None = None
        self._not_before, self._wait = 0.0, FIRST_WAIT_SECONDS
        self.restarts = 0
        self.paused = False
        self.trouble = ""  # why it does not run though it should, in a sentence

    @property
    def making(self) -> bool:
        """Whether the maker runs."""
        return self._maker is not None and self._maker.poll() is None

    def tick(self, now: float, closed: bool, seconds_until_open: float, to_make: int) -> None:
        """Bring the maker into the state the hour asks for."""
        self._notice_end(now)
        if not to_make:
            self.trouble = ""
        may_run = closed and not self.paused and seconds_until_open > self._margin
        if not may_run:
            self.send_away(now, self._patience(closed))
        elif to_make and self._maker is None and now >= self._not_before:
            self._start(now)

    def _patience(self, closed: bool) -> float:
        """Before the doors open a slow image may be ended, for all that the margin gives."""
        return max(PATIENCE_SECONDS, self._margin - PATIENCE_SECONDS) if closed else PATIENCE_SECONDS

    def send_away(self, now: float, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Ask the maker to write its checkpoint and end; end it when it does not."""
        if self._maker is None or not self.making:
            return
        if self._asked_at is None:
            self._asked_at = now
            self._maker.terminate()
        elif now - self._asked_at > patience_seconds:
            log.warning(
                "the maker did not end within %.0f s and is killed; it goes on at its last checkpoint", patience_seconds
            )
            self._maker.kill()

    def stop(self) -> None:
        """End the maker for good, waiting for its checkpoint."""
        if self._maker is None:
            return
        self._maker.terminate()
        try:
            self._maker.wait(FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            self._maker.kill()
            self._maker.wait()
        self._maker = None

    def _start(self, now: float) -> None:
        self._asked_at = None
        try:
            self._maker = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
            )
        except OSError as error:
            self._try_again_later(now, f"cannot be started ({error.strerror})")
            return
        self.trouble = ""
        log.info("the night begins: the maker is at work as process %d", self._maker.pid)

    def _notice_end(self, now: float) -> None:
        if self._maker is None or self.making:
            return
        status = self._maker.returncode
        self._maker = None
        if status == 0 or (status == -SIGTERM and self._asked_at is not None):  # told to go before it had begun
            self._wait = FIRST_WAIT_SECONDS
            self._not_before = now + self._wait  # until the desk has told what is left to be made
        else:
            self.restarts += 1
            self._try_again_later(now, f"ended with {status}; it goes on at its last checkpoint")

    def _try_again_later(self, now: float, why: str) -> None:
        self._not_before = now + self._wait
        self.trouble = f"the maker {why}"
        log.warning("%s; it is tried again in %.0f s", self.trouble, self._wait)
        self._wait = min(2 * self._wait, LONGEST_WAIT_SECONDS)
