"""A small room of its own for a test: a numbered film, a mapping, a voice, and the site.toml that names them."""

import wave
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np

from calibration.mapping import default_mapping
from calibration.store import save
from tests.support.footage import numbered_film
from tests.support.waiting import free_port

RATE = 48000
SITE = """
[show]
film = "film.mp4"
[show.stems]
narration = "voice.wav"
[mapping]
file = "mapping.json"
[sound]
device = "headphones"
channels = 6
[[sound.output]]
name = "left"
channels = [1, 2]
[[sound.output]]
name = "middle"
channels = [3, 4]
[[sound.output]]
name = "right"
channels = [5, 6]
[hours]
open = ""
fade_seconds = 0.0
[osc]
port = {port}
"""


def build_room(
    folder: Path,
    *,
    frames: int = 60,
    fps: int = 12,
    film_size: tuple[int, int] = (576, 320),
    output_size: tuple[int, int] = (1280, 800),
    voice: np.ndarray | None = None,
) -> Path:
    """Write everything into `folder`; returns the site.toml. `voice` is float32 mono at 48 kHz."""
    folder.mkdir(parents=True, exist_ok=True)
    numbered_film(folder / "film.mp4", frames, film_size, Fraction(fps))
    write_voice(folder / "voice.wav", tone(frames / fps) if voice is None else voice)
    save(default_mapping(*output_size), folder / "mapping.json", folder / "backups", at=datetime.now(UTC))
    (folder / "site.toml").write_text(SITE.format(port=free_port()), encoding="utf-8")
    return folder / "site.toml"


def tone(seconds: float, hertz: float = 440.0, level: float = 0.25) -> np.ndarray:
    """A plain tone, float32 mono at 48 kHz."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def write_voice(path: Path, samples: np.ndarray) -> None:
    """A 16-bit mono WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


def change(site: Path, old: str, new: str) -> Path:
    """Edit a site.toml; the old text must be there."""
    text = site.read_text(encoding="utf-8")
    assert old in text
    site.write_text(text.replace(old, new), encoding="utf-8")
    return site
