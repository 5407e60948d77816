"""The whole show from outside: `blind-eye play` with a display and a sound card, worked by liblo, judged by what the X
server shows and what the sound card played."""

import random
import statistics
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.mapping import Mapping
from calibration.store import load
from tests.support.footage import COLUMNS, ROWS, SIGN, Planes, numbered, write_film
from tests.support.framebuffer import Counter, Framebuffer, Seen, Watcher, screen
from tests.support.osc import HANGING, Sender, bundle, oscsend, text
from tests.support.priority import first_in_line
from tests.support.processes import family, living
from tests.support.program import Program, running
from tests.support.room import build_room
from tests.support.sink import Sink
from tests.support.sweep import Ear, listening, sweep
from tests.support.waiting import wait_until

FRAMES, FPS, LOOPS = 24, 12, 10
SECONDS = FRAMES / FPS
SIZE = (1280, 800)
FILM_SIZE = (576, 320)
REFRESH = 1 / 60
TINTS = ((128, 170), (128, 128), (170, 128))  # U and V of the panels: reddish, grey, bluish


@dataclass
class Evening:
    """A running show and all that watches it."""

    site: Path
    program: Program
    wall: Framebuffer
    counter: Counter
    mapping: Mapping
    ear: Ear
    sender: Sender

    def tell(self, address: str, tags: str = "", *values: object) -> None:
        """By liblo's oscsend; back when a later question is answered, so the command has been read."""
        oscsend(self.sender.to[1], address, tags, *values)
        self.sender.wait_for_ping()

    def ask(self, address: str) -> object:
        return self.sender.ask(address)[1][0]

    def hear(self, seconds: float) -> NDArray[np.float64]:
        """Loudness of every channel over so many seconds from now."""
        begin = self.ear.now
        wait_until(lambda: self.ear.now > begin + seconds, "sound", 30)
        return self.ear.recording.loudness(seconds)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    site = build_site(tmp_path_factory.mktemp("room"))
    card = Sink(6)
    card.plug_in()
    sender = Sender(port_of(site))
    try:
        with (
            screen(*SIZE) as (display, wall),
            listening(card) as ear,
            running(*play(site), env={"DISPLAY": display, **card.env}) as program,
            first_in_line(program.process.pid),
        ):
            mapping = load(site.parent / "mapping.json")
            show = Evening(site, program, wall, Counter(mapping), mapping, ear, sender)
            program.wait_for("the picture is up")
            wait_until(lambda: ear.recording.loudness(0.2).all(), "sound on every channel", 30)
            yield show
    finally:
        sender.close()
        card.close()


def build_site(folder: Path) -> Path:
    """A room whose film tells frame and panel, whose voice tells its moment, and whose desk has something to do."""
    site = build_room(folder, frames=FRAMES, fps=FPS, film_size=FILM_SIZE, output_size=SIZE, voice=sweep(SECONDS))
    write_film(folder / "film.mp4", [tinted(number) for number in range(FRAMES)], FPS)
    (folder / "inbox").mkdir()
    with site.open("a", encoding="utf-8") as file:
        file.write('[folder]\ninbox = "inbox"\noutbox = "outbox"\n')
    return site


def tinted(number: int) -> Planes:
    """A numbered picture with a colour for each panel."""
    y, u, v = numbered(number, *FILM_SIZE)
    panel = np.arange(u.shape[1]) * len(TINTS) // u.shape[1]
    u[:], v[:] = (np.array(TINTS, np.uint8)[panel, plane] for plane in (0, 1))
    return y, u, v


def play(site: Path) -> tuple[object, ...]:
    return "play", "--site", site, "--state", site.parent / "state"


def port_of(site: Path) -> int:
    return int(tomllib.loads(site.read_text(encoding="utf-8"))["osc"]["port"])


@pytest.fixture
def still(evening: Evening) -> Iterator[NDArray[np.uint8]]:
    """The wall while the show is paused."""
    evening.tell("/show/pause")
    wait_until(lambda: evening.ask("/show/status/state") == "paused", "the pause")
    yield evening.wall.grab()
    evening.tell("/show/resume")
    wait_until(lambda: evening.ask("/show/status/state") == "playing", "the end of the pause")


