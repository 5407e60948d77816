"""Voices that are programs: `flite:slt`, `espeak-ng:en-gb`, and `piper:FILE.onnx` with a voice file of one's own."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from show.errors import StemError, StoryError
from show.making.second_voice.parts import stretched
from show.making.voices.commands import COMMANDS, HOW_TO_GET, left_to_stretch, run
from show.making.voices.sound import NOTHING, Sound, read_sound
from show.making.voices.voice import Utterance

FAINTEST = 0.01  # a peak below it is no word: flite hums so over a script it does not know

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Program:
    """A program and one of its voices, by name or, for piper always and for flite where it has a slash, by file.

    Where flite is not installed and espeak-ng is, that speaks in its place.
    """

    program: str
    name: str
    paced = True

    @property
    def key(self) -> str:
        voice = _present(self)
        return f"{voice}{_state(voice.files)}"

    def say(self, text: str, slowness: float) -> Utterance:
        """The text, in a breath; StoryError when there is no such program or voice."""
        voice = _present(self)
        if voice.program == "flite" and not voice.files:
            _need_flite_voice(voice.name)
        with _passing_folder() as folder:
            sound = voice._spoken(folder, " ".join(text.split()), slowness)
        return Utterance(stretched(sound, left_to_stretch(voice.program, slowness)))

    def __str__(self) -> str:
        return f"{self.program}:{self.name}"

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it speaks with."""
        if self.program == "piper":
            return self.name, f"{self.name}.json"
        return (self.name,) if self.program == "flite" and "/" in self.name else ()

    def _spoken(self, folder: Path, text: str, slowness: float) -> Sound:
        words, wave = folder / "words.txt", folder / "wave.wav"
        words.write_text(f"{text}\n", encoding="utf-8")
        self._run(COMMANDS[self.program](self.name, slowness, str(words), str(wave)))
        return self._heard(wave, text)

    def _heard(self, wave: Path, text: str) -> Sound:
        try:
            sound = read_sound(wave)
        except StemError:
            sound = NOTHING
        if np.abs(sound).max(initial=0) < FAINTEST:
            raise StoryError(f"the voice '{self}' makes no sound of {text!r}")
        return sound

    def _run(self, command: list[str]) -> None:
        done = run(command)
        if self.program == "flite" and self.files and (done.returncode or "Error load voice" in done.stderr):
            raise StoryError(f"{self.name} is no voice of flite: it would be a file like cmu_us_slt.flitevox")
        if done.returncode or not Path(command[-1]).is_file():
            why = (done.stderr.strip().splitlines() or ["no sound came"])[-1]
            raise StoryError(f"the voice '{self}' did not speak: {why}")


@contextmanager
def _passing_folder() -> Iterator[Path]:
    """A folder that is gone afterwards; StoryError when it cannot be made or written."""
    place = "the folder for temporary files"
    try:
        place = tempfile.gettempdir()
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    except OSError as error:
        raise StoryError(f"{place} cannot be written: {error.strerror or error}") from error


STAND_IN = Program("espeak-ng", "en")


def _present(voice: Program) -> Program:
    """The voice itself, or espeak-ng's where flite is not installed."""
    if voice.program != "flite" or shutil.which("flite") or not shutil.which("espeak-ng"):
        return voice
    _tell(f"flite is not installed ({HOW_TO_GET['flite']}): '{STAND_IN}' speaks instead of '{voice}'")
    return STAND_IN


@cache
def _tell(sentence: str) -> None:
    """To the console, once."""
    log.warning(sentence)


def _need_flite_voice(name: str) -> None:
    """Without this flite would take its usual voice and say nothing of it."""
    listed = run(["flite", "-lv"]).stdout.partition(":")[2].split()
    if name not in listed:
        raise StoryError(f"flite has no voice {name!r}: it has {', '.join(listed)}")


def _state(files: tuple[str, ...]) -> str:
    """What changes when a voice file, or the sizes beside it, are replaced."""
    try:
        found = [Path(file).stat() for file in files]
    except OSError as error:
        raise StoryError(f"the voice file {error.filename} cannot be read: {error.strerror}") from error
    return "".join(f" {each.st_size} {each.st_mtime_ns}" for each in found)
