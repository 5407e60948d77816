"""A trained voice: Tacotron 2 and WaveGlow, the published pair or one fine-tuned on the artist's speech."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from show.errors import StoryError, WeightsError
from show.making.voices.letters import READING, Letters, letters
from show.making.voices.sound import from_rate
from show.making.voices.voice import Utterance, Word

if TYPE_CHECKING:
    from show.making.voices.tacotron import Tacotron
    from show.making.voices.waveglow import WaveGlow

RATE = 22_050
FRAME_SECONDS = 256 / RATE
OUT_OF_MEMORY = {
    "out of memory": "the card's memory is too small for the trained voice: device = 'cpu' is slow, but speaks",
    "can't allocate memory": "the machine's memory is too small for the trained voice: speak shorter sentences",
}


@dataclass(frozen=True)
class Trained:
    """The pair's files, converted to safetensors, and how it is to speak."""

    tacotron: Path
    waveglow: Path
    device: str  # "cpu", "cuda", or "auto": a card where there is one
    seed: int
    liveliness: float  # WaveGlow's sigma
    hush: float  # how much of the network's own hum is taken away
    paced = False

    @property
    def key(self) -> str:
        files = " ".join(_state(file) for file in (self.tacotron, self.waveglow))
        return f"trained {READING} {files} {self.seed} {self.liveliness} {self.hush}"

    def say(self, text: str, slowness: float) -> Utterance:
        """The text, and when each of its words is heard."""
        said = letters(text)
        with _enough_memory():
            tacotron, waveglow = _load(self.tacotron, self.waveglow, self.device)
            mel, places = tacotron(said.numbers, self.seed)
            sound = waveglow.hush(waveglow(mel, self.liveliness, self.seed), self.hush).cpu().numpy()
        if not np.isfinite(sound).all():
            raise WeightsError(
                f"{self.waveglow} makes no sound of what {self.tacotron.name} asks for: are they a pair?"
            )
        return Utterance(from_rate(sound.astype(np.float32), RATE), _words(said, places.tolist()))


@contextmanager
def _enough_memory() -> Iterator[None]:
    """StoryError where torch finds too little: a card's, by several names, or the machine's."""
    try:
        yield
    except RuntimeError as error:
        why = next((why for told, why in OUT_OF_MEMORY.items() if told in str(error)), None)
        if why is None:
            raise
        raise StoryError(why) from error


@lru_cache(maxsize=1)
def _load(tacotron: Path, waveglow: Path, device: str) -> tuple["Tacotron", "WaveGlow"]:
    import torch

    from show.making.voices.tacotron import load_tacotron
    from show.making.voices.waveglow import load_waveglow

    if device == "cuda" and not torch.cuda.is_available():
        raise StoryError("the trained voice is to speak on 'cuda', and torch finds no NVIDIA card: device = 'cpu'")
    chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    speaker, hearer = load_tacotron(tacotron), load_waveglow(waveglow)
    if (said := speaker.sizes.mel) != (heard := hearer.sizes.mel):
        raise WeightsError(f"{tacotron} speaks in {said} bands and {waveglow} hears {heard}: they are no pair")
    return speaker.to(chosen), hearer.to(chosen)


def _words(said: Letters, places: list[int]) -> tuple[Word, ...]:
    """From the letter each frame looked at; glances back do not count, and what was never looked at has no time."""
    furthest = np.maximum.accumulate(np.array(places))
    heard = [(said.places[letter], frame * FRAME_SECONDS) for frame, letter in enumerate(furthest)]
    words = []
    for place, frames in groupby(heard, key=lambda each: each[0]):
        times = [time for _, time in frames]
        words.append(Word(times[0], times[-1] + FRAME_SECONDS, said.words[place]))
    return tuple(words)


def _state(file: Path) -> str:
    try:
        found = file.stat()
    except OSError as error:
        raise WeightsError(f"{file} cannot be read: {error.strerror}") from error
    return f"{file} {found.st_size} {found.st_mtime_ns}"
