"""The bundled pair before the judge: twenty prompts it never saw, three seeds. See retrieval/README.md."""

import json
from pathlib import Path

from show.making.training import evaluate


def figures(tmp_path: Path, *arguments: str) -> dict[str, float]:
    evaluate.main(["--json", str(tmp_path / "figures.json"), *arguments])
    return dict(json.loads((tmp_path / "figures.json").read_text()))


def test_the_judge_finds_the_right_prompt(tmp_path: Path) -> None:
    found = figures(tmp_path)
    assert found["top1"] >= 0.6
    assert found["cosine_rise"] >= 0.25


def test_with_random_weights_it_does_not(tmp_path: Path) -> None:
    assert figures(tmp_path, "--control")["top1"] <= 0.1
