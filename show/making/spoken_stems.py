"""The stems that a story is heard as: the narration, the countdown, and the murmur of both."""

import numpy as np

from show.errors import StoryError
from show.making.loudness import levelled
from show.making.reading import Heard, Read, read_aloud
from show.making.second_voice.dying import dying_seconds
from show.making.second_voice.murmur import lay, murmur, steps
from show.making.second_voice.parts import stretched
from show.making.story import Story
from show.making.voices.sound import RATE, Sound
from show.making.voices.speaker import Speaker

FADE_FRAMES = RATE // 25
LEAST_TIME = 0.75  # for a line of the murmur, of the time that it takes in the narration
DYING_FRAMES = RATE  # in which the countdown's bed goes away, when parts and room are over


def speak(story: Story, first: Speaker, second: Speaker, begins: Heard) -> tuple[list[Read], dict[str, Sound]]:
    """The lines as read by the first voice, and all stems by name; `begins` is told of each of so many `step_count`."""
    lines = read_aloud(story, first, begins)
    count = _count(story, second, begins)
    murmured = undertones(story, lines, second, begins)
    if story.countdown.in_murmur and count.size:
        murmured.insert(0, (story.countdown.start_seconds, count))
    sounds = {"narration": narration(story, lines)}
    if count.size:
        sounds["countdown"] = countdown(story, count, lambda step: begins(f"countdown: {step}"))
    sung = murmur(murmured, _silence(story).size, story.murmur.effects, lambda step: begins(f"murmur: {step}"))
    sounds["murmur"] = levelled(_ended(sung), story.murmur.loudness_lufs)
    return lines, sounds


def step_count(story: Story) -> int:
    """How many steps there are: each text spoken twice, the countdown, and what is done to the second voice."""
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
            f"start_seconds = {asked.start_seconds:g} the film has {max(0.0, story.seconds - asked.start_seconds):.1f} "
            's left: begin earlier, or text = "" for none'
        )
    return count


def undertones(story: Story, lines: list[Read], speaker: Speaker, begins: Heard) -> list[tuple[float, Sound]]:
    """The lines for the murmur, slower and behind the narration; none is cut off by the film's end."""
    undertones, delay = [], murmur_delay(story, lines)
    for line in lines:
        begins(line.text)
        start, sound = line.start + delay, _slowly(speaker, line.text, story.murmur.manner.slowness)
        undertones.append((start, _fitted(sound, story.seconds - start)))
    return undertones


def murmur_delay(story: Story, lines: list[Read]) -> float:
    """How far behind, in seconds: what the story asks for, less where the film's end would have a line hurried."""
    latest = (story.seconds - line.start - LEAST_TIME * line.utterance.seconds for line in lines)
    return min([story.murmur.delay_seconds, *latest])


def _fitted(sound: Sound, seconds: float) -> Sound:
    """Faster, where it would last longer than there is time."""
    return stretched(sound, seconds * RATE / sound.size) if sound.size > seconds * RATE + 1 else sound


def _ended(track: Sound) -> Sound:
    """With what still sounds as the film ends faded, so that it does not click."""
    track[-FADE_FRAMES:] *= np.linspace(1, 0, min(FADE_FRAMES, track.size), dtype=np.float32)
    return track


def _slowly(speaker: Speaker, text: str, slowness: float) -> Sound:
    """At a pace, also by a voice that has none of its own."""
    sound = speaker.speak(text, slowness).sound
    return sound if speaker.paced else stretched(sound, slowness)


def _silence(story: Story) -> Sound:
    return np.zeros(round(story.seconds * RATE), np.float32)
