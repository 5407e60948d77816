"""The desk's side towards X in this process, with a ledger, a stand-in X and a clock that is turned by hand."""

import time
from pathlib import Path
from typing import Any

from installation.desk.x_desk import XDesk
from installation.rehearsal.x_stand_in import XStandIn
from installation.site import load_site
from show.ledger import Change, Ledger, Step, Submission
from tests.support.desk import DeskRoom
from tests.support.waiting import wait_until


class XSide:
    """Rounds are made one by one; `later(seconds)` turns the clock."""

    def __init__(self, folder: Path, x: XStandIn, *lines: tuple[str, str]) -> None:
        self.x, self.room = x, DeskRoom(folder, x)
        for table, line in lines:
            self.room.say(table, line)
        self.ahead = 0.0
        self.ledger = Ledger(self.room.state.ledger, self.now)
        self.begin()

    def begin(self) -> None:
        """The program starts, or starts again; what it held in memory is gone."""
        self.site = load_site(self.room.site)
        self.desk = XDesk(self.site, self.room.state, 5.0, self.now)

    def now(self) -> float:
        """The turned clock, seconds since 1970."""
        return time.time() + self.ahead

    def later(self, seconds: float) -> None:
        """The clock is turned; backwards when negative."""
        self.ahead += seconds

    def close(self) -> None:
        """End."""
        self.desk.close()
        self.ledger.close()

    def read(self) -> list[Submission]:
        """A look at the mentions; all that is in the ledger then."""
        self.desk.take_in(self.ledger)
        self.later(2.0)  # the next look is due
        return self.ledger.list()

    def made(self, text: str = "A house by the sea.", author: str = "a_visitor") -> str:
        """A mention that is taken in and made into a clip on the shelf; the mention's id."""
        mention = self.x.mention(author, text)
        self.read()
        self.decide()
        return mention

    def decide(self) -> None:
        """A person lets everything pass, and the maker makes it."""
        for story in self.ledger.list(Step.RECEIVED):
            self.ledger.approve_words(story.id, "person")
        self.room.make()
        for story in self.ledger.list(Step.MADE):
            self.ledger.approve_clip(story.id, "person")
            self.ledger.shelve(story.id, "person")

    def send(self, until: Step = Step.SENT, id: int = 1) -> Submission:
        """Rounds of sending until a submission is in that state."""
        return wait_until(lambda: self._sent(until, id), f"submission {id} to be {until}")

    def _sent(self, until: Step, id: int) -> Submission | None:
        if self.ledger.get(id).state is not until:
            self.later(0.5)
            self.desk.send(self.ledger)
        story = self.ledger.get(id)
        return story if story.state is until else None

    def calls(self, part: str) -> int:
        """How many calls so far hold these letters."""
        return sum(part in call for call in self.x.calls)

    def changes(self, id: int = 1) -> list[Change]:
        """All that befell a submission."""
        return self.ledger.changes(id)

    def told(self) -> dict[str, Any]:
        """What desk.json would say of X."""
        return self.desk.limits()
