"""The maker: a process of its own that turns approved submissions into clips while the house is closed.

It says on stdout what it does, a line each, and in a small JSON file how far it is. SIGTERM leaves a checkpoint and
ends with 0; after SIGKILL the next maker goes on at the last checkpoint. One bad submission never ends the night; a
full disk does, and says so. One that is refused or withdrawn meanwhile is dropped at the next image.
"""

import argparse
import errno
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch

from show.errors import LedgerError, ShowError, WeightsError
from show.ledger import Ledger, Submission
from show.making import phrases
from show.making.background import end_with_parent, step_back
from show.making.bundled import model_path
from show.making.chain import Chain
from show.making.encode import clip_size, encode, read_pictures, why_not_x
from show.making.optimise import Painter, Recipe, open_painter, unknown_words
from show.making.prompts import Wish, plain
from show.making.speed import Run, Way, models_of, remember, runs, seconds_per_image
from show.making.telling import Telling, say, what_waits, write_progress
from show.making.workplace import WANTED, Occupied, alone, clip_of, images_left, images_of, tidy

FPS = 12
DISK_IN_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}
OUT_OF_MEMORY = (MemoryError, torch.OutOfMemoryError)
EXIT_CANNOT_GO_ON = 1
EXIT_CONFIGURATION = 78


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    ledger: Path
    work: Path
    clips: Path
    progress: Path | None
    images: int
    checkpoint: int
    iterations: int
    width: int
    height: int
    phrases: str
    max_phrases: int
    vqgan: Path
    critic: Path
    limit: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what waits; the exit status is 0 when done or told to stop, 78 for unreadable weights.

    1 when it cannot go on: a full disk, no memory, a ledger in trouble, another maker at work.
    """
    parent = os.getppid()
    options = read_options(arguments)
    if arguments is None:
        end_with_parent(parent)
    step_back()
    torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) - 1))  # a busy neighbour makes all threads wait for one
    stopping = Stopping()
    try:
        return Maker(options, stopping).night()
    except WeightsError as error:
        print(f"maker: {error}", file=sys.stderr, flush=True)
        return EXIT_CONFIGURATION
    except (LedgerError, Occupied) as error:
        print(f"maker: {error}", file=sys.stderr, flush=True)
        return EXIT_CANNOT_GO_ON
    except OUT_OF_MEMORY:
        print("maker: there is not enough memory", file=sys.stderr, flush=True)
        return EXIT_CANNOT_GO_ON
    except OSError as error:
        if error.errno not in DISK_IN_TROUBLE:
            raise
        print(f"maker: {error}", file=sys.stderr, flush=True)
        return EXIT_CANNOT_GO_ON


class Stopping:
    """True from the first SIGTERM or SIGINT on."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        return self._asked

    def _ask(self, number: int, frame: object) -> None:
        self._asked = True


