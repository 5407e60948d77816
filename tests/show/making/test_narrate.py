import contextlib
import json
import re

import numpy as np
import pytest

from show.captions import load_captions
from show.errors import StemError, StoryError
from show.house_voices import HouseVoices
from show.making.loudness import loudness_lufs
from show.making.narrate import narrate
from show.making.reading import read_aloud
from show.making.spoken_stems import murmur_delay, speak, step_count, undertones
from show.making.story import load_story
from show.making.voices.sound import RATE, put_whole, read_sound
from show.making.voices.speaker import Speaker
from tests.show.making.stories import write_story

CALM = ("images_per_phrase = 4", "images_per_phrase = 60")
SILENT = ('narrative = ["I wrote the word lantern.", "It lit itself."]', "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        narrate(write_story(folder, CALM), folder)
    return folder


@pytest.fixture(scope="module")
def spoken(folder):
    return {name: read_sound(folder / f"{name}.flac") for name in ("narration", "countdown", "murmur")}


def lines(folder):
    return json.loads((folder / "narration.json").read_text())["lines"]


@pytest.mark.parametrize(("name", "lufs"), [("narration", -20), ("countdown", -20), ("murmur", -24)])
def test_length_and_loudness(spoken, name, lufs):
    assert spoken[name].size == 10 * RATE
    assert loudness_lufs(spoken[name]) == pytest.approx(lufs, abs=0.5)
    assert np.abs(spoken[name]).max() < 0.9


def test_lines_stand_where_they_stand_in_the_film(spoken):
    narration = np.abs(spoken["narration"])
    assert narration[: RATE // 4].max() < 0.01 < narration[RATE // 4 : RATE].max()
    assert narration[5 * RATE :].max() == 0


def test_the_timings_are_those_of_the_sound(folder, spoken):
    narration, silence = np.abs(spoken["narration"]), np.ones(10 * RATE, bool)
    for line in lines(folder):
        start, end = round(line["start"] * RATE), round(line["end"] * RATE)
        silence[start - 2 : end + 2] = False
        assert narration[start : start + RATE // 20].max() > 0.005
        assert narration[end - RATE // 20 : end].max() > 0.005
    assert narration[silence].max() == 0


def test_captions_stand_from_when_they_are_heard(folder):
    captions = load_captions(folder / "narration.vtt")
    first, second = lines(folder)
    white = [(cue.start, cue.end, line.text) for cue in captions.cues for line in cue.lines if line.kind == "narrative"]
    assert white == [
        (pytest.approx(first["start"], abs=1e-3), pytest.approx(second["start"], abs=1e-3), first["text"]),
        (pytest.approx(second["start"], abs=1e-3), 5.0, second["text"]),
    ]


def test_the_countdown_is_heard_in_the_murmur_too_unless_not_wanted(spoken, tmp_path):
    narrate(write_story(tmp_path, CALM, SILENT, ("[film]", "[countdown]\nin_murmur = false\n[film]")), tmp_path)
    assert np.abs(spoken["murmur"][: RATE // 2]).max() > 0.01
    assert not read_sound(tmp_path / "murmur.flac").any()
    assert read_sound(tmp_path / "countdown.flac").any()


def test_the_countdown_is_sung_and_over_soon(spoken, tmp_path):
    flat = (
        "[film]",
        "[murmur]\ntune = 0\npart = [{ semitones = 0 }]\nbed = { gain_db = -60 }\nreverb = { share = 0 }\n[film]",
    )
    narrate(write_story(tmp_path, CALM, SILENT, flat), tmp_path)
    dry = read_sound(tmp_path / "countdown.flac")
    end = np.flatnonzero(np.abs(dry) > 0.003)[-1] + 4 * RATE  # parts, room, and a second in which the bed goes away
    assert abs(np.corrcoef(spoken["countdown"][: dry.size], dry)[0, 1]) < 0.6
    assert not spoken["countdown"][end:].any()


PLAIN = ("[film]", "[murmur]\ntune = 0\npart = []\n[film]")


def test_unchanged_sentences_are_not_spoken_again(tmp_path):
    said = []
    path = write_story(tmp_path, CALM, PLAIN)
    narrate(path, tmp_path, say=said.append)
    path.write_text(path.read_text().replace("It lit itself.", "It lit the sea."))
    narrate(path, tmp_path, say=said.append)
    assert [line for line in said if "texts spoken" in line] == [
        "5 texts spoken, 0 unchanged",
        "2 texts spoken, 3 unchanged",
    ]


def test_lines_are_hastened_where_their_phrase_is_short(tmp_path):
    said = []
    path = write_story(tmp_path, ("images_per_phrase = 4", "images_per_phrase = 36"), PLAIN)
    narrate(path, tmp_path, say=said.append)
    told = [line for line in said if "is spoken faster, slowness" in line]
    assert re.match(r"'I wrote the word lantern.' is spoken faster, slowness (0|1)\.\d\d instead of 1.25: ", told[0])
    assert len(told) == 2
    assert lines(tmp_path)[-1]["end"] <= 3 - 0.2


def test_a_phrase_too_short_for_its_lines(tmp_path):
    with pytest.raises(StoryError, match=r"story.toml: 'I wrote the word lantern. It lit itself.' takes .* s and its"):
        narrate(write_story(tmp_path, ("images_per_phrase = 4", "images_per_phrase = 12")), tmp_path)
    assert not (tmp_path / "narration.flac").exists()


def test_a_story_without_narrative_is_silent_but_counts_down(tmp_path):
    path = write_story(tmp_path, CALM, SILENT)
    sounds = {name: read_sound(file) for name, file in narrate(path, tmp_path).items()}
    assert sounds["narration"].size == round(load_story(path).seconds * RATE)
    assert sounds["narration"].max() == 0 < sounds["murmur"].max()


def test_nothing_clicks_as_the_film_ends(tmp_path):
    late = ("[film]", "[countdown]\nstart_seconds = 7.8\n[film]")
    counted = read_sound(narrate(write_story(tmp_path, CALM, SILENT, late), tmp_path)["countdown"])
    assert np.abs(counted[-RATE // 2 : -RATE // 10]).max() > 0.1
    assert np.abs(counted[-20:]).max() < 0.005


def test_a_countdown_that_the_film_would_cut_off(tmp_path):
    late = ("[film]", "[countdown]\nstart_seconds = 9\n[film]")
    with pytest.raises(StoryError, match=r"story.toml: \[countdown\] takes .* s, .* 9 the film has 1.0 s left"):
        narrate(write_story(tmp_path, CALM, SILENT, late), tmp_path)


def test_no_countdown(tmp_path):
    said, none = [], ("[film]", '[countdown]\ntext = ""\n[film]')
    (tmp_path / "countdown.flac").write_text("of yesterday")
    files = narrate(write_story(tmp_path, CALM, none), tmp_path, say=said.append)
    assert sorted(files) == ["murmur", "narration"]
    assert any("countdown.flac is of an earlier story" in line for line in said)
    murmur = np.abs(read_sound(files["murmur"]))
    assert murmur[: RATE // 2].max() < 0.1 * murmur.max()  # the bed alone, which always sounds a little


def one_phrase(path):
    """Its lines end as the film does."""
    text = path.read_text()
    path.write_text(text[: text.rindex("[[phrase]]")])
    return path


@pytest.mark.parametrize(("delay", "slowness"), [(0.5, 1.0), (1, 1.5), (20, 1.5), (1, 3)])
def test_the_murmur_comes_to_its_end_with_the_film(tmp_path, delay, slowness):
    """Every line is whole: as long as it was spoken, or stretched to just what the film has left of it."""
    table = f'[countdown]\ntext = ""\n[murmur]\nslowness = {slowness}\ndelay_seconds = {delay}\ntune = 0\n[film]'
    story = load_story(one_phrase(write_story(tmp_path, CALM, ("[film]", table))), HouseVoices())
    speaker = Speaker(story.murmur.manner)
    lines = read_aloud(story, Speaker(story.narration.manner))
    behind = murmur_delay(story, lines)
    assert behind == delay or behind < 2
    laid = undertones(story, lines, speaker, lambda step: None)
    for line, (start, sound) in zip(lines, laid, strict=True):
        spoken = speaker.speak(line.text).seconds
        assert start == pytest.approx(line.start + behind)
        assert sound.size / RATE == pytest.approx(min(spoken, story.seconds - start), abs=0.001)
        assert np.abs(sound[-RATE // 5 :]).max() > 0.01
        assert sound.size / RATE > 0.74 * line.utterance.seconds


def test_that_the_murmur_comes_sooner_is_told(tmp_path):
    said, late = [], ("[film]", "[murmur]\ndelay_seconds = 20\ntune = 0\n[film]")
    narrate(one_phrase(write_story(tmp_path, CALM, late)), tmp_path, say=said.append)
    assert any(re.match(r"\[murmur\] delay_seconds = 20 is [01]\.\d here: else the film", line) for line in said)


def test_a_late_countdown_is_late_in_the_murmur_too(tmp_path):
    late = ("[film]", "[countdown]\nstart_seconds = 5\n[murmur]\nbed = { gain_db = -60 }\n[film]")
    files = narrate(write_story(tmp_path, CALM, SILENT, late), tmp_path)
    for name in ("countdown", "murmur"):
        first = np.flatnonzero(np.abs(read_sound(files[name])) > 0.01)[0]
        assert first / RATE == pytest.approx(5, abs=0.2)


def test_every_step_is_counted(tmp_path):
    for number, table in enumerate(("", '[countdown]\ntext = ""\n', "[countdown]\nin_murmur = false\n")):
        story = load_story(write_story(tmp_path, CALM, ("[film]", f"{table}[film]")), HouseVoices())
        begun = []
        speak(story, Speaker(story.narration.manner), Speaker(story.murmur.manner), begun.append)
        assert len(begun) == step_count(story) == (15, 9, 14)[number]


def test_the_bed_of_the_countdown_goes_away(tmp_path):
    steady = ("[film]", "[murmur]\nbed = { breath = 0 }\nreverb = { share = 0 }\n[film]")
    sound = np.abs(read_sound(narrate(write_story(tmp_path, CALM, SILENT, steady), tmp_path)["countdown"]))
    end = np.flatnonzero(sound)[-1]
    assert sound[end - RATE // 50 : end].max() < 0.1 * sound[end - 2 * RATE : end - RATE].max()


@pytest.mark.parametrize(("images", "breath"), [(36, 3.5), (36, 2.0), (2, 0.25)])
def test_a_phrase_too_short_for_its_breath(tmp_path, images, breath):
    wordless = ('["I wrote the word lantern.", "It lit itself."]', '["...", "..."]')
    short = ("images_per_phrase = 4", f"images_per_phrase = {images}")
    table = ("[film]", f'[narration]\nbreath_seconds = {breath}\n[countdown]\ntext = ""\n[film]')
    with pytest.raises(StoryError, match="its phrase leaves 0.0 s: shorten it or the breath_seconds around it"):
        narrate(write_story(tmp_path, short, wordless, table), tmp_path)


def test_lines_without_words_are_silent(tmp_path):
    wordless = ('["I wrote the word lantern.", "It lit itself."]', '["...", "..."]')
    files = narrate(write_story(tmp_path, CALM, wordless, ("[film]", '[countdown]\ntext = ""\n[film]')), tmp_path)
    assert not any(read_sound(file).any() for file in files.values())


def test_captions_in_the_place_of_a_sound(tmp_path):
    with pytest.raises(StemError, match=r"captions cannot go into .*/murmur.flac: that is what is heard"):
        narrate(write_story(tmp_path), tmp_path, tmp_path / "murmur.flac")
    (tmp_path / "murmur.flac").mkdir()
    with pytest.raises(StemError, match=r"murmur.flac cannot be written: it is a folder"):
        narrate(write_story(tmp_path), tmp_path)


def test_captions_that_name_a_folder(tmp_path):
    with pytest.raises(StemError, match="is a folder: the captions need the name of a file"):
        narrate(write_story(tmp_path, CALM, SILENT), tmp_path, tmp_path)
    assert not list(tmp_path.glob("*.flac"))


def test_nothing_is_left_of_what_was_interrupted(tmp_path):
    with contextlib.suppress(KeyboardInterrupt), put_whole(tmp_path / "a.flac") as waiting:
        waiting.write_text("half")
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "sound").write_text("in the way")
    with pytest.raises(StemError, match="cannot be written: File exists"):
        narrate(write_story(tmp_path, CALM, SILENT), tmp_path / "sound")


def test_what_stood_there_stays_until_the_new_is_whole(tmp_path):
    path = write_story(tmp_path, CALM, SILENT)
    (tmp_path / "wall.vtt").write_text("the captions of yesterday")
    (tmp_path / ".wall.new.vtt").symlink_to("/dev/full")
    with pytest.raises(StemError, match="wall.vtt cannot be written: No space left on device"):
        narrate(path, tmp_path, tmp_path / "wall.vtt")
    assert (tmp_path / "wall.vtt").read_text() == "the captions of yesterday"
    narrate(path, tmp_path, tmp_path / "wall.vtt")
    assert load_captions(tmp_path / "wall.vtt").cues
