import numpy as np
import pytest

from show.errors import StemError, StoryError
from show.making.narrate import narrate
from show.making.story import load_story
from show.making.voices import RATE, read_sound, speak, write_sound
from tests.show.making.stories import write_story

CALM = ("images_per_phrase = 4", "images_per_phrase = 60")


def loudness_db(sound):
    blocks = np.square(sound[: sound.size // 4800 * 4800]).reshape(-1, 4800).mean(1)
    return 10 * np.log10(blocks[blocks > 0.01 * blocks.max()].mean())


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    return {name: read_sound(path) for name, path in narrate(write_story(folder, CALM), folder).items()}


@pytest.mark.parametrize(("name", "level_db"), [("narration", -20), ("murmur", -23)])
def test_length_and_loudness(spoken, name, level_db):
    assert spoken[name].size == 12 * RATE
    assert loudness_db(spoken[name]) == pytest.approx(level_db, abs=1)
    assert np.abs(spoken[name]).max() < 0.9


def test_lines_stand_where_they_stand_in_the_film(spoken):
    narration = np.abs(spoken["narration"])
    assert narration[: RATE // 8].max() < 0.01 < narration[RATE // 4 : RATE].max()
    assert narration[5 * RATE :].max() == 0


def test_the_murmur_is_another_sound(spoken):
    likeness = np.corrcoef(spoken["narration"], spoken["murmur"])[0, 1]
    assert abs(likeness) < 0.1


def test_a_line_too_long_for_its_time(tmp_path):
    with pytest.raises(StoryError, match="'I wrote the word lantern.' cannot be spoken in"):
        narrate(write_story(tmp_path, ("images_per_phrase = 4", "images_per_phrase = 12")), tmp_path)


@pytest.mark.parametrize("voice", ["flite:slt", "espeak-ng:en-gb"])
def test_voices(voice):
    fast, slow = speak(voice, "a lantern at night"), speak(voice, "a lantern at night", 1.5)
    assert 0.5 * RATE < fast.size < 0.8 * slow.size


@pytest.mark.parametrize("voice", ["flite:slt", "espeak-ng:en-gb"])
def test_no_words_are_silence(voice):
    assert not speak(voice, "").any()


@pytest.mark.parametrize("voice", ["slt", "flite:", "festival:slt"])
def test_no_such_voice(voice):
    with pytest.raises(StoryError, match="is not like"):
        speak(voice, "hello")


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "sound").write_text("in the way")
    with pytest.raises(StemError, match="cannot be written: File exists"):
        write_sound(np.zeros(10, np.float32), tmp_path / "sound" / "a.flac")


def test_a_program_that_is_not_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoryError, match="apt install flite"):
        speak("flite:slt", "hello")


def test_a_story_without_narrative_is_silent_but_counts_down(tmp_path):
    path = write_story(tmp_path, CALM, ('narrative = ["I wrote the word lantern.", "It lit itself."]', ""))
    sounds = {name: read_sound(file) for name, file in narrate(path, tmp_path).items()}
    assert sounds["narration"].size == round(load_story(path).seconds * RATE)
    assert sounds["narration"].max() == 0 < sounds["murmur"].max()
