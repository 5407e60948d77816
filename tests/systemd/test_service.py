"""The show as a systemd service, lived through in a box with a systemd and a screen of its own (see scenario.py)."""

import json
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from calibration import homography
from calibration.mapping import default_mapping
from tests.support.footage import read_number
from tests.support.room import build_room, change

HERE = Path(__file__).parent
TOP = HERE.parent.parent
MAPPING = default_mapping(1280, 800)
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="session")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the box gets to see: the scenario, a screen without hardware, an open site and a closed one."""
    folder = tmp_path_factory.mktemp("share")
    folder.chmod(0o755)
    for name in ("scenario.py", "screen.conf"):
        shutil.copy(HERE / name, folder)
    site = build_room(folder / "site", frames=120, output_size=(MAPPING.width, MAPPING.height))
    change(Path(shutil.copy(site, site.with_name("closed.toml"))), 'open = ""', 'open = "Mo-Su off"')
    return folder


@pytest.fixture(scope="session")
def seen(share: Path) -> dict[str, Any]:
    """What the scenario saw in the box."""
    command = [HERE / "box.sh", share, TOP, sys.executable, "/run/share/scenario.py"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=230, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads((share / "seen.json").read_text()))


def numbers_on(picture: Path) -> list[int | None]:
    """The film's number on each panel of a photograph."""
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    return [read_number(pixels, partial(place, surface.to_output)) for surface in MAPPING.surfaces]


def place(matrix: homography.Matrix, u: float, v: float) -> tuple[float, float]:
    """Where a point of the panel lies in the picture, px."""
    x, y = homography.project(matrix, np.array([u, v]))
    return float(x), float(y)


def test_the_picture_comes_up_by_itself(seen: dict[str, Any], share: Path):
    assert len(set(numbers_on(share / "up.png"))) == 1
    assert None not in numbers_on(share / "up.png")
    assert re.search(r"playing: film, \d+ of 10 s; \d+ frames shown", seen["up"]["StatusText"])


def test_an_ordinary_user_shows_it(seen: dict[str, Any]):
    assert seen["user"] == "blind-eye"


def test_the_keys_reach_the_service(seen: dict[str, Any]):
    assert seen["keys"]


def test_without_a_sound_card_it_plays_on(seen: dict[str, Any]):
    assert "sound device" in seen["up"]["sound"]
    assert seen["up"]["NRestarts"] == "0"


def test_installing_again_leaves_the_show_alone(seen: dict[str, Any]):
    assert seen["same_process"]


def test_a_long_pause_restarts_nothing(seen: dict[str, Any]):
    assert (seen["paused"]["state"], seen["paused"]["NRestarts"]) == ("paused", "0")
    assert "paused: film" in seen["paused"]["StatusText"]


def test_after_a_hang_the_picture_is_back(seen: dict[str, Any], share: Path):
    assert seen["after_hang"]["NRestarts"] == "1"
    assert None not in numbers_on(share / "back.png")


def test_after_the_screen_died_the_picture_is_back(seen: dict[str, Any], share: Path):
    assert None not in numbers_on(share / "new-screen.png")


def test_a_closed_night_is_black_and_restarts_nothing(seen: dict[str, Any], share: Path):
    assert (seen["closed"]["state"], seen["closed"]["NRestarts"]) == ("closed", "0")
    assert not np.asarray(Image.open(share / "closed.png").convert("RGB")).any()


def test_a_wrong_site_is_named_and_not_tried_again(seen: dict[str, Any]):
    assert (seen["wrong"]["ExecMainStatus"], seen["wrong"]["NRestarts"]) == ("78", "0")
    assert "closed.toml" in seen["wrong"]["said"]
    assert "Traceback" not in seen["wrong"]["said"]


def test_removal_leaves_no_unit(seen: dict[str, Any]):
    assert seen["left"] == []
    assert "/var/lib/blind-eye" in seen["removed"]
