"""`blind-eye film bake --site FILE OUT`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from installation.baking import sound
from installation.baking.movie import NAMES, SUFFIXES, Form, Movie, write
from installation.baking.wall import Wall
from installation.site import Site, load_site
from installation.state import State
from show.errors import FilmError
from show.progress import Telling


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `blind-eye film bake`."""
    parser.add_argument("--site", type=Path, required=True, help="the site.toml of the room")
    parser.add_argument("--state", type=Path, help="state folder (default: $STATE_DIRECTORY, else the user's)")
    parser.add_argument("out", type=Path, metavar="OUT", help="the movie, .mp4, or .mov for ProRes and HAP")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--prores", dest="form", action="store_const", const="prores", help="ProRes 422 HQ, not H.264")
    form.add_argument("--hap", dest="form", action="store_const", const="hap", help="HAP")
    form.add_argument("--hap-q", dest="form", action="store_const", const="hap_q", help="the finer HAP")
    form.add_argument("--444", dest="fine", action="store_true", help="H.264 with every pixel's own colour (4:4:4)")
    parser.add_argument("--stem", metavar="NAME", help="the sound to be heard (default: the narration)")
    parser.set_defaults(form="h264")


def run_command(options: argparse.Namespace) -> int:
    """The movie of a site; 2 when the arguments do not fit each other."""
    site = load_site(options.site)
    if problem := _problem(site, options.out, SUFFIXES[options.form], NAMES[options.form]):
        print(f"blind-eye: {problem}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and clear away what is half done
    try:
        bake(site, State.find(options.state), options.out, options.form, options.fine, options.stem)
    except OSError as error:
        raise FilmError(f"{options.out} cannot be made: {error.strerror or error}") from error
    return 0


def _problem(site: Site, out: Path, suffix: str, name: str) -> str:
    """What is wrong with the arguments together, in a sentence."""
    if out.suffix != suffix:
        return f"{out} must end in {suffix}, as {name} lies in such a file"
    if out.is_dir():
        return f"{out} is a folder: OUT must name the movie itself"
    if not os.access(out.parent, os.W_OK):
        return f"{out} cannot be written: {out.parent} is no folder that can be written"
    if out.resolve() in {film.resolve() for film in site.show.films}:
        return f"{out} is the site's own film: name another OUT"
    return ""


def bake(
    site: Site,
    state: State,
    out: Path,
    form: Form = "h264",
    fine: bool = False,
    stem: str | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Write a pass of the film and the end card as on the wall, showing how far it is, and say what it has become."""
    heard = sound.choose(site, stem)
    wall = Wall(site, state)
    try:
        movie = Movie(out, form, fine, wall.mapping.width, wall.mapping.height, wall.fps)
        if wrong := movie.problem:
            raise FilmError(wrong)
        samples = sound.stereo(heard, site.sound.loudness_lufs, wall.film_seconds, wall.seconds) if heard else None
        _write(movie, wall, samples)
        say(f"{out}: {_told(movie, wall)}, {f'with the sound of {heard.name}' if heard else 'without sound'}")
        for hint in filter(None, (wall.trouble, _loops(wall))):
            say(f"  {hint}")
    finally:
        wall.close()


def _write(movie: Movie, wall: Wall, samples: sound.Samples | None) -> None:
    with Telling() as bar:
        task = bar.add_task(movie.out.name, total=wall.count)
        write(movie, wall.pictures(lambda: bar.advance(task)), samples)


def _told(movie: Movie, wall: Wall) -> str:
    size, rate = f"{movie.width}x{movie.height}", f"{float(movie.fps):.5g} a second"
    return f"{NAMES[movie.form]}, {size}, {wall.count} pictures, {rate}, {float(wall.seconds):.1f} s"


def _loops(wall: Wall) -> str:
    others = [film for film in wall.film.parts if film.duration != wall.film.film.duration]
    return (
        "its panels' films loop by themselves: all begin anew with the longest" if wall.film.looping and others else ""
    )
