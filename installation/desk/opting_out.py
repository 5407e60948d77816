"""Authors who want to be left alone: what they sent is taken back, and nothing more of theirs is taken in."""

import logging
from collections.abc import Sequence

from installation.desk.decisions import remove
from installation.state import State
from show.ledger import Ledger, Step

log = logging.getLogger(__name__)

AROUND_A_WORD = ".,;:!?…\"'“”‘’«»()[]"


def asks_to_stop(text: str, words: Sequence[str]) -> bool:
    """Whether one of the opt-out words stands in a text, as a word of its own."""
    asked = {word.casefold() for word in words}
    return any(word.strip(AROUND_A_WORD).casefold() in asked for word in text.split())


def leave_alone(ledger: Ledger, state: State, source: str, author_id: str) -> None:
    """Remove all that an author sent, wall included, and take nothing more of theirs. Safe to repeat."""
    if not author_id:
        return  # those of whom nothing is known any more have none either
    ledger.silence(source, author_id, source)
    for story in ledger.by_author(source, author_id):
        if story.state is not Step.WITHDRAWN or (story.film is not None and story.film.exists()):
            remove(ledger, story, state, source, "its author asked to be left alone")
            log.info("submission %d is removed: its author asked to be left alone", story.id)
