"""Fixtures for all: every test has a home of its own, and a screen or a sound card when it asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.listening import Room, counter
from tests.support.screen import xvfb
from tests.support.sink import Sink

FOREIGN = ["DISPLAY", "WAYLAND_DISPLAY", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC"]


@pytest.fixture(scope="session")
def shaders_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the software renderer has compiled, which takes it half a second each time."""
    return tmp_path_factory.mktemp("shaders")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, shaders_made: Path) -> Path:
    """Nothing of the user's desktop or of a running show reaches a test, and no test leaves a trace there."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MESA_SHADER_CACHE_DIR", str(shaders_made))
    home = tmp_path_factory.mktemp("home")
    for name, folder in {"HOME": home, "XDG_STATE_HOME": home / "state", "XDG_CACHE_HOME": home / "cache"}.items():
        monkeypatch.setenv(name, str(folder))
    return home


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X display of 1920x1080 with OpenGL, such as ":3"; pass it on as DISPLAY."""
    with xvfb() as name:
        yield name


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A sound card of six channels, plugged in; pass `sink.env` to the program, record with `sink.record()`."""
    card = Sink(6)
    card.plug_in()
    try:
        yield card
    finally:
        card.close()


@pytest.fixture
def room(sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Headphones on that sound card, and stems of 20 and 2 seconds that count their samples."""
    for name, value in sink.env.items():
        monkeypatch.setenv(name, value)
    film, clip = counter(tmp_path / "film.npy", 20, 1), counter(tmp_path / "clip.npy", 2, 2)
    return Room(sink, {"film/narration": film, "clip/narration": clip})
