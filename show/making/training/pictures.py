"""Labelled pictures from packages, drawn once into a cache of small RGBA sprites.

Sources: npm `fluentui-emoji` (SVG, MIT), names and tags from npm `emojibase-data` (MIT) and, where the font is
installed, Debian `fonts-noto-color-emoji` (SIL OFL 1.1). Only training needs this module, and `resvg-py`.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SPRITE = 72
NOTO = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
NOTO_STRIKE = 109
STYLES = ("flat", "modern", "noto")
TONES = ("", "default", "light", "medium", "dark")
_TONE = re.compile(r"-(default|light|medium-light|medium|medium-dark|dark)$")


@dataclass(frozen=True)
class Sprites:
    """Every picture: `pixels` (n, 72, 72, 4) uint8, straight alpha; style, name and tags by index."""

    pixels: NDArray[np.uint8]
    styles: list[str]
    names: list[str]
    tags: list[list[str]]

    def unit(self, index: int) -> str:
        """The id by which pictures are split: all skin tones of one drawing stay together."""
        return f"{self.styles[index]}/{self.names[index]}"


def draw_all(folder: Path, cache: Path) -> Sprites:
    """Draw the packages unpacked under `folder` into `cache` (.npz), or read them back from it."""
    if not cache.exists():
        _write(cache, list(_drawn(folder)))
    return load(cache)


def load(cache: Path) -> Sprites:
    """Read a cache written by `draw_all`."""
    with np.load(cache) as stored:
        words = json.loads(str(stored["words"]))
        return Sprites(stored["pixels"], words["styles"], words["names"], words["tags"])


def split_of(unit: str, styles: int = len(STYLES)) -> str:
    """`J` (judge), `P` (pair) or `H` (held out), from the picture's id alone.

    Drawings of one thing in several styles are dealt to J and P in turn: both know the word, by other pictures.
    """
    style, name = unit.split("/", 1)
    if _hash(unit) % 100 < 6:
        return "H"
    turn = (_hash(name) + STYLES.index(style)) % styles
    return "J" if turn == 0 or (turn == 2 and _hash("third" + name) % 2) else "P"


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _write(cache: Path, drawn: list[tuple[str, str, list[str], NDArray[np.uint8]]]) -> None:
    words = {"styles": [d[0] for d in drawn], "names": [d[1] for d in drawn], "tags": [d[2] for d in drawn]}
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez(cache, pixels=np.stack([d[3] for d in drawn]), words=np.array(json.dumps(words)))


def _drawn(folder: Path) -> Iterator[tuple[str, str, list[str], NDArray[np.uint8]]]:
    entries = json.loads((folder / "emojibase/package/en/data.json").read_text(encoding="utf-8"))
    labels = {_slug(entry["label"]): entry for entry in entries}
    for style in ("flat", "modern"):
        for path in sorted((folder / "fluent/package/icons" / style).glob("*.svg")):
            if "facing-right" in path.stem or "medium-" in path.stem:
                continue
            name = _TONE.sub("", path.stem)
            yield style, name.replace("-", " "), _tags(labels, name), _svg(path)
    if NOTO.exists():
        for name, entry in labels.items():
            if "flag" not in name and "regional" not in name and entry.get("group") != 2:
                yield "noto", name.replace("-", " "), _tags(labels, name), _glyph(entry["emoji"])


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower().replace("’", "").replace("'", "")).strip("-")


def _tags(labels: dict[str, dict[str, object]], name: str) -> list[str]:
    tags = labels.get(name, {}).get("tags", [])
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


def _svg(path: Path) -> NDArray[np.uint8]:
    import resvg_py
    from PIL import Image

    png = bytes(resvg_py.svg_to_bytes(svg_path=str(path), width=SPRITE * 2, skip_system_fonts=True))
    return _sized(Image.open(io.BytesIO(png)))


def _glyph(emoji: str) -> NDArray[np.uint8]:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(str(NOTO), NOTO_STRIKE)
    canvas = Image.new("RGBA", (136, 128))
    ImageDraw.Draw(canvas).text((0, 0), emoji, font=font, embedded_color=True)
    return _sized(canvas.crop((4, 0, 132, 128)))


def _sized(picture: object) -> NDArray[np.uint8]:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    small = picture.convert("RGBa").resize((SPRITE, SPRITE), Image.Resampling.LANCZOS).convert("RGBA")
    return np.asarray(small, dtype=np.uint8)
