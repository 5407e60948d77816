"""How fast this machine shows pictures: `script/test --bench` prints the figures. Compare only runs of one day."""

import json
import time
from pathlib import Path

import pytest

from installation.projector import Look, Projector, side_by_side
from show.films import Frame, Reel, probe
from tests.support.footage import numbered_film
from tests.support.program import blind_eye
from tests.support.room import build_room
from tests.support.waiting import wait_until

SIZE = (1920, 1080)
FRAMES = 240


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("bench") / "film.mp4", FRAMES, SIZE, 60)


def frame_at(reel: Reel, index: int) -> Frame:
    """The frame of this number, waited for."""
    while (frame := reel.at(index)) is None or frame.index < index:
        time.sleep(0)
    return frame


def test_pictures_a_second(film: Path):
    """Decoded, uploaded, warped onto three panels, finished."""
    projector, reel = Projector(*SIZE, headless=True), Reel(probe(film))
    wait_until(lambda: reel.ready)
    begun = time.monotonic()
    for index in range(FRAMES):
        projector.upload(frame_at(reel, index))
        projector.draw(Look(1.0, (1.0,) * 3, side_by_side(3)))
        projector.read()
    rate = FRAMES / (time.monotonic() - begun)
    reel.close()
    projector.close()
    print(f"\n{rate:.1f} pictures of {SIZE[0]}x{SIZE[1]} a second, decoding and warping")


def test_decoded_pictures_a_second(film: Path):
    reel = Reel(probe(film))
    wait_until(lambda: reel.ready)
    begun = time.monotonic()
    for index in range(FRAMES):
        frame_at(reel, index)
    print(f"\n{FRAMES / (time.monotonic() - begun):.1f} pictures of {SIZE[0]}x{SIZE[1]} a second, decoding alone")
    reel.close()


def test_a_minute_of_the_show(tmp_path: Path):
    """Loops of five seconds at 12 pictures a second."""
    site, report = build_room(tmp_path / "room"), tmp_path / "report.json"
    done = blind_eye("play", "--site", site, "--headless", "--for", 60, "--report", report, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(report.read_text())
    figures = {name: seen[name] for name in ("frames_shown", "late", "dropped", "loops", "worst_seam_ms")}
    print(f"\none minute: {figures}")
