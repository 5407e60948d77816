"""`narrate`: the white captions spoken where they stand in the film, the countdown, and the same words as a murmur."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from show.errors import StemError, StoryError
from show.house_voices import HouseVoices
from show.making.loudness import levelled, loudness_lufs
from show.making.reading import Heard, Read, cues, read_aloud
from show.making.second_voice.dying import dying_seconds
from show.making.second_voice.murmur import lay, murmur, steps
from show.making.second_voice.parts import stretched
from show.making.story import Story, load_story
from show.making.subtitles import webvtt
from show.making.voices.sound import RATE, Sound, put_whole, write_sound
from show.making.voices.speaker import Speaker
from show.progress import Steps, Telling

FADE_FRAMES = RATE // 25
DYING_FRAMES = RATE  # in which the countdown's bed goes away, when parts and room are over


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
        lines, sounds = _speak(story, first, second, Steps(bar, _steps(story)))
    files = {name: out / f"{name}.flac" for name in sounds}
    for name, sound in sounds.items():
        write_sound(sound, files[name])
        say(f"{files[name]}: {sound.size / RATE:.1f} s, {loudness_lufs(sound):.1f} LUFS")
    _write(out / "narration.json", timings(story, lines))
    _write(captions, webvtt(story, cues(lines)))
    say(f"{captions}: the captions, each from when it is heard")
    if "countdown" not in files and (out / "countdown.flac").exists():
        say(f"{out / 'countdown.flac'} is of an earlier story: this one has no countdown")
    for told in _hastened(story, lines):
        say(told)
    say(f"{first.spoken + second.spoken} texts spoken, {first.kept + second.kept} unchanged")
    return files


def _speak(story: Story, first: Speaker, second: Speaker, all_steps: Steps) -> tuple[list[Read], dict[str, Sound]]:
    begins = all_steps.begin
    lines = read_aloud(story, first, begins)
    count = _count(story, second, begins)
    undertones = [_undertone(story, line, second, begins) for line in lines]
    if story.countdown.in_murmur and count.size:
        undertones.insert(0, (story.countdown.start_seconds, count))
    sounds = {"narration": narration(story, lines)}
    if count.size:
        sounds["countdown"] = countdown(story, count, lambda step: begins(f"countdown: {step}"))
    sung = murmur(undertones, _silence(story).size, story.murmur.effects, lambda step: begins(f"murmur: {step}"))
    sounds["murmur"] = levelled(_ended(sung), story.murmur.loudness_lufs)
    all_steps.finish()
    return lines, sounds


def _steps(story: Story) -> int:
    """How many there are: each text spoken twice, the countdown, and what the murmur and the countdown are made by."""
    texts, counts = sum(len(phrase.narrative) for phrase in story.phrases), bool(story.countdown.text)
    return 2 * texts + counts * (1 + steps(1)) + steps(texts + (counts and story.countdown.in_murmur))


def narration(story: Story, lines: list[Read]) -> Sound:
    """The white captions, as read."""
    track = _silence(story)
    for line in lines:
        lay(track, line.utterance.sound, line.start)
    return levelled(_ended(track), story.narration.loudness_lufs)


def countdown(story: Story, count: Sound, begins: Heard = lambda step: None) -> Sound:
    """The second voice, counting as the film begins, sung as the murmur is, and its bed dying away after it."""
    dying = round(dying_seconds(story.murmur.effects) * RATE) + DYING_FRAMES
    sung = murmur([(0.0, count)], count.size + dying, story.murmur.effects, begins)
    sung[-DYING_FRAMES:] *= np.linspace(1, 0, DYING_FRAMES, dtype=np.float32)
    track = _silence(story)
    lay(track, sung, story.countdown.start_seconds)
    return levelled(_ended(track), story.countdown.loudness_lufs)


def _count(story: Story, speaker: Speaker, begins: Heard) -> Sound:
    """The countdown as spoken; StoryError when it would be cut off by the film's end."""
    asked = story.countdown
    if not asked.text:
        return np.zeros(0, np.float32)
    begins(asked.text)
    count = _slowly(speaker, asked.text, asked.slowness)
    if asked.start_seconds + count.size / RATE > story.seconds:
        raise StoryError(
            f"{story.path.name}: [countdown] takes {count.size / RATE:.1f} s, and from "
            f"start_seconds = {asked.start_seconds:g} the film has {story.seconds - asked.start_seconds:.1f} s left"
        )
    return count


def _undertone(story: Story, line: Read, speaker: Speaker, begins: Heard) -> tuple[float, Sound]:
    """A line for the murmur, slower and behind the narration; as the film ends, as far behind and slow as it allows."""
    begins(line.text)
    sound = _slowly(speaker, line.text, story.murmur.manner.slowness)
    latest = max(line.start, story.seconds - sound.size / RATE)
    start = min(line.start + story.murmur.delay_seconds, latest)
    left = story.seconds - start
    return start, stretched(sound, left * RATE / sound.size) if left * RATE < sound.size - 1 else sound


def _ended(track: Sound) -> Sound:
    """With what still sounds as the film ends faded, so that it does not click."""
    track[-FADE_FRAMES:] *= np.linspace(1, 0, min(FADE_FRAMES, track.size), dtype=np.float32)
    return track


def _slowly(speaker: Speaker, text: str, slowness: float) -> Sound:
    """At a pace, also by a voice that has none of its own."""
    sound = speaker.speak(text, slowness).sound
    return sound if speaker.paced else stretched(sound, slowness)


def _hastened(story: Story, lines: list[Read]) -> list[str]:
    """Which lines are spoken faster than the story asks for."""
    usual = story.narration.manner.slowness
    return [
        f"{line.text!r} is spoken faster, slowness {line.slowness:.2f} instead of {usual:g}: its phrase is short"
        for line in lines
        if line.slowness < usual
    ]


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


def _look_ahead(out: Path, captions: Path) -> None:
    """What cannot be written is better known now than when all is spoken."""
    if captions.is_dir() or not captions.name:
        raise StemError(f"{captions} is a folder: the captions need the name of a file")
    for folder in (out, captions.parent):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise StemError(f"{folder} cannot be written: {error.strerror or error}") from error
