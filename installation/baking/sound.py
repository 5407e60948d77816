"""The sound of a baked movie: one stem, in stereo, exactly as long as the picture."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from installation.errors import SiteError
from installation.site import Site
from installation.sound_settings import FILM, NARRATION
from show.stems import RATE, has_sound, prepare_stem

Samples = NDArray[np.float32]


def choose(site: Site, name: str | None) -> Path | None:
    """The file of the stem asked for, else of the narration, else of the first; None where there is no sound at all."""
    stems = dict(site.show.stems)
    if FILM not in stems and len(site.show.films) == 1 and has_sound(site.show.films[0]):
        stems[FILM] = site.show.films[0]
    if name is not None and name not in stems:
        known = ", ".join(f'"{each}"' for each in stems) or "none"
        raise SiteError(f'{site.path}: [show.stems] has no "{name}" to be heard; there are: {known}')
    return stems.get(name or NARRATION) or next(iter(stems.values()), None)


def stereo(source: Path, loudness_lufs: float | None, film_seconds: Fraction, seconds: Fraction) -> Samples:
    """The stem as float32 (frames, 2) at 48 kHz, cut where the film is over and filled up with silence.

    StemError when it cannot be read.
    """
    with TemporaryDirectory() as folder:  # a running show has the kept ones in hand
        stem = np.load(prepare_stem(source, Path(folder), loudness_lufs))
    heard = np.zeros((round(seconds * RATE), 2), np.float32)
    length = min(len(stem), round(film_seconds * RATE))
    heard[:length] = np.clip(stem[:length], -1.0, 1.0)
    return heard
