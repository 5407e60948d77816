"""story.toml: phrases in the artist's notation, keyframes, captions and seeds, read into dataclasses."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from show.errors import StoryError
from show.house_voices import HouseVoices
from show.making.bundled import model_path
from show.making.keyframes import Track, parse_keyframes
from show.making.narration import Countdown, Murmur, Narration, read_countdown, read_murmur, read_narration
from show.making.prompts import Wish, parse_prompts
from show.making.tables import Table

FPS = 12
ANGLES = (-180.0, 180.0)  # degrees per image
ZOOMS = (0.5, 2.0)  # a factor per image


@dataclass(frozen=True)
class Phrase:
    """One phrase: what its images are asked for, its yellow caption, and the white narrative spoken over it."""

    wish: Wish
    prompt: str
    narrative: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """Everything a triptych is made from; width and height are a panel as made, panel_* as filmed (pixels)."""

    path: Path
    title: str
    seeds: tuple[int, ...]
    images_per_phrase: int
    iterations: int
    cuts: int
    width: int
    height: int
    panel_width: int
    panel_height: int
    vqgan: Path
    critic: Path
    phrases: tuple[Phrase, ...]
    narration: Narration
    countdown: Countdown
    murmur: Murmur

    @property
    def phrase_seconds(self) -> float:
        """How long one phrase lasts."""
        return self.images_per_phrase / FPS

    @property
    def seconds(self) -> float:
        """How long the film lasts."""
        return self.phrase_seconds * len(self.phrases)


def load_story(path: Path, house: HouseVoices | None = None) -> Story:
    """Read and check a story, that is to be spoken where there is a house; StoryError names file, key, value, range."""
    root = Table(path, "", _read(path))
    story, making, film = root.table("story"), root.table("making"), root.table("film")
    narration = read_narration(root.table("narration"), house)
    murmur = read_murmur(root.table("murmur"), narration, house)
    seeds = tuple(story.whole_list("seeds", [1, 2, 3]))
    loaded = Story(
        path=path.resolve(),
        title=story.text("title"),
        seeds=seeds,
        images_per_phrase=story.whole("images_per_phrase", 150, 2, 5000),
        iterations=making.whole("iterations", 4, 1, 1000),
        cuts=making.whole("cuts", 8, 1, 256),
        width=making.whole("width", 144, 32, 4096),
        height=making.whole("height", 256, 32, 4096),
        panel_width=film.whole("panel_width", 576, 32, 4096, even=True),
        panel_height=film.whole("panel_height", 1024, 32, 4096, even=True),
        vqgan=_model(path, making.text("vqgan", "bundled"), "vqgan"),
        critic=_model(path, making.text("critic", "bundled"), "critic"),
        phrases=tuple(_phrase(table) for table in root.tables("phrase")),
        narration=narration,
        countdown=read_countdown(root.table("countdown"), murmur),
        murmur=murmur,
    )
    root.finish()
    return loaded


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoryError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StoryError(f"{path} is not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise StoryError(f"{path} is not TOML: {error}") from error


def _model(path: Path, text: str, kind: str) -> Path:
    return path.parent / text if text not in ("", "bundled") else model_path(text, kind)


def _phrase(table: Table) -> Phrase:
    prompts = parse_prompts(table.texts("TEXT"), table.where("TEXT"))
    return Phrase(
        wish=Wish(prompts, _track(table, "ANGLE", *ANGLES), _track(table, "ZOOM", *ZOOMS)),
        prompt=table.text("prompt", prompts.texts[0]),
        narrative=tuple(table.texts("narrative", [])),
    )


def _track(table: Table, key: str, low: float, high: float) -> Track | None:
    return parse_keyframes(table.text(key), table.where(key), low, high) if table.has(key) else None
