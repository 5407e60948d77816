"""Finished films into a folder: NUMBER-name.mp4 with a .json for programs and a .txt for people beside it."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from installation.desk.files import put_copy, put_json, put_text
from show.ledger import Ledger, Submission

log = logging.getLogger(__name__)

SOURCE = "folder"
RETRY_SECONDS = 30.0


class FolderOutbox:
    """Answers what came by folder. Writing the same files twice changes nothing, so a crash needs no questions."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._folder, self._now = folder, now

    def round(self, ledger: Ledger) -> None:
        """End what was begun, then deliver what waits."""
        for begun in ledger.unfinished(SOURCE):
            self._deliver(ledger, begun)
        while story := ledger.next_to_send(SOURCE):
            ledger.start_sending(story.id)
            self._deliver(ledger, story)

    def _deliver(self, ledger: Ledger, story: Submission) -> None:
        if story.film is None or not story.film.is_file():
            ledger.failed(story.id, f"its film {story.film} is not there", "desk")
            return
        try:
            name = self._write(story, story.film)
        except OSError as error:
            reason = f"the outbox {self._folder} cannot be written: {error.strerror or error}"
            ledger.not_sent(story.id, self._now() + RETRY_SECONDS, reason)
            raise
        ledger.sent(story.id, name)
        log.info("submission %d: its film lies in the outbox as %s", story.id, name)

    def _write(self, story: Submission, film: Path) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = name_in_outbox(story)
        put_copy(film, self._folder / f"{name}.mp4")
        put_json(self._folder / f"{name}.json", _for_programs(story, f"{name}.mp4"))
        put_text(self._folder / f"{name}.txt", _for_people(story))
        return f"{name}.mp4"


def name_in_outbox(story: Submission) -> str:
    """What its files there are called, without .mp4, .json and .txt."""
    return f"{story.id:04d}-{_slug(story.source_id)}"


def _slug(name: str) -> str:
    """A name that is safe as a file's, without the mark that tells equal names apart."""
    return re.sub(r"[^\w-]+", "-", name.rpartition("~")[0] or name).strip("-")[:60] or "story"


def _for_programs(story: Submission, film: str) -> dict[str, object]:
    return {
        "id": story.id,
        "name": story.source_id,
        "author": story.author,
        "phrases": list(story.phrases),
        "film": film,
        "received": _stamp(story.received),
        "made": _stamp(story.made),
    }


def _for_people(story: Submission) -> str:
    author = f"A film for {story.author}" if story.author else "A film"
    return "\n".join([f"{author}, from these phrases:", "", *story.phrases, ""])


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
