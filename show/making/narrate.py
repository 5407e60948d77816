"""`narrate`: the white captions spoken where they stand in the film, the countdown, and the same words as a murmur."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from textwrap import shorten

from show.errors import StemError
from show.house_voices import HouseVoices
from show.making.loudness import loudness_lufs
from show.making.reading import TOLD_LETTERS, Read, cues
from show.making.spoken_stems import murmur_delay, speak, step_count
from show.making.story import Story, load_story
from show.making.subtitles import webvtt
from show.making.voices.sound import RATE, put_whole, write_sound
from show.making.voices.speaker import Speaker
from show.progress import Steps, Telling

STEMS = ("narration", "countdown", "murmur")
TIMINGS = "narration.json"


def narrate(
    story_path: Path,
    out: Path,
    captions: Path | None = None,
    house: HouseVoices | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Path]:
    """Speak a story into out/narration.flac, out/countdown.flac and out/murmur.flac, each exactly as long as the film.

    When each line and word is heard goes into out/narration.json, and the captions timed by it into out/narration.vtt
    or where `captions` says. StoryError, StemError and WeightsError say what is wrong.
    """
    story = load_story(story_path, house or HouseVoices())
    captions = captions or out / "narration.vtt"
    _look_ahead(out, captions)
    first, second = Speaker(story.narration.manner), Speaker(story.murmur.manner)
    with Telling() as bar:
        steps = Steps(bar, step_count(story))
        lines, sounds = speak(story, first, second, steps.begin)
        steps.finish()
    files = {name: out / f"{name}.flac" for name in sounds}
    for name, sound in sounds.items():
        write_sound(sound, files[name])
        say(f"{files[name]}: {sound.size / RATE:.1f} s, {loudness_lufs(sound):.1f} LUFS")
    _write(out / TIMINGS, timings(story, lines))
    _write(captions, webvtt(story, cues(lines)))
    say(f"{captions}: the captions, each from when it is heard")
    if "countdown" not in files and (out / "countdown.flac").exists():
        say(f"{out / 'countdown.flac'} is of an earlier story: this one has no countdown")
    for told in [*_hastened(story, lines), *_brought_forward(story, lines)]:
        say(told)
    say(f"{first.spoken + second.spoken} texts spoken, {first.kept + second.kept} unchanged")
    return files


def _hastened(story: Story, lines: list[Read]) -> list[str]:
    """Which lines are spoken faster than the story asks for."""
    usual = story.narration.manner.slowness
    return [
        f"{shorten(line.text, TOLD_LETTERS)!r} is spoken faster, slowness {line.slowness:.2f} instead of {usual:g}: "
        "its phrase is short"
        for line in lines
        if line.slowness < usual and line.utterance.sound.size
    ]


def _brought_forward(story: Story, lines: list[Read]) -> list[str]:
    asked, delay = story.murmur.delay_seconds, murmur_delay(story, lines)
    told = f"[murmur] delay_seconds = {asked:g} is {delay:.1f} here: else the film would end amid its last line"
    return [told] if asked - delay > 0.05 else []


def timings(story: Story, lines: list[Read]) -> str:
    """When each line, and each word where the voice knows it, is heard: JSON, seconds of the film."""
    told = [
        {"start": line.start, "end": line.end, "text": line.text, "words": [asdict(word) for word in line.words]}
        for line in lines
    ]
    return json.dumps({"seconds": story.seconds, "lines": told}, indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    with put_whole(path) as waiting:
        waiting.write_text(text, encoding="utf-8")


def _look_ahead(out: Path, captions: Path) -> None:
    """What cannot be written is better known now than when all is spoken."""
    if captions.is_dir() or not captions.name:
        raise StemError(f"{captions} is a folder: the captions need the name of a file")
    targets = [out / TIMINGS, *(out / f"{stem}.flac" for stem in STEMS)]
    for target in targets:
        if target.is_dir():
            raise StemError(f"{target} cannot be written: it is a folder")
        if target.resolve() == captions.resolve():
            raise StemError(f"the captions cannot go into {captions}: that is what is heard")
    if captions.parent.resolve() != out.resolve() and not captions.parent.is_dir():
        raise StemError(f"{captions} cannot be written: {captions.parent} is no folder")
    for folder in (out, captions.parent):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise StemError(f"{folder} cannot be written: {error.strerror or error}") from error
