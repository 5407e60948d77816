"""Devices that go, come back, are another one all of a sudden, or do not fit."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from installation.headphones import Headphones, Segment, device, find_output, list_outputs
from installation.headphones.course import RATE
from installation.headphones.process import Process
from installation.headphones.server import Sink, SoundServer, View
from installation.headphones.shared import Shared
from installation.sound_settings import SoundOutput
from tests.support.listening import Room, counts, play, wait_for_count
from tests.support.waiting import wait_until

FILM = Segment("film", 0.0, 0.0, 20.0)


def lost(headphones: Headphones) -> bool:
    return headphones.reading is None and "playing pictures only" in headphones.state


def test_sound_that_the_server_moves_elsewhere_is_stopped_told_and_comes_back_only_where_it_belongs(room: Room) -> None:
    room.sink.load("other")
    with room.sink.record("other") as elsewhere, room.headphones() as headphones:
        anchor = play(headphones)
        room.sink.unload("headphones")
        wait_until(lambda: lost(headphones), "the loss")
        room.sink.load("headphones")
        with room.sink.record() as recording:
            wait_until(lambda: headphones.reading, "the return")
            assert headphones.reading.anchor == pytest.approx(anchor, abs=0.02)
            wait_for_count(recording, int((time.monotonic() - anchor) * RATE))
        assert headphones.state == "playing"
        assert not elsewhere.samples.any()


@pytest.mark.parametrize(
    ("chosen", "like"), [("", "other"), ("default", "other"), ("headphones", "headphones.2"), ("head*", "head")]
)
def test_a_return_elsewhere_is_no_return(room: Room, chosen: str, like: str) -> None:
    room.sink.load(like)
    with room.headphones(device=chosen) as headphones:
        play(headphones)
        with room.sink.record(like) as elsewhere:
            room.sink.unload("headphones")
            wait_until(lambda: lost(headphones), "the loss")
            room.sink.load("third")
            there = len(elsewhere.samples)
            wait_until(lambda: len(elsewhere.samples) > there + RATE)
            assert not elsewhere.samples[there + RATE // 2 :].any()
        assert lost(headphones)
        assert "is gone: " in headphones.state


@pytest.mark.parametrize(("chosen", "first", "like"), [("", "headphones", "other"), ("balc*", "balcony", "balcony.2")])
def test_a_process_that_is_started_again_stays_where_it_was_heard(
    room: Room, chosen: str, first: str, like: str
) -> None:
    for name in sorted({first, like} - {"headphones"}):  # the first one is found first
        room.sink.load(name)
    with room.sink.record(like) as elsewhere, room.headphones(device=chosen) as headphones:
        play(headphones)
        room.sink.unload(first)
        os.kill(headphones.pid, signal.SIGKILL)
        wait_until(lambda: headphones.poll() or (headphones.restarts and lost(headphones)), "another process")
        there = len(elsewhere.samples)
        wait_until(lambda: len(elsewhere.samples) > there + RATE)
        assert not elsewhere.samples[there:].any()
        room.sink.load(first)
        wait_until(lambda: headphones.state == "playing", "the return")
        assert not elsewhere.samples[there:].any()


def test_a_device_that_takes_no_sound_is_not_said_to_play(room: Room) -> None:
    room.sink.suspend("headphones", True)
    with room.headphones() as headphones:
        said = {wait_until(lambda: headphones.state)}
        wait_until(lambda: said.add(headphones.state) or any("takes no sound" in state for state in said))
        assert "playing" not in said
        room.sink.suspend("headphones", False)
        wait_until(lambda: headphones.state == "playing", "the return")


def test_a_sink_is_chosen_by_its_own_name(room: Room) -> None:
    room.sink.load("balcony")
    with room.sink.record("balcony") as recording, room.headphones(device="balcon*") as headphones:
        play(headphones)
        wait_for_count(recording, RATE // 4)
        assert headphones.state == "playing"


def test_a_sink_with_too_few_channels_is_not_played_on(room: Room) -> None:
    room.sink.load("narrow", 2)
    with room.sink.record("narrow") as recording, room.headphones(device="narrow") as headphones:
        wait_until(lambda: headphones.state != "starting")
        assert headphones.state.startswith('the sound device "narrow" has 2 channels and the site asks for 6: ')
        assert not recording.samples.any()


def test_fewer_channels_behind_a_known_name_are_noticed(room: Room) -> None:
    room.sink.unload("headphones")
    room.sink.load("headphones", 2)
    with room.sink.record("headphones") as recording, room.headphones() as headphones:
        wait_until(lambda: "has 2 channels and the site asks for 6" in headphones.state)
        assert not recording.samples.any()


def test_headphones_on_two_devices_are_lost_and_found_apart(room: Room, tmp_path: Path) -> None:
    room.sink.load("balcony")
    outputs = (
        SoundOutput("stool", (1, 2), {"narration": 0.0}),
        SoundOutput("bench", (1,), {"narration": 0.0}, device="balcony"),
    )
    with room.sink.record() as stool, room.headphones(outputs=outputs) as headphones:
        with room.sink.record("balcony") as bench:
            anchor = play(headphones)
            wait_for_count(stool, RATE // 2)
            wait_until(lambda: bench.loudness(0.1)[0], "sound on the bench")
            room.sink.unload("balcony")
        wait_until(lambda: headphones.state.startswith("bench: "), "the loss")
        assert headphones.reading is not None
        wait_for_count(stool, int((time.monotonic() - anchor) * RATE))
        room.sink.load("balcony")
        with room.sink.record("balcony") as bench:
            wait_until(lambda: headphones.state == "playing", "the return")
            wait_until(lambda: bench.loudness(0.1)[0], "sound on the bench")
    numbers = counts(stool.samples[:, 0])
    heard = numbers[numbers > 0]
    np.testing.assert_array_equal(np.diff(heard[2 * RATE // 50 : -RATE // 5]), 1)


def test_a_pattern_finds_alsa_cards_by_their_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "CARDS", tmp_path)
    (tmp_path / "USB").symlink_to("card2")
    cards = [device.Device(n, name, 8) for n, name in enumerate(["PCH: ALC892 (hw:0,0)", "Scarlett: USB (hw:2,0)"])]
    assert device._fitting("USB", cards) == [cards[1]]
    assert device._fitting("pch*", cards) == [cards[0]]
    assert device._fitting("../USB", cards) == []


def test_a_default_that_was_heard_before_there_was_a_sound_server_is_found_again() -> None:
    view = View({"hdmi": Sink("hdmi", "HDMI", 2)}, "hdmi", "", 0.0)
    cards = [device.Device(n, name, 2) for n, name in enumerate(["pulse", "Scarlett: USB (hw:3,0)"])]
    assert device._default(cards, view, "Scarlett: USB (hw:2,0)") == [cards[1]]
    with pytest.raises(device.NoSound, match='"Babyface: USB .hw:2,0." is gone'):
        device._default(cards, view, "Babyface: USB (hw:2,0)")


def test_a_card_that_another_program_holds_is_not_called_missing(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "CARDS", tmp_path)
    (tmp_path / "cards").write_text(" 2 [USB            ]: USB-Audio - Scarlett 2i2\n                      Focusrite\n")
    for number, state in enumerate(["state: RUNNING\nowner_pid   : 812\n", "closed\n"]):
        status = tmp_path / "card2" / f"pcm{number}p" / "sub0" / "status"
        status.parent.mkdir(parents=True)
        status.write_text(state)
    with pytest.raises(device.NoSound, match='no sound device matches "scarlett"'):
        device.find("scarlett", 2)
    status.write_text("state: PREPARED\n")
    with pytest.raises(device.NoSound, match='"usb" cannot be opened .another program holds it'):
        device.find("usb", 2)
    with pytest.raises(device.NoSound, match='no sound device matches "balcony"'):
        device.find("balcony", 2)


def test_a_card_that_is_let_go_of_is_tried_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "CARDS", tmp_path)
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    status = tmp_path / "card2" / "pcm0p" / "sub0" / "status"
    status.parent.mkdir(parents=True)
    status.write_text("state: RUNNING\n")
    shared = Shared.create()
    process = Process(shared, SoundServer())
    process._table = {"device": "scarlett", "channels": 2, "outputs": [], "names": [], "follows": []}
    process._table |= {"attack_frames": 1, "release_frames": 1}
    (tmp_path / "cards").write_text(" 2 [USB            ]: USB-Audio - Scarlett 2i2\n")
    for now in np.arange(0.0, 20.0, 0.02):  # by then it tries every ten seconds
        process.round(float(now))
    tried = process._asked_at
    process.round(20.0)
    assert process._asked_at == tried
    assert "scarlett" in process._sentence
    status.write_text("closed\n")
    process.round(20.2)
    assert process._asked_at > tried
    shared.close()


def test_a_sink_of_another_rate_is_played_on(room: Room) -> None:
    room.sink.load("slow", 6, rate=44_100)
    with room.sink.record("slow") as recording, room.headphones(device="slow") as headphones:
        play(headphones)
        wait_until(lambda: recording.loudness(0.2).all(), "sound on every channel")
        assert headphones.state == "playing"


def test_what_fits_is_told(room: Room) -> None:
    room.sink.load("narrow", 2)
    assert find_output("head", 6)[:2] == ("headphones", "")
    assert find_output("narrow", 2)[:2] == ("narrow", "")
    assert find_output("narrow", 4).why_not == 'the sound device "narrow" has 2 channels and the site asks for 4'
    assert ("narrow", 2) in list_outputs()


def test_what_fits_as_well_and_where_a_name_leads_is_told(room: Room) -> None:
    for name in ("balcony", "balcony.2"):
        room.sink.load(name)
    assert find_output("balcon*", 6) == ("balcony", "", "balcony", ["balcony.2"])
    assert {find_output(name, 6).place for name in ("", "default", "pulse", "headphones", "head")} == {"headphones"}
    room.sink._pactl("set-default-sink", "balcony.2")
    assert find_output("default", 6).place == "balcony.2"


WIDE = """
from installation.headphones import device
(headphones,) = [each for each in device.outputs() if each.name == "headphones"]
device.try_out(headphones, 6)
try:
    device.try_out(headphones, 64)
except device.NoSound as error:
    print(error)
"""


def test_a_device_is_tried_as_the_show_would_open_it(room: Room) -> None:
    tried = subprocess.run([sys.executable, "-c", WIDE], capture_output=True, text=True, check=True)
    assert tried.stdout == 'the sound device "headphones" cannot be opened (it does not have so many channels)\n'
