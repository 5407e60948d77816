import errno
import json
import os
import re
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import av
import pytest

from show.errors import LedgerError
from show.ledger import Ledger, Step
from show.making.maker import Maker, read_options
from show.making.speed import runs
from show.making.workplace import Occupied, alone

TEXT = "A lantern at night. The sea."


@pytest.fixture
def night(models, tmp_path):
    """The command line of a maker for a small house, with one approved submission in its ledger."""
    folders = [word for name in ("work", "clips") for word in (f"--{name}", str(tmp_path / name))]
    words = ["--ledger", str(tmp_path / "ledger.db"), *folders, "--progress", str(tmp_path / "maker.json")]
    words += ["--images", "60", "--checkpoint", "10", "--iterations", "1", "--width", "32", "--height", "64"]
    words += ["--vqgan", str(models / "vqgan.safetensors"), "--critic", str(models / "critic.safetensors")]
    submit(tmp_path, "1", TEXT)
    return words


def submit(folder, name, text):
    with Ledger(folder / "ledger.db") as ledger:
        id = ledger.receive("folder", name, "someone", text)
        ledger.approve_words(id, "test")
    return id


def start(night):
    command = [sys.executable, "-m", "show.making.maker", *night]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def until(maker, pattern):
    """Read the log up to a line; what was read."""
    lines = []
    for line in maker.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return "".join(lines)
    raise AssertionError(f"{pattern} never came: {''.join(lines)} {maker.stderr.read()}")


def stored(folder, id=1):
    with Ledger(folder / "ledger.db") as ledger:
        return ledger.get(id)


def frames(path):
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def test_killed_after_the_second_checkpoint(night, tmp_path):
    with start(night) as maker:
        until(maker, "phrase 1/2 image 20/60")
        maker.kill()
    assert stored(tmp_path).state is Step.MAKING
    done = subprocess.run([sys.executable, "-m", "show.making.maker", *night], capture_output=True, text=True)
    resumed = re.search(r"submission 1 resumed at image (\d+) of phrase 1", done.stdout)
    assert done.returncode == 0, done.stderr
    assert int(resumed[1]) >= 20
    assert stored(tmp_path).state is Step.MADE
    assert stored(tmp_path).phrases == ("A lantern at night.", "The sea.")
    assert frames(stored(tmp_path).film) == 2 * 60
    assert list((tmp_path / "work").iterdir()) == []


def test_told_to_stop_it_leaves_a_checkpoint_and_ends_with_0(night, tmp_path):
    with start(night) as maker:
        until(maker, "phrase 1/2 image 1/60")
        maker.send_signal(signal.SIGTERM)
        rest = maker.stdout.read()
        assert maker.wait() == 0
    assert "the work so far is safe" in rest
    assert json.loads((tmp_path / "maker.json").read_text())["state"] == "stopped"
    with start(night) as maker:
        resumed = until(maker, r"resumed at image \d+ of phrase 1")
        maker.kill()
    assert "image 1/60" not in resumed


def test_it_ends_with_its_parent(night):
    script = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:], stdout=1).pid, flush=True); input()"
    command = [sys.executable, "-c", script, sys.executable, "-m", "show.making.maker", *night]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        until(parent, "image 1/60")
        assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"
        assert os.sched_getscheduler(pid) == os.SCHED_IDLE
        parent.kill()
        assert parent.stdout.read() is not None  # ends when the last holder of the pipe is gone
    assert not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_text()


def make(night, *more):
    return Maker(read_options([*night, "--images", "2", *more]), stop=lambda: False).night()


def test_one_bad_submission_does_not_end_the_night(night, tmp_path, capsys):
    bad, good = submit(tmp_path, "2", "..."), submit(tmp_path, "3", "the sea")
    assert make(night) == 0
    assert stored(tmp_path, bad).state is Step.FAILED
    assert stored(tmp_path, good).state is Step.MADE
    assert f"submission {bad} failed: no phrase is left" in capsys.readouterr().out


def test_the_limit(night, tmp_path):
    later = submit(tmp_path, "2", "the sea")
    assert make(night, "--limit", "1") == 0
    assert (stored(tmp_path).state, stored(tmp_path, later).state) == (Step.MADE, Step.WORDS_APPROVED)


def test_what_one_night_cannot_make_the_next_ones_do(night, tmp_path, capsys):
    ends = []
    while stored(tmp_path).state is not Step.MADE:
        count, ended = len(ends), iter(range(50))
        assert Maker(read_options(night), lambda ended=ended: next(ended, 99) > 48).night() == 0
        ends.append(capsys.readouterr().out)
        assert len(ends) == count + 1 < 9
    assert len(ends) > 2
    assert [end.count("phrase 1/2 image 1/60") for end in ends] == [1] + [0] * (len(ends) - 1)
    assert re.search(r"what could not be made waits: submission 1, about \d+ s of making\n", ends[0])
    assert "waits" not in ends[-1]
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert sum(run.images for run in runs(ledger)) == 2 * 60


def test_what_waits_is_told_by_number(night, tmp_path, capsys):
    for number in range(7):
        submit(tmp_path, f"more {number}", "the sea")
    make(night, "--limit", "1")
    assert "what could not be made waits: submissions 2, 3, 4, 5, 6 and 2 more, about" in capsys.readouterr().out


def test_unknown_words_are_told(night, tmp_path, capsys):
    submit(tmp_path, "2", "a zeppelin at night")
    make(night)
    assert "submission 2: the critic never learned zeppelin" in capsys.readouterr().out


