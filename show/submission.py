"""What a submission is, the states it passes through, and which change may follow which."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Step(StrEnum):
    """Where a submission stands."""

    RECEIVED = "received"
    REFUSED = "refused"
    WORDS_APPROVED = "words_approved"
    MAKING = "making"
    MADE = "made"
    CLIP_APPROVED = "clip_approved"
    SHELVED = "shelved"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


# Every change that may happen; whatever is not here is refused. Nothing follows a withdrawal.
ALLOWED: dict[Step, frozenset[Step]] = {
    Step.RECEIVED: frozenset({Step.WORDS_APPROVED, Step.REFUSED, Step.WITHDRAWN}),
    Step.REFUSED: frozenset({Step.WORDS_APPROVED, Step.WITHDRAWN}),
    Step.WORDS_APPROVED: frozenset({Step.MAKING, Step.REFUSED, Step.WITHDRAWN}),
    # making follows making when the next night goes on where the last one stopped
    Step.MAKING: frozenset({Step.MAKING, Step.MADE, Step.FAILED, Step.REFUSED, Step.WITHDRAWN}),
    Step.MADE: frozenset({Step.CLIP_APPROVED, Step.REFUSED, Step.WITHDRAWN}),
    Step.CLIP_APPROVED: frozenset({Step.SHELVED, Step.REFUSED, Step.WITHDRAWN}),
    # shelved -> sent: the answer was found to exist already
    Step.SHELVED: frozenset({Step.SENDING, Step.SENT, Step.FAILED, Step.WITHDRAWN}),
    # sending -> shelved: known not to have been sent, so it may be tried again
    Step.SENDING: frozenset({Step.SENT, Step.UNCERTAIN, Step.SHELVED, Step.FAILED, Step.WITHDRAWN}),
    Step.SENT: frozenset({Step.WITHDRAWN}),
    # a person looked: it was sent, or it was not and may be tried again
    Step.UNCERTAIN: frozenset({Step.SENT, Step.SHELVED, Step.WITHDRAWN}),
    # tried again by a person: made anew, or (when the film exists) sent anew
    Step.FAILED: frozenset({Step.WORDS_APPROVED, Step.SHELVED, Step.WITHDRAWN}),
    Step.WITHDRAWN: frozenset(),
}

# A clip in one of these, with a film, may be seen in the room.
ON_SHELF = (Step.SHELVED, Step.SENDING, Step.SENT, Step.UNCERTAIN, Step.FAILED)


@dataclass(frozen=True)
class Submission:
    """One story sent in.

    id: the ledger's own number. source: "folder", "x" ...; source_id: what it is called there. author: as the source
    names them, may be empty. received, made: seconds since 1970 (made 0 before there is a film). film: the finished
    clip, or None. phrases: as made. reply: what the answer is called at the source, or empty. tries: how often sending
    was begun. due: not to be sent before (seconds since 1970).
    """

    id: int
    source: str
    source_id: str
    author: str
    text: str
    state: Step
    received: float
    film: Path | None
    phrases: tuple[str, ...]
    made: float
    reply: str
    tries: int
    due: float


@dataclass(frozen=True)
class Change:
    """One line of the audit: who changed what from which state to which, when (seconds since 1970) and why."""

    submission: int
    at: float
    before: str
    after: str
    actor: str
    note: str
