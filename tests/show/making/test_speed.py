"""The speed of late: from the last runs made in the same way, robust to another recipe and to nonsense."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from show.ledger import Ledger
from show.making.speed import COUNTED, KEPT, MARK, Run, Way, in_words, models_of, remember, runs, seconds_per_image

SMALL = Way(1, 144, 256, "vqgan critic")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as ledger:
        yield ledger


def run(seconds: float, images: int = 60, way: Way = SMALL) -> Run:
    return Run(1000.0, 1, images, seconds, way)


def test_runs_are_remembered_and_the_oldest_forgotten(ledger: Ledger) -> None:
    assert runs(ledger) == []
    for number in range(KEPT + 2):
        remember(ledger, run(float(number)))
    assert runs(ledger) == [run(float(number)) for number in range(2, KEPT + 2)]


def test_only_the_last_runs_count() -> None:
    assert seconds_per_image([run(600.0)] * 5 + [run(30.0)] * COUNTED, SMALL) == pytest.approx(0.5)


def test_a_run_of_an_image_or_two_says_little() -> None:
    assert seconds_per_image([run(30.0), run(9.0, images=1)], SMALL) == pytest.approx(0.5)
    assert seconds_per_image([run(9.0, images=1)], SMALL) == pytest.approx(9.0)


def test_another_recipe_is_guessed_in_proportion() -> None:
    assert seconds_per_image([run(30.0)], Way(6, 288, 256, SMALL.models)) == pytest.approx(0.5 * 12)
    assert seconds_per_image([run(30.0), run(60.0, way=Way(6, 144, 256, SMALL.models))], SMALL) == pytest.approx(0.5)


def test_other_models_are_not_guessed() -> None:
    assert seconds_per_image([run(30.0)], Way(1, 144, 256, "vqgan_imagenet_f16_16384 ViT-B-32")) is None
    assert seconds_per_image([], SMALL) is None


@pytest.mark.parametrize("nonsense", ["{", "[1]", '[["a"]]', "7"])
def test_what_cannot_be_understood_is_begun_anew(ledger: Ledger, nonsense: str) -> None:
    ledger.set_mark(MARK, nonsense)
    assert runs(ledger) == []
    remember(ledger, run(30.0))
    assert runs(ledger) == [run(30.0)]


def test_the_bundled_pair_has_one_name() -> None:
    assert models_of(None, None) == models_of(Path("/elsewhere/vqgan.safetensors"), None) == "vqgan critic"


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (3000, "50 min"), (9000, "2.5 h")])
def test_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == f"about {words}"
