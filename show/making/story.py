"""story.toml: phrases in the artist's notation, keyframes, captions, seeds and the end card, read into dataclasses."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from show.errors import StoryError
from show.making.bundled import model_path
from show.making.keyframes import Track, parse_keyframes
from show.making.prompts import Wish, parse_prompts

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
class EndCard:
    """The last seconds of the film: how to take part, a text for each panel; and the words above the page's code."""

    seconds: float
    panels: tuple[str, ...]
    page: str


@dataclass(frozen=True)
class Story:
    """Everything a triptych is made from; width and height are a panel as made, panel_* as filmed (pixels)."""

    path: Path
    title: str
    account: str
    voice: str
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
    end_card: EndCard

    @property
    def phrase_seconds(self) -> float:
        """How long one phrase lasts."""
        return self.images_per_phrase / FPS

    @property
    def images_seconds(self) -> float:
        """How long all phrases last, without the end card."""
        return self.phrase_seconds * len(self.phrases)

    @property
    def seconds(self) -> float:
        """How long the film lasts."""
        return self.images_seconds + self.end_card.seconds


def load_story(path: Path) -> Story:
    """Read and check a story; StoryError names file, key, value and range."""
    root = _Table(path.name, "", _read(path))
    story, making, film = root.table("story"), root.table("making"), root.table("film")
    account = story.text("account")
    seeds = tuple(story.whole_list("seeds", [1, 2, 3]))
    loaded = Story(
        path=path.resolve(),
        title=story.text("title"),
        account=account,
        voice=story.text("voice", "flite:slt"),
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
        end_card=_end_card(root.table("end_card"), account, len(seeds)),
    )
    for table in (story, making, film, root):
        table.finish()
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


def _phrase(table: "_Table") -> Phrase:
    prompts = parse_prompts(table.texts("TEXT"), table.where("TEXT"))
    phrase = Phrase(
        wish=Wish(prompts, table.track("ANGLE", *ANGLES), table.track("ZOOM", *ZOOMS)),
        prompt=table.text("prompt", prompts.texts[0]),
        narrative=tuple(table.texts("narrative", [])),
    )
    table.finish()
    return phrase


def _end_card(table: "_Table", account: str, panels: int) -> EndCard:
    texts = tuple(table.texts("panels", [f"Write a story to\n{account}"] * panels))
    if len(texts) != panels:
        raise StoryError(f"{table.where('panels')} has {len(texts)} texts: it must have {panels}, one for each seed")
    if account not in "\n".join(texts):
        raise StoryError(f"{table.where('panels')} never says the account's name, {account}")
    frames = round(table.number("seconds", 6.0, 0.0, 120.0) * FPS)  # so that sound and film are equally long
    card = EndCard(frames / FPS, texts, table.text("page", "Or write it here:"))
    table.finish()
    return card


class _Table:
    """One table of the file; what nobody read is an error in the end."""

    def __init__(self, file: str, name: str, values: dict[str, Any]) -> None:
        self._file = file
        self._name = name
        self._left = dict(values)

    def where(self, key: str) -> str:
        """How a sentence names a key."""
        return f"{self._file}: {self._name} {key}".replace("  ", " ")

    def table(self, key: str) -> "_Table":
        return _Table(self._file, f"[{key}]", self._take(key, dict, {}))

    def tables(self, key: str) -> list["_Table"]:
        found = self._take(key, list, [])
        if not found or not all(isinstance(each, dict) for each in found):
            raise StoryError(f"{self._file} has no [[{key}]]: it must have at least one")
        return [_Table(self._file, f"[[{key}]] {number}", each) for number, each in enumerate(found, 1)]

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, str, default)
        if not value:
            raise StoryError(f"{self.where(key)} is missing")
        return str(value)

    def texts(self, key: str, default: list[str] | None = None) -> list[str]:
        value = self._take(key, (str, list), default)
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise StoryError(f"{self.where(key)} must be a text, or a list of texts")
        return values

    def track(self, key: str, low: float, high: float) -> Track | None:
        return parse_keyframes(self.text(key), self.where(key), low, high) if key in self._left else None

    def whole(self, key: str, default: int, low: int, high: int, *, even: bool = False) -> int:
        value = self._take(key, int, default)
        if isinstance(value, bool) or not low <= value <= high or (even and value % 2):
            kind = "even" if even else "whole"
            raise StoryError(f"{self.where(key)} = {value!r} is not a{'n' * even} {kind} number in {low}..{high}")
        return int(value)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self._take(key, (int, float), default)
        if isinstance(value, bool) or not low <= value <= high:
            raise StoryError(f"{self.where(key)} = {value!r} is outside {low:g}..{high:g}")
        return float(value)

    def whole_list(self, key: str, default: list[int]) -> list[int]:
        values = self._take(key, list, default)
        if not values or len(values) > 16 or not all(type(value) is int and 0 <= value < 2**31 for value in values):
            raise StoryError(f"{self.where(key)} = {values!r} is not a list of 1 to 16 whole numbers in 0..{2**31 - 1}")
        return list(values)

    def finish(self) -> None:
        if self._left:
            raise StoryError(f"{self.where(next(iter(self._left)))} is not a key of a story")

    def _take(self, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
        value = self._left.pop(key, default)
        if value is not default and not isinstance(value, kind):
            raise StoryError(f"{self.where(key)} = {value!r} is of the wrong kind")
        return value
