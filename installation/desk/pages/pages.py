"""Both pages as the desk holds them: made when it starts, looked after every round, closed when it ends."""

import logging
from collections.abc import Callable

from installation.desk.pages.listener import Listener
from installation.desk.pages.sheets import find_secret
from installation.desk.pages.staff import Staff
from installation.desk.pages.visitors import Visitors
from installation.desk.pin import find_pin
from installation.site import Site
from installation.state import State

log = logging.getLogger(__name__)


class Pages:
    """The listeners that the site asks for. A round of one raises Trouble while it cannot be had."""

    def __init__(self, site: Site, state: State, now: Callable[[], float]) -> None:
        self._site, self._state, self._now = site, state, now
        self._listeners: dict[str, Listener] = {}

    def parts(self) -> list[tuple[str, Callable[[], None]]]:
        """What a round consists of, by the name under which trouble with it is told."""
        asked = (
            ("visitor page", self._site.page.enabled, self.visitors),
            ("staff page", self._site.staff.enabled, self.staff),
        )
        return [(name, part) for name, is_asked, part in asked if is_asked]

    def close(self) -> None:
        """Let go of both ports."""
        for listener in self._listeners.values():
            listener.close()

    def visitors(self) -> None:
        """The visitors' page listens."""
        if "visitors" not in self._listeners:
            page = self._site.page
            visitors = Visitors(self._site, self._state, find_secret(self._state.pages_key), self._now)
            self._listeners["visitors"] = Listener("visitor page", visitors.app, page.host, page.port)
        self._listeners["visitors"].round()

    def staff(self) -> None:
        """The staff's page listens, once there is a PIN."""
        if "staff" not in self._listeners:
            staff, pin = self._site.staff, find_pin(self._site)
            app = Staff(self._site, self._state, pin, find_secret(self._state.pages_key), self._now).app
            self._listeners["staff"] = Listener("staff page", app, staff.host, staff.port)
        self._listeners["staff"].round()
