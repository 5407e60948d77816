"""The artist's own recordings: a file for each sentence, found by its words or listed in the story."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from show.errors import StoryError
from show.making.voices.sound import NOTHING, Sound, read_channels
from show.making.voices.voice import Utterance

SILENCE = 1e-4  # -80 dBFS
CANCELLED = 0.25  # of the louder channel, 12 dB: what a mix is below, its channels take from each other
WORDS = (".txt", ".md", ".json", ".vtt", ".srt")


@dataclass(frozen=True)
class Recorded:
    """A folder of recordings named by their sentences, and files for those that are not: by sentence."""

    folder: Path
    files: Mapping[str, Path]
    paced = False
    key = ""

    def say(self, text: str, slowness: float) -> Utterance:
        """The recording of a sentence, at its own pace; StoryError when there is none, or more than one.

        Signs alone, such as "&", name no file: they are silence where they are not in the list.
        """
        if not slug(text) and text not in self.files:
            return Utterance(NOTHING)
        file = self.files.get(text) or self._listed(text) or self._find(text)
        if not file.is_file():
            raise StoryError(f"the recording {file} of {text!r} is not there")
        sound = mixed(read_channels(file))
        if np.abs(sound).max() < SILENCE:
            raise StoryError(f"the recording {file} of {text!r} is silent")
        return Utterance(sound)

    def _listed(self, text: str) -> Path | None:
        return next((file for said, file in self.files.items() if slug(said) == slug(text)), None)

    def _find(self, text: str) -> Path:
        if not self.folder.is_dir():
            raise StoryError(f"{self.folder}, the folder of the recordings, is not there")
        found = sorted(file for file in self.folder.iterdir() if _is_sound(file) and slug(file.stem) == slug(text))
        if not found:
            raise StoryError(f"no recording of {text!r} lies in {self.folder}: it would be called {slug(text)}.wav")
        if len(found) > 1:
            raise StoryError(f"{text!r} has more than one recording: {', '.join(file.name for file in found)}")
        return found[0]


def mixed(channels: Sound) -> Sound:
    """A recording (channels, samples) as one sound around zero; of opposite phases the loudest channel alone."""
    level = channels - channels.mean(axis=1, keepdims=True)
    mix, loudness = level.mean(axis=0), level.std(axis=1)
    heard: Sound = mix if mix.std() >= CANCELLED * loudness.max() else level[loudness.argmax()]
    return heard


def _is_sound(file: Path) -> bool:
    """Neither the words beside a recording nor what macOS keeps of it."""
    return file.is_file() and not file.name.startswith(".") and file.suffix.lower() not in WORDS


def slug(text: str) -> str:
    """A sentence as the name of a file: its words alone, in small letters, with hyphens."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return "-".join(re.findall(r"[^\W_]+", plain))
