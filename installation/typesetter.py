"""Captions drawn ahead of their time, in a thread of their own: drawing one takes longer than a refresh."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from installation.site import CaptionSettings
from show.captions import Captions, Line
from show.lettering import Lettering, letter

Lines = tuple[Line, ...]
Key = tuple[Lines, int, int]
Set = dict[int, Lettering | None]  # by panel, from 0


class Typesetter:
    """What each panel shows of a film's captions; the lines that come next are drawn while the present ones are read.

    `sizes` are the panels' widths and heights in px; `page` is the address of the visitors' page, empty for none.
    """

    def __init__(
        self, captions: Captions, settings: CaptionSettings, sizes: Iterable[tuple[int, int]], page: str = ""
    ) -> None:
        self._captions, self._settings, self._page = captions, settings, page
        self._sizes = list(sizes)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typesetter")
        self._drawing: dict[Key, Future[Lettering | None]] = {}
        self._begin(captions.at(0.0))

    def at(self, seconds: float) -> Lines:
        """The lines to be read at a moment of the film."""
        return self._captions.at(seconds)

    def set(self, lines: Lines, seconds: float) -> Set | None:
        """These lines for every panel, and what follows them begun; None while they are still being drawn."""
        self._begin(lines)
        drawn = {panel: self._drawing[key] for panel, key in self._keys(lines).items()}
        if not all(future.done() for future in drawn.values()):
            return None
        self._look_ahead(lines, seconds)
        return {panel: future.result() for panel, future in drawn.items()}

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    def _look_ahead(self, lines: Lines, seconds: float) -> None:
        change = self._captions.next_change(seconds)
        following = self._captions.at(0.0 if change is None else change)
        wanted = {*self._keys(lines).values(), *self._keys(following).values()}
        self._drawing = {key: future for key, future in self._drawing.items() if key in wanted}
        self._begin(following)

    def _begin(self, lines: Lines) -> None:
        for key in self._keys(lines).values():
            if key not in self._drawing:
                self._drawing[key] = self._thread.submit(letter, *key, self._settings.size, self._page)

    def _keys(self, lines: Lines) -> dict[int, Key]:
        return {
            panel: (tuple(line for line in lines if panel + 1 in self._panels_of(line)), *size)
            for panel, size in enumerate(self._sizes)
        }

    def _panels_of(self, line: Line) -> tuple[int, ...]:
        return self._settings.prompt_panels if line.kind == "prompt" else self._settings.narrative_panels
