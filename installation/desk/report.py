"""What happened in a night, for the artist: gathered from the ledger, told in plain sentences."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from show.ledger import Change, Step, Submission
from show.ledger_reader import LedgerReader
from show.making.phrases import clean
from show.making.speed import Run, in_words, runs

TEXT, SHEET = "report.txt", "contact-sheet.png"
NOON = time(12)  # a report covers the day until then: the whole night, whatever the hours of the house
MOST_LINES = 40  # of each kind; of more only the number
LONGEST_WORDS = 300

Befallen = tuple[Submission, Change]


@dataclass(frozen=True)
class Night:
    """From noon to noon, and what befell whom between. `now` lists are of the moment it was gathered."""

    date: Date
    start: datetime
    end: datetime
    befell: Mapping[Step, Sequence[Befallen]]
    words_to_approve: Sequence[Submission]
    clips_to_approve: Sequence[Submission]
    uncertain: Sequence[Befallen]
    counts: Mapping[str, int]
    runs: Sequence[Run]


def span(date: Date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The noon before a date, and its own."""
    end = datetime.combine(date, NOON, zone)
    return datetime.combine(date - timedelta(days=1), NOON, zone), end


def date_of(at: datetime) -> Date:
    """Whose report a moment belongs to."""
    return at.date() if at.time() < NOON else at.date() + timedelta(days=1)


def gather(ledger: LedgerReader, date: Date, zone: ZoneInfo) -> Night:
    """All that a report tells."""
    start, end = span(date, zone)
    since, until = start.timestamp(), end.timestamp()
    steps = (Step.RECEIVED, Step.MADE, Step.FAILED, Step.REFUSED, Step.SENT, Step.WITHDRAWN)
    uncertain = ledger.latest(MOST_LINES, states=[Step.UNCERTAIN])
    return Night(
        *(date, start, end),
        befell={step: [(ledger.get(c.submission), c) for c in ledger.befell(step, since, until)] for step in steps},
        words_to_approve=ledger.latest(MOST_LINES, states=[Step.RECEIVED, Step.WAITING]),
        clips_to_approve=ledger.latest(MOST_LINES, states=[Step.MADE, Step.CHECKED]),
        uncertain=[(story, ledger.changes(story.id)[-1]) for story in uncertain],
        counts=ledger.counts(),
        runs=[run for run in runs(ledger) if since <= run.at < until],
    )


def tell(night: Night, estimate: str, limits: Mapping[str, Any], troubles: Sequence[str]) -> str:
    """The report. estimate: when what waits is made; limits: what services allow; troubles: what goes wrong now."""
    at = "%A %d %B, %H:%M"
    lines = [f"The night to {night.date:%A %d %B %Y}", f"from {night.start:{at}}, to {night.end:{at}}", ""]
    lines += _made(night)
    lines += _listed("{} could not be made or sent", night.befell[Step.FAILED], with_reason=True)
    lines += _listed("{} refused", night.befell[Step.REFUSED], with_reason=True)
    lines += _listed("{} taken back or removed", night.befell[Step.WITHDRAWN], with_reason=True)
    lines += _came_in(night)
    lines += _sent(night)
    lines += _for_a_person(night)
    lines += _section("What is approved and not made", [f"{estimate}."] if estimate else [])
    lines += _section("What services allow", list(_limits(limits)))
    lines += _section("What goes wrong just now", [f"{trouble}." for trouble in troubles])
    return "\n".join(lines).rstrip() + "\n"


def without(report: str, id: int) -> str:
    """The same report, with nothing in it of what one submission said and whose it was."""
    return re.sub(rf"^  {id}, .*$", f"  {id}: (forgotten)", report, flags=re.MULTILINE)


def _made(night: Night) -> list[str]:
    images, seconds = sum(run.images for run in night.runs), sum(run.seconds for run in night.runs)
    speed = f"{images} images were made in {in_words(seconds)[6:]}, {seconds / images:.2g} s each." if images else ""
    made = night.befell[Step.MADE]
    if not made:
        return _section("No film was finished", [speed])
    return [
        *_listed("{} made", made, with_phrases=True, what=("film", "films"))[:-1],
        *([f"  {speed}"] if speed else []),
        "",
    ]


def _came_in(night: Night) -> list[str]:
    came = night.befell[Step.RECEIVED]
    by = Counter(story.source for story, _ in came)
    ways = ", ".join(f"{count} by {_way(source)}" for source, count in by.most_common())
    return _listed(f"{{}} came in ({ways})", came) if came else []


def _sent(night: Night) -> list[str]:
    by = Counter(story.source for story, change in night.befell[Step.SENT] if change.before)
    ways = [f"{_number(count, 'film')} by {_way(source)}" for source, count in by.most_common()]
    return _section("What was sent out", [f"{', '.join(ways)}."] if ways else [])


def _for_a_person(night: Night) -> list[str]:
    counts = night.counts
    words = counts[Step.RECEIVED] + counts[Step.WAITING]
    clips = counts[Step.MADE] + counts[Step.CHECKED]
    looks = [
        *_section(f"{_number(words, 'story', 'stories')} to be approved", _looks(night.words_to_approve, words)),
        *_section(f"{_number(clips, 'film')} to be looked at and approved", _looks(night.clips_to_approve, clips)),
    ]
    unsure = [f"{_line(story)}: {_plain(change.note)}" for story, change in night.uncertain]
    title = f"{_number(counts[Step.UNCERTAIN], 'film')} that may or may not have been sent: look, then say so"
    return looks + _section(title, _bounded(unsure, counts[Step.UNCERTAIN]))


def _looks(stories: Iterable[Submission], count: int) -> list[str]:
    lines = [f"{_line(each)}: {_words(each)}" + (f" ({_plain(each.look)})" if each.look else "") for each in stories]
    return _bounded(lines, count)


def _listed(
    title: str,
    befallen: Sequence[Befallen],
    *,
    with_reason: bool = False,
    with_phrases: bool = False,
    what: tuple[str, str] = ("story", "stories"),
) -> list[str]:
    lines = []
    for story, change in befallen[:MOST_LINES]:
        words = " / ".join(map(_plain, story.phrases)) if with_phrases else _words(story)
        reason = f" ({_plain(change.note)})" if with_reason and change.note else ""
        lines.append(f"{_line(story)}: {words}{reason}")
    return _section(title.format(_number(len(befallen), *what)), _bounded(lines, len(befallen)))


def _section(title: str, lines: Sequence[str]) -> list[str]:
    kept = [f"  {line}" for line in lines if line]
    return [f"{title}:", *kept, ""] if kept else []


def _bounded(lines: list[str], count: int) -> list[str]:
    return [*lines, f"and {count - len(lines)} more"] if lines and count > len(lines) else lines


def _limits(limits: Mapping[str, Any]) -> Iterator[str]:
    for values in limits.values():
        words = str(values.get("words", "")) if isinstance(values, Mapping) else ""
        if words:
            yield _plain(words)


def _line(story: Submission) -> str:
    """Its number, the way it came and whose it is: names are in the report and nowhere else."""
    return f"{story.id}, {_way(story.source)}" + (f", {_plain(story.author)[:40]}" if story.author else "")


def _words(story: Submission) -> str:
    words = _plain(clean(story.text))
    return f"“{words[:LONGEST_WORDS]}{'…' if len(words) > LONGEST_WORDS else ''}”" if words else "(forgotten)"


def _plain(text: str) -> str:
    """One line that is safe to show, whatever strangers wrote."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))


def _way(source: str) -> str:
    return {"x": "X", "mastodon": "Mastodon", "page": "the page", "folder": "the folder"}.get(source, source)


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
