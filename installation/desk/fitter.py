"""Films made to fit X in a thread of their own: a long one takes a minute, and nothing else at the desk may wait."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from installation.desk.fitting import fitted


class Fitter:
    """One film at a time; its copy lies in `folder` until it is let go of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(1, "fitter")
        self._film: Path | None = None
        self._ended = Event()
        self._work: Future[Path] | None = None

    def fitted(self, film: Path) -> Path | None:
        """The film as X takes it, or None while that takes its time; raises what fitting it raised."""
        if self._work is None or self._film != film:
            self.let_go()
            self._film, self._ended = film, Event()
            self._work = self._threads.submit(fitted, film, self._folder, self._ended)
        if not self._work.done():
            return None
        if self._work.exception():
            work, self._work = self._work, None
            return work.result()
        return self._work.result()

    def let_go(self) -> None:
        """What is under way is given up; a copy that is there goes."""
        self._ended.set()
        if self._work is not None and not self._work.cancel() and not self._work.exception():
            copy = self._work.result()
            if copy != self._film:
                copy.unlink(missing_ok=True)
        self._work = None

    def close(self) -> None:
        """Leave nothing behind."""
        self.let_go()
        self._threads.shutdown()
