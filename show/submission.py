"""What a submission is, the states it passes through, and which change may follow which."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Step(StrEnum):
    """Where a submission stands."""

    RECEIVED = "received"
    REFUSED = "refused"
    WAITING = "waiting"  # its words passed the gate: a person decides, or the site
    WORDS_APPROVED = "words_approved"
    MAKING = "making"
    MADE = "made"
    CHECKED = "checked"  # its clip passed the gate: a person decides, or the site
    CLIP_APPROVED = "clip_approved"
    SHELVED = "shelved"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"

    @property
    def plain(self) -> str:
        """As people say it."""
        return self.replace("_", " ")


# Every change that may happen; whatever is not here is refused. Nothing follows a withdrawal.
ALLOWED: dict[Step, frozenset[Step]] = {
    Step.RECEIVED: frozenset({Step.WAITING, Step.WORDS_APPROVED, Step.REFUSED, Step.WITHDRAWN}),
    # refused -> approved: a person thought again, of the words or of the clip
    Step.REFUSED: frozenset({Step.WORDS_APPROVED, Step.CLIP_APPROVED, Step.WITHDRAWN}),
    Step.WAITING: frozenset({Step.WORDS_APPROVED, Step.REFUSED, Step.WITHDRAWN}),
    Step.WORDS_APPROVED: frozenset({Step.MAKING, Step.REFUSED, Step.WITHDRAWN}),
    # making follows making when the next night goes on where the last one stopped
    Step.MAKING: frozenset({Step.MAKING, Step.MADE, Step.FAILED, Step.REFUSED, Step.WITHDRAWN}),
    Step.MADE: frozenset({Step.CHECKED, Step.CLIP_APPROVED, Step.REFUSED, Step.WITHDRAWN}),
    Step.CHECKED: frozenset({Step.CLIP_APPROVED, Step.REFUSED, Step.WITHDRAWN}),
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

# A clip in one of these, with a film, may be seen in the room where its switch says so.
ON_SHELF = (Step.SHELVED, Step.SENDING, Step.SENT, Step.UNCERTAIN, Step.FAILED)
# In one of these it is still to become a clip.
IN_QUEUE = (Step.RECEIVED, Step.WAITING, Step.WORDS_APPROVED, Step.MAKING)


@dataclass(frozen=True)
class Submission:
    """One story sent in.

    id: the ledger's own number. source: "folder", "x" ...; source_id: what it is called there. author: as the source
    names them, may be empty. received, made: seconds since 1970 (made 0 before there is a film). film: the finished
    clip, or None. phrases: as made. reply: what the answer is called at the source, or empty. tries: how often sending
    was begun. due: not to be sent before (seconds since 1970). author_id: the author's lasting name at the source, for
    quotas and taking back. look: why a person has to look at it, empty when nothing was noticed. room, public: whether
    it may be shown in the room, and answered where others can read it. code: opens its pickup page, or empty.
    changed: when it last changed state (seconds since 1970).
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
    author_id: str
    look: str
    room: bool
    public: bool
    code: str
    changed: float


@dataclass(frozen=True)
class Change:
    """One line of the audit: who changed what from which state to which, when (seconds since 1970) and why."""

    submission: int
    at: float
    before: str
    after: str
    actor: str
    note: str
