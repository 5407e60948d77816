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
from tests.bench.sound.load import busy
from tests.day.test_end_to_end import FPS, SIZE, around, build_site
from tests.day.test_end_to_end import play as command
from tests.support.footage import numbered_film
from tests.support.framebuffer import Counter, Watcher, screen
from tests.support.listening import COUNT, Room, counter, counts, play, wait_for_count
from tests.support.priority import first_in_line
from tests.support.program import running
from tests.support.sink import Sink
from tests.support.sweep import listening
from tests.support.waiting import wait_until

HERE = Path(__file__).parent
MINUTES = float(os.environ.get("BENCH_MINUTES", "1"))
SECONDS = MINUTES * 60
TIMES = 5
PERIOD = 2**23  # samples until the counter begins again, about three minutes


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("load") / "film.mp4", 240, (1920, 1080), 60)


def lost(sound: np.ndarray) -> tuple[int, int]:
    """Of a recorded counter, from a second after its beginning on: samples left out or silent, and in how many gaps."""
    numbers = counts(sound)
    heard = np.flatnonzero(numbers > 0)
    heard = heard[(heard > heard[0] + RATE) & (heard < heard[-1] - RATE // 5)]
    jumps, places = (np.diff(numbers[heard]) - 1) % PERIOD, np.diff(heard)
    missing = np.minimum(jumps, PERIOD - jumps) + (places - 1)
    return int(missing.sum()), int((missing > 0).sum())


def numbers(seconds: float) -> np.ndarray:
    """The number of each sample, from 1, as often as it takes; quiet enough to be exact in float32."""
    return ((np.arange(round(seconds * RATE)) % PERIOD + 1) / COUNT).astype("<f4")


def tell(what: str, *figures: object) -> None:
    print(f"\n{what}: {', '.join(map(str, figures))}")


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
    tell(f"{channels} channels, 10 s", f"{wrong} samples differ from the source")


def test_a_counter_under_load(room: Room, film: Path, tmp_path: Path):
    """The player's process spins, decodes and holds its interpreter; the headphones are beside it."""
    np.save(tmp_path / "long.npy", numbers(SECONDS + 20)[:, np.newaxis])
    room.stems["film/narration"] = tmp_path / "long.npy"
    with room.sink.record() as recording, room.headphones() as headphones:
        play(headphones, Segment("film", 0.0, 0.0, SECONDS + 20))
        wait_for_count(recording, RATE)
        with busy(film):
            time.sleep(SECONDS)
        underflows = headphones.underflows
        wait_for_count(recording, RATE)
    samples, gaps = lost(recording.samples[:, 0])
    tell(f"headphones, {MINUTES:g} min of load", f"{samples} samples lost in {gaps} gaps, {underflows} underflows")


def test_the_same_by_a_queue_of_blocks(room: Room, film: Path, tmp_path: Path):
    sound = six_channels(tmp_path / "long.raw")
    with room.sink.record() as recording:
        subprocess.run(
            [sys.executable, HERE / "queue_player.py", sound, film, str(SECONDS)], check=True, timeout=SECONDS + 60
        )
    samples, gaps = lost(recording.samples[:, 0])
    tell(f"play_long_file's way, {MINUTES:g} min of the same load", f"{samples} samples lost in {gaps} gaps")


def test_the_same_by_mpv(room: Room, film: Path, tmp_path: Path):
    """mpv is a process of its own, so the load runs beside it, as it does for the headphones."""
    if not shutil.which("mpv"):
        pytest.skip("mpv is not installed")
    sound = six_channels(tmp_path / "long.raw")
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
    tell(f"mpv, {MINUTES:g} min of the same load", f"{samples} samples lost in {gaps} gaps")


def six_channels(path: Path) -> Path:
    """A counter on every channel, raw."""
    np.repeat(numbers(SECONDS + 20)[:, np.newaxis], 6, axis=1).tofile(path)
    return path


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
            back.append(ear._zero + first / RATE - there)
    tell(
        what,
        *(
            f"{name} {milliseconds(times)}"
            for name, times in (("noticed", noticed), ("told", told), ("first sound", back))
        ),
    )


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
                    took[name].append(ear._zero + (before - RATE // 10 + moved[0]) / RATE - asked)
        steps = np.abs(np.diff(ear.recording.samples[RATE:, 2])).max()
    tell("effective", *(f"{name} {milliseconds(times)}" for name, times in took.items()))
    tell("steepest step", f"{steps / (0.25 / FADE_FRAMES):.2f} of the fade's own")


def test_clock(room: Room):
    """The anchor that is read against where the recording hears the samples, after their constant distance."""
    with listening(room.sink) as ear, room.headphones() as headphones:
        play(headphones)
        time.sleep(3)
        anchors = []
        while time.monotonic() < headphones.reading.anchor + 18:
            anchors.append(headphones.reading.anchor)
            time.sleep(0.05)
    counted = counts(ear.recording.samples[:, 0])
    heard = np.flatnonzero(counted > RATE)
    true = ear._zero + heard[0] / RATE - counted[heard[0]] / RATE
    apart = np.array(anchors) - true
    spread = np.percentile(np.abs(apart - np.median(apart)), [50, 95, 100]) * 1000
    tell(
        "clock",
        f"constant {np.median(apart) * 1000:.1f} ms",
        "around it p50 {:.2f}, p95 {:.2f}, worst {:.2f} ms".format(*spread),
    )


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
    apart = np.array([around(place - each.number / FPS) for each, place in heard if place is not None]) * 1000
    card.close()
    middle = float(np.median(apart))
    around_it = np.percentile(np.abs(apart - middle), [50, 95])
    halves = [float(np.median(half)) for half in np.array_split(apart, 2)]
    tell(
        f"A/V offset, {'loaded' if load else 'idle'}, {len(apart)} frames",
        f"constant {middle:.1f} ms",
        "around it p50 {:.1f}, p95 {:.1f} ms".format(*around_it),
        f"grows {halves[1] - halves[0]:.1f} ms from half to half",
    )
