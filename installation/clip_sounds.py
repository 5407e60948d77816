"""The sound of visitors' clips that have one, decoded while they are on the shelf."""

import logging
import math
import time
from collections.abc import Callable, Collection
from pathlib import Path

from show.errors import StemError
from show.stems import has_sound, prepare_stem

log = logging.getLogger(__name__)

AGAIN_SECONDS = 600.0  # each time costs a full disk its last bytes for a moment


class ClipSounds:
    """In a folder that holds nothing else; what belongs to no clip any more is deleted."""

    def __init__(self, folder: Path, loudness_lufs: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._loudness_lufs, self._clock = folder, loudness_lufs, clock
        self._stems: dict[Path, Path | None] = {}
        self._again_at: dict[Path, float] = {}  # by the clock, for those whose sound the disk did not take

    def of(self, film: Path) -> Path | None:
        """A clip's stem, decoded now unless it was before; None for a silent clip, and as long as the disk is full."""
        if film not in self._stems or self._clock() >= self._again_at.get(film, math.inf):
            self._stems[film] = self._prepared(film) if has_sound(film) else None
        return self._stems[film]

    def keep_only(self, films: Collection[Path]) -> None:
        """Forget all other clips, also those of an earlier run."""
        self._stems = {film: stem for film, stem in self._stems.items() if film in films}
        self._again_at = {film: at for film, at in self._again_at.items() if film in films}
        kept = set(self._stems.values())
        for stem in self._folder.glob("*.npy"):
            if stem not in kept:
                stem.unlink(missing_ok=True)

    def _prepared(self, film: Path) -> Path | None:
        known = self._again_at.pop(film, None) is not None
        try:
            return prepare_stem(film, self._folder, self._loudness_lufs)
        except StemError as error:
            log.warning("a clip stays silent: %s", error)
        except OSError as error:
            self._again_at[film] = self._clock() + AGAIN_SECONDS
            if not known:  # told once
                log.warning("a clip is silent for now: %s cannot be written (%s)", self._folder, error.strerror)
        return None
