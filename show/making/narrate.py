"""`narrate`: the white captions spoken where they stand in the film, the countdown, and the same words as a murmur."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from show.errors import StemError
from show.making.loudness import levelled, loudness_lufs
from show.making.reading import Heard, Read, cues, read_aloud
from show.making.second_voice.murmur import lay, murmur
from show.making.second_voice.parts import stretched
from show.making.story import Story, load_story
from show.making.subtitles import webvtt
from show.making.voices.sound import RATE, Sound, put_whole, write_sound
from show.making.voices.speaker import Speaker
from show.progress import Telling

LETTERS = 48  # of a line, beside the bar
FADE_FRAMES = RATE // 25
DYING_FRAMES = 2 * RATE  # after the countdown, for parts and room, until nothing of its bed is left


def run_command(options: argparse.Namespace) -> int:
    """`blind-eye narrate STORY OUT`."""
    narrate(options.story, options.out, options.captions)
    return 0


def narrate(
    story_path: Path, out: Path, captions: Path | None = None, say: Callable[[str], None] = print
) -> dict[str, Path]:
    """Speak a story into out/narration.flac, out/countdown.flac and out/murmur.flac, each exactly as long as the film.

    When each line and word is heard goes into out/narration.json, and the captions timed by it into out/narration.vtt
    or where `captions` says. StoryError, StemError and WeightsError say what is wrong.
    """
    story = load_story(story_path)
    _folder(out)  # better known now than when all is spoken
    if captions and (captions.is_dir() or not captions.name):
        raise StemError(f"{captions} is a folder: the captions need the name of a file")
    first, second = Speaker(story.narration.manner), Speaker(story.murmur.manner)
    with Telling() as bar:
        lines, sounds = _speak(story, first, second, bar)
    files = {name: out / f"{name}.flac" for name in sounds}
    for name, sound in sounds.items():
        write_sound(sound, files[name])
        say(f"{files[name]}: {sound.size / RATE:.1f} s, {loudness_lufs(sound):.1f} LUFS")
    _write(out / "narration.json", timings(story, lines))
    _write(captions or out / "narration.vtt", webvtt(story, cues(lines)))
    say(f"{captions or out / 'narration.vtt'}: the captions, each from when it is heard")
    say(f"{first.spoken + second.spoken} texts spoken, {first.kept + second.kept} unchanged")
    return files


def _speak(story: Story, first: Speaker, second: Speaker, bar: Telling) -> tuple[list[Read], dict[str, Sound]]:
    texts = sum(len(phrase.narrative) for phrase in story.phrases)
    task = bar.add_task("", total=2 * texts + 1)

    def heard(text: str) -> None:
        bar.update(task, advance=1, description=text[:LETTERS])

    lines = read_aloud(story, first, heard)
    heard(story.countdown.text)
    count = _slowly(second, story.countdown.text, story.countdown.slowness)
    return lines, {
        "narration": narration(story, lines),
        "countdown": countdown(story, count),
        "murmur": undertone(story, lines, second, count, heard),
    }


def narration(story: Story, lines: list[Read]) -> Sound:
    """The white captions, as read."""
    track = _silence(story)
    for line in lines:
        lay(track, line.utterance.sound, line.start)
    return levelled(_ended(track), story.narration.loudness_lufs)


def countdown(story: Story, count: Sound) -> Sound:
    """The second voice, counting as the film begins, sung as the murmur is, and its bed dying away after it."""
    sung = murmur([(0.0, count)], count.size + DYING_FRAMES, story.murmur.effects)
    sung[-DYING_FRAMES:] *= np.linspace(1, 0, DYING_FRAMES, dtype=np.float32)
    track = _silence(story)
    lay(track, sung, story.countdown.start_seconds)
    return levelled(_ended(track), story.countdown.loudness_lufs)


def undertone(story: Story, lines: list[Read], speaker: Speaker, count: Sound, heard: Heard) -> Sound:
    """The countdown and the same words, slower, sung."""
    spoken = [(story.countdown.start_seconds, count)] if story.countdown.in_murmur else []
    for line in lines:
        heard(line.text)
        sound = _slowly(speaker, line.text, story.murmur.manner.slowness)
        spoken.append((line.start + story.murmur.delay_seconds, sound))
    sung = murmur(spoken, _silence(story).size, story.murmur.effects)
    return levelled(_ended(sung), story.murmur.loudness_lufs)


def _ended(track: Sound) -> Sound:
    """With what still sounds as the film ends faded, so that it does not click."""
    track[-FADE_FRAMES:] *= np.linspace(1, 0, min(FADE_FRAMES, track.size), dtype=np.float32)
    return track


def _slowly(speaker: Speaker, text: str, slowness: float) -> Sound:
    """At a pace, also by a voice that has none of its own."""
    sound = speaker.speak(text, slowness).sound
    return sound if speaker.paced else stretched(sound, slowness)


def timings(story: Story, lines: list[Read]) -> str:
    """When each line, and each word where the voice knows it, is heard: JSON, seconds of the film."""
    told = [
        {"start": line.start, "end": line.end, "text": line.text, "words": [asdict(word) for word in line.words]}
        for line in lines
    ]
    return json.dumps({"seconds": story.seconds, "lines": told}, indent=1, ensure_ascii=False) + "\n"


def _silence(story: Story) -> Sound:
    return np.zeros(round(story.seconds * RATE), np.float32)


def _write(path: Path, text: str) -> None:
    with put_whole(path) as waiting:
        waiting.write_text(text, encoding="utf-8")


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StemError(f"{path} cannot be written: {error.strerror or error}") from error
