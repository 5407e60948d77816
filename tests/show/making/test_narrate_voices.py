"""`blind-eye narrate` with each voice that is no program: recordings, Resemble, a trained pair."""

import json

import numpy as np
import pytest

from show.captions import load_captions
from show.making.loudness import loudness_lufs
from show.making.voices.sound import RATE, read_sound, write_sound
from tests.show.making.stories import write_story
from tests.show.making.voices import published
from tests.support.pitch import pitches
from tests.support.program import blind_eye
from tests.support.resemble import KEY, fake_resemble

CALM = ("images_per_phrase = 4", "images_per_phrase = 60")
LINES = ["I wrote the word lantern.", "It lit itself."]
STEMS = {"narration": -20, "countdown": -20, "murmur": -24}


def narrated(tmp_path, table):
    """The stems of a story of ten seconds with a table [narration], and its lines as narration.json tells them."""
    return spoken_by_command(tmp_path, table)


def spoken_by_command(tmp_path, table, *arguments):
    story, out = write_story(tmp_path, CALM, ("[film]", f"[narration]\n{table}\n[film]")), tmp_path / "out"
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    done = blind_eye("narrate", story, out, *arguments, env=env)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads((out / "narration.json").read_text())
    assert told["seconds"] == 10
    return {name: read_sound(out / f"{name}.flac") for name in STEMS}, told["lines"], done.stdout


def check(stems, lines, tmp_path):
    """Three stems as long as the film and as loud as told; lines and their words in order, heard when they say."""
    for name, sound in stems.items():
        assert sound.size == 10 * RATE
        assert loudness_lufs(sound) == pytest.approx(STEMS[name], abs=0.5)
    assert [line["text"] for line in lines] == LINES
    times = [time for line in lines for time in (line["start"], line["end"])]
    assert times == sorted(times)
    assert 0.25 <= times[0] < times[-1] <= 5
    silence = np.ones(10 * RATE, bool)
    for line in lines:
        start, end = round(line["start"] * RATE), round(line["end"] * RATE)
        assert np.abs(stems["narration"][start:end]).max() > 0.1
        silence[start - 2 : end + 2] = False
    assert not stems["narration"][silence].any()
    cues = [(cue.start, line.text) for cue in load_captions(tmp_path / "out" / "narration.vtt").cues
            for line in cue.lines if line.kind == "narrative"]  # fmt: skip
    assert cues == [(pytest.approx(line["start"], abs=1e-3), line["text"]) for line in lines]


def check_words(lines):
    """Each line's words are told, and when they are heard lies within it, in order."""
    for line in lines:
        assert [word["text"] for word in line["words"]] == line["text"].split()
        times = [line["start"], *(word[end] for word in line["words"] for end in ("start", "end")), line["end"] + 1e-6]
        assert times == sorted(times)


def tone(hz, seconds):
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * sum(np.sin(2 * np.pi * hz * n * time) / n for n in range(1, 6))).astype(np.float32)


def test_recordings(tmp_path):
    takes = {"I wrote the word lantern": (150, 1.5), "It lit itself": (190, 0.8), "three two one": (120, 1.2)}
    for name, (hz, seconds) in takes.items():
        write_sound(tone(hz, seconds), tmp_path / "takes" / f"{name}.flac")
    stems, lines, _ = narrated(tmp_path, 'voice = "recorded:takes"')
    check(stems, lines, tmp_path)
    counted = np.flatnonzero(np.abs(stems["countdown"]) > 0.05)
    assert np.ptp(counted) / RATE == pytest.approx(1.2 + 0.23, abs=0.3)  # as it was spoken, and in parts
    for line, (hz, seconds) in zip(lines, takes.values(), strict=False):
        heard = stems["narration"][round(line["start"] * RATE) : round(line["end"] * RATE)]
        assert heard.size / RATE == pytest.approx(seconds, abs=0.02)
        assert np.median(pitches(heard, RATE)) == pytest.approx(hz, rel=0.01)


def test_resemble(tmp_path):
    (tmp_path / "resemble").write_text(KEY)
    with fake_resemble(tmp_path) as server:
        ids = f'[narration.resemble]\nproject = "P"\nvoice = "V"\nserver = "{server.address}"'
        stems, lines, said = narrated(tmp_path, f'voice = "resemble"\n{ids}')
        assert [asked["body"] for asked in server.asked] == [*LINES, "three. two. one."]
    check(stems, lines, tmp_path)
    check_words(lines)
    assert "3 texts spoken, 2 unchanged" in said


def test_a_trained_pair(tmp_path):
    published.tiny_voice(tmp_path)
    pair = '[narration.trained]\ntacotron = "t.safetensors"\nwaveglow = "w.safetensors"\ndevice = "cpu"'
    stems, lines, said = narrated(tmp_path, f'voice = "trained"\n{pair}')
    check(stems, lines, tmp_path)
    assert all(line["words"] for line in lines)
    assert "3 texts spoken, 2 unchanged" in said


def test_the_account_of_the_site(tmp_path):
    """The site names sounds that are not there: they are what is being made."""
    site = tmp_path / "site.toml"
    (tmp_path / "key.txt").write_text(KEY)
    with fake_resemble(tmp_path) as server:
        account = f'project = "P"\nvoice = "V"\nserver = "{server.address}"\nkey = "key.txt"'
        site.write_text(f'[show.stems]\nnarration = "out/narration.flac"\n[voices.resemble]\n{account}\n')
        stems, lines, _ = spoken_by_command(tmp_path, 'voice = "resemble"', "--site", site)
        assert {asked["voice_uuid"] for asked in server.asked} == {"V"}
    check(stems, lines, tmp_path)


def test_a_site_that_says_it_wrongly(tmp_path):
    (tmp_path / "site.toml").write_text('[voices.trained]\ndevice = "tpu"\n')
    done = blind_eye("narrate", write_story(tmp_path), tmp_path, "--site", tmp_path / "site.toml")
    assert done.returncode == 78
    assert '[voices.trained] device = "tpu" is wrong: it must be one of "auto", "cpu", "cuda"' in done.stderr
