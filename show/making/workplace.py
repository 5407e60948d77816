"""Where the maker works: one maker at a time, and nothing left lying of what is no longer wanted."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from show.errors import ShowError
from show.ledger import Ledger, Step, Submission
from show.making.phrases import split

WANTED = (Step.WORDS_APPROVED, Step.MAKING)
KEPT = (*WANTED, Step.FAILED)  # a failed one may be tried again by a person


class Occupied(ShowError):
    """Another maker is at work on the same ledger."""


@contextmanager
def alone(ledger: Path) -> Iterator[None]:
    """Be the ledger's only maker; Occupied when there is another. The kernel lets go of it with the process."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.with_name("maker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(f"another maker is at work on {ledger}") from None
        yield


def images_of(work: Path, submission: Submission) -> Path:
    """Where the images of a submission grow."""
    return work / f"submission-{submission.id}"


def clip_of(clips: Path, submission: Submission) -> Path:
    """The finished clip's file."""
    return clips / f"{submission.id:06d}.mp4"


def images_left(submission: Submission, phrases: str, max_phrases: int, images: int, work: Path) -> int:
    """How many images of a submission are still to be made; `phrases` is the way of splitting, `images` of each."""
    there = sum(1 for _ in images_of(work, submission).glob("*.png"))
    return max(0, len(split(submission.text, phrases, max_phrases)) * images - there)


def tidy(ledger: Ledger, work: Path, clips: Path) -> None:
    """Clear away what a kill, or a withdrawal while nobody was making, has left."""
    kept = {images_of(work, each) for state in KEPT for each in ledger.list(state)}
    for folder in set(work.glob("submission-*")) - kept:
        shutil.rmtree(folder, ignore_errors=True)
    withdrawn = ledger.list(Step.WITHDRAWN)
    films = [clip_of(clips, each) for each in withdrawn] + [each.film for each in withdrawn if each.film]
    for left in [*films, *clips.glob(".*.new.mp4")]:
        left.unlink(missing_ok=True)
