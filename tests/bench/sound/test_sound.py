"""Sound in figures, on a real sound server without hardware: `script/test --bench tests/bench/sound`. See README.md."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calibration.store import load as load_mapping
from installation.commands import HeadphoneGain, HeadphoneMute
from installation.headphones import Segment
from installation.headphones.course import RATE
from installation.headphones.fades import FADE_FRAMES
from installation.sound_settings import SoundOutput
from tests.bench.sound.counting import lost, write_raw, write_stem
from tests.bench.sound.load import busy
from tests.day.test_end_to_end import FPS, SIZE, around, build_site
from tests.day.test_end_to_end import play as command
from tests.support.footage import numbered_film
from tests.support.framebuffer import Counter, Watcher, screen
from tests.support.listening import Room, counter, counts, play, wait_for_count
from tests.support.priority import first_in_line
from tests.support.program import running
from tests.support.sink import Sink
from tests.support.sweep import listening
from tests.support.waiting import wait_until

HERE = Path(__file__).parent
MINUTES = float(os.environ.get("BENCH_MINUTES", "1"))
SECONDS = MINUTES * 60
TIMES = 5


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("load") / "film.mp4", 240, (1920, 1080), 60)


def tell(what: str, found: str, asked: str) -> None:
    """A row of the table in README.md."""
    print(f"\n| {what} | {found} | {asked} |")


@pytest.mark.parametrize("channels", [6, 8])
def test_every_channel_at_unity_is_the_source(channels: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    card = Sink(channels)
    card.plug_in()
    for name, value in card.env.items():
        monkeypatch.setenv(name, value)
    outputs = tuple(SoundOutput(f"{n}", (2 * n - 1, 2 * n), {"narration": 0.0}) for n in range(1, channels // 2 + 1))
    room = Room(card, {"film/narration": counter(tmp_path / "film.npy", 20, 1)})
    with card.record() as recording, room.headphones(outputs=outputs, channels=channels) as headphones:
        play(headphones)
        wait_for_count(recording, 10 * RATE)
    begin = int(np.argmax(counts(recording.samples[:, 0]) == 1))
    sound, source = recording.samples[begin : begin + 10 * RATE], room.source("film/narration")[: 10 * RATE]
    card.close()
    wrong = np.count_nonzero(sound != np.tile(source, (1, channels // 2)))
    tell(f"{channels} channels at unity, 10 s", f"{wrong} samples differ from the source", "bit-exact")


def test_a_counter_under_load(room: Room, film: Path, tmp_path: Path):
    """The player's process spins, decodes and holds its interpreter; the headphones are beside it."""
    room.stems["film/narration"] = write_stem(tmp_path / "long.npy", SECONDS + 20)
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones, Segment("film", 0.0, 0.0, SECONDS + 20))
        wait_for_count(recording, RATE)
        with busy(film):
            time.sleep(SECONDS)
        underflows = headphones.underflows
        wait_for_count(recording, RATE)
    samples, gaps = lost(recording.samples[:, 0])
    found = f"{samples} samples lost in {gaps} gaps, {underflows} underflows"
    tell(f"counter under load, {MINUTES:g} min", found, "0")


def test_the_same_by_a_queue_of_blocks(room: Room, film: Path, tmp_path: Path):
    sound = write_raw(tmp_path / "long.raw", SECONDS + 20, 6)
    with room.sink.record() as recording:
        subprocess.run(
            [sys.executable, HERE / "queue_player.py", sound, film, str(SECONDS)], check=True, timeout=SECONDS + 60
        )
    samples, gaps = lost(recording.samples[:, 0])
    tell(
        f"the same by a queue of blocks, {MINUTES:g} min",
        f"{samples} samples lost in {gaps} gaps",
        "no fewer than ours",
    )


def test_the_same_by_mpv(room: Room, film: Path, tmp_path: Path):
    """mpv is a process of its own, so the load runs beside it, as it does for the headphones."""
    if not shutil.which("mpv"):
        pytest.skip("mpv is not installed")
    sound = write_raw(tmp_path / "long.raw", SECONDS + 20, 6)
    raw = [
        "--demuxer=rawaudio",
        "--demuxer-rawaudio-rate=48000",
        "--demuxer-rawaudio-channels=6",
        "--demuxer-rawaudio-format=floatle",
    ]
    out = [
        "--ao=pulse",
        "--audio-device=pulse/headphones",
        "--no-config",
        "--no-video",
        "--no-terminal",
        "--audio-channels=5.1",
    ]
    with room.sink.record() as recording:
        player = subprocess.Popen(["mpv", *raw, *out, sound])
        with busy(film):
            time.sleep(SECONDS)
        player.terminate()
        player.wait(10)
    samples, gaps = lost(recording.samples[:, 0])
    tell(f"the same by mpv, {MINUTES:g} min", f"{samples} samples lost in {gaps} gaps", "no fewer than ours")


