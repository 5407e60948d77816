"""A desk's room whose stories come from a stand-in Mastodon server."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from installation.desk.desk import Desk
from installation.rehearsal.mastodon_stand_in import MastodonStandIn
from installation.site import load_site
from tests.support.desk import DeskRoom
from tests.support.waiting import wait_until

TABLE = """
[mastodon]
enabled = true
account = "blind_eye"
server = "{server}"
poll_seconds = 1.0
credentials = "mastodon.toml"
"""


class MastodonRoom(DeskRoom):
    """A folder with a site that speaks to a stand-in Mastodon server, and a state."""

    def __init__(self, folder: Path, server: MastodonStandIn, approve: str = "automatic") -> None:
        super().__init__(folder, approve=approve)
        self.server = server
        self.change("", "", TABLE.format(server=server.base))
        (folder / "mastodon.toml").write_text(f'access_token = "{server.token}"\n')

    def change(self, old: str, new: str, more: str = "") -> None:
        """Write another value into the site, or more at its end."""
        self.site.write_text(self.site.read_text().replace(old, new) + more)


class HandDesk:
    """A desk whose rounds are made by hand, a second of its own clock apart."""

    def __init__(self, room: DeskRoom) -> None:
        self.time = time.time()
        self._desk = Desk(load_site(room.site), room.state, lambda seconds: False, 0.3, lambda: self.time)

    def rounds(self, number: int) -> None:
        """So many rounds."""
        for _ in range(number):
            self._desk.round()
            self.time += 1.0

    def until(self, happened: Callable[[], object], what: str = "") -> None:
        """Rounds until something has happened, and not one more."""
        wait_until(lambda: happened() or self.rounds(1), what)

    def close(self) -> None:
        """The desk ends."""
        self._desk.close()


@contextmanager
def hand_desk(room: DeskRoom) -> Iterator[HandDesk]:
    """A desk after its first round, while the block runs."""
    desk = HandDesk(room)
    try:
        desk.rounds(1)
        yield desk
    finally:
        desk.close()


@contextmanager
def mastodon_stand_in(**how: Any) -> Iterator[MastodonStandIn]:
    """A stand-in Mastodon server while the block runs."""
    server = MastodonStandIn(**how)
    server.start()
    try:
        yield server
    finally:
        server.stop()
