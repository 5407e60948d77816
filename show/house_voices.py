"""Voices that belong to a house, not to a story: its account with Resemble, its trained voice."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class HouseVoices:
    """What a story's voice "resemble" or "trained" is, where the story does not say it; "" and None are nothing."""

    project: str = ""
    voice: str = ""
    server: str = ""
    key: Path | None = None
    tacotron: Path | None = None
    waveglow: Path | None = None
    device: str = ""
