"""The real program in real time, watched from outside: what it costs, how long each frame stands, how fast cues act."""

import os
import subprocess
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from calibration.store import load
from installation.reporter import read_json
from installation.state import State
from tests.bench.picture import films
from tests.bench.picture.players import mpv
from tests.support.footage import numbered_film, to_hap
from tests.support.framebuffer import Counter, Framebuffer, Seen, Watcher, screen
from tests.support.osc import Sender
from tests.support.priority import first_in_line
from tests.support.processes import family
from tests.support.program import Program, running
from tests.support.room import build_room, change
from tests.support.waiting import wait_until

MINUTES = float(os.environ.get("BENCH_MINUTES", "1"))
SIZE = (1280, 800)
REFRESH = 1 / 60
TRIALS, STARTS, ROUNDS = 200, 9, int(os.environ.get("BENCH_ROUNDS", "5"))
STRETCH_SECONDS, FILM_SECONDS = 20, 10
LOOPS, LOOP_FRAMES = 1000, 12
TICKS = os.sysconf("SC_CLK_TCK")


def build(folder: Path, film: Path, size: tuple[int, int] = SIZE) -> Path:
    """A room with this film and no sound."""
    site = build_room(folder, frames=2, output_size=size)
    change(site, 'film = "film.mp4"\n[show.stems]\nnarration = "voice.wav"', f'film = "{film}"')
    return change(site, 'device = "headphones"', 'device = "none"')


@contextmanager
def playing(site: Path, size: tuple[int, int] = SIZE) -> Iterator[tuple[Program, Framebuffer]]:
    """The show on a screen of its own."""
    with (
        screen(*size) as (display, wall),
        running("play", "--site", site, "--state", site.parent / "state", env={"DISPLAY": display}) as program,
        first_in_line(program.process.pid),
    ):
        program.wait_for("the picture is up")
        yield program, wall


def numbered(folder: Path, frames: int, fps: int, form: str) -> Path:
    film = numbered_film(folder / f"{fps}.mp4", frames, (960, 540), fps, tune="fastdecode", preset="veryfast")
    return to_hap(film) if form == "hap" else film


def cpu_seconds(pid: int) -> float:
    """What a process and all below it have used so far."""
    fields = [Path(f"/proc/{each.pid}/stat").read_text().rpartition(")")[2].split() for each in family(pid)]
    return sum(int(each[11]) + int(each[12]) for each in fields) / TICKS


def share_of_a_core(pid: int) -> float:
    """CPU seconds a second, over a stretch of the show."""
    began, used = time.monotonic(), cpu_seconds(pid)
    time.sleep(STRETCH_SECONDS)
    return (cpu_seconds(pid) - used) / (time.monotonic() - began)


@contextmanager
def mpv_playing(film: Path, size: tuple[int, int]) -> Iterator[int]:
    """mpv looping a film flat; its process."""
    with screen(*size) as (display, _):
        command = mpv.command(film, size, "--loop-file=inf", "--no-terminal")
        with subprocess.Popen(command, env={**os.environ, "DISPLAY": display}) as process:
            time.sleep(5)
            yield process.pid
            process.terminate()


def test_the_cost_of_12_frames_a_second(tmp_path: Path) -> None:
    """Ours warped, without captions and sound, against mpv flat, both showing the same 1080p film."""
    film, size = films.make(tmp_path, FILM_SECONDS, fps=12, crf=27)["ordinary"], (1920, 1080)
    site = build(tmp_path / "room", film, size)
    shares = []
    for _ in range(ROUNDS):
        with playing(site, size) as (program, _wall):
            time.sleep(5)
            ours = share_of_a_core(program.process.pid)
        with mpv_playing(film, size) as pid:
            shares.append((ours, share_of_a_core(pid)))
    ours, theirs = (median(share) for share in zip(*shares, strict=True))
    ratio = median(one / other for one, other in shares)
    rate = films.megabits(film, FILM_SECONDS)
    print(f"\n12 fps 1080p of {rate:.0f} Mb/s, cores: ours warped {ours:.3f}, mpv flat {theirs:.3f}, {ratio:.2f} (0.7)")


