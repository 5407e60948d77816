"""How a making tells how it goes: a line for the log now and then, and a small JSON file that is always whole."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from show.making.chain import Chain, Made
from show.making.speed import in_words
from show.submission import Submission

NAMED = 5  # submissions that are named one by one


def say(line: str) -> None:
    """A line for the log."""
    print(line, flush=True)


def what_waits(waiting: Sequence[Submission], seconds: float | None) -> str:
    """The first few by number, how many more, and how long all would take."""
    numbers = [str(each.id) for each in waiting]
    named, more = ", ".join(numbers[:NAMED]), len(numbers) - NAMED
    what = f"submission{'s' if len(numbers) > 1 else ''} {named}" + (f" and {more} more" if more > 0 else "")
    return what + (f", {in_words(seconds)} of making" if seconds else "")


def write_progress(path: Path | None, what: dict[str, object]) -> None:
    """Replace the progress file; whoever reads it reads it whole."""
    if path is None:
        return
    waiting = path.with_name(f".{path.name}.new")
    waiting.write_text(json.dumps(what))
    waiting.replace(path)


class Telling:
    """Says how one submission goes: a line at the first image of each phrase and every few, and the progress file."""

    def __init__(
        self,
        id: int,
        phrases: int,
        images: int,
        every: int,
        progress: Callable[[dict[str, object]], None],
        clock: Callable[[], float],
    ) -> None:
        self._id = id
        self._phrases = phrases
        self._images = images
        self._every = every
        self._progress = progress
        self._clock = clock
        self._began = self._lap_began = clock()
        self._count = self._lap_count = 0
        self._scores: list[float] = []

    def tell(self, made: Made, chain: Chain) -> None:
        """One more image is made."""
        if self._count == 0 and chain.resumed_at:
            phrase, image = divmod(chain.resumed_at - 1, self._images)
            say(f"submission {self._id} resumed at image {image + 1} of phrase {phrase + 1}")
        self._count += 1
        self._scores.append(made.score)
        if made.image == 1 or made.image % self._every == 0 or made.image == self._images:
            self._line(made)
        self._write(made, chain)

    def lap(self) -> tuple[int, float]:
        """Images and seconds since this was asked last."""
        now, before = self._clock(), self._lap_began
        count, self._lap_began, self._lap_count = self._count - self._lap_count, now, self._count
        return count, now - before

    def _line(self, made: Made) -> None:
        """The score told is the mean since the line before."""
        score = sum(self._scores) / len(self._scores)
        self._scores.clear()
        where = f"phrase {made.phrase}/{self._phrases} image {made.image}/{self._images}"
        say(f"submission {self._id} {where} score {score:.3f}")

    def _write(self, made: Made, chain: Chain) -> None:
        done = (made.phrase - 1) * self._images + made.image
        each = (self._clock() - self._began) / self._count
        self._progress(
            {
                "state": "making",
                "submission": self._id,
                "phrase": made.phrase,
                "phrases": self._phrases,
                "image": made.image,
                "images": self._images,
                "score": round(made.score, 4),
                "eta_seconds": round(each * (chain.total - done), 1),
            }
        )
