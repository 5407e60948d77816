"""`narrate`: the white captions spoken where they stand in the film, and the same words as a murmur."""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from show.errors import StoryError
from show.making.murmur import murmur
from show.making.story import Story, load_story
from show.making.subtitles import Spoken, spoken
from show.making.voices import RATE, Sound, speak, write_sound

CALM = 1.25  # slower than the voices come
HASTIEST = 0.75
BREATH_SECONDS = 0.25  # before a line begins and after it ends
COUNTDOWN = "three. two. one."
NARRATION_DB = -20.0  # RMS while there is speech
MURMUR_DB = -23.0
PEAK = 0.89


def run_command(options: argparse.Namespace) -> int:
    """`blind-eye narrate STORY OUT`."""
    narrate(options.story, options.out)
    return 0


def narrate(story_path: Path, out: Path, say: Callable[[str], None] = print) -> dict[str, Path]:
    """Speak a story into out/narration.flac and out/murmur.flac, each exactly as long as the film.

    StoryError when a line cannot be spoken in its time, or there is no such voice; StemError when a file cannot be
    written.
    """
    story = load_story(story_path)
    sounds = {"narration": narration(story), "murmur": undertone(story)}
    files = {name: out / f"{name}.flac" for name in sounds}
    for name, sound in sounds.items():
        write_sound(sound, files[name])
        say(f"{files[name]}: {sound.size / RATE:.1f} s, peak {_decibels(np.abs(sound).max()):.1f} dB")
    return files


def narration(story: Story) -> Sound:
    """The white captions, each spoken within its own time."""
    track = np.zeros(round(story.seconds * RATE), np.float32)
    for line in spoken(story):
        _lay(track, _fitting(story, line), line.start + BREATH_SECONDS)
    return _level(track, NARRATION_DB)


def undertone(story: Story) -> Sound:
    """The countdown and the same words, slower, sung."""
    track = np.zeros(round(story.seconds * RATE), np.float32)
    _lay(track, speak(story.voice, COUNTDOWN, 1.6), 0.0)
    for line in spoken(story):
        _lay(track, speak(story.voice, line.text, 1.5), line.start + 4 * BREATH_SECONDS)
    return _level(murmur(track), MURMUR_DB)


def _fitting(story: Story, line: Spoken) -> Sound:
    """A line at a calm pace, faster where its time is short."""
    time = line.end - line.start - 2 * BREATH_SECONDS
    sound = speak(story.voice, line.text, CALM)
    if sound.size > time * RATE:
        slowness = 0.97 * CALM * time * RATE / sound.size
        if slowness < HASTIEST:
            raise StoryError(f"{story.path.name}: {line.text!r} cannot be spoken in {time:.1f} s: shorten it")
        sound = speak(story.voice, line.text, slowness)
    return sound


def _lay(track: Sound, sound: Sound, start_seconds: float) -> None:
    start = round(start_seconds * RATE)
    fits = sound[: max(0, track.size - start)]
    track[start : start + fits.size] += fits


def _level(track: Sound, target_db: float) -> Sound:
    """Scaled so that what sounds has the target RMS; peaks are bent, never cut."""
    blocks = np.square(track[: track.size // 4800 * 4800]).reshape(-1, 4800).mean(1)
    sounding = blocks[blocks > 0.01 * blocks.max(initial=0)]
    if not sounding.size:
        return track
    louder = track * 10 ** (target_db / 20) / np.sqrt(sounding.mean())
    return np.asarray(PEAK * np.tanh(louder / PEAK), np.float32)


def _decibels(value: float) -> float:
    return float(20 * np.log10(max(float(value), 1e-6)))