def test_loss_and_return(room: Room):
    """The card goes while another is there, then the server goes; from pulling the plug, and from plugging it in."""
    room.sink.load("other")
    measure(room, "card", lambda: room.sink.unload("headphones"), lambda: room.sink.load("headphones"))
    measure(room, "server", room.sink.unplug, room.sink.plug_in)


def measure(room: Room, what: str, take: Callable[[], None], give: Callable[[], None]) -> None:
    noticed, told, back = [], [], []
    room.stems["film/narration"] = steady(room.sink.folder / "steady.npy")
    for _ in range(TIMES):
        with room.headphones() as headphones:
            play(headphones, Segment("film", 0.0, 0.0, 120.0))
            time.sleep(2.5)
            gone = time.monotonic()
            take()
            wait_until(lambda: headphones.reading is None, "the loss")
            noticed.append(time.monotonic() - gone)
            wait_until(lambda: headphones.state != "playing", "the sentence")
            told.append(time.monotonic() - gone)
            time.sleep(1.0)
            give()
            there = time.monotonic()
            with listening(room.sink) as ear:
                wait_until(lambda: headphones.reading and ear.recording.loudness(0.1).any(), "the return")
                first = int(np.argmax(ear.recording.samples[:, 0] != 0))
            back.append(ear.moment(first) - there)
    tell(f"{what} gone: noticed / told", f"{milliseconds(noticed)} / {milliseconds(told)}", "600 ms")
    tell(f"{what} back: first sound", milliseconds(back), "250 ms")


@pytest.mark.parametrize("load", [False, True], ids=["idle", "loaded"])
def test_what_another_card_hears(load: bool, room: Room, film: Path, tmp_path: Path):
    """Of a card that goes, of one that is the default no longer, and of a stream that a person moves."""
    room.stems["film/narration"] = write_stem(tmp_path / "long.npy", 600)
    room.sink.load("other")
    spinning = [sys.executable, "-c", "while True: pass"]
    beside = [spinning, spinning, [sys.executable, str(HERE / "load.py"), str(film), "600"]]
    workers = [subprocess.Popen(command) for command in beside * load]
    ways = {"card gone": gone, "another default": another_default, "moved by hand": moved}
    with room.sink.record("other") as other, room.headphones() as headphones:
        play(headphones, Segment("film", 0.0, 0.0, 600.0))
        for way, act in ways.items():
            heard = []
            for _ in range(4 * TIMES):
                wait_until(lambda: headphones.reading and headphones.state == "playing", "sound")
                time.sleep(1.0)
                before = np.count_nonzero(other.samples[:, 0])
                act(room)
                time.sleep(1.0)
                heard.append(np.count_nonzero(other.samples[:, 0]) - before)
                give_back(room)
            what = (
                f"{way}, {'loaded' if load else 'idle'}: heard on another in {np.count_nonzero(heard)} of {len(heard)}"
            )
            tell(what, f"{max(heard)} samples at most, {sum(heard)} in all", "0")
    for worker in workers:
        worker.kill()
        worker.wait()


def gone(room: Room) -> None:
    room.sink.unload("headphones")


def another_default(room: Room) -> None:
    room.sink._pactl("set-default-sink", "other")


def moved(room: Room) -> None:
    number, *_ = room.sink._pactl("list", "short", "sink-inputs").splitlines()[-1].split()
    room.sink._pactl("move-sink-input", number, "other")


def give_back(room: Room) -> None:
    if "headphones" not in room.sink._pactl("list", "short", "sinks"):
        room.sink.load("headphones")
    room.sink._pactl("set-default-sink", "headphones")


def steady(path: Path) -> Path:
    np.save(path, np.full((130 * RATE, 1), 0.25, np.float32))
    return path


def milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms (worst {max(seconds) * 1000:.0f})"