@pytest.mark.parametrize("form", ["h264", "hap"])
@pytest.mark.parametrize("fps", [12, 25, 30, 60])
def test_every_frame_is_held_as_long_as_it_should(tmp_path: Path, fps: int, form: str) -> None:
    """From outside; at 25 fps frames stand for two or three refreshes of 60 Hz, which is right."""
    frames = 10 * fps
    site = build(tmp_path / "room", numbered(tmp_path, frames, fps, form))
    with playing(site) as (program, wall):
        watcher = Watcher(wall, Counter(load(site.parent / "mapping.json")), look=0.0005, believed=0.005)
        with watcher:
            time.sleep(MINUTES * 60)
        program.stop()
    seen = watcher.frames[1:-1]
    holds = np.array([(after.since - before.since) * fps for before, after in pairwise(seen)])
    skipped = sum((after.number - before.number) % frames - 1 for before, after in pairwise(seen))
    away = np.abs(holds - 1) / fps / REFRESH
    status = read_json(State.find(site.parent / "state").status)
    figures = {
        "frames": len(seen),
        "skipped": skipped,
        "black or torn": len(watcher.unseen),
        "off nominal p99, refreshes": np.percentile(away, 99),
        "off nominal worst": away.max(),
        "more than one refresh off": int((away > 1).sum()),
        "longest hold at a seam, of nominal": seam(seen, holds),
        "longest hold elsewhere": holds.max(),
        "late, as the show counts": status["late"],
        "dropped, as it counts": status["dropped"],
    }
    told = "; ".join(f"{name} {figure:.3g}" for name, figure in figures.items())
    print(f"\n{form} {fps} fps, {MINUTES:g} min: {told}")


def seam(seen: list[Seen], holds: np.ndarray) -> float:
    """The longest hold of a film's last frame."""
    return max(
        float(hold) for hold, (before, after) in zip(holds, pairwise(seen), strict=True) if after.number < before.number
    )


def test_from_packet_to_pixels(tmp_path: Path) -> None:
    """Blackout on and off, at any moment between two refreshes."""
    site = build(tmp_path / "room", numbered(tmp_path, 120, 12, "h264"))
    sender = Sender(int(tomllib.loads(site.read_text())["osc"]["port"]))
    with playing(site) as (_, wall):
        took = [trial(sender, wall, number) for number in range(TRIALS)]
    sender.close()
    refreshes = np.array(took) / REFRESH
    p50, p99, worst = np.percentile(refreshes, [50, 99, 100])
    print(f"\n{TRIALS} OSC packets to pixels, refreshes: median {p50:.2f}, p99 {p99:.2f} (must 2), worst {worst:.2f}")


def trial(sender: Sender, wall: Framebuffer, number: int) -> float:
    """Seconds from a packet to the wall's change; the picture in the middle turns black, or is there again."""
    height, width = wall.pixels.shape[:2]
    middle = wall.pixels[height // 2 - 100 : height // 2 + 100, width // 2 - 100 : width // 2 + 100]
    time.sleep(0.15 + number * 0.618 % 1 * 2 * REFRESH)
    black = number % 2 == 0
    began = time.monotonic()
    sender.send("/show/blackout", int(black), 0.0)
    wait_tightly(lambda: (middle.max() < 10) == black, began + 5)
    return time.monotonic() - began


def wait_tightly(condition, end: float) -> None:
    while not condition():
        assert time.monotonic() < end, "nothing changed"
        time.sleep(0.0003)


def test_from_start_to_the_first_warped_frame(tmp_path: Path) -> None:
    """From the process's start until a number is to be read on the screen; files and shaders are in their caches."""
    site = build(tmp_path / "room", numbered(tmp_path, 120, 12, "h264"))
    counter = Counter(load(site.parent / "mapping.json"))
    took = []
    for _ in range(STARTS):
        with screen(*SIZE) as (display, wall):
            began = time.monotonic()
            with running("play", "--site", site, "--state", tmp_path / "state", env={"DISPLAY": display}) as program:
                wait_tightly(lambda: counter.read(wall.pixels) >= 0, began + 60)
                took.append(time.monotonic() - began)
                program.stop()
    print(f"\nstart to first warped frame, s: median {median(took):.2f} (must 1.5), {min(took):.2f} to {max(took):.2f}")


def test_memory_over_a_thousand_loops(tmp_path: Path) -> None:
    """Resident memory of the player, from the two hundredth loop on."""
    site = build(tmp_path / "room", numbered(tmp_path, LOOP_FRAMES, 60, "h264"))
    status, samples = State.find(tmp_path / "room" / "state").status, []
    with playing(site) as (program, _):
        while (loops := int(read_json(status).get("loops", 0))) < LOOPS:
            samples.append((loops, resident_kilobytes(program.process.pid)))
            time.sleep(1)
        wait_until(lambda: read_json(status)["state"] == "playing")
    late = np.array([each for each in samples if each[0] >= LOOPS / 5])
    (slope, _), covariance = np.polyfit(late[:, 0], late[:, 1], 1, cov=True)
    print(
        f"\nmemory over {LOOPS} loops: {slope:.3f} +- {2 * covariance[0, 0] ** 0.5:.3f} kB a loop,"
        f" {late[0, 1] / 1000:.1f} MB at loop {late[0, 0]:.0f}, {late[-1, 1] / 1000:.1f} MB at loop {late[-1, 0]:.0f}"
    )


def resident_kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
