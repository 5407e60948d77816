"""A story's captions as WebVTT: the prompt yellow over the whole phrase, the narrative white, line after line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from show.making.story import Phrase, Story

LEAST_LETTERS = 12  # a very short line still wants time


@dataclass(frozen=True)
class Spoken:
    """One white line and when it is on the wall, in seconds."""

    start: float
    end: float
    text: str


def spoken(story: Story) -> list[Spoken]:
    """The white lines of a story; within a phrase each gets time by its length."""
    return [line for number, phrase in enumerate(story.phrases) for line in _lines(phrase, number, story)]


def _lines(phrase: Phrase, number: int, story: Story) -> Iterator[Spoken]:
    start = number * story.phrase_seconds
    letters = [max(LEAST_LETTERS, len(text)) for text in phrase.narrative]
    for text, share in zip(phrase.narrative, letters, strict=True):
        end = start + story.phrase_seconds * share / sum(letters)
        yield Spoken(start, end, text)
        start = end


def webvtt(story: Story, lines: Iterable[Spoken] | None = None) -> str:
    """The captions of a story as the text of a WebVTT file; the white lines as given, else by their length."""
    prompts = [
        (number * story.phrase_seconds, (number + 1) * story.phrase_seconds, "prompt", phrase.prompt)
        for number, phrase in enumerate(story.phrases)
    ]
    narrative = [(line.start, line.end, "narrative", line.text) for line in (spoken(story) if lines is None else lines)]
    cues = [_cue(*cue) for cue in sorted(prompts + narrative, key=lambda cue: cue[:2])]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(start: float, end: float, kind: str, text: str) -> str:
    lines = "\n".join(filter(str.strip, text.splitlines()))  # an empty one would end the caption
    return f"{_time(start)} --> {_time(end)}\n<c.{kind}>{escape(lines, quote=False)}</c>"


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
