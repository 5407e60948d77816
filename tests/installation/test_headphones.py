"""The headphones through a real sound server: what is recorded from it, and what its clock says."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import installation.headphones.link
from installation.commands import HeadphoneGain, HeadphoneIdentify, HeadphoneMute
from installation.headphones import Course, Headphones, Segment, list_outputs
from installation.headphones.course import RATE
from installation.headphones.fades import FADE_FRAMES
from tests.support.listening import Room, counter, counts, play, wait_for_count
from tests.support.waiting import wait_until


def test_at_unity_the_recording_is_the_source_bit_for_bit(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones)
        wait_for_count(recording, RATE)
    begin = int(np.argmax(counts(recording.samples[:, 0]) == 1))
    sound, source = recording.samples[begin : begin + RATE], room.source("film/narration")[:RATE]
    np.testing.assert_array_equal(sound, np.tile(source, (1, 3)))


def test_muting_headphone_2_silences_exactly_its_channels_within_150_ms(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones)
        wait_for_count(recording, RATE // 2)
        anchor, asked = headphones.reading.anchor, time.monotonic()
        headphones.take(HeadphoneMute(2, True))
        wait_until(lambda: not recording.loudness(0.2)[2:4].any(), "silence")
        assert recording.loudness(0.2)[[0, 1, 4, 5]].all()
    sound = recording.samples[int(np.argmax(counts(recording.samples[:, 0]) == 1)) :]
    begin, end = np.flatnonzero(sound[:, 2] != sound[:, 0])[0], np.flatnonzero(sound[:, 2])[-1]
    assert anchor + begin / RATE - asked < 0.15
    assert end - begin == pytest.approx(0.04 * RATE, abs=2)


def test_a_seam_of_two_segments_is_exact_to_the_sample(room: Room) -> None:
    film, clip = Segment("clip", 0.0, 0.0, 2.0), Segment("film", 2.0, 0.0, 5.0)
    with room.sink.record() as recording, room.headphones() as headphones:
        anchor = play(headphones, film)
        wait_for_count(recording, RATE)
        headphones.follow(Course(2, True, anchor, (film, clip)))
        wait_until(lambda: headphones.reading and time.monotonic() - headphones.reading.anchor > 2.5)
        wait_for_count(recording, RATE // 4)
    sound = recording.samples[:, :2]
    begin = int(np.argmax(counts(sound[:, 0]) == 1))
    both = np.concatenate([room.source("clip/narration"), room.source("film/narration")[: RATE // 4]])
    np.testing.assert_array_equal(sound[begin : begin + len(both)], both)


def test_the_clock_says_what_the_recording_hears(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        anchor = play(headphones)
        wait_for_count(recording, RATE)
        lags = []
        for number in range(RATE, 3 * RATE, RATE // 10):
            wait_for_count(recording, number)
            heard = counts(recording.samples[-RATE:, 0]).max()
            lags.append(time.monotonic() - headphones.reading.anchor - heard / RATE)
        assert headphones.reading.anchor == pytest.approx(anchor, abs=0.02)
    assert abs(np.median(lags)) < 0.02  # the server hands out its record in pieces of 20 ms


def test_a_pause_is_silent_and_the_way_back_joins_the_picture(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones)
        wait_for_count(recording, RATE // 2)
        headphones.follow(Course(3, False, 0.0, ()))
        wait_until(lambda: not recording.loudness(0.2).any(), "silence")
        assert headphones.reading is None
        anchor = time.monotonic() - 10.0
        headphones.follow(Course(4, True, anchor, (Segment("film", 0.0, 0.0, 20.0),)))
        wait_for_count(recording, 10 * RATE)
        assert headphones.reading.anchor == pytest.approx(anchor, abs=0.005)


def test_the_master_level_fades_to_silence(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones)
        wait_for_count(recording, RATE // 2)
        headphones.set_level(0.0, 0.5)
        wait_until(lambda: not recording.loudness(0.2).any(), "silence")
        assert headphones.reading is not None
        headphones.set_level(1.0, 0.0)
        wait_until(lambda: recording.loudness(0.2).all(), "sound")


def test_a_killed_process_comes_back_where_the_picture_is(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        anchor = play(headphones)
        headphones.take(HeadphoneMute(3, True))
        wait_for_count(recording, RATE // 2)
        os.kill(headphones.pid, signal.SIGKILL)
        wait_until(lambda: headphones.reading is None, "the loss")
        wait_until(lambda: headphones.poll() or headphones.reading, "the return")
        assert headphones.restarts == 1
        assert headphones.reading.anchor == pytest.approx(anchor, abs=0.02)
        wait_for_count(recording, int((time.monotonic() - anchor) * RATE))
        assert recording.loudness(0.1)[:4].all()
        assert not recording.loudness(0.1)[4:].any()


def test_a_process_without_a_sign_of_life_is_replaced(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation.headphones.link, "STUCK_SECONDS", 2.0)
    with room.headphones() as headphones:
        wait_until(lambda: headphones.state == "playing")
        os.kill(headphones.pid, signal.SIGSTOP)
        wait_until(lambda: headphones.poll() or headphones.restarts, "another process")
        wait_until(lambda: headphones.state == "playing")


def test_a_device_that_goes_and_comes_is_told_and_the_sound_joins_the_picture(room: Room) -> None:
    with room.headphones() as headphones:
        with room.sink.record() as recording:
            anchor = play(headphones)
            wait_for_count(recording, RATE // 2)
            room.sink.unplug()
        gone = time.monotonic()
        wait_until(lambda: headphones.reading is None, "the loss")
        assert time.monotonic() - gone < 3.0  # 0.6 s is asked; the rest is margin for a busy machine
        wait_until(lambda: "playing pictures only" in headphones.state, "the sentence")
        room.sink.plug_in()
        with room.sink.record() as recording:
            wait_until(lambda: headphones.reading, "the return")
            assert headphones.reading.anchor == pytest.approx(anchor, abs=0.02)
            wait_for_count(recording, int((time.monotonic() - anchor) * RATE))
        assert headphones.state == "playing"
        assert headphones.restarts == 0


def test_a_stalled_process_joins_the_picture_again(room: Room) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        anchor = play(headphones)
        wait_for_count(recording, RATE // 2)
        os.kill(headphones.pid, signal.SIGSTOP)
        wait_until(lambda: headphones.reading is None, "the loss")
        os.kill(headphones.pid, signal.SIGCONT)
        wait_until(lambda: headphones.reading and abs(headphones.reading.anchor - anchor) < 0.02, "the return")
        wait_for_count(recording, int((time.monotonic() - anchor) * RATE))


def test_a_clip_made_known_at_run_time_is_heard(room: Room, tmp_path: Path) -> None:
    with room.sink.record() as recording, room.headphones() as headphones:
        anchor = play(headphones)
        headphones.shelve({"new/narration": counter(tmp_path / "new.npy", 30, 3)})
        headphones.follow(Course(5, True, anchor, (Segment("new", 0.0, 25.0, 5.0),)))
        wait_for_count(recording, 25 * RATE)


def test_a_clip_that_is_withdrawn_while_it_plays_fades(room: Room, tmp_path: Path) -> None:
    np.save(tmp_path / "steady.npy", np.full((20 * RATE, 2), 0.5, np.float32))
    with room.sink.record() as recording, room.headphones() as headphones:
        headphones.shelve({"clip/narration": tmp_path / "steady.npy"})
        play(headphones, Segment("clip", 0.0, 0.0, 20.0))
        wait_until(lambda: len(recording.samples) and recording.samples[-1, 0] == 0.5, "the clip")
        headphones.shelve({})
        time.sleep(0.1)
        headphones.follow(Course(9, False, 0.0, ()))
        wait_until(lambda: not recording.samples[-RATE // 10 :, 0].any(), "silence")
        assert np.abs(np.diff(recording.samples[:, 0])).max() < 1.5 * 0.5 / FADE_FRAMES


def test_an_unreadable_clip_is_silent_and_stops_nothing(room: Room, tmp_path: Path) -> None:
    (tmp_path / "bad.npy").write_bytes(b"no array")
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones, Segment("bad", 0.0, 0.0, 0.5), Segment("clip", 0.5, 0.0, 2.0))
        headphones.shelve({"bad/narration": tmp_path / "bad.npy", "absent/narration": tmp_path / "absent.npy"})
        wait_for_count(recording, RATE // 2)
        assert headphones.state == "playing"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"device": "foo"}, 'no sound device matches "foo" (there are: "headphones", "pulse", "default"): '),
        ({"channels": 60}, 'the sound device "headphones" has 32 channels and the site asks for 60: '),
        ({"device": "none"}, "the site asks for no sound: "),
        ({"outputs": ()}, "the site asks for no sound: "),
    ],
)
def test_without_a_device_one_sentence_says_so(room: Room, changes: dict[str, object], sentence: str) -> None:
    with room.headphones(**changes) as headphones:
        wait_until(lambda: headphones.state != "starting")
        assert headphones.state == sentence + "playing pictures only"
        assert headphones.reading is None


def test_a_device_is_found_by_a_part_of_its_name_or_as_the_default(room: Room) -> None:
    for device in ("", "HEAD", "h*phones"):
        with room.headphones(device=device) as headphones:
            wait_until(lambda: headphones.state == "playing", device)


def test_the_outputs_of_the_pc_are_listed(room: Room) -> None:
    assert dict(list_outputs())["headphones"] >= 6


def test_levels_are_told_and_a_headphone_that_is_not_there_is_refused(room: Room) -> None:
    headphones = Headphones(room.settings, room.stems)
    headphones.take(HeadphoneGain(3, -6.0))
    assert [(each.gain_db, each.mute) for each in headphones.outputs] == [(0.0, False), (0.0, False), (-6.0, False)]
    with pytest.raises(ValueError, match="headphone 4 does not exist: there are 3"):
        headphones.take(HeadphoneMute(4, True))
    headphones.stop()


def test_a_number_being_said_fades_when_the_show_ends(room: Room) -> None:
    room.stems["identify/words"] = room.sink.folder / "words.npy"
    np.save(room.stems["identify/words"], np.full((12 * RATE, 1), 0.25, np.float32))
    with room.sink.record() as recording:
        with room.headphones() as headphones:
            play(headphones, Segment("silence", 0.0, 0.0, 20.0))
            headphones.take(HeadphoneIdentify(2))
            wait_until(lambda: recording.loudness(0.1)[2] > 0.2, "the number")
        wait_until(lambda: not recording.loudness(0.1).any(), "silence")
    sound = recording.samples[:, 2]
    assert np.diff(sound).min() > -2 * 0.25 / FADE_FRAMES


def test_stopping_leaves_no_process(room: Room) -> None:
    with room.headphones() as headphones:
        play(headphones)
        pid = headphones.pid
    assert not Path(f"/proc/{pid}").exists()


PLAYER = """
import sys, time
from installation.headphones import Headphones
from installation.sound_settings import SoundOutput, SoundSettings
outputs = (SoundOutput("stool", (1, 2), {"narration": 0.0}),)
headphones = Headphones(SoundSettings("headphones", 6, 0.1, 0.0, outputs), {})
headphones.start()
print(headphones.pid, flush=True)
time.sleep(60)
"""


def test_the_process_dies_with_its_player(room: Room) -> None:
    player = subprocess.Popen([sys.executable, "-c", PLAYER], stdout=subprocess.PIPE, text=True)
    with player:
        pid = int(player.stdout.readline())
        player.kill()
    wait_until(lambda: not alive(pid), "its end")


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
