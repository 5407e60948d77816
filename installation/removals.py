"""Clips taken off the wall, each written down at once, so that no restart brings one back; the desk does the rest."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from installation.desk.files import put_text

Answer = Callable[[str | None], None]


class Removals:
    """A folder with a note named after each removed clip, until the desk has withdrawn it; written by a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: set[int] = set()
        self._unkept: set[int] = set()
        self._asked: dict[int, list[Answer]] = {}
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="removals")
        self.trouble = ""

    def write_down(self, clip: int, answer: Answer) -> None:
        """Keep it, then answer: with None, or in a sentence why it is not kept yet; `poll` tries again.

        However often the same is asked meanwhile, it is written once.
        """
        with self._lock:
            waiting = self._asked.setdefault(clip, [])
            waiting.append(answer)
            first = len(waiting) == 1
        if first:
            self._thread.submit(self._serve, clip)

    def poll(self) -> None:
        """Try again what could not be written; called about once a second."""
        if self._unkept:
            self._thread.submit(lambda: [self._try(clip) for clip in tuple(self._unkept)])

    def close(self) -> None:
        """Write what waits, and end."""
        self._thread.shutdown()

    def _serve(self, clip: int) -> None:
        trouble = None if clip in self._kept else self._try(clip)
        with self._lock:
            answers = self._asked.pop(clip)
        for answer in answers:
            answer(trouble)

    def _try(self, clip: int) -> str | None:
        """Write a note; what went wrong, in a sentence."""
        try:
            self._folder.mkdir(exist_ok=True)
            put_text(self._folder / str(clip), "")
        except OSError as error:
            self._unkept.add(clip)
            self.trouble = f"clip {clip} is off the wall, but this cannot be written down: {error.strerror}"
            return f"{self.trouble}; it is tried again"
        self._kept.add(clip)
        self._unkept.discard(clip)
        self.trouble = self.trouble if self._unkept else ""
        return None


def noted(folder: Path) -> list[int]:
    """The clips that were removed and still wait for the desk."""
    try:
        return sorted(int(note.name) for note in folder.iterdir() if note.name.isdecimal())
    except FileNotFoundError:
        return []
