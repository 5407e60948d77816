"""A film as it is shown: over its end, away and back, and another in its place."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from show.films import FilmInfo, Strand, probe
from show.films.strand import AGAIN_SECONDS
from tests.support.footage import numbered_film, read_number
from tests.support.waiting import wait_until

FPS, FRAMES = 12, 18
SECONDS = FRAMES / FPS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", FRAMES, fps=FPS)


@pytest.fixture
def film(made: Path, tmp_path: Path) -> FilmInfo:
    shutil.copy(made, tmp_path / "film.mp4")
    return probe(tmp_path / "film.mp4")


@pytest.fixture
def strand(film: FilmInfo, request: pytest.FixtureRequest) -> Iterator[Strand]:
    strand = Strand(film, looping=getattr(request, "param", False))
    yield strand
    strand.close()


looping = pytest.mark.parametrize("strand", [True], indirect=True)


def seen(strand: Strand, seconds: float) -> int | None:
    """The number on the frame due, waited for."""
    wanted = strand.index_at(seconds)
    frame = wait_until(lambda: (f := strand.at(seconds)) and f.index == wanted and f, f"frame {wanted}")
    return read_number(frame.planes[0].samples(), lambda u, v: (u * frame.width / 3, v * frame.height))


@looping
def test_a_looping_film_shows_every_frame_once_a_turn(strand: Strand) -> None:
    steps = range(4 * FRAMES)
    assert [seen(strand, n / FPS) for n in steps] == [n % FRAMES for n in steps]


@looping
def test_a_looping_film_finds_its_place_far_on_and_back(strand: Strand) -> None:
    for n in (3, 1000 * FRAMES + 7, 1000 * FRAMES + 8, 5, FRAMES + 2):
        assert seen(strand, n / FPS) == n % FRAMES
    strand.seek(50 * SECONDS + 0.5)
    assert seen(strand, 50 * SECONDS + 0.5) == 6


def test_another_film_holds_its_last_frame(strand: Strand) -> None:
    assert [seen(strand, seconds) for seconds in (0, SECONDS - 0.01, SECONDS, 99)] == [
        0,
        FRAMES - 1,
        FRAMES - 1,
        FRAMES - 1,
    ]


@looping
def test_what_was_deleted_goes_on_then_holds_and_comes_back(strand: Strand, film: FilmInfo, made: Path) -> None:
    assert seen(strand, 0) == 0  # and the next turn is primed
    assert seen(strand, SECONDS - 0.01) == FRAMES - 1
    film.path.unlink()
    assert [seen(strand, SECONDS + n / FPS) for n in range(FRAMES)] == list(
        range(FRAMES)
    )  # an open file cannot be taken
    wait_until(lambda: strand.at(2 * SECONDS) and strand.failed, "the failure")
    held = strand.at(2 * SECONDS + 0.1)
    assert held
    assert held.index == FRAMES - 1
    assert strand.error == f"{film.path}: cannot be read as a film: no such file or directory"
    shutil.copy(made, film.path)
    strand.at(2 * SECONDS + 0.2)
    later = 2 * SECONDS + 0.2 + AGAIN_SECONDS
    assert seen(strand, later) == round((0.2 + AGAIN_SECONDS) * FPS) % FRAMES
    assert strand.error is None


def test_another_film_in_its_place_is_taken_as_it_is(film: FilmInfo, tmp_path: Path) -> None:
    other = numbered_film(tmp_path / "other.mp4", 7, (288, 160), 24)
    os.replace(other, film.path)
    replaced = Strand(film, looping=True)
    wait_until(lambda: replaced.at(0.0))
    assert (replaced.film.frames, replaced.film.width, replaced.film.fps) == (7, 288, 24)
    assert [seen(replaced, n / 24) for n in range(14)] == [*range(7), *range(7)]
    replaced.close()


def test_a_file_still_being_copied_is_waited_for(film: FilmInfo, made: Path) -> None:
    film.path.write_bytes(made.read_bytes()[:3000])
    strand = Strand(film)
    wait_until(lambda: strand.at(0.0) is None and strand.failed, "the failure")
    shutil.copy(made, film.path)
    strand.at(0.0)
    assert seen(strand, AGAIN_SECONDS) == FRAMES - 1
    strand.close()
