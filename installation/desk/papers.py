"""What the desk tells the show: shelf.json (clips for the wall, newest first) and desk.json (counts and troubles)."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from installation.desk.estimate import Estimate
from installation.desk.files import put_json
from show.ledger import Ledger, Step, Submission

log = logging.getLogger(__name__)

WITH_A_CLIP = (Step.MADE, Step.CHECKED, Step.CLIP_APPROVED, Step.SHELVED, Step.SENDING, Step.SENT, Step.UNCERTAIN)


class Papers:
    """Writes a file only when it does not say that yet; remembers which troubles are going on."""

    def __init__(self, shelf: Path, desk: Path) -> None:
        self._shelf, self._desk = shelf, desk
        self._written: dict[Path, tuple[Any, tuple[int, int]]] = {}
        self._troubles: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._limits: dict[str, dict[str, Any]] = {}
        self._estimate = Estimate()
        self.errors = 0
        self.last_error = ""

    def trouble(self, about: str, sentence: str) -> None:
        """Something goes wrong; told in the log when it is new, and in desk.json until it is over."""
        sentence = one_line(sentence)
        if self._troubles.get(about) != sentence:
            log.warning("%s", sentence)
            self.errors += 1
        self._troubles[about] = self.last_error = sentence

    def over(self, about: str) -> None:
        """That trouble is over."""
        if self._troubles.pop(about, None):
            log.info("%s: well again", about)

    def limits(self, about: str, values: dict[str, Any]) -> None:
        """What a service still allows, what was spent on it, and that in `words`; told in desk.json."""
        self._limits[about] = values

    def foretell(self, estimate: Estimate) -> None:
        """When what waits will have been made."""
        self._estimate = estimate

    def write(self, ledger: Ledger | None) -> None:
        """Write what has changed; without a ledger the shelf stays as it was."""
        if ledger is not None:
            self._put(self._shelf, on_shelf(ledger))
            self._counts = _counts(ledger.counts())
        troubles = list(self._troubles.values())
        self._put(
            self._desk,
            self._counts
            | {
                "errors": self.errors,
                "last_error": self.last_error,
                "troubles": troubles,
                "words": "; ".join(troubles),
                "limits": {about: dict(values) for about, values in self._limits.items()},
                "estimate": self._estimate.words,
                "forecast": self._estimate.as_json(),
            },
        )

    def _put(self, path: Path, values: Any) -> None:
        if self._written.get(path) != (values, _stamp(path)):
            put_json(path, values)
            self._written[path] = values, _stamp(path)


def one_line(text: str) -> str:
    """The same without what a terminal would act upon."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def on_shelf(ledger: Ledger) -> list[dict[str, Any]]:
    """What shelf.json says."""
    return [_clip(each) for each in ledger.shelf()]


def _stamp(path: Path) -> tuple[int, int]:
    """Tells a file from another one that took its place: whoever removes a clip writes the shelf too."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return 0, 0
    return about.st_ino, about.st_mtime_ns


def _clip(story: Submission) -> dict[str, Any]:
    """A clip as the player reads it: no author, no handle."""
    return {
        "id": story.id,
        "film": str(story.film),
        "text": " ".join(story.phrases),
        "made": datetime.fromtimestamp(story.made, UTC).isoformat(timespec="seconds"),
    }


def _counts(states: dict[str, int]) -> dict[str, int]:
    return {
        "received": sum(states.values()),
        "waiting": states[Step.WORDS_APPROVED],
        "making": states[Step.MAKING],
        "to_make": states[Step.WORDS_APPROVED] + states[Step.MAKING],
        "made": sum(states[step] for step in WITH_A_CLIP),
        "to_approve_words": states[Step.RECEIVED] + states[Step.WAITING],
        "to_approve_clips": states[Step.MADE] + states[Step.CHECKED],
        "sent": states[Step.SENT],
        "uncertain": states[Step.UNCERTAIN],
        "failed": states[Step.FAILED],
        "refused": states[Step.REFUSED],
        "withdrawn": states[Step.WITHDRAWN],
    }
