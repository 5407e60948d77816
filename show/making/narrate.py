"""`narrate`: the white captions spoken where they stand in the film, the countdown, and the same words as a murmur."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from show.errors import StemError
from show.making.loudness import levelled, loudness_lufs
from show.making.murmur import murmur
from show.making.reading import Heard, Read, cues, read_aloud
from show.making.story import Story, load_story
from show.making.subtitles import webvtt
from show.making.voices.sound import RATE, Sound, write_sound
from show.making.voices.speaker import Speaker

LETTERS = 48  # of a line, beside the bar


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
    first, second = Speaker(story.narration.manner), Speaker(story.murmur.manner)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True) as bar:
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


def _speak(story: Story, first: Speaker, second: Speaker, bar: Progress) -> tuple[list[Read], dict[str, Sound]]:
    texts = sum(len(phrase.narrative) for phrase in story.phrases)
    task = bar.add_task("", total=2 * texts + 1)

    def heard(text: str) -> None:
        bar.update(task, advance=1, description=text[:LETTERS])

    lines = read_aloud(story, first, heard)
    count = countdown(story, second, heard)
    return lines, {
        "narration": narration(story, lines),
        "countdown": levelled(count, story.countdown.loudness_lufs),
        "murmur": undertone(story, lines, second, count, heard),
    }


def narration(story: Story, lines: list[Read]) -> Sound:
    """The white captions, as read."""
    track = _silence(story)
    for line in lines:
        _lay(track, line.utterance.sound, line.start)
    return levelled(track, story.narration.loudness_lufs)


def countdown(story: Story, speaker: Speaker, heard: Heard) -> Sound:
    """The second voice, counting as the film begins."""
    track, settings = _silence(story), story.countdown
    heard(settings.text)
    _lay(track, speaker.speak(settings.text, settings.slowness).sound, settings.start_seconds)
    return track


def undertone(story: Story, lines: list[Read], speaker: Speaker, count: Sound, heard: Heard) -> Sound:
    """The countdown and the same words, slower, sung."""
    track = count.copy() if story.countdown.in_murmur else _silence(story)
    for line in lines:
        heard(line.text)
        _lay(track, speaker.speak(line.text).sound, line.start + story.murmur.delay_seconds)
    return levelled(murmur(track), story.murmur.loudness_lufs)


def timings(story: Story, lines: list[Read]) -> str:
    """When each line, and each word where the voice knows it, is heard: JSON, seconds of the film."""
    told = [
        {"start": line.start, "end": line.end, "text": line.text, "words": [asdict(word) for word in line.words]}
        for line in lines
    ]
    return json.dumps({"seconds": story.seconds, "lines": told}, indent=1, ensure_ascii=False) + "\n"


def _silence(story: Story) -> Sound:
    return np.zeros(round(story.seconds * RATE), np.float32)


def _lay(track: Sound, sound: Sound, start_seconds: float) -> None:
    start = round(start_seconds * RATE)
    fits = sound[: max(0, track.size - start)]
    track[start : start + fits.size] += fits


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StemError(f"{path} cannot be written: {error.strerror or error}") from error
