"""`film import`: movies from elsewhere into house form, telling what it changed."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path

from show.errors import FilmError
from show.films import FilmInfo, probe
from show.house_form import plan
from show.house_form.given import Given, look
from show.house_form.plan import Form, Wish
from show.house_form.recode import recode
from show.progress import Telling

SUFFIXES: dict[Form, str] = {"h264": ".mp4", "hap": ".mov", "hap_q": ".mov"}
LARGEST, FASTEST = 16384, 240


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `blind-eye film import`."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="movies that FFmpeg can read")
    parser.add_argument("out", type=Path, metavar="OUT", help="the film, or a folder for them")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--hap", dest="form", action="store_const", const="hap", help="HAP, for high rates, not H.264")
    form.add_argument("--hap-q", dest="form", action="store_const", const="hap_q", help="the finer HAP, twice as large")
    parser.add_argument("--fps", type=_rate, help="pictures a second, such as 12 or 30000/1001 (default: as it comes)")
    parser.add_argument("--size", type=_size, metavar="WxH", help="such as 1728x1024 (default: as it comes)")
    parser.set_defaults(form="h264")


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(text).limit_denominator(1001)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= FASTEST:
        raise argparse.ArgumentTypeError(f"{text} is no rate above 0 and up to {FASTEST}")
    return rate


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    fits = all(side.isdecimal() and 2 <= int(side) <= LARGEST and int(side) % 2 == 0 for side in (width, height))
    if not fits:
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1728x1024, of even numbers from 2 to {LARGEST}")
    return int(width), int(height)


def run_command(options: argparse.Namespace) -> int:
    """`blind-eye film import FILE... OUT`; 2 when the arguments do not fit each other."""
    wish = Wish(options.form, options.fps, options.size)
    outs = [_place(file, options.out, SUFFIXES[wish.form]) for file in options.files]
    if problem := _problem(options.files, outs, options.out, wish):
        print(f"blind-eye: {problem}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # nothing half made stays behind
    for file, out in zip(options.files, outs, strict=True):
        bring(file, out, wish)
    return 0


def _place(file: Path, out: Path, suffix: str) -> Path:
    return out / f"{file.stem}{suffix}" if out.is_dir() else out


def _problem(files: Sequence[Path], outs: Sequence[Path], out: Path, wish: Wish) -> str:
    """What is wrong with the arguments together, in a sentence."""
    if len(files) > 1 and not out.is_dir():
        return f"{out} is no folder: several films need one to come to lie in"
    if len(set(outs)) < len(outs):
        return f"two of the films would have the same name in {out}"
    if out.suffix != SUFFIXES[wish.form] and not out.is_dir():
        return f"{out} must end in {SUFFIXES[wish.form]}, as {plan.NAMES[wish.form]} lies in such a file"
    if not os.access(outs[0].parent, os.W_OK):
        return f"{outs[0]} cannot be written: {outs[0].parent} is no folder that can be written"
    if clash := next((one for one, other in product(files, outs) if one.resolve() == other.resolve()), None):
        return f"{clash} would be written over itself: name another OUT"
    if wish.form != "h264" and wish.size and (wish.size[0] % 4 or wish.size[1] % 4):
        return f"--size {wish.size[0]}x{wish.size[1]} does not fit HAP: both must be multiples of 4"
    return ""


def bring(file: Path, out: Path, wish: Wish, say: Callable[[str], None] = print) -> FilmInfo:
    """Make a film of a movie, showing how far it is, and say what changed; FilmError when it cannot be done."""
    given = look(file)
    try:
        lost = _recode(given, wish, out)
    except OSError as error:
        raise FilmError(f"{out} cannot be made: {error.strerror or error}") from error
    film = probe(out)
    rate = f"{film.frames} pictures, {float(film.fps):.5g} a second, {film.duration:.1f} s"
    say(f"{out}: {plan.NAMES[wish.form]}, {film.width}x{film.height}, {rate}")
    for change in [*plan.changes(given, wish), plan.sound(given), *_lost(lost)]:
        say(f"  {change}")
    return film


def _recode(given: Given, wish: Wish, out: Path) -> int:
    total = round(given.frames * wish.rate(given) / given.fps) or None
    with Telling() as bar:
        task = bar.add_task(given.path.name, total=total)
        return recode(given, wish, out, lambda pictures: bar.advance(task, pictures))


def _lost(parts: int) -> list[str]:
    return [f"it is damaged: FFmpeg could not make sense of {parts} part(s) of it"] if parts else []
