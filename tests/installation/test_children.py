import os
import signal
import subprocess
import sys
from pathlib import Path

from installation.children import PARENT, Child
from tests.support.waiting import wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_dead_child_is_started_again_after_its_wait() -> None:
    child = Child("sleeper", SLEEP)
    child.start(0.0)
    os.kill(child.pid or 0, 9)
    wait_until(lambda: not child.running, "the child's end")
    child.poll(1.0)
    child.poll(1.5)
    assert not child.running
    child.poll(2.1)
    assert child.running
    assert child.restarts == 1
    child.stop()


def test_stopping_leaves_no_process() -> None:
    child = Child("sleeper", SLEEP)
    child.start(0.0)
    pid = child.pid
    child.stop()
    assert not Path(f"/proc/{pid}").exists()
    child.poll(100.0)
    assert not child.running


def test_a_deaf_child_is_killed() -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    reading, writing = os.pipe()
    child = Child("deaf", [sys.executable, "-c", code], writing)
    child.start(0.0)
    os.read(reading, 1)
    child.stop(patience=0.2)
    assert not child.running
    os.close(reading)
    os.close(writing)


def test_waits_grow_while_it_keeps_dying() -> None:
    child = Child("hopeless", [sys.executable, "-c", "raise SystemExit(3)"])
    child.start(0.0)
    waits, now = [], 0.0
    for _ in range(3):
        wait_until(lambda: not child.running, "its end")
        before = child.restarts
        begun = now
        while child.restarts == before:
            now += 0.5
            child.poll(now)
        waits.append(now - begun)
    child.stop()
    assert waits[0] < waits[1] < waits[2]


def test_a_child_for_which_there_is_no_room_is_tried_again(tmp_path: Path) -> None:
    program = tmp_path / "program"
    child = Child("late", [str(program)])
    child.start(0.0)
    child.poll(0.5)
    assert not child.running
    program.symlink_to("/bin/cat")
    child.poll(1.1)
    assert child.restarts == 1
    assert child.pid
    child.stop()


def test_a_child_whose_parent_died_before_it_could_ask_ends_at_once() -> None:
    code = "import time; from installation.children import end_with_parent; end_with_parent(); time.sleep(60)"
    orphan = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, PARENT: "1"})
    assert orphan.wait(30) == -signal.SIGTERM


def test_a_child_outlives_no_parent_that_was_killed() -> None:
    child = (
        "import time; from installation.children import end_with_parent; end_with_parent(); print(1); time.sleep(60)"
    )
    parent = (
        "import sys, time; from installation.children import Child;"
        f" child = Child('child', [sys.executable, '-uc', {child!r}]);"
        " child.start(0.0); print(child.pid); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-uc", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid, up = process.stdout.readline(), process.stdout.readline()
        assert up == "1\n"
        process.kill()
    wait_until(lambda: not Path(f"/proc/{pid.strip()}/exe").exists(), "the child's end")
