"""Processes beside the player: each started, watched and ended alone."""

import ctypes
import logging
import os
import signal
import subprocess
from collections.abc import Sequence

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
PR_SET_PDEATHSIG = 1
PARENT = "BLIND_EYE_PARENT"


def end_with_parent() -> None:
    """Called by a child on itself: SIGTERM when its parent dies, however that dies; now, when it is dead already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.environ.get(PARENT, str(os.getppid())) != str(os.getppid()):
        os.kill(os.getpid(), signal.SIGTERM)


class Child:
    """A process that should run; it is started again when it dies, after 1, 2, 4 ... 30 seconds."""

    def __init__(
        self, name: str, command: Sequence[str], output: int | None = None, inherit: Sequence[int] = ()
    ) -> None:
        self.name = name
        self.restarts = 0
        self._command, self._output, self._inherit = list(command), output, inherit
        self._process: subprocess.Popen[bytes] | None = None
        self._wait, self._retry_at = FIRST_WAIT_SECONDS / 2, 0.0
        self._started_at = 0.0
        self._wanted = False

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id while there is one."""
        return self._process.pid if self._process else None

    def start(self, now: float) -> None:
        """Start the process; when the system has no room for it, `poll` tries again."""
        self._wanted, self._started_at = True, now
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                pass_fds=self._inherit,
                env={**os.environ, PARENT: str(os.getpid())},
            )
        except OSError as error:
            self._process = None
            self._plan_restart(now, f"cannot be started ({error.strerror})")

    def poll(self, now: float) -> None:
        """Start it again when it has died and its wait is over; called about once a second."""
        if not self._wanted or self.running:
            return
        if not self._retry_at:
            self._plan_restart(now, f"ended with {self._process.returncode if self._process else None}")
        elif now >= self._retry_at:
            self._retry_at = 0.0
            self.restarts += 1
            self.start(now)

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        if self.running and self._process:
            self._process.terminate()

    def stop(self, patience: float = 5.0) -> None:
        """SIGTERM, then SIGKILL when patience (seconds) is at its end; no process remains."""
        self._wanted = False
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            log.warning("%s did not end within %.0f s and is killed", self.name, patience)
            self._process.kill()
            self._process.wait()
        self._process = None

    def _plan_restart(self, now: float, why: str) -> None:
        lived = now - self._started_at
        self._wait = FIRST_WAIT_SECONDS if lived > LONGEST_WAIT_SECONDS else min(self._wait * 2, LONGEST_WAIT_SECONDS)
        self._retry_at = now + self._wait
        log.warning("%s %s; it is tried again in %.0f s", self.name, why, self._wait)
