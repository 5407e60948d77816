"""An author's way out: one word, and everything of theirs is taken back and nothing more is taken in."""

import re
from collections.abc import Sequence

from show.ledger import Ledger, Step

REASON = "its author took it back"


def asks_to_stop(text: str, opt_out: Sequence[str]) -> bool:
    """Whether one of the words that mean "stop" stands in the text, as a word of its own."""
    return any(re.search(rf"(?<![\w#]){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in opt_out if word)


def take_all_back(ledger: Ledger, source: str, author_id: str) -> list[int]:
    """Withdraw all that one author sent, delete the films, and take in no more of theirs; the ids.

    Safe to repeat: who silenced the author last may have died before the rest.
    """
    taken = []
    for story in ledger.by_author(source, author_id):
        if story.state is not Step.WITHDRAWN:
            ledger.withdraw(story.id, "author", REASON)
            taken.append(story.id)
        if story.film is not None:
            story.film.unlink(missing_ok=True)
    ledger.silence(source, author_id, "author")
    return taken
