"""What passes by itself, where the site says so: words into making, clips onto the shelf."""

import logging

from installation.site import SubmissionSettings
from show.ledger import Ledger, Step
from show.making.phrases import split

log = logging.getLogger(__name__)

BY_ITSELF = "automatic"


def open_gates(ledger: Ledger, settings: SubmissionSettings) -> None:
    """Move on everything that needs no person; texts without a single phrase are refused."""
    if settings.approve_words == BY_ITSELF:
        for story in ledger.list(Step.RECEIVED):
            if split(story.text, settings.phrases):
                ledger.approve_words(story.id, "site")
            else:
                ledger.refuse(story.id, "site", "there is no phrase in it")
    if settings.approve_clips == BY_ITSELF:
        for story in ledger.list(Step.MADE):
            ledger.approve_clip(story.id, "site")
    for story in ledger.list(Step.CLIP_APPROVED):
        ledger.shelve(story.id, "desk")
        log.info("submission %d: its clip is on the shelf", story.id)
