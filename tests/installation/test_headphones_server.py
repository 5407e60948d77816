"""What is known of the sound server, and what is not believed of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from installation.headphones import server
from installation.headphones.callback import Callback
from installation.headphones.course import Mixing
from installation.headphones.device import Device
from installation.headphones.process import DEAF_SECONDS, UNSEEN_SECONDS, Process
from installation.headphones.server import Sink, SoundServer, View
from installation.headphones.shared import PLAYING, Shared
from installation.headphones.stems import Stems
from tests.support.listening import Room

DEFAULT = Device(0, "default", 32)
SINKS = {name: Sink(name, name, 6) for name in ("headphones", "other")}
OPENED = 100.0


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """One whose default device has just begun to run; a sound server's socket is there, and nobody answers."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/socket")
    (tmp_path / "socket").touch()
    shared = Shared.create()
    process = Process(shared, SoundServer())
    process._table = {"device": "default", "channels": 6}
    process._asked_at = process._opened_at = OPENED
    process._callback = Callback(shared, Stems(), Mixing(()))
    process._callback.running = True
    yield process
    shared.close()


def see(process: Process, ours: str, at: float) -> str:
    """What the process makes of a look of that moment (monotonic)."""
    process._server.view = View(SINKS, "headphones", ours, at)
    return process._astray(at, DEFAULT)


@pytest.mark.timeout(30)
def test_what_changes_amid_a_look_is_seen_by_the_next(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    real = server._look

    def look(pulse: Any) -> View:
        view = real(pulse)
        if "late" in view.sinks:
            raise SystemExit
        room.sink.load("late")
        pulse.server_info()  # what the server tells first is the new sink
        return view

    monkeypatch.setattr(server, "_look", look)
    monkeypatch.setattr(server, "LOOK_SECONDS", 3600.0)
    with pytest.raises(SystemExit):
        SoundServer().run()


def test_no_sound_before_it_is_seen_where_it_goes(process: Process) -> None:
    assert process._astray(OPENED, DEFAULT) == ""  # no look yet
    assert see(process, "", OPENED - 0.1) == ""  # an old one
    assert process._astray(OPENED + UNSEEN_SECONDS + 0.1, DEFAULT) == ""  # and still the old one
    assert see(process, "", OPENED + 0.1) == ""  # one that came before the stream
    assert process._sentence != PLAYING
    assert see(process, "headphones", OPENED + 0.2) == ""
    assert process._sentence == PLAYING
    assert see(process, "other", OPENED + 0.3) == 'the sound server plays on "other" what belongs on "headphones"'


def test_sound_that_bypasses_the_sound_server_is_not_withheld(process: Process) -> None:
    see(process, "", OPENED + UNSEEN_SECONDS + 0.1)
    assert process._sentence == PLAYING


def test_a_sound_server_that_never_answers_is_not_waited_for(process: Process) -> None:
    process._astray(OPENED + DEAF_SECONDS + 0.1, DEFAULT)
    assert process._sentence == PLAYING


def test_without_a_sound_server_nothing_is_waited_for(process: Process, tmp_path: Path) -> None:
    (tmp_path / "socket").unlink()
    process._astray(OPENED, DEFAULT)
    assert process._sentence == PLAYING
