"""What a person may decide about a submission, and what follows from it in the state it is in.

Every decision gives one sentence that says what happens now; LedgerError when it cannot be decided so.
"""

from installation.desk.removals import clear_away
from installation.state import State
from show.errors import LedgerError
from show.ledger import Ledger, Step, Submission

REJECTABLE = frozenset(
    {
        Step.RECEIVED,
        Step.WAITING,
        Step.WORDS_APPROVED,
        Step.MAKING,
        Step.MADE,
        Step.CHECKED,
        Step.CLIP_APPROVED,
    }
)
WORDS = frozenset({Step.RECEIVED, Step.WAITING})
CLIPS = frozenset({Step.MADE, Step.CHECKED})
PUBLIC = {"x": "X", "mastodon": "Mastodon"}
NOT_IN_THE_ROOM = "its author keeps it out of the room"


def approve(ledger: Ledger, story: Submission, actor: str) -> str:
    """Words may be made, or a clip seen; what was refused is thought over again, what failed is tried again."""
    if story.state is Step.FAILED and story.film is not None:
        ledger.shelve(story.id, actor, "to be sent again")
        return "it will be sent again"
    if story.state in CLIPS or (story.state is Step.REFUSED and story.film is not None):
        ledger.approve_clip(story.id, actor)
        return "its clip may be shown"
    ledger.approve_words(story.id, actor)
    return "its words may be made into a clip"


def reject(ledger: Ledger, story: Submission, actor: str, reason: str = "") -> str:
    """Words are not made, or a clip is not seen."""
    if story.state not in REJECTABLE:
        raise LedgerError(
            f"submission {story.id} is {story.state.plain}: it cannot be rejected; removing takes it away"
        )
    ledger.refuse(story.id, actor, reason)
    return "it is refused"


def remove(ledger: Ledger, story: Submission, state: State, actor: str, reason: str = "") -> str:
    """Gone from queue, wall, shelf and disk, for good; broken off, it may be done again."""
    if story.state is not Step.WITHDRAWN:
        ledger.withdraw(story.id, actor, reason)
    clear_away(story, ledger, state)
    left = left_in_public(ledger.get(story.id))
    return f"it is removed; {left}" if left else "it is removed"


def left_in_public(story: Submission) -> str:
    """What of a withdrawn submission we do not take back by ourselves, in a sentence; empty when there is nothing."""
    if story.state is not Step.WITHDRAWN or not story.reply or story.source not in PUBLIC:
        return ""
    return f"its answer on {PUBLIC[story.source]} ({story.reply}) is still there, and must be deleted there"


def was_answered(ledger: Ledger, story: Submission, actor: str) -> str:
    """A person looked at an uncertain one, and the answer is there."""
    _must_be_uncertain(story)
    ledger.sent(story.id, "", actor)
    return "it was answered"


def was_not_answered(ledger: Ledger, story: Submission, actor: str) -> str:
    """A person looked at an uncertain one, and the answer is not there."""
    _must_be_uncertain(story)
    ledger.shelve(story.id, actor, "looked: it was not answered")
    return "it will be sent again"


def show_in_room(ledger: Ledger, story: Submission, actor: str, room: bool) -> str:
    """On the wall or not; never against its author's word."""
    if room and any(change.note == NOT_IN_THE_ROOM for change in ledger.changes(story.id)):
        raise LedgerError(f"submission {story.id} stays out of the room: its author asked for that")
    ledger.set_audience(story.id, actor, room=room)
    return "it may be shown in the room" if room else "it is not shown in the room"


def answer_in_public(ledger: Ledger, story: Submission, actor: str, public: bool) -> str:
    """Answered where others can read it, or not at all."""
    ledger.set_audience(story.id, actor, public=public)
    return "it may be answered in public" if public else "it is not answered in public"


def _must_be_uncertain(story: Submission) -> None:
    if story.state is not Step.UNCERTAIN:
        raise LedgerError(f"submission {story.id} is {story.state.plain}: nobody has to look whether it was answered")
