"""Taking something away: out of the ledger, off the wall, off the disk, in this order."""

import logging

from installation.state import State
from show.ledger import Ledger, Step, Submission

log = logging.getLogger(__name__)


def take_away(ledger: Ledger, state: State, story: Submission, actor: str, reason: str = "") -> None:
    """Withdraw it; the running show lets go of it at once, then its film is deleted."""
    if story.state is not Step.WITHDRAWN:
        ledger.withdraw(story.id, actor, reason)
    tell_show(state, story.id)
    if story.film is not None:
        story.film.unlink(missing_ok=True)
    log.info("submission %d is taken away", story.id)


def tell_show(state: State, id: int) -> None:
    """The running show takes the clip off the wall."""
    log.debug("the show is not told of %d yet: %s", id, state.root)  # installation.cue_line.send_remove(state, id)
