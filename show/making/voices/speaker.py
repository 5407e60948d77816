"""Whoever speaks: a voice with its manner, which says words as the artist wants them and no sentence twice."""

import hashlib
import json
import logging
import os
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import platformdirs

from show.making.voices.signs import SIGNS
from show.making.voices.sound import Sound
from show.making.voices.voice import Utterance, Voice, Word

VERSION = 3  # of what is kept: another trimming or pace needs another
WORD = re.compile(rf"\w|[{''.join(SIGNS)}]")  # a sign that is read is a word

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Manner:
    """Which voice, how words are said that it would say wrongly, and how much slower than it comes."""

    voice: Voice
    say: Mapping[str, str]
    slowness: float


class Speaker:
    """Speaks in a manner; what was said before is taken from the cache."""

    def __init__(self, manner: Manner, cache: Path | None = None) -> None:
        self._manner = manner
        self._cache = cache or Path(platformdirs.user_cache_dir("blind-eye")) / "voices"
        self.spoken = 0
        self.kept = 0

    @property
    def paced(self) -> bool:
        """Whether it can speak faster where time is short."""
        return self._manner.voice.paced

    def speak(self, text: str, slowness: float | None = None) -> Utterance:
        """A text spoken, without silence around it; a text without words is silence."""
        if not WORD.search(text):
            return Utterance(np.zeros(0, np.float32))
        said = pronounced(text, self._manner.say)
        pace = (slowness or self._manner.slowness) if self.paced else 1.0
        utterance = self._recall(said, pace)
        return Utterance(utterance.sound, _as_written(text, utterance.words))

    def _recall(self, said: str, pace: float) -> Utterance:
        key = self._manner.voice.key
        file = self._cache / f"{_hash([VERSION, key, said, f'{pace:.3f}'])}.npz"
        if key and (known := _read(file)):
            self.kept += 1
            return known
        utterance = self._manner.voice.say(said, pace).trimmed()
        self.spoken += 1
        if key:
            _keep(utterance, file)
        return utterance


def pronounced(text: str, say: Mapping[str, str]) -> str:
    """The text with whole words replaced, whatever their capitals; longer entries first, none within another."""
    if not say:
        return text
    written = sorted(say, key=len, reverse=True)
    words = "|".join(f"({re.escape(each)})" for each in written)
    sounds = [say[each] for each in written]
    return re.sub(
        rf"(?<!\w)(?:{words})(?!\w)", lambda found: sounds[(found.lastindex or 1) - 1], text, flags=re.IGNORECASE
    )


def _as_written(text: str, words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words under the names they have on the wall, where they are as many as were said."""
    written = text.split()
    if len(written) != len(words):
        return words
    return tuple(Word(word.start, word.end, name) for word, name in zip(words, written, strict=True))


def _hash(what: list[object]) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:32]


def _read(file: Path) -> Utterance | None:
    """What was kept; None when there is nothing, or a power cut left half of it."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            sound: Sound = kept["sound"]
            return Utterance(sound, tuple(Word(**word) for word in json.loads(str(kept["words"]))))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _keep(utterance: Utterance, file: Path) -> None:
    """Whole or not at all; a full disk costs only that the sentence is spoken again."""
    words = json.dumps([asdict(word) for word in utterance.words])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            _write(part.name, utterance.sound, words, file)
    except OSError as error:
        log.warning("%s cannot be kept, and will be spoken again: %s", file, error.strerror or error)


def _write(part: str, sound: Sound, words: str, file: Path) -> None:
    try:
        with open(part, "wb") as out:
            np.savez(out, sound=sound, words=np.array(words))
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, file)
    finally:
        Path(part).unlink(missing_ok=True)
