"""Clips taken off the wall, each written down at once, so that no restart brings one back; the desk does the rest."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from installation.desk.files import put_text

log = logging.getLogger(__name__)

Answer = Callable[[str | None], None]


class Removals:
    """A folder with a note named after each removed clip, until the desk has withdrawn it; written by a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unwritten: set[int] = set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="removals")
        self.trouble = ""

    def write_down(self, clip: int, answer: Answer) -> None:
        """Keep it, then answer: with None, or in a sentence why it is not kept yet; `poll` tries again."""
        self._thread.submit(self._write, clip, answer)

    def poll(self) -> None:
        """Try again what could not be written; called about once a second."""
        for clip in tuple(self._unwritten):
            self._thread.submit(self._write, clip, lambda _: None)

    def close(self) -> None:
        """Write what waits, and end."""
        self._thread.shutdown()

    def _write(self, clip: int, answer: Answer) -> None:
        try:
            self._folder.mkdir(exist_ok=True)
            put_text(self._folder / str(clip), "")
        except OSError as error:
            self._unwritten.add(clip)
            self.trouble = f"clip {clip} is off the wall, but this cannot be written down: {error.strerror}"
            answer(f"{self.trouble}; it is tried again")
        else:
            self._unwritten.discard(clip)
            self.trouble = self.trouble if self._unwritten else ""
            answer(None)


def noted(folder: Path) -> list[int]:
    """The clips that were removed and still wait for the desk."""
    try:
        return sorted(int(note.name) for note in folder.iterdir() if note.name.isdecimal())
    except FileNotFoundError:
        return []
