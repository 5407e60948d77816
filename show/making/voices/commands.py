"""The programs that speak, each as the command that makes a sound file of a file of words."""

import subprocess
from collections.abc import Callable

from show.errors import StoryError

WORDS_A_MINUTE = 150  # espeak-ng's pace at slowness 1
FEWEST_WORDS_A_MINUTE = 80  # slower it does not speak, whatever it is told
LONGEST_SECONDS = 60
HOW_TO_GET = {"flite": "apt install flite", "espeak-ng": "apt install espeak-ng", "piper": "pipx install piper-tts"}

Command = Callable[[str, float, str, str], list[str]]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """What a program says and how it ends; StoryError when it is not installed, or never ends."""
    program = command[0]
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LONGEST_SECONDS)
    except FileNotFoundError as error:
        raise StoryError(f"the voice needs the program {program}: {HOW_TO_GET[program]}") from error
    except (OSError, ValueError) as error:  # it may not be run, or the voice's name is no name at all
        raise StoryError(f"the program {program} cannot be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise StoryError(f"the program {program} did not finish speaking within {LONGEST_SECONDS} s") from error


def left_to_stretch(program: str, slowness: float) -> float:
    """How much slower a sound must still become, as its program cannot speak so slowly."""
    return max(1.0, slowness * FEWEST_WORDS_A_MINUTE / WORDS_A_MINUTE) if program == "espeak-ng" else 1.0


def _flite(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["flite", "-voice", name, "--setf", f"duration_stretch={slowness:.3f}", "-f", words, "-o", wave]


def _espeak(name: str, slowness: float, words: str, wave: str) -> list[str]:
    pace = max(FEWEST_WORDS_A_MINUTE, WORDS_A_MINUTE / slowness)
    return ["espeak-ng", "-v", name, "-s", f"{pace:.0f}", "-f", words, "-w", wave]


def _piper(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["piper", "--model", name, "--length-scale", f"{slowness:.3f}", "--input-file", words, "--output-file", wave]


COMMANDS: dict[str, Command] = {"flite": _flite, "espeak-ng": _espeak, "piper": _piper}
