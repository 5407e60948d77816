"""The slow desk work beside the frame loop: files about the show out, snapshots of ledger and making in."""

import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
from PIL import Image

from installation.clip_sounds import ClipSounds
from installation.sound_settings import FILM
from installation.state import State
from installation.status import Board
from installation.telling import tell_making
from show.errors import FilmError
from show.films import FilmInfo, probe
from show.programme import Item

log = logging.getLogger(__name__)

PERIOD_SECONDS = 1.0
PROBE_AGAIN_SECONDS = 60.0  # a clip that could not be read may only have been on a busy disk


@dataclass(frozen=True)
class Papers:
    """What desk and maker last wrote: clips for the wall (newest first), their sounds, their counts and words."""

    clips: tuple[Item, ...] = ()
    sounds: Mapping[str, Path] = field(default_factory=dict)  # decoded, by "group/stem"
    waiting: int = 0
    to_make: int = 0
    to_approve_words: int = 0
    to_approve_clips: int = 0
    uncertain: int = 0
    estimate: str = ""
    limits: str = ""
    desk: str = ""
    making: str = ""


class Reporter:
    """A thread that writes status and pictures and reads shelf, desk and maker, about once a second."""

    def __init__(self, state: State, board: Board, loudness_lufs: float | None = None) -> None:
        self.papers = Papers()
        self._state, self._board = state, board
        self._films: dict[Path, FilmInfo] = {}
        self._sounds = ClipSounds(state.clip_sounds, loudness_lufs)
        self._unreadable: dict[Path, float] = {}
        self._trouble = ""
        self._pictures: dict[Path, np.ndarray] = {}
        self._errands: deque[Callable[[], None]] = deque()
        self._lock = Lock()
        self._stop, self._woken = Event(), Event()
        self._thread = Thread(target=self._run, name="reporter", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def save_picture(self, pixels: np.ndarray, path: Path) -> None:
        """Write pixels (H, W, 3 uint8) as PNG soon; a newer picture for the same path replaces a waiting one."""
        with self._lock:
            self._pictures[path] = pixels

    def soon(self, errand: Callable[[], None]) -> None:
        """Do something with the state folder now; again a second later as long as it raises OSError."""
        self._errands.append(errand)
        self._woken.set()

    def stop(self) -> None:
        """Write what is waiting and end."""
        self._stop.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._woken.wait(PERIOD_SECONDS)
            self._woken.clear()
            self._turn()
        self._turn()

    def _turn(self) -> None:
        """Each part alone: what others wrote wrongly, or a full disk, must not end the reports."""
        troubles = map(_try, (self._read, self._write_pictures, self._run_errands, self._write_status))
        sentence = "; ".join(dict.fromkeys(filter(None, troubles)))
        if sentence and sentence != self._trouble:
            log.warning("%s", sentence)
        self._trouble = sentence

    def _write_status(self) -> None:
        write_json(self._state.status, self._board.latest.as_json() | {"pid": os.getpid(), "written": time.time()})

    def _read(self) -> None:
        desk, maker = read_json(self._state.desk), read_json(self._state.maker)
        clips = self._clips()
        sounds = {f"{clip.sound}/{FILM}": stem for clip in clips if (stem := self._sounds.of(clip.film.path))}
        told = replace(_told(desk), clips=clips, sounds=sounds)
        self.papers = replace(told, making=self.papers.making)  # whatever the maker wrote
        self._sounds.keep_only([clip.film.path for clip in clips])
        self.papers = replace(self.papers, making=tell_making(maker))

    def _clips(self) -> tuple[Item, ...]:
        """The clips on the shelf; those of a moment ago while it cannot be read."""
        if not self._state.shelf.exists():
            return ()
        shelf = read_json(self._state.shelf).get("clips")
        if shelf is None:
            return self.papers.clips
        return tuple(item for entry in shelf if (item := self._clip(entry)) is not None)

    def _clip(self, entry: dict[str, Any]) -> Item | None:
        film, name = self._film(Path(str(entry["film"]))), f"clip {entry['id']}"
        if film is None:
            return None
        return Item(name, film, name if self._sounds.of(film.path) else "", str(entry["id"]))

    def _film(self, path: Path) -> FilmInfo | None:
        now = time.monotonic()
        if path not in self._films and now >= self._unreadable.get(path, 0.0):
            try:
                self._films[path] = probe(path)
            except FilmError as error:
                log.warning("a clip is left out of the programme: %s", error)
                self._unreadable[path] = now + PROBE_AGAIN_SECONDS
        return self._films.get(path)

    def _write_pictures(self) -> None:
        with self._lock:
            pictures, self._pictures = self._pictures, {}
        for path, pixels in pictures.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            Image.fromarray(pixels).save(part, format="PNG")
            part.replace(path)

    def _run_errands(self) -> None:
        trouble = None
        for _ in range(len(self._errands)):
            errand = self._errands.popleft()
            try:
                errand()
            except OSError as error:
                self._errands.append(errand)
                trouble = error
        if trouble:
            raise trouble


def _told(desk: dict[str, Any]) -> Papers:
    """What desk.json says."""
    return Papers(
        waiting=int(desk.get("waiting", 0)),
        to_make=int(desk.get("to_make", 0)),
        to_approve_words=int(desk.get("to_approve_words", 0)),
        to_approve_clips=int(desk.get("to_approve_clips", 0)),
        uncertain=int(desk.get("uncertain", 0)),
        estimate=str(desk.get("estimate", "")),
        limits=_limits(desk),
        desk=str(desk.get("words", "")),
    )


def _limits(desk: dict[str, Any]) -> str:
    """What the services still allow and what was spent on them, in the desk's words."""
    told = [str(each.get("words", "")).rstrip(".") for each in desk.get("limits", {}).values()]
    return "; ".join(filter(None, told))


def _try(part: Callable[[], None]) -> str:
    """What went wrong with a part, in a sentence; empty when nothing did."""
    try:
        part()
    except OSError as error:
        return f"the state folder cannot be used just now: {error}"
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return f"what desk or maker wrote cannot be understood: {type(error).__name__}: {error}"
    return ""


def read_json(path: Path) -> dict[str, Any]:
    """A snapshot another process keeps replacing; empty when there is none yet."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {"clips": values}


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Replace a snapshot at once for its readers; what is lost in a power cut is written again a second later."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(values), encoding="utf-8")
    part.replace(path)