class Maker:
    """One night's work on the ledger."""

    def __init__(self, options: Options, stop: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._stop = stop
        self._clock = clock
        self._painter: Painter | None = None
        models = models_of(options.vqgan, options.critic)
        self._way = Way(options.iterations, options.width, options.height, models)

    def night(self) -> int:
        """Make submissions until none waits, the limit is reached or `stop` says so; returns the exit status."""
        with alone(self._options.ledger), Ledger(self._options.ledger) as ledger:
            tidy(ledger, self._options.work, self._options.clips)
            for _ in range(self._options.limit or sys.maxsize):
                submission = ledger.next_to_make()
                if submission is None or self._stop():
                    break
                try:
                    self._make(ledger, submission)
                except OSError as error:
                    if error.errno not in DISK_IN_TROUBLE:
                        raise
                    return self._disk(submission, error)
            self._tell_end(ledger)
        return 0

    def _tell_end(self, ledger: Ledger) -> None:
        waiting = ledger.to_make()
        with suppress(OSError):
            self._progress({"state": "stopped" if self._stop() else "done"})
        if self._stop():
            say("told to stop: the work so far is safe")
        else:
            say("as many are made as were asked for" if waiting else "nothing more to make")
        if waiting:
            say(f"what could not be made waits: {what_waits(waiting, self._seconds_for(ledger, waiting))}")

    def _seconds_for(self, ledger: Ledger, waiting: Sequence[Submission]) -> float | None:
        """How long these would take at the speed of late; None when it is not known."""
        each, options = seconds_per_image(runs(ledger), self._way), self._options
        how = (options.phrases, options.max_phrases, options.images, options.work)
        return None if each is None else each * sum(images_left(submission, *how) for submission in waiting)

    def _make(self, ledger: Ledger, submission: Submission) -> None:
        """One submission, from words to clip; whatever is wrong with it is written in the ledger."""
        if not self._agreed(ledger, submission, lambda: ledger.start_making(submission.id)):
            return
        try:
            wanted = self._phrases(submission)
            film = self._clip(ledger, submission, wanted, lambda: self._stop() or not _is_wanted(ledger, submission))
        except (WeightsError, LedgerError, *OUT_OF_MEMORY):
            raise
        except (ShowError, ValueError, RuntimeError, OSError) as error:
            if isinstance(error, OSError) and error.errno in DISK_IN_TROUBLE:
                raise
            reason = " ".join(str(error).split()) or type(error).__name__
            say(f"submission {submission.id} failed: {reason}")
            self._agreed(ledger, submission, lambda: ledger.failed(submission.id, reason))
            return
        if film is not None:
            self._hand_over(ledger, submission, film, wanted)
        elif not _is_wanted(ledger, submission):
            self._drop(ledger, submission)

    def _phrases(self, submission: Submission) -> tuple[str, ...]:
        found = phrases.split(submission.text, self._options.phrases, max_phrases=phrases.MAX_TEXT)
        if not found:
            raise ValueError("no phrase is left of the text")
        if len(found) > self._options.max_phrases:
            say(f"submission {submission.id}: only the first {self._options.max_phrases} of {len(found)} phrases")
        return found[: self._options.max_phrases]

    def _clip(
        self, ledger: Ledger, submission: Submission, wanted: Sequence[str], stop: Callable[[], bool]
    ) -> Path | None:
        """The clip's file, or None when told to stop before its end."""
        painter, options = self._open_painter(), self._options
        if unknown := unknown_words(painter.critic, wanted):
            say(f"submission {submission.id}: the critic never learned {', '.join(unknown)}")
        wishes = [Wish(plain(phrase)) for phrase in wanted]
        chain = Chain(
            *(painter, wishes, options.images, options.seed + submission.id),
            *(images_of(options.work, submission), options.checkpoint),
        )
        told = Telling(submission.id, len(wanted), options.images, options.checkpoint, self._progress, self._clock)
        for made in chain.run(stop):
            told.tell(made, chain)
            if made.image == options.images and made.phrase < len(wanted):
                self._remember(ledger, submission, *told.lap())
        film = self._film(submission, chain) if chain.finished else None
        self._remember(ledger, submission, *told.lap())
        return film

    def _remember(self, ledger: Ledger, submission: Submission, images: int, seconds: float) -> None:
        """The speed, for the nights to come; a ledger that is busy just then costs no film."""
        if images:
            with suppress(LedgerError):
                remember(ledger, Run(time.time(), submission.id, images, seconds, self._way))

    def _film(self, submission: Submission, chain: Chain) -> Path:
        width, height = clip_size(self._options.width, self._options.height)
        self._progress({"state": "encoding", "submission": submission.id})
        out = clip_of(self._options.clips, submission)
        count = encode(read_pictures(chain.paths, width, height), out, FPS)
        if why_not := why_not_x(width, height, count / FPS):
            say(f"submission {submission.id}: X would not take the clip as it is: {why_not}")
        say(f"submission {submission.id} made: {count} images, {count / FPS:g} s, {out.name}")
        return out

    def _hand_over(self, ledger: Ledger, submission: Submission, film: Path, wanted: Sequence[str]) -> None:
        if self._agreed(ledger, submission, lambda: ledger.made(submission.id, film, wanted)):
            shutil.rmtree(images_of(self._options.work, submission), ignore_errors=True)

    def _agreed(self, ledger: Ledger, submission: Submission, change: Callable[[], None]) -> bool:
        """Make a change in the ledger; false when the submission was taken back meanwhile: then nothing of it is kept.

        LedgerError when the ledger itself is in trouble: then everything is kept.
        """
        try:
            change()
        except LedgerError:
            if _is_wanted(ledger, submission):
                raise
            self._drop(ledger, submission)
            return False
        return True

    def _drop(self, ledger: Ledger, submission: Submission) -> None:
        say(f"submission {submission.id} is dropped: it is {ledger.get(submission.id).state.plain}")
        clip_of(self._options.clips, submission).unlink(missing_ok=True)
        shutil.rmtree(images_of(self._options.work, submission), ignore_errors=True)

    def _disk(self, submission: Submission, error: OSError) -> int:
        """A disk full, broken or closed to us is nobody's story's fault: it waits, and someone must look."""
        what = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
        where = f" ({error.filename})" if error.filename else ""
        say(f"submission {submission.id} waits: {what}{where}")
        try:
            self._progress({"state": "disk", "submission": submission.id, "error": what})
        except OSError:
            say("the progress file cannot be written either")
        return EXIT_CANNOT_GO_ON

    def _open_painter(self) -> Painter:
        if self._painter is None:
            recipe = Recipe(self._options.width, self._options.height, self._options.iterations)
            self._painter = open_painter(self._options.vqgan, self._options.critic, recipe)
        return self._painter

    def _progress(self, what: dict[str, object]) -> None:
        write_progress(self._options.progress, what)


def _is_wanted(ledger: Ledger, submission: Submission) -> bool:
    """Whether nobody has refused or withdrawn it."""
    return ledger.get(submission.id).state in WANTED


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; wrong usage ends with 2."""
    parser = argparse.ArgumentParser(prog="maker", description=__doc__)
    for name in ("ledger", "work", "clips"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--progress", type=Path)
    for name, value in (("images", 500), ("checkpoint", 50), ("iterations", 2), ("width", 144), ("height", 256)):
        parser.add_argument(f"--{name}", type=_positive, default=value)
    parser.add_argument("--phrases", choices=("careful", "artist"), default="careful")
    parser.add_argument("--max-phrases", type=_positive, default=12)
    for name in ("vqgan", "critic"):
        parser.add_argument(f"--{name}", default="bundled", help="a safetensors file; the bundled one without it")
    parser.add_argument("--limit", type=_count, default=0, help="how many submissions at most; 0: all")
    parser.add_argument("--seed", type=int, default=0)
    values = vars(parser.parse_args(arguments))
    return Options(**values | {name: model_path(values[name], name) for name in ("vqgan", "critic")})


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def _count(text: str) -> int:
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f"{text} is not 0 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
