import numpy as np
import pytest
from scipy.io import wavfile

from show.errors import StemError, StoryError
from show.making.voices.recorded import Recorded, slug
from show.making.voices.sound import RATE, write_sound


def tone(seconds):
    return (0.1 * np.sin(2 * np.pi * 200 * np.arange(seconds * RATE) / RATE)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    write_sound(tone(1), tmp_path / "I wrote: a blue eye.flac")
    write_sound(tone(2), tmp_path / "it-didnt-draw-the-moon.flac")
    write_sound(tone(3), tmp_path / "take 3.flac")
    return tmp_path


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [("I wrote: a blue eye.", 1), ("i wrote a BLUE eye!", 1), ("It didn’t draw the moon.", 2), ("Three, two, one", 3)],
)
def test_a_recording_is_found_by_its_words_or_by_the_list(folder, sentence, seconds):
    voice = Recorded(folder, {"three. two. one.": folder / "take 3.flac"})
    assert voice.say(sentence, 1.25).seconds == pytest.approx(seconds, abs=0.01)


def test_a_sentence_without_a_recording(folder):
    with pytest.raises(StoryError, match="no recording of 'The sea, then.' .* it would be called the-sea-then.wav"):
        Recorded(folder, {}).say("The sea, then.", 1.0)


def test_signs_alone_are_silence_unless_they_are_in_the_list(folder):
    voice = Recorded(folder, {"%": folder / "gone.flac", "&": folder / "take 3.flac"})
    assert voice.say("&", 1.0).seconds == pytest.approx(3, abs=0.01)
    assert voice.say("+", 1.0).seconds == 0


def test_a_sentence_with_two(folder):
    write_sound(np.zeros(10, np.float32), folder / "I wrote a blue eye.wav.flac")
    write_sound(np.zeros(10, np.float32), folder / "I wrote a blue eye.flac")
    with pytest.raises(StoryError, match="more than one recording: I wrote a blue eye.flac, I wrote: a blue eye.flac"):
        Recorded(folder, {}).say("I wrote: a blue eye.", 1.0)


def test_words_and_shadows_beside_a_recording_are_none(folder):
    (folder / "I wrote a blue eye.txt").write_text("I wrote a blue eye.")
    (folder / "._I wrote: a blue eye.flac").write_bytes(b"a Mac was here")
    assert Recorded(folder, {}).say("I wrote: a blue eye.", 1.0).seconds == pytest.approx(1, abs=0.01)


def test_a_room_s_noise_around_the_words_is_silence(folder):
    noise = np.random.default_rng(1).normal(0.0, 0.0013, 3 * RATE)  # -58 dBFS
    words = 0.35 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)
    noise[RATE : 2 * RATE] += words
    write_sound(noise.astype(np.float32), folder / "hello.flac")
    heard = Recorded(folder, {}).say("hello", 1.0).trimmed()
    assert heard.seconds == pytest.approx(1.04, abs=0.01)


def test_a_listed_file_or_a_folder_that_is_not_there(folder):
    with pytest.raises(StoryError, match=r"the recording .*gone.wav of 'hello' is not there"):
        Recorded(folder, {"hello": folder / "gone.wav"}).say("hello", 1.0)
    with pytest.raises(StoryError, match="the folder of the recordings, is not there"):
        Recorded(folder / "nowhere", {}).say("hello", 1.0)


def test_a_file_that_is_no_sound(folder):
    (folder / "hello.wav").write_text("no sound")
    with pytest.raises(StemError, match=r"hello.wav cannot be read"):
        Recorded(folder, {}).say("Hello", 1.0)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [(1, 1, 1), (1, 0, 0.5), (1, -0.5, 0.25), (1, -1, 1), (-0.8, 1, 1), (1, -0.9, 1), (0, 0.5, 0.25)],
)
def test_channels_of_opposite_phase_do_not_take_each_other_away(folder, left, right, level):
    take = np.stack([left * tone(1) + 0.05, right * tone(1) + 0.2], axis=1)
    wavfile.write(folder / "hello.wav", RATE, take)
    heard = Recorded(folder, {}).say("hello", 1.0).sound
    assert np.abs(heard).max() == pytest.approx(0.1 * level, rel=0.02)


@pytest.mark.parametrize("offset", [0.003, -0.1])
def test_an_offset_of_a_recording_is_no_sound(folder, offset):
    take = np.concatenate([np.zeros(RATE), tone(1), np.zeros(RATE)]) + offset
    wavfile.write(folder / "hello.wav", RATE, take.astype(np.float32))
    heard = Recorded(folder, {}).say("hello", 1.0).trimmed()
    assert heard.seconds == pytest.approx(1.0, abs=0.05)
    assert heard.sound.mean() == pytest.approx(0.0, abs=1e-4)


def test_a_silent_recording(folder):
    wavfile.write(folder / "hello.wav", RATE, np.full((RATE, 2), 0.1, np.float32))
    with pytest.raises(StoryError, match=r"the recording .*hello.wav of 'hello' is silent"):
        Recorded(folder, {}).say("hello", 1.0)


def test_names_of_any_language():
    assert slug("C'était l'été, Jo — «Ωμέγα» 3") == "cétait-lété-jo-ωμέγα-3"
