"""What X accepts as the film of a post, found by looking into the file."""

from fractions import Fraction

from installation.rehearsal.x_film_facts import FilmFacts, NoFilm, facts

LARGEST_BYTES = 512 * 1024 * 1024
SECONDS = (0.5, 140.0)
SIDES = (32, 1280)
SHORT_SIDE = 1024
SHAPES = (Fraction(1, 3), Fraction(3, 1))
LARGEST_RATE = 60
LONGEST_GOP = 512


def problems(film: bytes) -> list[str]:
    """Everything X would refuse about the film; empty when it is accepted."""
    if len(film) > LARGEST_BYTES:
        return [f"{len(film)} bytes are too many"]
    try:
        found = facts(film)
    except NoFilm as error:
        return [str(error)]
    return [*_of_kind(found), *_of_size(found), *_of_time(found), *_of_sound(found)]


def _of_kind(film: FilmFacts) -> list[str]:
    found = [] if "mp4" in film.container else [f"it is {film.container}, not MP4"]
    if film.codec != "h264":
        found.append(f"it is {film.codec}, not H.264")
    if film.pixels != "yuv420p":
        found.append(f"its pixels are {film.pixels}, not yuv420p")
    if not film.is_progressive:
        found.append("it is interlaced")
    return found


def _of_size(film: FilmFacts) -> list[str]:
    found = []
    short, long = sorted((film.width, film.height))
    if short < SIDES[0] or long > SIDES[1] or short > SHORT_SIDE:
        found.append(f"{film.width}x{film.height} is outside 32x32 to 1280x1024")
    if not SHAPES[0] <= Fraction(film.width, film.height) <= SHAPES[1]:
        found.append(f"{film.width}x{film.height} is narrower than 1:3 or wider than 3:1")
    if film.pixel_shape not in (0, 1):
        found.append("its pixels are not square")
    return found


def _of_time(film: FilmFacts) -> list[str]:
    seconds = float(film.frames / film.rate) if film.rate else 0.0
    found = []
    if not SECONDS[0] <= seconds <= SECONDS[1]:
        found.append(f"{seconds:.2f} s is outside 0.5 to 140 s")
    if film.rate > LARGEST_RATE:
        found.append(f"{float(film.rate):g} frames a second are more than 60")
    if film.longest_gop > LONGEST_GOP or not film.begins_with_key:
        found.append(f"{film.longest_gop} frames without a key frame are more than 512")
    if film.is_open:
        found.append("its groups of pictures are open")
    return found


def _of_sound(film: FilmFacts) -> list[str]:
    found = []
    for sound in film.sounds:
        if sound.codec != "aac" or sound.profile not in {"LC", ""}:
            found.append(f"its sound is {sound.codec} {sound.profile}".rstrip() + ", not AAC-LC")
        if sound.channels > 2:
            found.append(f"its sound has {sound.channels} channels, more than two")
    return found
