"""Mappings on disk outlive a pulled plug, a full disk and a damaged file."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration import store
from calibration.errors import MappingError
from calibration.mapping import Mapping, default_mapping

NIGHT = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)

# Saves a second mapping, and is killed in the moment before it gets its name.
KILLED_SAVE = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from calibration import store
path, backups, plugged = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "plugged"
def pull(event, args):
    if event == "os.rename" and str(args[1]) == str(path) and not plugged:
        os.kill(os.getpid(), signal.SIGKILL)
mapping = store.load(path)
(x, y), *others = mapping.surfaces[0].corners
sys.addaudithook(pull)
store.save(mapping.moved(0, ((x + 1, y), *others)), path, backups, at=datetime.now(UTC))
"""


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "mapping.json", tmp_path / "backups"


def hung(shift: float) -> Mapping:
    mapping = default_mapping(1280, 800)
    (x, y), *others = mapping.surfaces[0].corners
    return mapping.moved(0, ((x + shift, y), *others))


def test_what_was_saved_is_loaded(place: tuple[Path, Path]) -> None:
    store.save(hung(0.1), *place, at=NIGHT)
    assert store.load(place[0]) == hung(0.1)


def test_every_save_is_kept_and_dated(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    kept = store.save(hung(2), *place, at=NIGHT)
    assert kept.name == "mapping-0002-2026-11-22T21-30-00.json"
    assert [store.load(each) for each in store.kept(place[1])] == [hung(2), hung(1)]


def test_the_last_twenty_stay(place: tuple[Path, Path]) -> None:
    for shift in range(23):
        store.save(hung(shift), *place, at=NIGHT)
    assert [store.load(each) for each in store.kept(place[1])] == [hung(shift) for shift in range(22, 2, -1)]


def test_a_clock_set_back_loses_no_new_backup(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT, keep=2)
    store.save(hung(2), *place, at=NIGHT.replace(year=1970), keep=2)
    store.save(hung(3), *place, at=NIGHT.replace(year=1971), keep=2)
    assert [store.load(each) for each in store.kept(place[1])] == [hung(3), hung(2)]


def test_a_mapping_brought_by_hand_is_kept_before_it_is_replaced(place: tuple[Path, Path], tmp_path: Path) -> None:
    store.save(hung(7), tmp_path / "other.json", tmp_path / "elsewhere", at=NIGHT)
    (tmp_path / "other.json").rename(place[0])
    store.save(hung(1), *place, at=NIGHT)
    assert [store.load(each) for each in store.kept(place[1])] == [hung(1), hung(7)]


def test_a_plug_pulled_before_the_rename_leaves_the_old_mapping(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    killed = subprocess.run([sys.executable, "-c", KILLED_SAVE, *place, "pulled"], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert store.load(place[0]) == hung(1)
    assert store.load(store.kept(place[1])[0]) == hung(2)


def test_the_next_save_after_a_pulled_plug_is_whole(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    subprocess.run([sys.executable, "-c", KILLED_SAVE, *place, "pulled"], check=False)
    store.save(hung(5), *place, at=NIGHT)
    assert store.load(place[0]) == hung(5)
    assert [each.name for each in place[0].parent.iterdir() if each.is_file()] == ["mapping.json"]


def test_content_is_on_the_disk_before_the_name_and_the_name_before_the_end(
    place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(file: int) -> None:
        steps.append(f"flushed {os.readlink(f'/proc/self/fd/{file}')}")
        fsync(file)

    def noted_replace(old: Path, new: Path) -> None:
        steps.append(f"named {new}")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    store.save(hung(1), *place, at=NIGHT)
    assert steps[-3:] == [
        f"flushed {place[0].parent}/.mapping.json.tmp",
        f"named {place[0]}",
        f"flushed {place[0].parent}",
    ]


def test_a_damaged_mapping_says_where_the_backups_are(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    place[0].write_text(place[0].read_text()[:100])
    with pytest.raises(MappingError) as refused:
        store.load(*place)
    assert str(refused.value).startswith(f"{place[0]}: the file is damaged")
    assert str(place[1]) in str(refused.value)
    assert "blind-eye calibrate restore" in str(refused.value)


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"\0" * 900, b"{}"])
def test_restore_brings_back_what_was_saved_last(place: tuple[Path, Path], damage: bytes) -> None:
    store.save(hung(1), *place, at=NIGHT)
    store.save(hung(2), *place, at=NIGHT)
    place[0].write_bytes(damage)
    store.restore(*place, at=NIGHT)
    assert store.load(place[0]) == hung(2)


def test_restore_of_a_sound_mapping_goes_one_back(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    store.save(hung(2), *place, at=NIGHT)
    store.restore(*place, at=NIGHT)
    assert store.load(place[0]) == hung(1)


def test_restore_passes_over_a_damaged_backup(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    store.save(hung(2), *place, at=NIGHT).write_text("{")
    place[0].unlink()
    store.restore(*place, at=NIGHT)
    assert store.load(place[0]) == hung(1)


@pytest.mark.parametrize("name", ["1", "0001", "mapping-0001-2026-11-22T21-30-00.json"])
def test_restore_takes_a_named_backup(place: tuple[Path, Path], name: str) -> None:
    for shift in (1, 2, 3):
        store.save(hung(shift), *place, at=NIGHT)
    store.restore(*place, name, at=NIGHT)
    assert store.load(place[0]) == hung(1)


def test_restore_of_an_unknown_backup_lists_the_known(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    with pytest.raises(MappingError, match=r'called "nine"; kept in .*mapping-0001'):
        store.restore(*place, "nine", at=NIGHT)


def test_restore_without_any_backup_says_so(place: tuple[Path, Path]) -> None:
    with pytest.raises(MappingError, match="holds no other valid mapping"):
        store.restore(*place, at=NIGHT)


def test_a_folder_in_the_way_is_one_sentence(place: tuple[Path, Path]) -> None:
    place[0].mkdir()
    with pytest.raises(MappingError, match="could not be saved: Is a directory"):
        store.save(hung(1), *place, at=NIGHT)


def test_a_missing_mapping_is_one_sentence(place: tuple[Path, Path]) -> None:
    with pytest.raises(MappingError, match="cannot be read: No such file"):
        store.load(*place)


def test_a_full_disk_leaves_the_old_mapping(place: tuple[Path, Path]) -> None:
    store.save(hung(1), *place, at=NIGHT)
    limited = [
        "bash",
        "-c",
        'ulimit -f 0; exec "$@"',
        "bash",
        sys.executable,
        "-B",
        "-c",
        KILLED_SAVE,
        *place,
        "plugged",
    ]
    full = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert "could not be saved" in full.stderr
    assert store.load(place[0]) == hung(1)