def test_too_many_phrases(night, tmp_path, capsys):
    submit(tmp_path, "2", "the sea. the night. a field. a story.")
    make(night, "--max-phrases", "2")
    assert stored(tmp_path, 2).phrases == ("the sea.", "the night.")
    assert "only the first 2 of 4 phrases" in capsys.readouterr().out


def test_more_phrases_than_usual_where_the_site_wants_them(night, tmp_path):
    submit(tmp_path, "2", "the sea. " * 15)
    make(night, "--max-phrases", "14")
    assert len(stored(tmp_path, 2).phrases) == 14


def test_a_submission_withdrawn_while_it_is_made(night, tmp_path, capsys):
    def withdraw():
        with Ledger(tmp_path / "ledger.db") as ledger:
            if ledger.get(1).state is Step.MAKING:
                ledger.withdraw(1, "test")
        return False

    assert Maker(read_options([*night, "--images", "2"]), withdraw).night() == 0
    assert stored(tmp_path).film is None
    assert not (tmp_path / "clips").exists()
    assert "submission 1 is dropped" in capsys.readouterr().out


def test_a_film_whose_maker_was_killed_goes_when_it_is_withdrawn(night, tmp_path):
    film = tmp_path / "clips" / "000001.mp4"
    film.parent.mkdir()
    film.touch()
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.withdraw(1, "test")
    make(night)
    assert not film.exists()


def test_a_submission_withdrawn_while_it_is_made_costs_no_more_time(night, tmp_path):
    asked = []

    def withdraw():
        with Ledger(tmp_path / "ledger.db") as ledger:
            if ledger.get(1).state is Step.MAKING:
                ledger.withdraw(1, "test")
        asked.append(1)
        return False

    Maker(read_options(night), withdraw).night()
    assert len(asked) < 5
    assert list((tmp_path / "work").iterdir()) == []


def test_a_ledger_in_trouble_costs_no_film_and_no_image(night, tmp_path, monkeypatch):
    def busy(*_):
        raise LedgerError("the ledger was busy for too long")

    with monkeypatch.context() as trouble:
        trouble.setattr(Ledger, "made", busy)
        with pytest.raises(LedgerError, match="busy"):
            make(night)
    assert (tmp_path / "clips" / "000001.mp4").is_file()
    assert len(list((tmp_path / "work" / "submission-1").glob("*.png"))) == 4
    assert make(night) == 0
    assert stored(tmp_path).state is Step.MADE


def test_two_makers_never_work_on_one_ledger(night, tmp_path):
    with alone(tmp_path / "ledger.db"), pytest.raises(Occupied, match="another maker is at work"):
        make(night)
    assert stored(tmp_path).state is Step.WORDS_APPROVED
    assert make(night) == 0


def test_what_was_taken_back_while_nobody_made_is_cleared_away(night, tmp_path):
    film = tmp_path / "clips" / "000001.mp4"
    make(night)
    for left in (tmp_path / "work" / "submission-1" / "000000.png", tmp_path / "clips" / ".000001.mp4.new.mp4"):
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"left by a kill")
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.withdraw(1, "test")
    assert film.is_file()
    make(night)
    assert list((tmp_path / "work").iterdir()) == list((tmp_path / "clips").iterdir()) == []


def test_a_folder_that_is_closed_to_the_maker_is_not_the_storys_fault(night, tmp_path, capsys):
    def closed():
        if stored(tmp_path).state is Step.MAKING:
            raise PermissionError(errno.EACCES, "Permission denied", "work/submission-1")
        return False

    assert Maker(read_options(night), closed).night() == 1
    assert "submission 1 waits: Permission denied (work/submission-1)" in capsys.readouterr().out
    assert stored(tmp_path).state is Step.MAKING


def test_a_full_disk_is_told_and_nothing_is_lost(night, tmp_path, capsys):
    film = tmp_path / "clips" / ".000001.mp4.new.mp4"
    film.parent.mkdir()

    def fill():
        if not film.is_symlink():
            film.symlink_to("/dev/full")
        return False

    assert Maker(read_options([*night, "--images", "2"]), fill).night() == 1
    assert "submission 1 waits: the disk is full" in capsys.readouterr().out
    assert json.loads((tmp_path / "maker.json").read_text())["state"] == "disk"
    assert stored(tmp_path).state is Step.MAKING


def test_unreadable_weights_end_with_78(night, tmp_path):
    (tmp_path / "vqgan.safetensors").write_bytes(b"garbage")
    night[night.index("--vqgan") + 1] = str(tmp_path / "vqgan.safetensors")
    with start(night) as maker:
        error = maker.communicate()[1]
    assert maker.returncode == 78
    assert error.count("\n") == 1
    assert "vqgan.safetensors cannot be read" in error


def test_the_progress_file(night, tmp_path):
    seen = []

    def look():
        seen.append(json.loads((tmp_path / "maker.json").read_text()))
        return False

    (tmp_path / "maker.json").write_text("{}")
    Maker(read_options([*night, "--images", "3"]), look, clock=count().__next__).night()
    making = [each for each in seen if each.get("state") == "making"]
    assert [(each["phrase"], each["image"]) for each in making[:4]] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert [each["eta_seconds"] for each in making] == [5, 4, 3, 2.5, 1.2]  # the clock is read between phrases too
    assert json.loads((tmp_path / "maker.json").read_text()) == {"state": "done"}
