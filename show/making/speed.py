"""How long an image took lately: remembered in the ledger by the maker, so that the nights to come can be foretold."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from show.ledger import Ledger
from show.ledger_reader import LedgerReader
from show.making.bundled import model_path

MARK = "making.works"
KEPT = 400  # runs: more than a night of them
COUNTED = 8  # runs that the speed is taken from, so that a new graphics card is soon believed
LEAST_IMAGES = 5  # a run of fewer says little: its first image is slow


@dataclass(frozen=True)
class Way:
    """What the time of an image depends on; `models` names the files of the pair."""

    iterations: int
    width: int
    height: int
    models: str

    @property
    def effort(self) -> int:
        """Grows as the time of an image does, as long as the models are the same."""
        return self.iterations * self.width * self.height


@dataclass(frozen=True)
class Run:
    """So many images of one submission, made without a break, and the seconds that took, the film included.

    at: when it ended, in seconds since 1970.
    """

    at: float
    submission: int
    images: int
    seconds: float
    way: Way


def models_of(vqgan: Path | None, critic: Path | None) -> str:
    """A name for a pair; None is the bundled one."""
    return " ".join(model_path(path, kind).stem for path, kind in ((vqgan, "vqgan"), (critic, "critic")))


def remember(ledger: Ledger, run: Run) -> None:
    """Write a run down, and forget the oldest."""
    ledger.set_mark(MARK, json.dumps([_row(each) for each in [*runs(ledger), run][-KEPT:]]))


def runs(ledger: LedgerReader) -> list[Run]:
    """The runs remembered, oldest first; none when what is written there cannot be understood."""
    with suppress(ValueError, TypeError):
        return [_run(*row) for row in json.loads(ledger.mark(MARK) or "[]")]
    return []


def seconds_per_image(found: Sequence[Run], way: Way) -> float | None:
    """From the last runs made this way; else, with the same models, in proportion to the effort; None when unknown."""
    telling = [run for run in found if run.images >= LEAST_IMAGES] or list(found)
    like = [run for run in telling if run.way == way] or [run for run in telling if run.way.models == way.models]
    last = like[-COUNTED:]
    effort = sum(run.images * run.way.effort for run in last)
    return sum(run.seconds for run in last) / effort * way.effort if effort else None


def in_words(seconds: float) -> str:
    """A length of making, as exact as it deserves."""
    if seconds < 90:
        return f"about {max(1.0, seconds):.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def _run(at: float, submission: int, images: int, seconds: float, *way: Any) -> Run:
    return Run(at, submission, images, seconds, Way(*way))


def _row(run: Run) -> list[object]:
    way = run.way
    return [
        run.at,
        run.submission,
        run.images,
        round(run.seconds, 3),
        way.iterations,
        way.width,
        way.height,
        way.models,
    ]
