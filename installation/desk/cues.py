"""What the staff's pages say to the running show, and what it answers: OSC through the socket in the state folder."""

import json
import time
from pathlib import Path
from typing import Any

from installation.cue_line import PREFIX, answer
from installation.osc.packets import Value, opened, pack
from installation.state import State

LEVELS = "/headphone/levels"
PIN_SECONDS = 2.0  # the show pins its state far more often; one that hangs is not waited for
LOOK_SECONDS = 0.005


class NoShow(Exception):
    """No show answers."""


class Refused(Exception):
    """Why the show does not do it, in its own words."""


class Cues:
    """The show that runs with this state folder, asked anew each time; any thread may ask."""

    def __init__(self, state: State) -> None:
        self._line: Path = state.line

    def tell(self, path: str, *values: Value) -> tuple[Value, ...]:
        """What it answers at an address below its prefix, once it is done. Raises NoShow and Refused."""
        try:
            message = opened(answer(self._line, pack(PREFIX + path, *values)))
        except OSError as error:
            raise NoShow from error
        if message.address == f"{PREFIX}/error":
            raise Refused(str(message.arguments[-1]))
        return message.arguments

    def levels(self) -> dict[str, Any]:
        """Everybody's levels as the show tells them: heard, saved, can_undo, uptime. Raises NoShow and Refused."""
        return dict(json.loads(str(self.tell(LEVELS)[0])))

    def wait_until_told(self) -> None:
        """Until what it tells holds what it has done so far."""
        before, until = self.levels()["uptime"], time.monotonic() + PIN_SECONDS
        while self.levels()["uptime"] == before and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
