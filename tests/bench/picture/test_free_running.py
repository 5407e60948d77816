"""As fast as they go: our whole pipeline with three warped panels, against players that show the same film flat.

Everything plays the same source into a window of the same X server, one after the other, round after round. See
README.md.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from tests.bench.picture import films
from tests.bench.picture.players import mpv
from tests.support.screen import xvfb

ROUNDS, SKIPPED, FRAMES, FEWER = (
    int(os.environ.get("BENCH_ROUNDS", "5")),
    30,
    230,
    100,
)  # mpv gets fewer: it is slow, and steady
SECONDS = 4
SIZES = [(1280, 800), (1920, 1080)]
MUST = {  # by width: at least so many times the frames of the other
    ("ours fastdecode", "pyglet.media fastdecode"): (1.4, 1.15),
    ("ours ordinary", "pyglet.media ordinary"): (1.37, 1.05),
    ("ours fastdecode", "mpv warped fastdecode"): (3.5, 3.1),
    ("ours ordinary", "mpv warped ordinary"): (3.5, 3.1),
    ("ours hap", "pyglet.media's best"): (2.5, 1.6),
    ("ours hap", "draw hap"): (0.85, 0.85),
    ("ours fastdecode", "draw fastdecode"): (0.85, 0.85),
    ("ours ordinary", "mpv flat ordinary"): (0, 0),
}
Rates = dict[str, dict[str, float]]


@dataclass
class Contest:
    """The films, and what every player made of them in each round."""

    films: dict[str, Path]
    display: str

    def round(self, size: tuple[int, int]) -> Rates:
        """Every player once."""
        rates = {}
        for form, film in self.films.items():
            rates[f"ours {form}"] = self._python("ours", film, size)
            rates[f"pyglet.media {form}"] = self._python("flat", film, size)
        for form in ("fastdecode", "hap"):
            rates[f"draw {form}"] = self._python("ours", self.films[form], size, "--still")
        for form in ("fastdecode", "ordinary"):
            rates[f"mpv warped {form}"] = self._mpv(form, size, f"--glsl-shaders={mpv.SHADER}")
        rates["mpv flat ordinary"] = self._mpv("ordinary", size)
        others = (rate for name, rate in rates.items() if name.startswith("pyglet"))
        rates["pyglet.media's best"] = max(others, key=lambda rate: rate["fps"])
        return rates

    def _python(self, player: str, film: Path, size: tuple[int, int], *more: str) -> dict[str, float]:
        module = f"tests.bench.picture.players.{player}"
        command = [sys.executable, "-W", "ignore", "-m", module, film, *size, FRAMES, SKIPPED, *more]
        done = subprocess.run(
            [*map(str, command)], check=False, capture_output=True, text=True, env=self._env(), timeout=120
        )
        assert done.returncode == 0, done.stderr
        figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return figures

    def _mpv(self, form: str, size: tuple[int, int], *more: str) -> dict[str, float]:
        return mpv.play(self.films[form], size, FEWER, SKIPPED, self._env(), *more)

    def _env(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.display}


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    made = films.make(tmp_path_factory.mktemp("films"), SECONDS)
    print("\n" + ", ".join(f"{form} {films.megabits(path, SECONDS):.0f} Mb/s" for form, path in made.items()))
    with xvfb(*films.SIZE) as display:
        yield Contest(made, display)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_free_running(contest: Contest, size: tuple[int, int]) -> None:
    rounds = [contest.round(size) for _ in range(ROUNDS)]
    print(
        f"\n| {size[0]}x{size[1]}, {ROUNDS} rounds | fps, median | least and most | CPU ms a frame |\n|---|---|---|---|"
    )
    by_player = defaultdict(list)
    for rates in rounds:
        for name, figures in rates.items():
            by_player[name].append(figures)
    for name, all_figures in by_player.items():
        fps = [figures["fps"] for figures in all_figures]
        cpu = median(figures["cpu_ms"] for figures in all_figures)
        print(f"| {name} | {median(fps):.1f} | {min(fps):.1f} {max(fps):.1f} | {cpu:.1f} |")
    print("\n| ratio, median of the rounds | found | least and most | must |\n|---|---|---|---|")
    for (one, other), musts in MUST.items():
        ratios = [rates[one]["fps"] / rates[other]["fps"] for rates in rounds]
        must = musts[SIZES.index(size)]
        print(f"| {one} / {other} | {median(ratios):.2f} | {min(ratios):.2f} {max(ratios):.2f} | {must} |")