def test_mute_and_gain(room: Room):
    """From the command to its first effect in the ear, and the steepest step against the fade's own."""
    room.stems["film/narration"] = steady(room.sink.folder / "steady.npy")
    took: dict[str, list[float]] = {"mute": [], "gain": []}
    with listening(room.sink) as ear, room.headphones() as headphones:
        play(headphones, Segment("film", 0.0, 0.0, 120.0))
        time.sleep(2.0)
        for number in range(2 * TIMES):
            changed = (HeadphoneGain(2, -6.0 * (number % 2 + 1)), HeadphoneMute(2, number % 2 == 0))
            for name, command in zip(("gain", "mute"), changed, strict=True):
                before = len(ear.recording.samples)
                asked = time.monotonic()
                headphones.take(command)
                wait_until(lambda asked=asked: ear.now > asked + 0.6)
                sound = ear.recording.samples[before - RATE // 10 :, 2]
                moved = np.flatnonzero(np.diff(sound))
                if len(moved):
                    took[name].append(ear.moment(before - RATE // 10 + int(moved[0])) - asked)
        steps = np.abs(np.diff(ear.recording.samples[RATE:, 2])).max()
    for name, times in took.items():
        tell(f"{name} effective", milliseconds(times), "150 ms")
    tell("steepest step", f"{steps / (0.25 / FADE_FRAMES):.2f} of the fade's own", "no click above it")


def test_clock(room: Room):
    """The anchor that is read against where the recording hears the samples, after their constant distance."""
    with listening(room.sink) as ear, room.headphones() as headphones:
        play(headphones)
        time.sleep(3)
        anchors = []
        while time.monotonic() < headphones.reading.anchor + 18:
            anchors.append((time.monotonic(), headphones.reading.anchor))
            time.sleep(0.05)
    counted = counts(ear.recording.samples[:, 0])
    heard = np.flatnonzero(counted > RATE)
    first = (heard[0] - counted[heard[0]]) / RATE
    apart = np.array([anchor - first - ear.zero(moment) for moment, anchor in anchors]) * 1000
    middle = np.median(apart)
    spread = "p50 {:.2f}, p95 {:.2f}, worst {:.2f} ms".format(*np.percentile(np.abs(apart - middle), [50, 95, 100]))
    tell("clock against the recording", f"constant {middle:.1f} ms, around it {spread}", "1 ms around it")


@pytest.mark.parametrize("load", [False, True], ids=["idle", "loaded"])
def test_picture_and_sound(load: bool, film: Path, tmp_path: Path):
    """The running show on a screen and a card: what is heard when a frame comes, after their constant distance."""
    site, card = build_site(tmp_path / "room"), Sink(6)
    card.plug_in()
    beside = [sys.executable, str(HERE / "load.py"), str(film), str(SECONDS + 30)]
    with (
        screen(*SIZE) as (display, wall),
        listening(card) as ear,
        running(*command(site), env={"DISPLAY": display, **card.env}) as program,
        first_in_line(program.process.pid),
    ):
        program.wait_for("the picture is up")
        wait_until(lambda: ear.recording.loudness(0.2).all(), "sound on every channel", 30)
        worker = subprocess.Popen(beside) if load else None
        with Watcher(wall, Counter(load_mapping(site.parent / "mapping.json"))) as watcher:
            time.sleep(SECONDS)
        program.stop()
        if worker:
            worker.kill()
            worker.wait()
    heard = [(each, ear.place(each.since, 0)) for each in watcher.frames[5:-10]]
    both = [(each.since, around(place - each.number / FPS)) for each, place in heard if place is not None]
    moments, apart = np.array(both).T * [[1], [1000]]
    minutes = (moments - moments[0]) // 60
    card.close()
    middle = float(np.median(apart))
    around_it = np.percentile(np.abs(apart - middle), [50, 95])
    first, second = (float(np.median(half)) for half in np.array_split(apart, 2))
    what = f"A/V offset, {'loaded' if load else 'idle'}, {MINUTES:g} min, {len(apart)} frames"
    spread = "p50 {:.1f}, p95 {:.1f} ms".format(*around_it)
    tell(what, f"constant {middle:.1f} ms, around it {spread}", f"p95 {20 if load else 10} ms")
    tell("its growth from half to half", f"{second - first:.1f} ms", "none")
    each_minute = " ".join(f"{np.median(apart[minutes == minute]):.1f}" for minute in np.unique(minutes))
    tell("its median, minute by minute", f"{each_minute} ms", "no step")
