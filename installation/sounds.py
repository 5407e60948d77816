"""Every sound file of the site, decoded before the show."""

from collections.abc import Iterator
from pathlib import Path

from installation.headphones.identify import SPOKEN_WORDS, WORDS
from installation.site import Site
from installation.sound_settings import FILM
from show.stems import has_sound, prepare_stem


def prepare_sounds(site: Site, folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Sounds by "group/stem" in `folder`, and what went wrong: a full disk costs a sound, not the picture."""
    stems, troubles = {}, []
    for name, path in _sounds(site):
        try:
            stems[name] = prepare_stem(path, folder, site.sound.loudness_lufs)
        except OSError as error:
            troubles.append(f'"{name}" stays silent: it cannot be kept in {folder}: {error.strerror}')
    return stems, troubles


def _sounds(site: Site) -> Iterator[tuple[str, Path]]:
    """The film's own sound is one where a headphone hears it."""
    show, sound = site.show, site.sound
    yield WORDS, SPOKEN_WORDS
    yield from ((f"film/{name}", path) for name, path in show.stems.items())
    if FILM in sound.stems and FILM not in show.stems:
        yield from ((f"film/{FILM}", film) for film in list(filter(has_sound, show.films))[:1])