def cells(mapping: Mapping, dx: float, dy: float) -> list[NDArray[np.int_]]:
    """For each panel, which of its squares lies under each pixel's centre moved by dx, dy; -1 beside the panel."""
    x, y = np.meshgrid(np.arange(mapping.width) + 0.5 + dx, np.arange(mapping.height) + 0.5 + dy)
    found = []
    for surface in mapping.surfaces:
        u, v, w = np.tensordot(surface.to_panel, np.array([x, y, np.ones_like(x)]), 1)
        u, v = u / w, v / w
        inside = (u > 0) & (u < 1) & (v > 0) & (v < 1) & (w > 0)
        square = np.floor(v * ROWS).clip(0, ROWS - 1) * COLUMNS + np.floor(u * COLUMNS).clip(0, COLUMNS - 1)
        found.append(np.where(inside, square, -1).astype(int))
    return found


def certain(mapping: Mapping, pixels: int) -> list[NDArray[np.int_]]:
    """The same, and -2 wherever an edge is within so many pixels."""
    around = [cells(mapping, dx, dy) for dx in (-pixels, 0, pixels) for dy in (-pixels, 0, pixels)]
    return [np.where(np.ptp(each, axis=0) == 0, each[0], -2) for each in zip(*around, strict=True)]


def test_each_panel_fills_its_quad_and_nothing_else_is_lit(evening: Evening, still: NDArray[np.uint8]) -> None:
    number = evening.counter.read(still[..., ::-1])
    assert number >= 0
    bits = np.array([*SIGN, *(number >> bit & 1 for bit in range(COLUMNS * (ROWS - 1)))])
    squares = certain(evening.mapping, 2)
    for panel, square in enumerate(squares):
        white, dark = (square >= 0) & (bits[square] == 1), (square >= 0) & (bits[square] == 0)
        assert still[white].min() > 180
        assert (still[dark].mean(axis=0) > 40).tolist() == [panel == 0, False, panel == 2]
    assert not still[np.all(np.array(squares) == -1, axis=0)].any()


def test_ten_loops_lose_double_and_blacken_no_frame(evening: Evening) -> None:
    dropped = evening.ask("/show/status/dropped")
    with Watcher(evening.wall, evening.counter) as watcher:
        wait_until(lambda: len(watcher.frames) > FRAMES * LOOPS + 1, "ten loops", LOOPS * SECONDS * 2)
    frames = watcher.frames
    assert broken(frames) == []
    assert watcher.unseen == []
    assert max(usual_stays(frames)) < 2 / FPS - REFRESH
    assert watcher.looks > 3 * len(frames)
    assert evening.ask("/show/status/dropped") == dropped


def broken(frames: list[Seen]) -> list[tuple[Seen, Seen]]:
    """Neighbours that do not follow each other."""
    return [(one, two) for one, two in pairwise(frames) if two.number != (one.number + 1) % FRAMES]


def usual_stays(frames: list[Seen]) -> list[float]:
    """How long each of the film's frames stood, in seconds: the median of all loops, for load may hold up one."""
    stays = [[each.until - each.since for each in frames if each.number == number] for number in range(FRAMES)]
    return [statistics.median(each) for each in stays]


def test_muting_headphone_2_silences_exactly_its_channels(evening: Evening) -> None:
    before = evening.hear(SECONDS)
    evening.tell("/show/headphone/2/mute", "T")
    evening.hear(0.3)
    muted = evening.hear(SECONDS)
    evening.tell("/show/headphone/2/mute", "F")
    evening.hear(0.3)
    after = evening.hear(SECONDS)
    assert (muted[2:4] == 0).all()
    assert muted[[0, 1, 4, 5]] == pytest.approx(before[[0, 1, 4, 5]], rel=0.02)
    assert after == pytest.approx(before, rel=0.02)


@pytest.mark.parametrize("to", [1.0, 0.25, 1.6])
def test_seek_moves_picture_and_sound_to_the_same_moment(evening: Evening, to: float) -> None:
    wait_until(lambda: abs(float(evening.ask("/show/seek")) - to) > 0.3, "another moment")
    with Watcher(evening.wall, evening.counter) as watcher:
        asked = time.monotonic()
        evening.tell("/show/seek", "f", to)
        took = time.monotonic() - asked
        wait_until(lambda: evening.ear.now > asked + 1.5, "what comes after")
    frames = [each for each in watcher.frames if asked + 0.4 < each.since < asked + 1.3]
    heard = {each: place for each in frames if (place := evening.ear.place(each.since, 2)) is not None}
    assert len(heard) > 8
    apart = statistics.median(around(place - each.number / FPS) for each, place in heard.items())
    astray = [around(each.number / FPS - to - (each.since - asked)) for each in frames]
    assert abs(apart) < 1 / FPS
    assert -took - 1 / FPS < statistics.median(astray) < 1 / FPS


