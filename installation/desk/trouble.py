"""What can go wrong between the desk and a service, and what may be done about it.

Trouble
├── Busy        not now; nothing was posted; try again, from `until` when it is known
├── Refused     no, and no again: not tried again by itself
├── Gone        what was to be answered is no longer there
├── Duplicate   the service says that the same was posted before
└── Unknown     the request went out and no clear answer came back
"""


class Trouble(Exception):
    """One sentence about a service."""


class Busy(Trouble):
    """Not now: the network, the service, a limit, the keys. `until`: seconds since 1970, or None."""

    def __init__(self, sentence: str, until: float | None = None) -> None:
        super().__init__(sentence)
        self.until = until


class Refused(Trouble):
    """A final no."""


class Gone(Trouble):
    """The post is no longer there."""


class Duplicate(Trouble):
    """The same was posted before."""


class Unknown(Trouble):
    """Whether it was posted is not known."""
