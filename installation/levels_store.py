"""Saved levels on disk: numbered files, the newest counts, the last twenty are kept."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from installation.desk.files import put_json, sync_folder
from installation.levels import Levels, as_json, from_json

log = logging.getLogger(__name__)

KEEP = 20

Later = Callable[[Callable[[], None]], None]
Answer = Callable[[str | None], None]


class Leveled(Protocol):
    """The headphones, as far as their levels go."""

    levels: Levels
    known: tuple[str, ...]


class SavedLevels:
    """The site's own levels of `sound` and all that were saved after them; it begins with the latest.

    Levels saved while the site said something else are left aside: its file was changed since, on purpose. The writing
    is done by `later`, off the frame loop, again and again as long as it raises OSError; `wall` tells the aware time.
    """

    def __init__(self, folder: Path, sound: Leveled, later: Later, wall: Callable[[], datetime]) -> None:
        self._sound, self._folder, self._site = sound, folder, as_json(sound.levels)
        self._later, self._wall = later, wall
        self._owing = False
        states = [sound.levels, *filter(None, map(self._read, _files(folder)))]
        self._states = states[:1] + [after for before, after in pairwise(states) if after != before]
        self._at = len(self._states) - 1
        self.kept = sound.levels = self._states[-1]

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return self._at > 0 or self._sound.levels != self._states[self._at]

    def save(self, answer: Answer) -> None:
        """Keep the levels as they are now; answered on the writer's thread, when the disk and `kept` have them."""
        levels = self._sound.levels
        if levels != self._states[-1]:
            self._states.append(levels)
        self._at = len(self._states) - 1
        self._later(partial(self._keep, levels, self._wall(), answer))

    def undo(self) -> None:
        """Back to what was saved last, or to what was before that when nothing has changed since; ValueError when
        there is nothing to go back to.
        """
        if not self.can_undo:
            raise ValueError("there is nothing to undo: these are the levels of the site")
        if self._sound.levels == self._states[self._at]:
            self._at -= 1
        self._sound.levels = self._states[self._at]

    def _keep(self, levels: Levels, at: datetime, answer: Answer) -> None:
        try:
            self._write(levels, at)
        except OSError as error:
            if not self._owing:
                self._owing = True
                self._later(self._keep_at_last)
            answer(
                f"the levels are not kept yet: {self._folder} cannot be written ({error.strerror}); it is tried again"
            )
        else:
            answer(None)

    def _keep_at_last(self) -> None:
        if self.kept != self._states[-1]:
            self._write(self._states[-1], self._wall())
        self._owing = False

    def _write(self, levels: Levels, at: datetime) -> None:
        """Under a new number, the oldest thinned out; OSError when the disk is full or read-only."""
        self._folder.mkdir(parents=True, exist_ok=True)
        files = _files(self._folder)
        number = _number(files[-1]) + 1 if files else 1
        path = self._folder / f"levels-{number:04d}-{at:%Y-%m-%dT%H-%M-%S}.json"
        put_json(path, {"site": self._site, "levels": as_json(levels)})
        for old in files[: max(0, len(files) + 1 - KEEP)]:
            old.unlink(missing_ok=True)
        sync_folder(self._folder)
        self.kept = levels

    def _read(self, path: Path) -> Levels | None:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if not self._is_of_this_site(path, values):
                return None
            return _same_number(from_json(values["levels"], self._sound.known), len(self._site["outputs"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s is left aside: %s", path, error)
            return None

    def _is_of_this_site(self, path: Path, values: Mapping[str, Any]) -> bool:
        same = bool(values["site"] == self._site)
        if not same:
            log.info("%s is left aside: the site has had other levels since", path.name)
        return same


def _same_number(levels: Levels, outputs: int) -> Levels:
    if len(levels.outputs) != outputs:
        raise ValueError(f"it holds {len(levels.outputs)} headphones and the site {outputs}")
    return levels


def _files(folder: Path) -> list[Path]:
    """Oldest first, by number: a gallery PC may not know the date."""
    return sorted(folder.glob("levels-*.json"), key=_number)


def _number(path: Path) -> int:
    digits = path.name.split("-")[1]
    return int(digits) if digits.isdecimal() else 0
