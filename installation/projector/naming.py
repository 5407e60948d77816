"""Displays by name: what is plugged in, and which place on the X screen the site's `[display] name` means."""

from collections.abc import Sequence
from dataclasses import dataclass

from installation.errors import NoDisplay
from installation.projector.edid import Edid

ALL = "all"  # the name of all displays together
USUAL_HZ = 60.0
COUNTED_DIGITS = 2  # at most: a longer number is a serial number
UNTOLD = Edid()


@dataclass(frozen=True)
class DisplayInfo:
    """A display that is plugged in or switched on: place and size in px (none while it is off), refresh rate in Hz."""

    connector: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    refresh_hz: float = USUAL_HZ
    edid: Edid = UNTOLD
    plugged: bool = True
    primary: bool = False

    @property
    def lit(self) -> bool:
        """Whether the X server sends it a picture."""
        return self.width > 0 and self.height > 0

    @property
    def there(self) -> bool:
        """Whether a picture can be seen on it."""
        return self.lit and self.plugged

    @property
    def described(self) -> str:
        """Connector, name, size and place, for a person who has to choose."""
        own = " ".join(filter(None, (self.edid.maker, self.edid.name and f'"{self.edid.name}"', self.edid.serial)))
        told = f"{self.connector} ({own})" if own else self.connector
        if not self.lit:
            return f"{told}, switched off"
        return f"{told} {self.width}x{self.height} at {self.refresh_hz:.4g} Hz, place {self.x},{self.y}"

    def bears(self, name: str) -> bool:
        """Whether its EDID says this name, alone or with its maker or its serial number."""
        edid = self.edid
        names = (edid.name, f"{edid.maker} {edid.name}", f"{edid.name} {edid.serial}", edid.serial)
        return bool(edid.name or edid.serial) and name.lower() in map(str.lower, names)


@dataclass(frozen=True)
class Place:
    """Where the picture belongs: the displays it covers, left edge, top edge, width and height in px."""

    connectors: tuple[str, ...]
    x: int
    y: int
    width: int
    height: int
    refresh_hz: float

    def overlaps(self, display: DisplayInfo) -> bool:
        """Whether a part of it is on that display."""
        across = self.x < display.x + display.width and display.x < self.x + self.width
        return across and self.y < display.y + display.height and display.y < self.y + self.height

    def strays_to(self, display: DisplayInfo) -> bool:
        """Whether a window here would be seen on a display that it does not belong on."""
        return display.there and display.connector not in self.connectors and self.overlaps(display)


def place_of(displays: Sequence[DisplayInfo]) -> Place:
    """All of these as one; the slowest, for which all must wait, sets the pace."""
    x, y = min(each.x for each in displays), min(each.y for each in displays)
    right, bottom = max(each.x + each.width for each in displays), max(each.y + each.height for each in displays)
    slowest = min(each.refresh_hz for each in displays)
    return Place(tuple(each.connector for each in displays), x, y, right - x, bottom - y, slowest)


class Aim:
    """Which displays a name means, now and after they changed.

    A connector, an EDID name, or a number counted from the left; empty for the primary display, "all" for all.
    Numbers and "all" are counted once: a display more or less must not move the picture to another wall.
    """

    def __init__(self, name: str) -> None:
        self._name = name.strip()
        self._is_counted = self._name.lower() == ALL or (self._name.isdecimal() and len(self._name) <= COUNTED_DIGITS)
        self._kept: tuple[str, ...] = ()  # the connectors that were found last, or without a name first

    def find(self, displays: Sequence[DisplayInfo]) -> Place:
        """The place; NoDisplay with one sentence while there is none."""
        there = [each for each in displays if each.there]
        found = self._found(there)
        if self._name or not self._kept:
            self._kept = tuple(each.connector for each in found)
        return place_of(found)

    def dark(self, displays: Sequence[DisplayInfo]) -> str:
        """The connector of a display that is missed, plugged in and not switched on; empty when there is none."""
        try:
            self._found([each for each in displays if each.there])
        except NoDisplay:
            off = [each for each in displays if each.plugged and not each.lit]
            return next((each.connector for each in off if self._means(each)), "")
        return ""

    def _means(self, display: DisplayInfo) -> bool:
        named = self._name.lower() == display.connector.lower() or display.bears(self._name)
        return not self._name or named or display.connector in self._kept

    def _found(self, there: list[DisplayInfo]) -> list[DisplayInfo]:
        if not self._name:
            return [self._any(there)]
        if self._is_counted:
            return self._counted(there)
        if exact := [each for each in there if each.connector.lower() == self._name.lower()]:
            return exact
        borne = [each for each in there if each.bears(self._name)]
        borne = [each for each in borne if each.connector in self._kept] or borne
        if len(borne) > 1:
            those = " or ".join(each.connector for each in borne)
            raise NoDisplay(f'{len(borne)} displays are called "{self._name}": [display] name must be {those}')
        return borne or self._missing(there)

    def _any(self, there: list[DisplayInfo]) -> DisplayInfo:
        """The one it was on, if that can be had; else the primary one; else the leftmost."""
        if not there:
            self._missing(there)
        return min(there, key=lambda each: (each.connector not in self._kept, not each.primary))

    def _counted(self, there: list[DisplayInfo]) -> list[DisplayInfo]:
        if self._kept:
            kept = [each for each in there if each.connector in self._kept]
            return kept if len(kept) == len(self._kept) else self._missing(there)
        wanted = there if self._name.lower() == ALL else there[int(self._name) - 1 : int(self._name)]
        return wanted if wanted and self._name != "0" else self._missing(there)

    def _missing(self, there: list[DisplayInfo]) -> list[DisplayInfo]:
        if self._kept:
            gone = [connector for connector in self._kept if connector not in {each.connector for each in there}]
            raise NoDisplay(f"waiting for {' and '.join(gone)}, which {'are' if len(gone) > 1 else 'is'} gone")
        if not there:
            raise NoDisplay("no display is switched on")
        those = "; ".join(f"{number}: {each.described}" for number, each in enumerate(there, 1))
        raise NoDisplay(f'no display is named "{self._name}"; there are: {those}')
