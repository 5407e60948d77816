"""The sound of visitors' clips that have one, decoded while they are on the shelf."""

import logging
from collections.abc import Collection
from pathlib import Path

from show.errors import StemError
from show.stems import has_sound, prepare_stem

log = logging.getLogger(__name__)


class ClipSounds:
    """In a folder that holds nothing else; what belongs to no clip any more is deleted."""

    def __init__(self, folder: Path, loudness_lufs: float | None) -> None:
        self._folder, self._loudness_lufs = folder, loudness_lufs
        self._stems: dict[Path, Path | None] = {}

    def of(self, film: Path) -> Path | None:
        """A clip's stem, decoded now unless it was before; None for a silent clip."""
        if film not in self._stems:
            self._stems[film] = self._prepared(film) if has_sound(film) else None
        return self._stems[film]

    def keep_only(self, films: Collection[Path]) -> None:
        """Forget all other clips, also those of an earlier run."""
        self._stems = {film: stem for film, stem in self._stems.items() if film in films}
        kept = set(self._stems.values())
        for stem in self._folder.glob("*.npy"):
            if stem not in kept:
                stem.unlink(missing_ok=True)

    def _prepared(self, film: Path) -> Path | None:
        try:
            return prepare_stem(film, self._folder, self._loudness_lufs)
        except (StemError, OSError) as error:
            log.warning("a clip stays silent: %s", error)
            return None
