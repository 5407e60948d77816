"""Pre-flight: each fault is found, named in one sentence, and does not hide the others."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from installation.check import CHECKS, Result, run_checks
from installation.site import load_site
from installation.state import State
from tests.support.program import blind_eye
from tests.support.room import build_room, change, tone, write_voice
from tests.support.sink import Sink
from tests.support.voiced import voiced_film


@pytest.fixture(scope="session")
def kept_room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_room(tmp_path_factory.mktemp("kept") / "room").parent


@pytest.fixture
def site(kept_room: Path, tmp_path: Path) -> Path:
    """A room to spoil."""
    return Path(shutil.copytree(kept_room, tmp_path / "room")) / "site.toml"


@pytest.fixture
def look(site: Path, tmp_path: Path) -> Callable[[str], Result]:
    """The result of one check."""

    def result(name: str) -> Result:
        results = run_checks(load_site(site), State.find(tmp_path / "state"))
        return next(each for each in results if each.name == name)

    return result


def test_every_check_has_its_line(site: Path, tmp_path: Path):
    results = run_checks(load_site(site), State.find(tmp_path / "state"))
    assert [each.name for each in results] == list(CHECKS)
    assert all(each.sentence and "\n" not in each.sentence for each in results)


def test_what_is_right_is_told(look: Callable[[str], Result]):
    assert look("film") == Result("film", True, "576x320, 5.0 s at 12 pictures a second")
    assert look("mapping").ok
    assert look("narration") == Result("narration", True, "narration")
    assert look("disk").ok
    assert look("clock").ok
    assert look("generators").ok
    assert "words and phrases are looked for, and the classifier of pictures is there" in look("gates").sentence


def test_a_blocklist_that_says_nothing(site: Path, look: Callable[[str], Result]):
    (site.parent / "block.txt").write_text("fine\n12\n")
    site.write_text(site.read_text() + '[gates]\nblocklist = "block.txt"\n')
    assert look("gates") == Result("gates", False, f"{site.parent / 'block.txt'}: line 2 has no word in it: '12'")


def test_a_torn_film(site: Path, look: Callable[[str], Result]):
    (site.parent / "film.mp4").write_bytes(b"not a film")
    assert not look("film").ok
    assert "film.mp4" in look("film").sentence


def test_a_narration_longer_than_its_film(site: Path, look: Callable[[str], Result]):
    write_voice(site.parent / "voice.wav", tone(5.5))
    assert "lasts 5.5 s and the film 5.0 s" in look("narration").sentence


def test_a_narration_without_sound(site: Path, look: Callable[[str], Result]):
    (site.parent / "voice.wav").write_text("silence")
    assert "voice.wav holds no sound" in look("narration").sentence


def test_a_film_s_own_sound_that_nobody_hears_is_told(site: Path, look: Callable[[str], Result]):
    voiced_film(site.parent / "voiced.mkv", 60, tone(5.0))
    change(site, '"film.mp4"', '"voiced.mkv"')
    unheard = "narration; voiced.mkv has sound of its own, which no headphone hears"
    assert look("narration") == Result("narration", True, unheard)
    change(site, 'name = "left"', 'name = "left"\nstem = "film"')
    assert look("narration") == Result("narration", True, "narration")


def test_captions_in_a_script_without_a_font(site: Path, look: Callable[[str], Result]):
    assert look("captions") == Result("captions", True, "the site has none")
    for name, text in (("en", "words"), ("he", "\u05d3\u05d1\u05e8"), ("odd", "fine \ue123")):
        (site.parent / f"{name}.vtt").write_text(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{text}\n")
    change(site, "[show]", '[show]\ncaptions.en = "en.vtt"\ncaptions.he = "he.vtt"')
    assert look("captions") == Result("captions", True, "en.vtt, he.vtt")
    change(site, "he.vtt", "odd.vtt")
    assert "odd.vtt holds the sign U+E123, for which no font is installed" in look("captions").sentence


def test_the_end_card(site: Path, look: Callable[[str], Result]):
    assert look("end card") == Result("end card", True, "none: it would name no way to take part, or is empty")
    site.write_text(site.read_text() + '[programme]\nend_card = ["one", "two", "three"]\n')
    assert look("end card") == Result("end card", True, "8 s after each round")
    change(site, '"two"', '"\ue123"')
    assert "site.toml holds the sign U+E123, for which no font is installed" in look("end card").sentence
    change(site, "end_card =", "end_card_seconds = 0\nend_card =")
    assert look("end card") == Result("end card", True, "none")


def test_a_mapping_of_too_few_panels(site: Path, look: Callable[[str], Result]):
    change(site, "[show]", "[show]\npanels = 2")
    assert "hangs 3 panels and the film has 2" in look("mapping").sentence


def test_a_film_that_the_wall_would_stretch(site: Path, look: Callable[[str], Result]):
    assert "too" not in look("mapping").sentence
    mapping = Path(load_site(site).mapping)
    surfaces = json.loads(mapping.read_text())
    for corner in ("bottom_right", "bottom_left"):
        surfaces["surfaces"][1]["corners"][corner][1] = 300
    mapping.write_text(json.dumps(surfaces))
    assert re.search(r"the film is 2\.\d times too broad on centre$", look("mapping").sentence)


def test_weights_that_are_none(site: Path, look: Callable[[str], Result]):
    (site.parent / "vqgan.safetensors").write_bytes(np.zeros(100, np.uint8).tobytes())
    site.write_text(site.read_text() + '[making]\nvqgan = "vqgan.safetensors"\n')
    assert "vqgan.safetensors cannot be read" in look("weights").sentence


def test_a_staff_page_without_pin(site: Path, look: Callable[[str], Result]):
    assert look("pages").sentence == "the site has none"
    site.write_text(site.read_text() + "[staff]\nenabled = true\n")
    assert look("pages").sentence.startswith("staff page: no PIN: ")
    (site.parent / "pin").write_text("482913")
    site.write_text(site.read_text() + 'pin_file = "pin"\n')
    assert look("pages").sentence == "staff at 127.0.0.1 port 8081"


def test_a_page_that_no_phone_reaches(site: Path, look: Callable[[str], Result]):
    words = site.read_text()
    site.write_text(words + '[page]\nenabled = true\nhost = "0.0.0.0"\n')
    assert look("pages").sentence.startswith("no phone reaches http://0.0.0.0:8080/: [page] address must say")
    site.write_text(words + '[page]\nenabled = true\nhost = "192.0.2.1"\n')
    assert look("pages").sentence == "[page] host = 192.0.2.1 is no address of this PC just now"
    site.write_text(words + '[page]\nenabled = true\naddress = "http://gallery.example/"\n')
    assert look("pages").ok


def test_an_account_without_keys(site: Path, look: Callable[[str], Result]):
    (site.parent / "x.toml").write_text('consumer_key = "a"')
    site.write_text(site.read_text() + '[x]\nenabled = true\naccount = "a"\ncredentials = "x.toml"\n')
    assert "lack consumer_secret, access_token, access_token_secret" in look("keys").sentence


def test_an_account_without_a_token(site: Path, look: Callable[[str], Result]):
    assert look("token") == Result("token", True, "the site does not speak to Mastodon")
    (site.parent / "mastodon.toml").write_text("access_token = 5")
    server = 'server = "https://mastodon.example"\ncredentials = "mastodon.toml"\n'
    site.write_text(site.read_text() + f"[mastodon]\nenabled = true\n{server}")
    assert "mastodon.toml lack access_token" in look("token").sentence
    (site.parent / "mastodon.toml").write_text('access_token = "a"')
    assert look("token").sentence == "it is there, for https://mastodon.example"


def test_a_sound_card_that_is_not_there(look: Callable[[str], Result]):
    assert 'no sound device matches "headphones"' in look("sound").sentence


def test_the_command_finds_display_and_sound_card(site: Path, sink: Sink, display: str):
    said = blind_eye("check", "--site", site, env={**sink.env, "DISPLAY": display}).stdout
    assert "✓ display     the picture comes on screen (there are: 1: screen 1920x1080 at " in said
    assert "✓ sound       headphones, 6 channels for 3 headphones" in said


def test_a_sound_card_that_does_not_fit_is_told_with_what_there_is(site: Path, sink: Sink):
    sink.load("narrow", 2)
    change(site, 'device = "headphones"', 'device = "narrow"')
    said = blind_eye("check", "--site", site, env=sink.env).stdout
    assert '✗ sound       the sound device "narrow" has 2 channels and the site asks for 6: ' in said
    assert '"narrow" with 2' in said


def test_a_pattern_that_fits_several_sound_cards_is_told(site: Path, sink: Sink):
    for name in ("balcony", "balcony.2"):
        sink.load(name)
    change(site, 'device = "headphones"', 'device = "balcon*"')
    said = blind_eye("check", "--site", site, env=sink.env).stdout
    assert '✓ sound       balcony (the first of those that "balcon*" fits: also balcony.2), 6 channels' in said


@pytest.mark.parametrize(("channels", "mark"), [("[1, 2]", "✗"), ("[7, 8]", "✓")])
def test_two_names_of_one_sound_card_do_not_share_a_channel(site: Path, sink: Sink, channels: str, mark: str):
    first = "[[sound.output]]\n"
    more = f'{first}name = "bench"\ndevice = "head"\nchannels = {channels}\nstem = "narration"\n'
    text = site.read_text()
    site.write_text(text.replace(first, more + first, 1))
    said = blind_eye("check", "--site", site, env=sink.env).stdout
    assert f"{mark} sound " in said
    fault = f'{site}: [sound] device "headphones" and device "head" are one and the same, "headphones", and both play'
    assert (f"{fault} on channel 1: give each headphone channels of its own" in said) == (mark == "✗")


def test_the_command_ends_with_1_when_anything_fails(site: Path):
    change(site, 'device = "headphones"', 'device = "no such card"')
    done = blind_eye("check", "--site", site)
    assert done.returncode == 1
    assert "✗ sound" in done.stdout


def test_voices_of_the_site(site: Path, look: Callable[[str], Result]) -> None:
    assert look("voices") == Result("voices", True, "the site has none of its own")
    site.write_text(site.read_text() + '\n[voices]\nresemble = { project = "P", voice = "V", key = "resemble.key" }\n')
    fault = look("voices")
    assert not fault.ok
    assert "resemble.key is no file that can be read" in fault.sentence
    (site.parent / "resemble.key").write_text("k")
    assert look("voices").sentence == "an account with Resemble"
    change(site, "[voices]", '[voices]\ntrained = { tacotron = "t.safetensors" }')
    assert "tacotron and waveglow go together" in look("voices").sentence
    change(site, '"t.safetensors"', '"t.safetensors", waveglow = "site.toml"')
    assert re.search("t.safetensors cannot be read: the trained voice would not speak", look("voices").sentence)
