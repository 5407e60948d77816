"""What passes by itself, where the site says so: words into making, clips onto the shelf."""

import logging

from installation.taking_part import SubmissionSettings
from show.ledger import Ledger, Step
from show.making.phrases import split

log = logging.getLogger(__name__)

BY_ITSELF = "automatic"


def open_gates(ledger: Ledger, settings: SubmissionSettings) -> None:
    """Move on everything that needs no person; texts without a single phrase are refused."""
    for story in ledger.list(Step.RECEIVED):
        if split(story.text, settings.phrases):
            ledger.pass_words(story.id)
        else:
            ledger.refuse(story.id, "gate", "there is no phrase in it")
    for story in ledger.list(Step.MADE):
        ledger.pass_clip(story.id)
    for story in ledger.list(Step.WAITING) if settings.approve_words == BY_ITSELF else []:
        ledger.approve_words(story.id, "site")
    for story in ledger.list(Step.CHECKED) if settings.approve_clips == BY_ITSELF else []:
        ledger.approve_clip(story.id, "site")
    for story in ledger.list(Step.CLIP_APPROVED):
        ledger.shelve(story.id, "desk")
        log.info("submission %d: its clip is on the shelf", story.id)
