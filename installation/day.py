"""Opening hours as a function of the moment they are asked about; polled, never waited for."""

import logging
import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined]  # its stub forgets them

from installation.errors import SiteError

log = logging.getLogger(__name__)

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)  # a clock that shows less has lost its battery
MOST_CHANGES = 400  # of wording, not of state, that are looked through for the next opening or closing
HINT = 'an OpenStreetMap rule such as "Tu-Su 10:00-18:00; Th 10:00-20:00; PH off", or "" for always'
UNKNOWABLE = {
    r"\bSH\b": "school holidays, which are not known here; name their dates",
    r"\b(dawn|dusk|sunrise|sunset)\b": "the sun, whose place is not known here; name clock times",
}


class Hours:
    """When the exhibition is open, by a rule in OpenStreetMap's notation; an empty rule is always open.

    Where the rule or the clock cannot say, it is open, and the log says so once. Moments must be aware.
    Raises SiteError for a rule, zone or country that cannot be used.
    """

    def __init__(self, rule: str, timezone: str, country: str = "") -> None:
        self._zone = _zone(timezone)
        self._rule = _parse(rule, self._zone, country) if rule.strip() else None
        self._said: set[str] = set()

    def is_open(self, at: datetime) -> bool:
        """Whether visitors are in the room at this moment."""
        if self._rule is None:
            return True
        if at < EARLIEST:
            return self._open_anyway("clock", f"the clock shows {at:%Y-%m-%d}, which cannot be")
        local = at.astimezone(self._zone)
        if self._rule.is_unknown(local):
            return self._open_anyway("rule", f"the opening hours leave open whether {local:%A %H:%M} is open")
        return self._rule.is_open(local)

    def next_change(self, at: datetime) -> datetime | None:
        """When it opens or closes next, in the gallery's own time; None when never, or with an untrusted clock."""
        if self._rule is None or at < EARLIEST:
            return None
        now, moment = self.is_open(at), at.astimezone(self._zone)
        for _ in range(MOST_CHANGES):
            later = self._rule.next_change(moment)
            if later is None or self.is_open(later) != now:
                return later
            moment = later
        return None

    def until_open(self, at: datetime) -> float:
        """Seconds until the doors open: 0 while open, infinite when they never will."""
        if self.is_open(at):
            return 0.0
        opening = self.next_change(at)
        return math.inf if opening is None else (opening.astimezone(UTC) - at.astimezone(UTC)) / timedelta(seconds=1)

    def _open_anyway(self, about: str, why: str) -> bool:
        if about not in self._said:
            self._said.add(about)
            log.warning("open, since %s", why)
        return True


def _parse(rule: str, zone: ZoneInfo, country: str) -> OpeningHours:
    _refuse_unknowable(rule, country)
    try:
        parsed = OpeningHours(rule, timezone=zone, country=country.upper() or None)
    except ParserError as error:
        raise SiteError(f"[hours] open = {rule!r} {_where(rule, error)}; allowed is {HINT}") from error
    except UnknownCountryError as error:
        raise SiteError(
            f'[hours] country = {country!r} is not known; allowed is a two-letter code such as "DE"'
        ) from error
    for warning in parsed.warnings:
        log.warning("[hours] open: %s", warning)
    return parsed


def _refuse_unknowable(rule: str, country: str) -> None:
    words = re.sub(r'"[^"]*"', "", rule)
    for word, what in UNKNOWABLE.items():
        if re.search(word, words):
            raise SiteError(f"[hours] open = {rule!r} asks for {what}")
    if re.search(r"\bPH\b", words) and not country:
        raise SiteError(
            f'[hours] open = {rule!r} speaks of public holidays: [hours] country must say whose, such as "DE"'
        )


def _where(rule: str, error: ParserError) -> str:
    """The parser's position as words a reader of site.toml can follow."""
    place = re.search(r"--> 1:(\d+)", str(error))
    rest = rule[int(place[1]) - 1 :] if place else ""
    return f"cannot be read from {rest!r} on" if rest else "is not a rule"


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise SiteError(f'[hours] timezone = {name!r} is not a zone; allowed is a name such as "Europe/Berlin"')
    return ZoneInfo(name)
