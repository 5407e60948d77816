"""A person's mistake ends in one sentence and the contract's exit status, never in a traceback."""

import json
import subprocess
from pathlib import Path

import pytest

from installation.state import State
from show.ledger import Ledger
from tests.support.program import blind_eye
from tests.support.room import build_room, change


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return build_room(tmp_path / "room", frames=24)


def play(site: Path, *more: str, seconds: int = 2) -> "subprocess.CompletedProcess[str]":
    return blind_eye("play", "--site", site, "--state", site.parent / "state", "--headless", "--for", seconds, *more)


def refused(run: "subprocess.CompletedProcess[str]", status: int, *parts: str) -> None:
    assert run.returncode == status, run.stderr
    assert "Traceback" not in run.stderr
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith(("blind-eye: ", "maker: "))
    assert all(part in last for part in parts), last


def test_a_wrong_key_is_named(site: Path) -> None:
    refused(play(change(site, "[osc]", "[ocs]")), 78, "site.toml", "[ocs] is not known")


def test_a_wrong_type_is_named(site: Path) -> None:
    refused(play(change(site, "channels = 6", 'channels = "six"')), 78, "[sound] channels", "from 1 to 64")


def test_a_site_that_is_not_utf8_is_named(site: Path) -> None:
    site.write_bytes(b"\xff\xfe[show]")
    refused(play(site), 78, "site.toml", "is not UTF-8")


def test_an_absent_site_is_named(tmp_path: Path) -> None:
    refused(play(tmp_path / "gone.toml"), 78, "gone.toml", "cannot be read")


def test_a_missing_film_is_a_wrong_site(site: Path) -> None:
    (site.parent / "film.mp4").unlink()
    refused(play(site), 78, "[show] film", "film.mp4", "not there")


def test_an_unreadable_film_may_be_tried_again(site: Path) -> None:
    (site.parent / "film.mp4").write_bytes(b"this is no film at all" * 100)
    refused(play(site), 69, "film.mp4")


def test_an_unreadable_voice_is_named(site: Path) -> None:
    (site.parent / "voice.wav").write_bytes(b"no sound" * 100)
    refused(play(site), 78, "voice.wav")


def test_a_folded_quad_is_named(site: Path) -> None:
    path = site.parent / "mapping.json"
    mapping = json.loads(path.read_text())
    corners = mapping["surfaces"][1]["corners"]
    first, second, *_ = corners
    corners[first], corners[second] = corners[second], corners[first]
    path.write_text(json.dumps(mapping))
    refused(play(site), 78, "mapping.json")


def test_malformed_captions_are_named(site: Path) -> None:
    (site.parent / "words.vtt").write_text("WEBVTT\n\n00:00:01.000 -> nonsense\nhello\n")
    change(site, 'film = "film.mp4"', 'film = "film.mp4"\ncaptions = "words.vtt"')
    refused(play(site), 78, "words.vtt")


def test_too_few_surfaces_are_named(site: Path) -> None:
    refused(play(change(site, 'film = "film.mp4"', 'film = "film.mp4"\npanels = 2')), 78, "[show] panels = 2")


def test_unreadable_weights_are_named(site: Path) -> None:
    (site.parent / "bad.safetensors").write_bytes(b"not weights")
    site.write_text(site.read_text() + '[making]\nvqgan = "bad.safetensors"\n')
    with Ledger(State.find(site.parent / "state").ledger) as ledger:
        ledger.approve_words(ledger.receive("folder", "a", "someone", "The sea at night.", 0.0) or 0, "test")
    refused(blind_eye("make", "--site", site, "--state", site.parent / "state"), 78, "bad.safetensors")


def test_wrong_usage_is_2() -> None:
    run = blind_eye("play", "--site")
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_a_missing_sound_device_never_ends_the_show(site: Path) -> None:
    report = site.parent / "report.json"
    run = play(change(site, 'device = "headphones"', 'device = "the moon"'), "--report", str(report), seconds=6)
    assert run.returncode == 0, run.stderr
    assert json.loads(report.read_text())["frames_shown"] > 10
    assert "pictures only" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_second_show_on_the_same_state_is_refused(site: Path) -> None:
    command = ["flock", "-F", "-n", str(site.parent / "state" / "lock"), "sleep", "30"]
    (site.parent / "state").mkdir()
    with subprocess.Popen(command) as holder:
        try:
            refused(play(site), 78, "another show already runs")
        finally:
            holder.terminate()
