"""The ways in and out as those see them who send stories and get films, each with what can go wrong on it."""

import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from installation.desk.files import put_text
from installation.desk.pages.sheets import Sheets, find_secret
from installation.rehearsal.mastodon_stand_in import MastodonStandIn
from installation.rehearsal.x_stand_in import Fault, XStandIn
from tests.support.desk import DeskRoom, grey
from tests.support.line import Line
from tests.support.pages import Visitor, code_in

Call = tuple[str, str]

# The one that matters most is chosen twice as often.
X_CALLS: Sequence[Call] = (
    ("GET", r"/2/users/me"),
    ("GET", r"/2/users/\d+/mentions"),
    ("GET", r"/2/users/\d+/tweets"),
    ("GET", r"/2/tweets/\d+"),
    ("POST", r"/2/media/upload/initialize"),
    ("POST", r"/2/media/upload/\d+/append"),
    ("POST", r"/2/media/upload/\d+/finalize"),
    ("GET", r"/2/media/upload"),
    ("POST", r"/2/media/metadata"),
    *[("POST", r"/2/tweets")] * 2,
)
MASTODON_CALLS: Sequence[Call] = (
    ("GET", r"/api/v1/accounts/verify_credentials/?"),
    ("GET", r"/api/v1/notifications/?"),
    ("GET", r"/api/v1/statuses/\d+"),
    ("GET", r"/api/v1/statuses/\d+/context"),
    ("POST", r"/api/v2/media/?"),
    ("GET", r"/api/v1/media/\d+"),
    *[("POST", r"/api/v1/statuses/?")] * 2,
)


class Way(Protocol):
    """One way in and out; stories are known by their number."""

    source: str
    line: Line | None

    def submit(self, number: int, text: str) -> None:
        """A stranger sends a story and may rely on its having arrived; on OSError the same is to be sent again."""

    def answers(self) -> Counter[int]:
        """How many answers there are to each."""

    def trouble(self, dice: random.Random) -> Fault | None:
        """Something that befalls the next calls, other than a line that is cut."""

    def hold(self, dice: random.Random) -> Fault | None:
        """A call that is to be kept waiting in the middle, so that the desk can be killed there."""

    def calm(self) -> None:
        """No trouble from here on."""


class FilmRoom(DeskRoom):
    """A DeskRoom with the one film that every story becomes, kept in the folder `films`."""

    def __init__(self, folder: Path, films: Path, x: XStandIn) -> None:
        super().__init__(folder, x)
        self.film = grey(films / "story.mp4", (64, 64), 3, fps=5)  # as few pictures for the gate as X allows


class FolderWay:
    """Files dropped into the inbox, films in the outbox."""

    source, line = "folder", None

    def __init__(self, room: FilmRoom) -> None:
        self._room = room

    def submit(self, number: int, text: str) -> None:
        """Brought to the disk before it counts as sent."""
        put_text(self._room.inbox / f"{number}.json", json.dumps({"text": text, "author": f"visitor {number}"}))

    def answers(self) -> Counter[int]:
        """By the name of the story."""
        told = [json.loads(path.read_text()) for path in self._room.outbox.glob("*.json")]
        whole = [
            each for each in told if (self._room.outbox / each["film"]).read_bytes() == self._room.film.read_bytes()
        ]
        return Counter(int(each["name"].partition("~")[0]) for each in whole)

    def trouble(self, dice: random.Random) -> None:
        """Only the disk's own."""

    def hold(self, dice: random.Random) -> None:
        """Nothing to be held."""

    def calm(self) -> None:
        """Nothing to be calmed."""


class PageWay:
    """The visitors' page, everyone at an address of their own, and the pickup pages."""

    source, line = "page", None

    def __init__(self, room: FilmRoom, port: int) -> None:
        self._room, self._base = room, f"http://127.0.0.1:{port}"
        self._sheets: dict[int, str] = {}
        self._codes: dict[int, str] = {}

    def submit(self, number: int, text: str) -> None:
        """The same sheet is sent until its code is seen, as by someone who reloads the page."""
        sheet = self._sheets.setdefault(number, self._sheet())
        form = {"words": text, "who": "room", "sheet": sheet}
        visitor = Visitor(self._base, f"127.1.{number // 200}.{number % 200 + 2}")
        with visitor.session:
            answer = visitor.post("/send", **form)
        if answer.status_code != 200:
            raise OSError(f"the page says {answer.status_code}")
        self._codes[number] = code_in(answer)

    def answers(self) -> Counter[int]:
        """By the film that lies behind the code."""
        with Visitor(self._base).session as session:
            films = {number: session.get(f"{self._base}/film/{code}/film.mp4") for number, code in self._codes.items()}
        whole = self._room.film.read_bytes()
        return Counter(number for number, film in films.items() if film.ok and film.content == whole)

    def trouble(self, dice: random.Random) -> None:
        """Whatever befalls the page, befalls its desk."""

    def hold(self, dice: random.Random) -> None:
        """Nothing to be held."""

    def calm(self) -> None:
        """Nothing to be calmed."""

    def _sheet(self) -> str:
        """One that was handed out a minute ago."""
        return Sheets(find_secret(self._room.state.pages_key), "visitor", lambda: time.time() - 60).new()


class ServiceWay:
    """Posts that name the account on a stand-in, and the account's answers."""

    def __init__(self, source: str, service: XStandIn | MastodonStandIn, line: Line, calls: Sequence[Call]) -> None:
        self.source, self._service, self._calls = source, service, calls
        self.line: Line | None = line
        self._ids: dict[int, str] = {}
        self._ordered: list[Fault] = []

    def submit(self, number: int, text: str) -> None:
        """Services lose nothing."""
        self._ids[number] = self._service.mention(f"visitor_{number}", text)

    def answers(self) -> Counter[int]:
        """By the post that is answered."""
        return Counter({number: len(self._service.replies(id)) for number, id in self._ids.items()})

    def trouble(self, dice: random.Random) -> Fault:
        """Too many calls, the service in trouble itself, an answer that is lost before or after it took effect."""
        reset = dice.choice([{}, {"x-rate-limit-reset": "0"}])
        kinds = [{"status": 429, "headers": reset, "times": dice.randint(1, 6)}, {"status": 503}, {"cut": "before"}]
        return self._order(dice, self._calls, **dice.choice([*kinds, {"cut": "after"}]))

    def hold(self, dice: random.Random) -> Fault:
        """Any call, before or after it took effect."""
        calls = [*self._calls, *[("GET", ".*"), ("POST", ".*")] * len(self._calls)]
        return self._order(dice, calls, hold=dice.choice(["before", "after"]))

    def calm(self) -> None:
        """What was ordered and met nobody is called off."""
        for fault in self._ordered:
            fault.times = 0
            fault.release.set()
        self._ordered.clear()

    def _order(self, dice: random.Random, calls: Sequence[Call], **how: Any) -> Fault:
        self._ordered.append(self._service.fault(*dice.choice(calls), **how))
        return self._ordered[-1]
