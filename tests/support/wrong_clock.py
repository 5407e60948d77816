"""A wall clock that can be set wrong for a program and no other: a library loaded before the C library's own."""

import shutil
import subprocess
from pathlib import Path


class WrongClock:
    """`env` goes to the program. Raises OSError where there is no C compiler."""

    def __init__(self, folder: Path) -> None:
        self._wrong_by = folder / "wrong_by"
        self.set(0)
        self.env = {"LD_PRELOAD": str(_library(folder)), "WRONG_CLOCK": str(self._wrong_by)}

    def set(self, seconds: float) -> None:
        """How far the clock is ahead, from now on."""
        new = self._wrong_by.with_suffix(".new")
        new.write_text(f"{seconds}\n")
        new.replace(self._wrong_by)


def _library(folder: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise OSError("cc: there is no C compiler")
    library = folder / "wrong_clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl"], check=True)
    return library


_SOURCE = Path(__file__).with_suffix(".c")
