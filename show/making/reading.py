"""How a story is read aloud: each white line within its phrase, and when it and its words are heard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import shorten

from show.errors import StoryError
from show.making.story import Phrase, Story
from show.making.subtitles import Spoken
from show.making.voices.speaker import Speaker
from show.making.voices.voice import Utterance, Word

TOLD_LETTERS = 120
HASTIEST = 0.75  # slowness; faster nobody follows
SPARE = 0.97  # a voice told to be faster is not exactly so much faster

Heard = Callable[[str], None]


@dataclass(frozen=True)
class Read:
    """A line as read: when it is heard, in seconds of the film, until when it stays on the wall, and at which pace."""

    text: str
    start: float
    shown_until: float
    utterance: Utterance
    slowness: float

    @property
    def end(self) -> float:
        return self.start + self.utterance.seconds

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word.later(self.start) for word in self.utterance.words)


def read_aloud(story: Story, speaker: Speaker, heard: Heard = lambda text: None) -> list[Read]:
    """All white lines, spoken; `heard` is told of each. StoryError for a phrase too short for its lines."""
    return [line for number in range(len(story.phrases)) for line in _phrase(story, number, speaker, heard)]


def cues(lines: list[Read]) -> list[Spoken]:
    """The lines as captions, each from when it is heard."""
    return [Spoken(line.start, line.shown_until, line.text) for line in lines]


def _phrase(story: Story, number: int, speaker: Speaker, heard: Heard) -> Iterator[Read]:
    """What time the words leave is shared out among the lines."""
    phrase, breath = story.phrases[number], story.narration.breath_seconds
    if not phrase.narrative:
        return
    time = story.phrase_seconds - (len(phrase.narrative) + 1) * breath
    spoken, slowness = _fitting(story, phrase, time, speaker, heard)
    long = sum(each.seconds for each in spoken)
    pause = breath + max(0.0, time - long) / len(spoken)
    starts = [number * story.phrase_seconds + breath]
    for each in spoken:
        starts.append(starts[-1] + each.seconds + pause)
    ends = [*starts[1:-1], (number + 1) * story.phrase_seconds]
    for text, start, end, utterance in zip(phrase.narrative, starts, ends, spoken, strict=False):
        yield Read(text, start, end, utterance, slowness)


def _fitting(
    story: Story, phrase: Phrase, time: float, speaker: Speaker, heard: Heard
) -> tuple[list[Utterance], float]:
    """The lines at the narration's pace, faster where their time is short, and that pace."""
    usual = story.narration.manner.slowness
    spoken = [_say(speaker, text, heard) for text in phrase.narrative]
    long = sum(each.seconds for each in spoken)
    if long <= time:
        return spoken, usual
    if time <= 0:
        raise _too_long(story, phrase, long, time)
    slowness = SPARE * usual * time / long
    if not speaker.paced or slowness < HASTIEST:
        raise _too_long(story, phrase, long, time)
    hastened = [speaker.speak(text, slowness) for text in phrase.narrative]
    if sum(each.seconds for each in hastened) > time:
        raise _too_long(story, phrase, long, time)
    return hastened, slowness


def _say(speaker: Speaker, text: str, heard: Heard) -> Utterance:
    heard(text)
    return speaker.speak(text)


def _too_long(story: Story, phrase: Phrase, long: float, time: float) -> StoryError:
    lines = shorten(" ".join(phrase.narrative), TOLD_LETTERS, placeholder=" ...")
    return StoryError(
        f"{story.path.name}: {lines!r} takes {long:.1f} s and its phrase leaves {max(0.0, time):.1f} s: "
        "shorten it or the breath_seconds around it, or give a phrase more images"
    )
