"""Voices that are programs: `flite:slt`, `espeak-ng:en-gb`, and `piper:FILE.onnx` with a voice file of one's own."""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from show.errors import StemError, StoryError
from show.making.voices.sound import NOTHING, Sound, read_sound
from show.making.voices.voice import Utterance

WORDS_A_MINUTE = 150  # espeak-ng's pace at slowness 1
LONGEST_SECONDS = 60
FAINTEST = 0.01  # a peak below it is no word: flite hums so over a script it does not know
HOW_TO_GET = {"flite": "apt install flite", "espeak-ng": "apt install espeak-ng", "piper": "pipx install piper-tts"}


@dataclass(frozen=True)
class Program:
    """A program and one of its voices, by name or, for piper, by file."""

    program: str
    name: str
    paced = True

    @property
    def key(self) -> str:
        return f"{self.program}:{self.name}{_state(self.name) if self.program == 'piper' else ''}"

    def say(self, text: str, slowness: float) -> Utterance:
        """The text, in a breath; StoryError when there is no such program or voice."""
        if self.program == "flite":
            _need_flite_voice(self.name)
        try:
            with tempfile.TemporaryDirectory() as folder:
                return Utterance(self._spoken(Path(folder), " ".join(text.split()), slowness))
        except OSError as error:
            raise StoryError(f"{tempfile.gettempdir()} cannot be written: {error.strerror or error}") from error

    def _spoken(self, folder: Path, text: str, slowness: float) -> Sound:
        words, wave = folder / "words.txt", folder / "wave.wav"
        words.write_text(f"{text}\n", encoding="utf-8")
        self._run(_COMMANDS[self.program](self.name, slowness, str(words), str(wave)))
        return self._heard(wave, text)

    def _heard(self, wave: Path, text: str) -> Sound:
        try:
            sound = read_sound(wave)
        except StemError:
            sound = NOTHING
        if np.abs(sound).max(initial=0) < FAINTEST:
            raise StoryError(f"the voice '{self.program}:{self.name}' makes no sound of {text!r}")
        return sound

    def _run(self, command: list[str]) -> None:
        done = _call(command)
        if done.returncode or not Path(command[-1]).is_file():
            why = (done.stderr.strip().splitlines() or ["no sound came"])[-1]
            raise StoryError(f"the voice '{self.program}:{self.name}' did not speak: {why}")


def _call(command: list[str]) -> subprocess.CompletedProcess[str]:
    program = command[0]
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LONGEST_SECONDS)
    except FileNotFoundError as error:
        raise StoryError(f"the voice needs the program {program}: {HOW_TO_GET[program]}") from error
    except (OSError, ValueError) as error:  # it may not be run, or the voice's name is no name at all
        raise StoryError(f"the program {program} cannot be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise StoryError(f"the program {program} did not finish speaking within {LONGEST_SECONDS} s") from error


def _need_flite_voice(name: str) -> None:
    """Without this flite would take its usual voice and say nothing of it."""
    listed = _call(["flite", "-lv"]).stdout.partition(":")[2].split()
    if name not in listed and not Path(name).is_file():
        raise StoryError(f"flite has no voice {name!r}: it has {', '.join(listed)}")


def _flite(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["flite", "-voice", name, "--setf", f"duration_stretch={slowness:.3f}", "-f", words, "-o", wave]


def _espeak(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["espeak-ng", "-v", name, "-s", f"{WORDS_A_MINUTE / slowness:.0f}", "-f", words, "-w", wave]


def _piper(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["piper", "--model", name, "--length-scale", f"{slowness:.3f}", "--input-file", words, "--output-file", wave]


_COMMANDS: dict[str, Callable[[str, float, str, str], list[str]]] = {
    "flite": _flite,
    "espeak-ng": _espeak,
    "piper": _piper,
}


def _state(name: str) -> str:
    """What changes when a voice file, or the sizes beside it, are replaced."""
    try:
        found = [Path(file).stat() for file in (name, f"{name}.json")]
    except OSError as error:
        raise StoryError(f"the voice file {error.filename} cannot be read: {error.strerror}") from error
    return "".join(f" {each.st_size} {each.st_mtime_ns}" for each in found)