def test_another_rate_is_silent_and_the_films_own_brings_picture_and_sound_together_again(evening: Evening) -> None:
    evening.tell("/show/rate", "f", 2.0)
    wait_until(lambda: evening.ask("/show/rate") == 2.0, "the rate")
    wait_until(lambda: not evening.hear(0.1).any(), "silence")
    with Watcher(evening.wall, evening.counter) as watcher:
        wait_until(lambda: len(watcher.frames) > FRAMES, "a whole loop")
    assert watcher.unseen == []
    evening.tell("/show/rate", "f", 1.0)
    with Watcher(evening.wall, evening.counter) as watcher:
        wait_until(lambda: evening.hear(0.1).all(), "the voice")
        begun = time.monotonic()
        wait_until(lambda: evening.ear.now > begun + 1.2, "some of it")
    frames = [each for each in watcher.frames if begun + 0.1 < each.since < begun + 1.0]
    heard = [(each, place) for each in frames if (place := evening.ear.place(each.since, 2)) is not None]
    assert len(heard) > 5
    assert abs(statistics.median(around(place - each.number / FPS) for each, place in heard)) < 1 / FPS
    assert broken(watcher.frames) == []


def around(seconds: float) -> float:
    """The same difference within half a film around zero."""
    return (seconds + SECONDS / 2) % SECONDS - SECONDS / 2


def test_garbage_and_the_hanging_packet_change_nothing(evening: Evening) -> None:
    noise, refused = random.Random(3), evening.ask("/show/status/refused")
    with Watcher(evening.wall, evening.counter) as watcher:
        for _ in range(300):
            for start in (b"", b"/show/", text("#bundle"), bundle()):
                evening.sender.raw(start + noise.randbytes(noise.randrange(1, 80)))
            evening.sender.raw(HANGING)
            evening.sender.wait_for_ping()
        wait_until(lambda: len(watcher.frames) > FRAMES, "a whole loop")
        assert evening.ear.recording.loudness(1.0).all()
    assert broken(watcher.frames) == []
    assert watcher.unseen == []
    wait_until(lambda: evening.ask("/show/status/refused") > refused + 1000, "the count of it")
    assert evening.ask("/show/status/state") == "playing"
    assert "Traceback" not in evening.program.output


def test_levels_are_saved_and_undone_and_the_narration_silenced(evening: Evening) -> None:
    evening.tell("/show/headphone/1/gain", "f", -20.0)
    evening.tell("/show/headphone/save")
    wait_until(lambda: list((evening.site.parent / "state" / "levels").glob("levels-0001-*")), "the file")
    evening.tell("/show/headphone/1/gain", "f", -3.0)
    evening.tell("/show/headphone/undo")
    wait_until(lambda: evening.ask("/show/headphone/1/gain") == -20.0, "what was saved")
    evening.tell("/show/headphone/undo")
    wait_until(lambda: evening.ask("/show/headphone/1/gain") == 0.0, "the site's own")
    evening.tell("/show/narration/mute", "T")
    evening.hear(0.3)
    assert not evening.hear(0.5).any()
    evening.tell("/show/narration/mute", "F")
    evening.hear(0.3)
    assert evening.hear(0.5).all()


def test_a_headphone_says_its_number_while_the_show_is_paused(evening: Evening, still: NDArray[np.uint8]) -> None:
    wait_until(lambda: not evening.hear(0.3).any(), "silence")
    evening.tell("/show/headphone/3/identify")
    spoken = evening.hear(3.5)
    assert spoken[4:].all()
    assert not spoken[:4].any()


def test_sigterm_ends_with_0_and_leaves_no_process(evening: Evening) -> None:
    processes = family(evening.program.process.pid)
    assert len(processes) >= 3  # show, headphones, desk
    assert evening.program.stop() == 0
    wait_until(lambda: not living(processes), f"the end of {processes}", 5)
