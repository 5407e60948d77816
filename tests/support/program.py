"""`blind-eye` as its user starts it: another process, the installed command."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.waiting import wait_until

COMMAND = str(Path(sys.executable).parent / "blind-eye")


def blind_eye(
    *args: object, env: Mapping[str, str] | None = None, timeout: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run it to its end; `.returncode`, `.stdout` and `.stderr` as text."""
    command = [COMMAND, *map(str, args)]
    whole = {**os.environ, **(env or {})}
    return subprocess.run(command, env=whole, capture_output=True, text=True, timeout=timeout, check=False)


class Program:
    """A running `blind-eye`; `.output` is all it has said on both streams so far."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        with tempfile.NamedTemporaryFile(prefix="blind-eye-", suffix=".log", delete=False) as file:
            self._log = Path(file.name)
            self.process = subprocess.Popen(
                command,
                env=env,
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Until it has said `text`; at once an AssertionError with its output when it ends without."""
        wait_until(lambda: text in self.output or self._ended(text), f"{text!r} in:\n{self.output}", seconds)

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM, as systemd does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def clear_away(self) -> None:
        """Nothing of its session is left, whatever the test did."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self._log.unlink(missing_ok=True)

    def _ended(self, text: str) -> bool:
        if self.process.poll() is not None and text not in self.output:
            raise AssertionError(f"ended with {self.process.returncode} and never said {text!r}:\n{self.output}")
        return False


@contextmanager
def running(*args: object, env: Mapping[str, str] | None = None) -> Iterator[Program]:
    """`blind-eye ARGS` while the block runs."""
    program = Program([COMMAND, *map(str, args)], {**os.environ, **(env or {})})
    try:
        yield program
    finally:
        program.clear_away()
