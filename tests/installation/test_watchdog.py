import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.watchdog import Notifier, Watchdog


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """systemd's end: the value of NOTIFY_SOCKET and the socket behind it."""
    name = f"{tmp_path}/notify" if request.param == "path" else f"@blind-eye-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(name.replace("@", "\0"))
        end.settimeout(5)
        yield name, end


def test_ready_comes_with_the_status(systemd):
    name, end = systemd
    Notifier({"NOTIFY_SOCKET": name}).ready("playing the film")
    assert end.recv(1000) == b"READY=1\nSTATUS=playing the film"


def test_ping_and_stopping(systemd):
    name, end = systemd
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ping()
    notifier.stopping()
    assert [end.recv(1000), end.recv(1000)] == [b"WATCHDOG=1", b"STOPPING=1"]


def test_the_children_inherit_no_socket():
    environment = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": str(os.getpid())}
    Notifier(environment)
    Watchdog.from_environment(environment)
    assert environment == {}


@pytest.mark.parametrize("address", ["", "/no/such/socket"])
def test_without_systemd_nothing_happens(address):
    Notifier({"NOTIFY_SOCKET": address}).ready("playing")


def test_pings_are_an_interval_apart():
    watchdog = Watchdog(1.0)
    pings = [tenth for tenth in range(40) if watchdog.round(tenth / 10, picture_ok=True)]
    assert pings == [0, 10, 20, 30]


def test_no_ping_without_the_intended_picture():
    watchdog = Watchdog(1.0)
    assert not any(watchdog.round(float(second), picture_ok=False) for second in range(10))
    assert watchdog.round(10.1, picture_ok=True)


def test_interval_is_a_quarter_of_what_systemd_allows():
    assert Watchdog.from_environment({"WATCHDOG_USEC": "8000000"}).interval_seconds == 2.0


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "8000000", "WATCHDOG_PID": "0"}])
def test_nobody_asks(environment):
    watchdog = Watchdog.from_environment(environment)
    assert not watchdog.round(1.0, picture_ok=True)
