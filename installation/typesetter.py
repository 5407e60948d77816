"""Captions drawn ahead of their time, in a thread of their own: drawing one takes longer than a refresh."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from installation.site import CaptionSettings
from show.captions import Captions, Line
from show.lettering import Lettering, letter

Lines = tuple[Line, ...]
Key = tuple[Lines, int, int]
NONE = Captions()
NOTHING: Future[Lettering | None] = Future()  # to be drawn, so that no words of the film stand on what follows it
NOTHING.set_result(None)
Set = dict[int, Lettering | None]  # by panel, from 0


class Typesetter:
    """What each panel shows of a film's captions; the lines that come next are drawn while the present ones are read.

    `languages` are the film's captions in each; `sizes` are the panels' widths and heights in px; `page` is the address
    of the visitors' page, empty for none.
    """

    def __init__(
        self,
        languages: Mapping[str, Captions],
        settings: CaptionSettings,
        sizes: Iterable[tuple[int, int]],
        page: str = "",
    ) -> None:
        self.shown = settings.enabled
        self.language = settings.language
        self._languages, self._settings, self._page = languages, settings, page
        self._sizes = list(sizes)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typesetter")
        self._drawing: dict[Key, Future[Lettering | None]] = {}
        self._begin(self.at(0.0))

    def at(self, seconds: float) -> Lines:
        """The lines to be read at a moment of the film."""
        return self._captions.at(seconds) if self.shown else ()

    def speak(self, language: str) -> None:
        """Go on in another language; ValueError, with a sentence, where there are no captions in it."""
        if language not in self._languages:
            there = ", ".join(filter(None, self._languages)) or "one file alone" if self._languages else "none"
            raise ValueError(f'there are no captions in "{language}"; there are: {there}')
        self.language = language

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

    @property
    def _captions(self) -> Captions:
        return self._languages.get(self.language, NONE)

    def _look_ahead(self, lines: Lines, seconds: float) -> None:
        change = self._captions.next_change(seconds)
        following = self.at(0.0 if change is None else change)
        wanted = {*self._keys(lines).values(), *self._keys(following).values()}
        self._drawing = {key: future for key, future in self._drawing.items() if key in wanted}
        self._begin(following)

    def _begin(self, lines: Lines) -> None:
        for key in self._keys(lines).values():
            if key not in self._drawing:
                self._drawing[key] = self._draw(key)

    def _draw(self, key: Key) -> Future[Lettering | None]:
        return self._thread.submit(letter, *key, self._settings.size, self._page) if key[0] else NOTHING

    def _keys(self, lines: Lines) -> dict[int, Key]:
        return {
            panel: (tuple(line for line in lines if panel + 1 in self._panels_of(line)), *size)
            for panel, size in enumerate(self._sizes)
        }

    def _panels_of(self, line: Line) -> tuple[int, ...]:
        return self._settings.prompt_panels if line.kind == "prompt" else self._settings.narrative_panels
