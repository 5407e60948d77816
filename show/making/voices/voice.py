"""What every voice does: say a text, and tell when each word falls where it knows."""

import dataclasses
from dataclasses import dataclass
from typing import Protocol

from show.making.voices.sound import RATE, Sound, sounding


@dataclass(frozen=True)
class Word:
    """A word and when it is heard, in seconds."""

    start: float
    end: float
    text: str

    def later(self, seconds: float) -> "Word":
        return dataclasses.replace(self, start=self.start + seconds, end=self.end + seconds)


@dataclass(frozen=True)
class Utterance:
    """A text as spoken: mono float32 at 48 kHz, and its words where the voice knows them."""

    sound: Sound
    words: tuple[Word, ...] = ()

    @property
    def seconds(self) -> float:
        return self.sound.size / RATE

    def trimmed(self) -> "Utterance":
        """Without the silence at both ends."""
        start, end = sounding(self.sound)
        words = tuple(_within(word.later(-start / RATE), (end - start) / RATE) for word in self.words)
        return Utterance(self.sound[start:end], words)


class Voice(Protocol):
    """A voice. Whoever says a text may raise StoryError, StemError or WeightsError, in one sentence."""

    @property
    def key(self) -> str:
        """All that its sound depends on besides the text; "" when what it says is not worth keeping."""
        ...

    @property
    def paced(self) -> bool:
        """Whether it can speak slower and faster."""
        ...

    def say(self, text: str, slowness: float) -> Utterance:
        """A text spoken, `slowness` times as slow as the voice comes; a voice without pace passes that over."""
        ...


def _within(word: Word, seconds: float) -> Word:
    return dataclasses.replace(word, start=min(max(word.start, 0.0), seconds), end=min(max(word.end, 0.0), seconds))
