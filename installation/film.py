"""The site's film: one for all panels, or one for each."""

from installation.site import FilmSettings
from show.films import FilmInfo, probe
from show.programme import Item


def film_item(settings: FilmSettings) -> Item:
    """The film as an item of the programme; FilmError when a file cannot be read."""
    films = tuple(probe(path) for path in settings.films)
    longest = max(films, key=lambda film: film.duration)
    if len(films) == 1:
        return Item("film", longest, sound="film")
    return Item("film", longest, sound="film", films=films, looping=settings.lengths == "own")


def panel_sizes(item: Item, panels: int) -> tuple[tuple[int, int], ...]:
    """Width and height in film px of what each panel shows."""
    if item.films:
        return tuple((film.width, film.height) for film in item.films)
    return (_share(item.film, panels),) * panels


def _share(film: FilmInfo, panels: int) -> tuple[int, int]:
    return max(1, film.width // panels), film.height
