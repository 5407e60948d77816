import pytest

from show.errors import StoryError
from show.making.story import load_story
from show.making.voices.programs import Program
from show.making.voices.recorded import Recorded
from tests.show.making.stories import write_story


def story(tmp_path, text):
    return load_story(write_story(tmp_path, ("[film]", f"{text}\n[film]")))


def test_without_a_word_both_voices_are_flite(tmp_path):
    loaded = story(tmp_path, "")
    assert loaded.narration.manner.voice == loaded.murmur.manner.voice == Program("flite", "slt")


def test_the_second_voice_speaks_like_the_first_unless_it_has_its_own(tmp_path):
    first = '[narration]\nvoice = "espeak-ng:nl"\nsay = { Jo = "Yo" }\n'
    shared = story(tmp_path, first + "[murmur]\nslowness = 2.0").murmur.manner
    own = story(tmp_path, first + '[murmur]\nvoice = "flite:awb"').murmur.manner
    assert (shared.voice, dict(shared.say), shared.slowness) == (Program("espeak-ng", "nl"), {"Jo": "Yo"}, 2.0)
    assert (own.voice, dict(own.say), own.slowness) == (Program("flite", "awb"), {}, 1.5)


def test_files_are_beside_the_story(tmp_path):
    table = '[narration]\nvoice = "{}"\nsay = {{ hello = "hullo" }}\n[narration.recordings]\n"hello" = "takes/1.wav"'
    recorded = story(tmp_path, table.format("recorded:voice")).narration.manner
    piper = story(tmp_path, table.format("piper:joe.onnx")).narration.manner.voice
    assert recorded.say == {}
    murmur = '\n[murmur]\nsay = { hello = "ello" }'
    assert story(tmp_path, table.format("recorded:voice") + murmur).murmur.manner.say == {}
    assert recorded.voice == Recorded(tmp_path / "voice", {"hello": tmp_path / "takes" / "1.wav"})
    assert piper == Program("piper", str(tmp_path / "joe.onnx"))
    flite = [story(tmp_path, table.format(f"flite:{name}")).narration.manner.voice for name in ("a.flitevox", "v/a")]
    assert flite == [Program("flite", str(tmp_path / name)) for name in ("a.flitevox", "v/a")]


def test_a_voice_with_a_pace_of_its_own_murmurs_at_any_other(tmp_path):
    recorded = story(tmp_path, '[narration]\nvoice = "recorded:takes"\n[murmur]\nslowness = 2.0')
    assert recorded.murmur.manner.slowness == 2.0


def test_the_table_of_a_voice_that_is_not_used_may_stay(tmp_path):
    tables = '[murmur.trained]\ntacotron = "t"\nwaveglow = "w"\n[narration.resemble]\nproject = "p"\nvoice = "v"'
    assert story(tmp_path, tables).murmur.manner.voice == Program("flite", "slt")


@pytest.mark.parametrize("voice", ["slt", "flite:", "festival:slt", "piper:"])
def test_no_such_voice(tmp_path, voice):
    with pytest.raises(StoryError, match=rf"story.toml: \[narration\] voice = '{voice}' is not like 'flite:slt'"):
        story(tmp_path, f'[narration]\nvoice = "{voice}"')


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("[countdown]\nstart_second = 6", r"\[countdown\] start_second is not a key of a story: did you mean start_s"),
        ("[narration]\nslowness = 0.1", r"\[narration\] slowness = 0.1 is outside 0.5..3"),
        (
            '[narration]\nvoice = "recorded:takes"\nslowness = 1.5',
            r"\[narration\] slowness = 1.5 must be left out: this voice has a pace of its own",
        ),
        ("[narration]\nspeed = 1", r"\[narration\] speed is not a key"),
        ("[narration.say]\nJo = 1", r"\[narration.say\] 'Jo' must be a text"),
        ("[narration]\nloudness_lufs = 3", r"\[narration\] loudness_lufs = 3 is outside -50..-14"),
        ("[countdown]\nin_murmur = 1", r"\[countdown\] in_murmur = 1 must be true or false"),
        ('[narration]\nvoice = "piper:\\u0000"', r"\[narration\] voice = 'piper:\\x00' must not hold a NUL"),
        (
            '[murmur]\nvoice = "resemble"\nresemble = { project = "P", voice = "V", key = "k\\u0000" }',
            r"\[murmur.resemble\] key = 'k\\x00' must not hold a NUL",
        ),
        ("[murmur]\nvoice = true", r"\[murmur\] voice = True must be a text"),
    ],
)
def test_mistakes_are_named(tmp_path, table, sentence):
    with pytest.raises(StoryError, match=f"story.toml: {sentence}"):
        story(tmp_path, table)
