"""The command line's own manners: signals at any time, a show that is not there, files that cannot be written."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import blind_eye, running
from tests.support.room import build_room
from tests.support.waiting import wait_until


@pytest.fixture
def bystander() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["/bin/sleep", "60"])
    yield process
    process.kill()
    process.wait()


def hears(pid: int, number: int) -> bool:
    """Whether the process has a handler of its own for a signal."""
    caught = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_sigterm_while_it_waits_for_its_screen_is_a_good_end(tmp_path: Path) -> None:
    site = build_room(tmp_path / "room", frames=12)
    with running("play", "--site", site, "--state", tmp_path / "state", env={"DISPLAY": ":987"}) as show:
        wait_until(lambda: hears(show.process.pid, signal.SIGTERM), "a show that hears signals")
        show.process.send_signal(signal.SIGUSR1)
        assert show.stop() == 0
        assert "Traceback" not in show.output


def test_a_picture_is_never_asked_of_a_strange_process(tmp_path: Path, bystander: "subprocess.Popen[bytes]") -> None:
    yesterday = {"pid": bystander.pid, "written": time.time() - 86400}
    (tmp_path / "status.json").write_text(json.dumps(yesterday))
    asked = blind_eye("snapshot", tmp_path / "wall.png", "--state", tmp_path)
    assert (asked.returncode, bystander.poll()) == (1, None)
    assert "the show is not running" in asked.stderr


def test_a_report_that_could_not_be_written_is_wrong_usage(tmp_path: Path) -> None:
    asked = blind_eye("play", "--site", "site.toml", "--report", tmp_path / "nowhere" / "report.json")
    assert asked.returncode == 2
    assert "cannot be written" in asked.stderr


def test_a_look_at_the_status_makes_nothing(tmp_path: Path) -> None:
    asked = blind_eye("status", "--state", tmp_path / "none")
    assert asked.returncode == 1
    assert f"no fresh status in {tmp_path / 'none'}; " in asked.stdout
    assert not (tmp_path / "none").exists()


def test_a_text_without_a_phrase_is_told() -> None:
    asked = blind_eye("phrases", "https://example.org/a")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "there is no phrase in this text" in asked.stderr


def test_none_at_all_is_no_limit_for_the_maker() -> None:
    asked = blind_eye("make", "--site", "site.toml", "--limit", "0")
    assert asked.returncode == 2
    assert "0 is not a whole number from 1 on" in asked.stderr


def test_a_state_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    asked = blind_eye("snapshot", tmp_path / "wall.png", "--state", "/dev/null/state")
    assert (asked.returncode, asked.stderr.count("\n")) == (78, 1)
    assert "the state folder /dev/null/state cannot be made" in asked.stderr


def test_a_snapshot_is_a_png(tmp_path: Path) -> None:
    asked = blind_eye("snapshot", tmp_path / "wall.jpg", "--state", tmp_path)
    assert asked.returncode == 2
    assert "wall.jpg must end in .png" in asked.stderr


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    """`pip install blind-eye` alone brings no generators."""
    without = "import sys; sys.modules['torch'] = None; from installation.cli import main; sys.exit(main(sys.argv[1:]))"
    story = Path(__file__).parents[2] / "show" / "demo" / "story.toml"
    command = [sys.executable, "-c", without, "film", "render", str(story), str(tmp_path / "film.mp4")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    way = f"{sys.executable} -m pip install 'blind-eye[making]'"
    assert done.stderr == f"blind-eye: torch is not installed, which this needs: {way}\n"
