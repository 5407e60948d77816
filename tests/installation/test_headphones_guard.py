"""What the sound server would play on another sink is heard nowhere, and nothing of that stays behind."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from installation.headphones import Headphones, find_output, list_outputs
from installation.headphones.course import RATE
from installation.headphones.guard import NOWHERE, ROLES_MODULE
from installation.sound_settings import SoundOutput
from tests.support import sink
from tests.support.listening import Room, counts, play, wait_for_count
from tests.support.waiting import wait_until

EVERYWHERE = pytest.mark.parametrize("device", ["headphones", "", "default", "pulse", "head*"])


def modules(room: Room) -> list[str]:
    """What guards our sound in the sound server."""
    lines = room.sink._pactl("list", "short", "modules").splitlines()
    return [line for line in lines if NOWHERE in line or ROLES_MODULE in line]


@EVERYWHERE
def test_what_the_server_holds_of_a_sink_that_goes_is_heard_nowhere(room: Room, device: str) -> None:
    """Meanwhile the process is held still: it cannot take back a sample."""
    room.sink.load("other")
    with room.sink.record("other") as elsewhere, room.headphones(device=device) as headphones:
        play(headphones, wait=0.1)
        time.sleep(0.5)
        os.kill(headphones.pid, signal.SIGSTOP)
        room.sink.unload("headphones")
        there = len(elsewhere.samples)
        wait_until(lambda: len(elsewhere.samples) > there + RATE // 2)
        os.kill(headphones.pid, signal.SIGCONT)
        wait_until(lambda: headphones.state.startswith("the sound device "), "the loss")
        assert not elsewhere.samples.any()


@EVERYWHERE
def test_another_default_changes_nothing(room: Room, device: str) -> None:
    room.sink.load("other")
    with (
        room.sink.record("other") as elsewhere,
        room.sink.record() as recording,
        room.headphones(device=device) as headphones,
    ):
        play(headphones)
        wait_for_count(recording, RATE // 2)
        room.sink._pactl("set-default-sink", "other")
        wait_for_count(recording, RATE)
        assert headphones.state == "playing"
    heard = counts(recording.samples[:, 0])
    np.testing.assert_array_equal(np.diff(heard[heard > 0][2 * RATE // 50 : RATE]), 1)
    assert not elsewhere.samples.any()


def test_a_server_that_remembers_no_streams_does_so_while_we_play(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.sink.unplug()
    monkeypatch.setattr(sink, "PULSE", sink.PULSE.replace("load-module module-stream-restore", ""))
    room.sink.plug_in()
    before = room.sink._pactl("list", "short", "modules")
    test_another_default_changes_nothing(room, "")
    assert "module-stream-restore" not in before
    assert room.sink._pactl("list", "short", "modules").count("module-stream-restore") == 0


@EVERYWHERE
def test_a_server_without_a_real_sink_has_no_sound_device(room: Room, device: str) -> None:
    with room.headphones(device=device):
        wait_until(lambda: len(modules(room)) == 2, "the guard")
        room.sink.unload("headphones")
        assert NOWHERE in room.sink._pactl("info")  # is the default now
        with room.headphones(device=device) as another:
            wait_until(lambda: another.state != "starting")
            assert "playing pictures only" in another.state
            assert NOWHERE not in [name for name, _ in list_outputs()]
            assert find_output("", 6).why_not == "the sound server has no sound device"
            assert find_output("pulse", 6).why_not == "the sound server has no sound device"
            assert find_output(NOWHERE, 2).why_not.startswith(f'no sound device matches "{NOWHERE}"')
            room.sink.load("headphones")
            play(another)
            assert another.state == "playing"


def test_a_sink_of_any_kind_is_default_before_the_one_that_nobody_hears(room: Room) -> None:
    with room.headphones():
        wait_until(lambda: len(modules(room)) == 2, "the guard")
        room.sink.unload("headphones")
        room.sink.load("other")
        assert "Default Sink: other\n" in room.sink._pactl("info")


def test_two_devices_share_what_guards_them_and_take_it_back(room: Room) -> None:
    room.sink.load("balcony")
    outputs = (
        SoundOutput("stool", (1, 2), {"narration": 0.0}),
        SoundOutput("bench", (1,), {"narration": 0.0}, device="balcony"),
    )
    with room.headphones(outputs=outputs) as headphones:
        wait_until(lambda: headphones.state == "playing")
        assert len(modules(room)) == 2
        os.kill(headphones.pid, signal.SIGKILL)
        wait_until(lambda: headphones.poll() or (headphones.restarts and headphones.state == "playing"), "a process")
        assert len(modules(room)) == 2
    assert modules(room) == []


def test_what_a_process_left_is_used_and_what_the_server_had_stays(room: Room) -> None:
    room.sink._pactl("load-module", ROLES_MODULE)
    before = modules(room)
    with room.headphones() as headphones:
        wait_until(lambda: headphones.state == "playing")
        os.kill(headphones.pid, signal.SIGKILL)
    assert len(modules(room)) == 2
    with room.headphones() as headphones:
        wait_until(lambda: headphones.state == "playing")
        assert len(modules(room)) == 2
    assert modules(room) == before


@pytest.mark.parametrize(
    ("restore", "sentences"),
    [
        (True, ["the sound server loads no modules: "]),
        (False, ["the sound server loads no modules: ", "the sound server loads no module-stream-restore: "]),
    ],
)
def test_a_server_that_guards_nothing_is_no_trouble(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restore: bool, sentences: list[str]
) -> None:
    room.sink.unplug()
    monkeypatch.setattr(sink, "SERVER", sink.SERVER.replace("--daemonize", "--disallow-module-loading --daemonize"))
    if not restore:
        monkeypatch.setattr(sink, "PULSE", sink.PULSE.replace("load-module module-stream-restore", ""))
    room.sink.plug_in()
    with (tmp_path / "said").open("wb") as said:
        headphones = Headphones(room.settings, room.stems, said.fileno())
        headphones.set_level(1.0, 0.0)
        headphones.start()
        play(headphones)
        assert headphones.state == "playing"
        headphones.stop()
    lines = (tmp_path / "said").read_text().splitlines()
    assert sorted(line.partition(": ")[0] + ": " for line in lines) == sorted(sentences)
    assert modules(room) == []
