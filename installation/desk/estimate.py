"""When what is approved will have been made: the images to make, the speed of late, the nights until then."""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from installation.day import Hours
from installation.reporter import read_json
from installation.site import Site
from installation.state import State
from show.ledger import Submission
from show.ledger_reader import LedgerReader
from show.making.speed import Way, in_words, models_of, runs, seconds_per_image
from show.making.workplace import images_left

AGAIN_SECONDS = 30.0
MOST_NIGHTS = 60  # looked ahead; what takes longer is told without a date
MOST_STORIES = 500  # looked at one by one

Job = tuple[int, float]  # a submission's id, and the seconds its making takes
Span = tuple[datetime, datetime]
FOR_EVER = datetime(9000, 1, 1, tzinfo=UTC)
NEVER = (FOR_EVER, FOR_EVER)


@dataclass(frozen=True)
class Estimate:
    """What is approved and not made: `seconds` of making, None as long as no speed was measured.

    nights: how many that takes, None when that cannot be said; ready: about when each is made, by its id.
    """

    stories: int = 0
    images: int = 0
    seconds: float | None = None
    nights: int | None = None
    ready: tuple[tuple[int, datetime], ...] = ()

    @property
    def words(self) -> str:
        """One sentence; empty when nothing is to be made."""
        if not self.stories:
            return ""
        what = f"{_number(self.stories, 'story', 'stories')} to be made: {_number(self.images, 'image', 'images')}"
        if self.seconds is None:
            return f"{what}; how long that takes is not known before the first is made"
        nights = f" in {_number(self.nights, 'night', 'nights')}" if self.nights else ""
        return f"{what}, {in_words(self.seconds)} of making{nights}"

    def as_json(self) -> dict[str, Any]:
        """Plain values for desk.json; moments in the gallery's own time, to the minute."""
        plain = {name: getattr(self, name) for name in ("stories", "images", "nights")}
        seconds = None if self.seconds is None else round(self.seconds)
        ready = {str(id): at.isoformat(timespec="minutes") for id, at in self.ready}
        return plain | {"seconds": seconds, "ready": ready}


class Forecast:
    """Keeps the estimate, worked out anew twice a minute or when other stories wait."""

    def __init__(self, site: Site, state: State) -> None:
        self._site, self._state = site, state
        self._hours = Hours(site.hours.rule, site.hours.timezone, site.hours.country)
        self._zone = ZoneInfo(site.hours.timezone)
        self._seen: tuple[int, ...] = ()
        self._at = -math.inf
        self.latest = Estimate()

    def round(self, ledger: LedgerReader, now: float) -> None:
        """Work it out where that is due; `now` in seconds since 1970."""
        counts = ledger.counts()
        seen = (counts["words_approved"], counts["making"], counts["made"])
        if seen == self._seen and 0 <= now - self._at < AGAIN_SECONDS:
            return
        self._seen, self._at = seen, now
        self.latest = estimate(ledger, self._site, self._state, self._hours, datetime.fromtimestamp(now, self._zone))


def ready_about(state: State, story: Submission) -> datetime | None:
    """When it will be made, about, in the gallery's own time, as desk.json tells; None when that is not known."""
    with suppress(LookupError, TypeError, ValueError):
        return datetime.fromisoformat(read_json(state.desk)["forecast"]["ready"][str(story.id)])
    return None


def estimate(ledger: LedgerReader, site: Site, state: State, hours: Hours, now: datetime) -> Estimate:
    """What there is to make, and how long it takes from `now` (aware) on."""
    making, settings, counts = site.making, site.submissions, ledger.counts()
    how = (settings.phrases, settings.max_phrases, making.images_per_phrase, state.work)
    images = {story.id: images_left(story, *how) for story in ledger.to_make(MOST_STORIES)}
    stories = counts["words_approved"] + counts["making"]
    total = round(sum(images.values()) * stories / max(1, len(images)))
    way = Way(making.iterations, making.width, making.height, models_of(making.vqgan, making.critic))
    each = seconds_per_image(runs(ledger), way)
    if each is None or not images:
        return Estimate(stories, total)
    spans = list(_nights(hours, now, site.hours.maker_stops_before_seconds))
    ready = tuple(_ends([(id, count * each) for id, count in images.items()], spans))
    is_all = len(ready) == stories
    nights = sum(begin < ready[-1][1] for begin, _ in spans) if is_all else None
    return Estimate(stories, total, total * each, nights, tuple((id, at.astimezone(now.tzinfo)) for id, at in ready))


def _nights(hours: Hours, now: datetime, margin_seconds: float) -> Iterator[Span]:
    """When the maker may work, from now on, in UTC: while closed, until so long before the doors open."""
    moment = now
    for _ in range(2 * MOST_NIGHTS):
        change = hours.next_change(moment)
        end = (change or FOR_EVER).astimezone(UTC) - timedelta(seconds=margin_seconds)
        if not hours.is_open(moment) and end > moment:
            yield moment.astimezone(UTC), end
        if change is None:
            return
        moment = change


def _ends(jobs: Sequence[Job], spans: Sequence[Span]) -> Iterator[tuple[int, datetime]]:
    """When each is made, one after another; those that fit into no night are left out."""
    nights = iter(spans)
    at, until = next(nights, NEVER)
    for id, left in jobs:
        while at < FOR_EVER and at + timedelta(seconds=left) > until:
            left -= (until - at) / timedelta(seconds=1)
            at, until = next(nights, NEVER)
        if at == FOR_EVER:
            return
        at += timedelta(seconds=left)
        yield id, at


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
