"""The headphones process's stems: mapped when made known, forgotten when gone, silent when unreadable."""

from pathlib import Path

import numpy as np
import pytest

from installation.headphones.course import RATE, Course, Segment
from installation.headphones.stems import Stems


def stem(path: Path, value: float = 0.5, channels: int = 2) -> str:
    np.save(path, np.full((RATE, channels), value, np.float32))
    return str(path)


def test_a_known_stem_is_mapped_not_read(tmp_path: Path) -> None:
    stems = Stems()
    stems.load({"film/narration": stem(tmp_path / "a.npy")})
    assert stems.arrays["film/narration"].shape == (RATE, 2)
    assert not stems.arrays["film/narration"].flags.owndata


def test_a_stem_stays_mapped_while_others_come_and_go(tmp_path: Path) -> None:
    stems, film, clip = Stems(), stem(tmp_path / "a.npy"), stem(tmp_path / "b.npy")
    stems.load({"film/narration": film})
    first = stems.arrays["film/narration"]
    stems.load({"film/narration": film, "clip/narration": clip})
    assert stems.arrays["film/narration"] is first
    stems.load({"film/narration": film})
    assert set(stems.arrays) == {"film/narration"}


def test_another_file_under_the_same_name_is_mapped_anew(tmp_path: Path) -> None:
    stems = Stems()
    stems.load({"film/narration": stem(tmp_path / "a.npy", 0.1)})
    stems.load({"film/narration": stem(tmp_path / "b.npy", 0.2)})
    assert stems.arrays["film/narration"][0, 0] == np.float32(0.2)


@pytest.mark.parametrize("array", [np.zeros((10, 2)), np.zeros((10, 3), np.float32), np.zeros(10, np.float32)])
def test_what_is_no_stem_stays_silent_and_is_told(
    tmp_path: Path, array: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    np.save(tmp_path / "a.npy", array)
    stems = Stems()
    stems.load({"film/narration": str(tmp_path / "a.npy")})
    assert not stems.arrays
    assert "a.npy stays silent" in caplog.text


def test_an_absent_or_broken_file_stays_silent(tmp_path: Path) -> None:
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY and no more")
    stems = Stems()
    (tmp_path / "empty.npy").touch()
    stems.load({f"a/{name}": str(tmp_path / f"{name}.npy") for name in ("absent", "broken", "empty")})
    assert not stems.arrays


def test_reading_ahead_of_a_file_that_was_taken_away_is_no_trouble(tmp_path: Path) -> None:
    stems, course = Stems(), Course(1, True, 0.0, (Segment("film", 0.0, 0.0, 1.0),))
    stems.load({"film/narration": stem(tmp_path / "a.npy")})
    stems.read_ahead(course, 0.5)
    (tmp_path / "a.npy").unlink()
    stems.read_ahead(course, 0.5)
    assert stems.arrays["film/narration"][-1, 0] == 0.5
