"""The units as `blind-eye install` writes them, judged by systemd itself; really run in tests/systemd."""

import subprocess
from pathlib import Path

import pytest

from installation.install import CannotInstall, check_readable, passing_folders, render_units, write_units


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    written = render_units(
        Path("/bin/true"),
        Path('/srv/100 % "art"/site.toml'),
        [Path("/srv/in box"), Path("/srv/out")],
        [Path("/tmp/a b")],
    )
    write_units(written, tmp_path)
    return [tmp_path / name for name in written]


def analyze(*arguments: object) -> str:
    """What systemd-analyze complains of; empty when it is content."""
    command = ["systemd-analyze", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr if done.returncode else ""


def test_systemd_knows_every_line(units: list[Path]):
    assert analyze("verify", "--recursive-errors=yes", "--man=no", *units) == ""


def test_systemd_would_tell_a_wrong_line(units: list[Path]):
    units[0].write_text(units[0].read_text().replace("Restart=", "Restrat="))
    assert "Restrat" in analyze("verify", "--recursive-errors=yes", "--man=no", *units)


def test_the_show_is_shut_in_well(units: list[Path]):
    show = next(unit for unit in units if unit.name == "blind-eye.service")
    assert analyze("security", "--offline=true", "--threshold=20", show) == ""


def test_paths_are_words_of_their_own(units: list[Path]):
    text = "".join(unit.read_text() for unit in units)
    assert r'--site "/srv/100 %% \"art\"/site.toml"' in text
    assert 'ReadWritePaths="-/srv/in box" -/srv/out' in text
    assert "@" not in text.replace("@system-service", "").replace("getty@tty7", "")


def test_writing_again_changes_nothing(units: list[Path], tmp_path: Path):
    assert not write_units({unit.name: unit.read_text() for unit in units}, tmp_path)


def test_a_home_is_refused():
    with pytest.raises(CannotInstall, match="/home/artist/film.mp4 lies in a home directory"):
        check_readable([Path("/home/artist/film.mp4")])


def test_what_lies_in_a_passing_folder_is_told_and_shown_to_the_show(
    units: list[Path], capsys: pytest.CaptureFixture[str]
):
    found = passing_folders([Path("/opt/show"), Path("/tmp/show"), Path("/var/tmp/x"), Path("/tmp/show")])
    assert found == [Path("/tmp/show"), Path("/var/tmp/x")]
    assert "move it, for example to /opt" in capsys.readouterr().out
    assert 'BindReadOnlyPaths=-/tmp/.X11-unix "/tmp/a b"' in units[1].read_text()


def test_a_closed_folder_is_refused(tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.touch(0o600)
    with pytest.raises(CannotInstall, match="closed to ordinary users"):
        check_readable([film])
