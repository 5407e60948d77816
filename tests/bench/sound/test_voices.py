"""Listening by measuring: how much of each voice an offline recogniser understands, how well in tune the second voice
is, how loud the stems are; with pictures of them. Figures are printed: run with -s.

A voice for piper is taken from $PIPER_VOICE (FILE.onnx), where there is one.
"""

import os
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from show.making.loudness import loudness_lufs
from show.making.narrate import narrate
from show.making.reading import read_aloud
from show.making.second_voice.scale import nearest, notes
from show.making.second_voice.tune import tuned
from show.making.story import load_story
from show.making.voices.numbers import spelt
from show.making.voices.programs import Program
from show.making.voices.sound import RATE, read_sound
from show.making.voices.speaker import Manner, Speaker
from tests.support.pitch import pitches
from tests.support.spectrogram import spectrogram

pocketsphinx = pytest.importorskip("pocketsphinx")

DEMO = Path("show/demo/story.toml").resolve()
HEARD_AT = 16_000
UNDERSTOOD = 0.5  # it knows people; of a machine's formants, espeak-ng's, it knows nothing
PIPER = os.environ.get("PIPER_VOICE", "")
VOICES = [Program("flite", "slt"), Program("espeak-ng", "en-gb"), Program("piper", PIPER)]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", spelt(text.lower()))


def errors(said: list[str], heard: list[str]) -> int:
    """How many words would have to be changed, put in or left out."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def transcribed(sound: NDArray[np.float32]) -> str:
    quiet = np.pad(resample_poly(sound, 1, RATE // HEARD_AT), HEARD_AT // 2)
    decoder = pocketsphinx.Decoder(samprate=HEARD_AT, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw((np.clip(quiet, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    return decoder.hyp().hypstr if decoder.hyp() else ""


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.program)
def test_the_narration_is_understood(voice: Program) -> None:
    if voice.program == "piper" and not (PIPER and shutil.which("piper")):
        pytest.skip("no piper, or no voice for it in $PIPER_VOICE")
    wrong = total = 0
    started = time.monotonic()
    lines = read_aloud(load_story(DEMO), Speaker(Manner(voice, {}, 1.25)))
    seconds = time.monotonic() - started
    for line in lines:
        heard = transcribed(line.utterance.sound)
        print(f"  {line.text!r} -> {heard!r}")
        wrong += errors(words(line.text), words(heard))
        total += len(words(line.text))
    length = sum(line.utterance.seconds for line in lines)
    print(f"{voice.program}: word error rate {wrong / total:.0%} of {total}; {length:.1f} s spoken in {seconds:.1f} s")
    assert wrong / total <= UNDERSTOOD or voice.program == "espeak-ng"


def test_the_stems(tmp_path: Path) -> None:
    folder = Path(os.environ.get("OUT", tmp_path))
    for name, path in narrate(DEMO, folder).items():
        sound = read_sound(path)
        spectrogram(sound, RATE, folder / f"{name}.png")
        print(f"{name}: {loudness_lufs(sound):.2f} LUFS, peak {20 * np.log10(np.abs(sound).max()):.2f} dBFS")
    print(f"pictures in {folder}; of the murmur is understood: {transcribed(read_sound(folder / 'murmur.flac'))!r}")
    print(f"of the countdown: {transcribed(read_sound(folder / 'countdown.flac')[: 4 * RATE])!r}")


def test_the_second_voice_is_in_tune() -> None:
    story = load_story(DEMO)
    tuning, speaker = story.murmur.effects.tuning, Speaker(story.murmur.manner)
    spoken = [speaker.speak(text).sound for phrase in story.phrases for text in phrase.narrative]
    medians = []
    for sounds in (spoken, [tuned(sound, tuning) for sound in spoken]):
        found = notes(np.concatenate([pitches(sound, RATE) for sound in sounds]), tuning.tuning_hz)
        away = 100 * np.abs(found - nearest(found, tuning.scale))
        medians.append(float(np.median(away)))
        print(f"{found.size} pitches: median {medians[-1]:.1f} cents from the scale, p75 {np.percentile(away, 75):.1f}")
    assert medians[1] <= 10
