"""A clip taken off the wall of the running show, by each of the three ways, judged by what the X server shows."""

import json
import os
import signal
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from installation.cue_line import send_remove
from installation.removals import noted
from installation.state import State
from show.ledger import Change, Ledger, Step
from tests.support.footage import flat, write_film
from tests.support.framebuffer import Framebuffer, Pixels, screen
from tests.support.osc import Sender, oscsend
from tests.support.processes import family
from tests.support.program import Program, blind_eye, running
from tests.support.room import build_room
from tests.support.waiting import wait_until

REFRESH = 1 / 60
MOST_REFRESHES = 300  # far more than it takes and far less than the clip lasts, for a machine with much else to do
CLIPS = 5


@dataclass
class Room:
    """A running show, its wall, and the state behind it."""

    site: Path
    state: State
    wall: Framebuffer
    sender: Sender
    program: Program

    def play(self, clip: int) -> None:
        """Bring a clip onto the wall."""
        wait_until(lambda: self.sender.ask("/show/clips/play", clip)[0] == "/reply/show/clips/play", f"clip {clip}")
        wait_until(lambda: is_pink(self.wall.pixels), f"clip {clip} on the wall")

    def seconds_until_gone(self, removal: threading.Thread) -> float:
        """From the beginning of a removal until no pixel of a clip is to be seen."""
        began = time.monotonic()
        removal.start()
        while is_pink(self.wall.pixels) and time.monotonic() < began + 20:
            time.sleep(0.001)
        took = time.monotonic() - began
        removal.join()
        return took

    def withdrawal(self, clip: int) -> Change:
        """How the ledger tells it, once there is nothing left of the clip."""
        with Ledger(self.state.ledger) as ledger:
            wait_until(lambda: ledger.get(clip).state is Step.WITHDRAWN, f"the end of {clip}")
            wait_until(lambda: not noted(self.state.removals), "the desk")
            assert not (self.state.clips / f"{clip}.mp4").exists()
            assert clip not in on_shelf(self.state)
            return ledger.changes(clip)[-1]


def on_shelf(state: State) -> list[int]:
    return [each["id"] for each in json.loads(state.shelf.read_text())]


def is_pink(pixels: Pixels) -> bool:
    """Whether any pixel (of BGR) has the colour of the clips; the film is grey."""
    return bool((pixels[..., 2].astype(np.int16) - pixels[..., 1] > 40).any())


def build(folder: Path) -> Path:
    """A grey film, pink clips on the shelf, a desk, no sound."""
    site = build_room(folder)
    text = site.read_text(encoding="utf-8").replace('device = "headphones"', 'device = "none"')
    site.write_text(text + '[folder]\ninbox = "inbox"\n[programme]\nclips = 0\n', encoding="utf-8")
    (folder / "inbox").mkdir()
    state = State.find(folder / "state")
    with Ledger(state.ledger) as ledger:
        for number in range(1, CLIPS + 1):
            shelve(ledger, number, state.clips / f"{number}.mp4")
    return site


def shelve(ledger: Ledger, number: int, film: Path) -> None:
    id = ledger.receive("folder", f"story {number}", "Anna", "A red house.")
    assert id == number
    ledger.approve_words(id, "test")
    ledger.start_making(id)
    ledger.made(id, write_film(film, [flat(np.full((256, 144), 120, np.uint8), 128, 220)] * 240), ["A red house."])
    ledger.approve_clip(id, "test")
    ledger.shelve(id, "test")


@contextmanager
def showing(site: Path) -> Iterator[Room]:
    port = int(tomllib.loads(site.read_text(encoding="utf-8"))["osc"]["port"])
    sender, state = Sender(port), State.find(site.parent / "state")
    with (
        screen(1280, 800) as (display, wall),
        running("play", "--site", site, "--state", state.root, env={"DISPLAY": display}) as program,
    ):
        program.wait_for("the picture is up")
        yield Room(site, state, wall, sender, program)
    sender.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("room"))


@pytest.fixture(scope="module")
def room(site: Path) -> Iterator[Room]:
    with showing(site) as room:
        yield room


def removal(way: str, clip: int, room: Room) -> threading.Thread:
    def by_osc() -> None:
        oscsend(room.sender.to[1], "/show/clips/remove", "i", clip)

    def by_line() -> None:
        send_remove(room.state, clip)

    def by_command() -> None:
        blind_eye("submissions", "--state", room.state.root, "remove", clip)

    return threading.Thread(target={"osc": by_osc, "line": by_line, "command": by_command}[way])


@pytest.mark.parametrize(("way", "clip"), [("osc", 1), ("line", 2), ("command", 3)])
def test_a_removed_clip_is_gone_from_wall_shelf_disk_and_queue(room: Room, way: str, clip: int) -> None:
    room.play(clip)
    took = room.seconds_until_gone(removal(way, clip, room))
    assert room.wall.pixels.any()  # the film, not a black wall
    print(
        f"\nremoved by {way}: the wall was clean after {took / REFRESH:.1f} refreshes, the sender's own start included"
    )
    assert not is_pink(room.wall.pixels)
    if way != "command":  # whose start alone takes a second
        assert took < MOST_REFRESHES * REFRESH
    assert (room.withdrawal(clip).actor == "osc") == (way != "command")
    assert room.sender.ask("/show/clips/play", clip)[0] == "/show/error"


def test_an_unknown_clip_is_refused(room: Room) -> None:
    address, (about, reason) = room.sender.ask("/show/clips/remove", 99)
    assert (address, about) == ("/show/error", "/show/clips/remove")
    assert str(reason).startswith("there is no clip 99 on the shelf; there are: ")


def test_removing_twice_is_answered_alike(room: Room) -> None:
    room.play(4)
    for _ in range(2):
        assert room.sender.ask("/show/clips/remove", 4) == ("/reply/show/clips/remove", (4,))
    room.withdrawal(4)


def test_making_is_paused_and_resumed(room: Room) -> None:
    for address, paused in (("/show/clips/pause", 1), ("/show/clips/resume", 0)):
        assert room.sender.ask(address) == (f"/reply{address}", (1,))
        told = ("/reply/show/status/making_paused", (paused,))
        wait_until(lambda told=told: room.sender.ask("/show/status/making_paused") == told, f"{address} to be told")


def test_a_show_killed_right_after_a_removal_keeps_it(room: Room) -> None:
    room.play(5)
    os.kill(desk_of(room.program), signal.SIGSTOP)  # so that nobody has done anything about it yet
    assert room.sender.ask("/show/clips/remove", 5)[0] == "/reply/show/clips/remove"
    os.killpg(room.program.process.pid, signal.SIGKILL)
    room.program.process.wait(10)
    with Ledger(room.state.ledger) as ledger:
        assert ledger.get(5).state is Step.SHELVED
    assert 5 in on_shelf(room.state)
    with showing(room.site) as again:
        assert again.sender.ask("/show/clips/play", 5)[0] == "/show/error"
        assert again.withdrawal(5).actor == "osc"


def desk_of(program: Program) -> int:
    commands = {each.pid: Path(f"/proc/{each.pid}/cmdline").read_bytes() for each in family(program.process.pid)}
    return next(pid for pid, command in commands.items() if b"installation.desk" in command)
