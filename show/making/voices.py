"""Synthetic voices that Debian ships, run as programs: `flite:slt`, `espeak-ng:en-gb`."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from show.errors import StemError, StoryError

RATE = 48_000
WORDS_A_MINUTE = 150  # espeak-ng's pace at slowness 1
LONGEST_SECONDS = 60

Sound = NDArray[np.float32]


def speak(voice: str, text: str, slowness: float = 1.0) -> Sound:
    """A text spoken by a voice, mono float32 at 48 kHz; StoryError when there is no such voice or program."""
    program, _, name = voice.partition(":")
    if program not in _COMMANDS or not name:
        raise StoryError(f"[story] voice = {voice!r} is not like 'flite:slt' or 'espeak-ng:en-gb'")
    with tempfile.TemporaryDirectory() as folder:
        words, wave = Path(folder, "words.txt"), Path(folder, "wave.wav")
        words.write_text(text, encoding="utf-8")
        _run(_COMMANDS[program](name, slowness, str(words), str(wave)), voice)
        return _trim(read_sound(wave))


def _flite(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["flite", "-voice", name, "--setf", f"duration_stretch={slowness:.3f}", "-f", words, "-o", wave]


def _espeak(name: str, slowness: float, words: str, wave: str) -> list[str]:
    return ["espeak-ng", "-v", name, "-s", f"{WORDS_A_MINUTE / slowness:.0f}", "-f", words, "-w", wave]


_COMMANDS: dict[str, Callable[[str, float, str, str], list[str]]] = {"flite": _flite, "espeak-ng": _espeak}


def _run(command: list[str], voice: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    except FileNotFoundError as error:
        raise StoryError(f"the voice {voice!r} needs the program {command[0]}: apt install {command[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise StoryError(f"the voice {voice!r} did not finish speaking within {LONGEST_SECONDS} s") from error
    if done.returncode or not Path(command[-1]).is_file():
        raise StoryError(f"the voice {voice!r} did not speak: {done.stderr.strip() or 'no sound came'}")


def read_sound(path: Path) -> Sound:
    """A sound file, mixed to mono float32 at 48 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as file:
        frames = [done for frame in file.decode(audio=0) for done in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([np.zeros(0), *(frame.to_ndarray()[0] for frame in frames)]).astype(np.float32)


def write_sound(sound: Sound, path: Path) -> None:
    """Write mono float32 at 48 kHz as 16-bit FLAC; StemError when it cannot be."""
    whole = np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)[None]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(whole, path)
    except OSError as error:
        raise StemError(f"{path} cannot be written: {error.strerror or error}") from error


def _write(whole: NDArray[np.int16], path: Path) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono", format="s16")
        for start in range(0, whole.shape[1], stream.frame_size or 4096):
            frame = av.AudioFrame.from_ndarray(whole[:, start : start + 4096], format="s16", layout="mono")
            frame.rate, frame.pts = RATE, start
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def _trim(sound: Sound) -> Sound:
    """Without the silence at both ends."""
    loud = np.flatnonzero(np.abs(sound) > 0.01 * (np.abs(sound).max(initial=0) or 1))
    return sound[loud[0] : loud[-1] + 1] if loud.size else sound
