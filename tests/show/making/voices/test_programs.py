import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from show.errors import StoryError
from show.making.voices.programs import Program
from show.making.voices.sound import RATE
from show.making.voices.speaker import Manner, Speaker
from tests.show.making.stories import write_story
from tests.support.program import blind_eye

VOICES = [Program("flite", "slt"), Program("espeak-ng", "en-gb")]

PIPER = f"""#!{sys.executable}
import argparse, subprocess
parser = argparse.ArgumentParser()
for name in ("--model", "--length-scale", "--input-file", "--output-file"):
    parser.add_argument(name, required=True)
given = parser.parse_args()
if open(given.model).read() != "a voice":
    raise SystemExit("Load model failed:\\nit holds no voice")
open(f"{{given.model}}.said", "w").write(open(given.input_file).read())
pace = f"{{150 / float(given.length_scale):.0f}}"
subprocess.run(["espeak-ng", "-s", pace, "-f", given.input_file, "-w", given.output_file], check=True)
"""


SILENCE = """with wave.open(sys.argv[-1], "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
"""


@pytest.fixture
def piper(tmp_path, monkeypatch):
    """A program that takes piper's arguments, and a voice file with the sizes beside it."""
    program = tmp_path / "bin" / "piper"
    program.parent.mkdir()
    program.write_text(PIPER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (tmp_path / "joe.onnx").write_text("a voice")
    (tmp_path / "joe.onnx.json").write_text("{}")
    return Program("piper", str(tmp_path / "joe.onnx"))


@pytest.mark.parametrize("voice", VOICES, ids=str)
def test_fast_and_slow(voice):
    fast, slow = (voice.say("a lantern at night", slowness).trimmed() for slowness in (1.0, 1.5))
    assert 0.5 < fast.seconds < 0.8 * slow.seconds


@pytest.mark.parametrize("slowness", [1.875, 2.5, 3.0])
@pytest.mark.parametrize("voice", VOICES, ids=str)
def test_as_slow_as_it_is_told(voice, slowness):
    usual, slow = (voice.say("the water burned, and I wrote it", pace).trimmed() for pace in (1.0, slowness))
    assert slow.seconds == pytest.approx(slowness * usual.seconds, rel=0.05)


def test_piper_and_its_pace(piper):
    fast, slow = (piper.say("a lantern\nat night", slowness).trimmed() for slowness in (1.0, 1.5))
    assert 0.5 < fast.seconds < 0.8 * slow.seconds


def test_a_program_is_given_what_is_written(piper, tmp_path):
    text = "Dr. Jo & I had ½ of $5.50, 5% in the 1990s."
    Speaker(Manner(piper, {}, 1.0), tmp_path / "kept").speak(text)
    assert Path(f"{piper.name}.said").read_text() == f"{text}\n"


def test_a_piper_voice_that_was_replaced_is_another_voice(piper):
    before = piper.key
    Path(piper.name).write_text("a voice that is longer")
    assert piper.key != before


def test_a_voice_that_makes_no_sound(piper):
    program = Path(piper.name).parent / "bin" / "piper"
    program.write_text(f"#!{sys.executable}\nimport sys, wave\n" + SILENCE)
    with pytest.raises(StoryError, match=r"joe.onnx' makes no sound of 'hello'"):
        piper.say("hello", 1.0)


def test_a_voice_that_does_not_know_the_script():
    with pytest.raises(StoryError, match="'flite:slt' makes no sound of 'Δεν έγραψα'"):
        Program("flite", "slt").say("Δεν έγραψα", 1.0)


def test_a_program_that_may_not_be_run(piper):
    (Path(piper.name).parent / "bin" / "piper").chmod(0o644)
    with pytest.raises(StoryError, match="the program piper cannot be run: .*Permission denied"):
        piper.say("hello", 1.0)


def test_where_no_words_can_be_left_for_it(piper, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(StoryError, match="gone cannot be written: No such file or directory"):
        piper.say("hello", 1.0)


def test_where_there_is_no_folder_for_them_at_all(piper, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(tmp_path / "gone")])
    with pytest.raises(StoryError, match="the folder for temporary files cannot be written: No usable .*gone"):
        piper.say("hello", 1.0)


def test_a_piper_voice_that_is_none(piper):
    Path(piper.name).write_text("nothing")
    with pytest.raises(StoryError, match="did not speak: it holds no voice"):
        piper.say("hello", 1.0)


@pytest.mark.parametrize("missing", ["joe.onnx", "joe.onnx.json"])
def test_a_piper_voice_that_is_not_there(piper, tmp_path, missing):
    (tmp_path / missing).unlink()
    with pytest.raises(StoryError, match=f"the voice file .*{missing} cannot be read: No such file"):
        _ = piper.key


def test_a_voice_that_flite_has_not():
    with pytest.raises(StoryError, match="flite has no voice 'tls': it has kal, "):
        Program("flite", "tls").say("hello", 1.0)


@pytest.fixture
def dumped(tmp_path):
    """One of flite's voices as a file."""
    file = tmp_path / "her voice.flitevox"
    subprocess.run(["flite", "-voice", "awb", "-voicedump", file], check=True)
    return Program("flite", str(file))


def test_a_voice_of_flite_in_a_file(dumped):
    sound = dumped.say("a lantern at night", 1.0).sound
    assert np.array_equal(sound, Program("flite", "awb").say("a lantern at night", 1.0).sound)
    before = dumped.key
    os.utime(dumped.name, (1, 1))
    assert dumped.key != before


def test_a_file_that_is_no_voice_of_flite(dumped):
    Path(dumped.name).write_text("nothing")
    with pytest.raises(StoryError, match="her voice.flitevox is no voice of flite: it would be a file like"):
        dumped.say("hello", 1.0)
    Path(dumped.name).unlink()
    with pytest.raises(StoryError, match="the voice file .*her voice.flitevox cannot be read: No such file"):
        _ = dumped.key


@pytest.fixture
def espeak_alone(tmp_path, monkeypatch):
    """A machine without flite."""
    (tmp_path / "espeak-ng").symlink_to(shutil.which("espeak-ng"))
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.parametrize("name", ["slt", "/nowhere/her.flitevox"])
def test_espeak_speaks_where_flite_is_not_installed(espeak_alone, name):
    flite, espeak = Program("flite", name), Program("espeak-ng", "en")
    assert flite.key == espeak.key
    assert np.array_equal(flite.say("hello", 1.0).sound, espeak.say("hello", 1.0).sound)


def test_it_is_told_once_that_another_speaks(espeak_alone, tmp_path):
    story = write_story(tmp_path, ("images_per_phrase = 4", "images_per_phrase = 60"))
    done = blind_eye("narrate", story, tmp_path / "out", env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert done.returncode == 0
    assert done.stderr == ("flite is not installed (apt install flite): 'espeak-ng:en' speaks instead of 'flite:slt'\n")


def test_a_voice_that_espeak_has_not():
    with pytest.raises(StoryError, match="'espeak-ng:xx' did not speak: .*voice does not exist"):
        Program("espeak-ng", "xx").say("hello", 1.0)


@pytest.mark.parametrize("program", ["flite", "espeak-ng", "piper"])
def test_a_program_that_is_not_installed(monkeypatch, tmp_path, program):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoryError, match=f"the voice needs the program {program}: .* install"):
        Program(program, "slt").say("hello", 1.0)


@pytest.mark.parametrize("text", ["-v en --help", "<speak>Jo & I</speak>", 'the "sea"; rm -rf', "Straße, été 🌊"])
def test_hostile_words_are_only_spoken(text):
    assert Program("espeak-ng", "en-gb").say(text, 1.0).seconds > 0.2
    assert Program("flite", "slt").say(text, 1.0).sound.size < 10 * RATE
