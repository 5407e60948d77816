"""The local line: real datagrams through a socket file, the frame loop's part played by draining the queue."""

import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation import cue_line
from installation.commands import Command, CommandQueue, Pause, RemoveClip, Request
from installation.cue_line import send_remove
from installation.osc import Line
from installation.state import State
from installation.status import Board
from tests.support.osc import HANGING, message, read
from tests.support.waiting import wait_until


class Loop(threading.Thread):
    """Answers every command as a frame loop would: with `reason`."""

    def __init__(self, commands: CommandQueue, reason: str | None = None) -> None:
        super().__init__(daemon=True)
        self._commands, self._reason = commands, reason
        self._over = threading.Event()
        self.taken: list[Command] = []

    def run(self) -> None:
        while not self._over.wait(0.005):
            for request in self._commands.drain():
                self.taken.append(request.command)
                request.answer(self._reason)

    def __enter__(self) -> "Loop":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.find(tmp_path / "state")


@pytest.fixture
def commands() -> CommandQueue:
    return CommandQueue(maxsize=2)


@pytest.fixture
def line(state: State, commands: CommandQueue) -> Iterator[Line]:
    line = Line(state.line, commands, Board())
    assert line.start(), line.trouble
    yield line
    line.stop()


def tell(path: Path, packet: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours, cue_line.reached(path) as name:
        ours.bind("")
        ours.settimeout(5)
        ours.sendto(packet, name)
        return ours.recv(4096)


@pytest.mark.parametrize("reason", [None, "there is no clip 7 on the shelf; there are: none"])
def test_a_removal_reaches_the_show(line: Line, state: State, commands: CommandQueue, reason: str | None) -> None:
    with Loop(commands, reason) as loop:
        assert send_remove(state, 7)
    assert loop.taken == [RemoveClip(7)]


def test_without_a_show_nobody_is_told(state: State) -> None:
    assert not send_remove(state, 7)


def test_a_show_that_does_not_answer_is_not_waited_for(
    line: Line, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cue_line, "ANSWER_SECONDS", 0.1)
    assert not send_remove(state, 7)


def test_a_full_queue_is_told(line: Line, state: State, commands: CommandQueue) -> None:
    while commands.put(Request(Pause())):
        pass
    assert not send_remove(state, 7)


def test_only_whoever_runs_the_show_may_use_it(line: Line, state: State) -> None:
    assert stat.S_IMODE(state.line.stat().st_mode) == 0o600


def test_what_a_killed_show_left_is_replaced(state: State, commands: CommandQueue) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead, cue_line.reached(state.line) as name:
        dead.bind(name)
    line = Line(state.line, commands, Board())
    assert line.start()
    assert read(tell(state.line, message("/show/version")))[0] == "/reply/show/version"
    line.stop()


def test_a_folder_of_any_depth_will_do(tmp_path: Path, commands: CommandQueue) -> None:
    deep = State.find(tmp_path / ("deep" * 30) / ("er" * 40))
    line = Line(deep.line, commands, Board())
    assert line.start(), line.trouble
    with Loop(commands):
        assert send_remove(deep, 7)
    line.stop()


@pytest.mark.parametrize("packet", [b"", b"noise", HANGING])
def test_noise_is_refused_and_the_line_stays_open(line: Line, state: State, packet: bytes) -> None:
    assert read(tell(state.line, packet))[0] == "/show/error"
    assert read(tell(state.line, message("/show/version")))[0] == "/reply/show/version"


def test_a_folder_that_cannot_hold_it_is_a_sentence(tmp_path: Path, commands: CommandQueue) -> None:
    line = Line(tmp_path / "nowhere" / "line", commands, Board())
    assert not line.start()
    assert line.trouble.endswith("nowhere/line (No such file or directory)")
    line.stop()


def test_stopping_leaves_no_thread_and_no_file(state: State, commands: CommandQueue) -> None:
    line = Line(state.line, commands, Board())
    assert line.start()
    line.stop()
    assert "line" not in {thread.name for thread in threading.enumerate()}
    assert not state.line.exists()


def test_an_answer_to_someone_who_left_is_dropped(line: Line, state: State, commands: CommandQueue) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours, cue_line.reached(state.line) as name:
        ours.bind("")
        ours.sendto(message("/show/clips/remove", 7), name)
        requests = wait_until(commands.drain, "the command")
    requests[0].answer(None)
