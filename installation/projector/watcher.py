"""Watches the displays beside the frame loop: a thread with an X connection of its own, looking once a second."""

import logging
from dataclasses import dataclass, replace
from threading import Event, Thread

from installation.errors import NoDisplay
from installation.projector import xserver
from installation.projector.naming import Aim, Place
from installation.projector.randr import Screens

log = logging.getLogger(__name__)

PERIOD_SECONDS = 1.0
DARK_LOOKS = 3  # whoever changes modes switches off and on: a display is switched on only when it stays dark


@dataclass(frozen=True)
class Sight:
    """What the last look found: where the picture belongs, what is amiss in a sentence.

    While its display is away `place` is the last one; `astray` when a window there would be seen on another display.
    """

    place: Place
    trouble: str = ""
    astray: bool = False


class Watcher:
    """Publishes the latest sight; NoDisplay when there is none to begin with."""

    def __init__(self, name: str) -> None:
        self._aim, self._screens = Aim(name), Screens()
        try:
            self.latest = Sight(self._aim.find(self._screens.read()))
        except NoDisplay:
            self._screens.close()
            raise
        self._screens.wake()
        self._dark = 0
        self._stop = Event()
        self._thread = Thread(target=self._run, name="displays", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; a server that is stuck is not waited for."""
        self._stop.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        told = ""
        while not self._stop.wait(PERIOD_SECONDS) and not xserver.gone():
            try:
                sight, odd = self._look(), ""
            except Exception as error:  # a driver's odd answer: the picture stays where it is
                sight, odd = replace(self.latest), repr(error)  # a new one: the card is asked with each
                if odd != told:  # it may come with every look, for months
                    log.exception("the displays could not be looked at")
            told = odd
            if not xserver.gone():
                self.latest = sight
        self._screens.close()

    def _look(self) -> Sight:
        if self._screens.wake():
            log.warning("the displays were asleep: they are switched on again")
        displays, place = self._screens.read(), self.latest.place
        try:
            sight = Sight(self._aim.find(displays))
        except NoDisplay as away:
            sight = Sight(place, str(away), any(map(place.strays_to, displays)))
        self._light(self._aim.dark(displays))
        return sight

    def _light(self, dark: str) -> None:
        self._dark = self._dark + 1 if dark else 0
        if self._dark % DARK_LOOKS or not dark:
            return
        if self._screens.light(dark):
            log.warning("%s was switched off: it is on again", dark)
        elif self._dark == DARK_LOOKS:
            log.warning("%s is switched off, and cannot be switched on", dark)
