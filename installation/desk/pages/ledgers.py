"""The ledger in the threads of the pages: one each, opened when first needed, and again when the file is another."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import local

from show.errors import LedgerError
from show.ledger import Ledger


class Ledgers:
    """Gives every thread its own Ledger."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path, self._now = path, now
        self._here = local()

    def here(self) -> Ledger:
        """This thread's ledger; LedgerError when there is none to be had. The desk alone makes a new one."""
        ledger: Ledger | None = getattr(self._here, "ledger", None)
        if ledger is not None and self._here.file == self._file():
            return ledger
        self.lose()
        file = self._file()
        self._here.ledger = Ledger(self._path, self._now)
        self._here.file = file
        return self._here.ledger  # type: ignore[no-any-return]

    def lose(self) -> None:
        """After trouble: close it, so that the next one is looked through anew."""
        ledger: Ledger | None = getattr(self._here, "ledger", None)
        self._here.ledger = None
        if ledger is not None:
            ledger.close()

    def _file(self) -> tuple[int, int]:
        try:
            about = os.stat(self._path)
        except OSError as error:
            raise LedgerError(f"{self._path}: the ledger cannot be opened ({error.strerror})") from error
        return about.st_dev, about.st_ino
