"""Finished films of those who wrote on the page: they are answered when the film lies ready under their code."""

import logging

from show.ledger import Ledger, Submission

log = logging.getLogger(__name__)

SOURCE = "page"


def deliver(ledger: Ledger) -> None:
    """Answer all that wait; nothing leaves the house, so a crash on the way needs no questions."""
    for begun in ledger.unfinished(SOURCE):
        _lay_ready(ledger, begun)
    while story := ledger.next_to_send(SOURCE):
        ledger.start_sending(story.id)
        _lay_ready(ledger, story)


def _lay_ready(ledger: Ledger, story: Submission) -> None:
    if story.film is None or not story.film.is_file():
        ledger.failed(story.id, f"its film {story.film} is not there", "desk")
        return
    ledger.sent(story.id, f"page-{story.id}")
    log.info("submission %d: its film lies ready on its page", story.id)
