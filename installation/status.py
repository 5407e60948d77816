"""The one frozen snapshot that OSC, log, systemd, `blind-eye status` and the report are made from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from installation.levels import Levels


@dataclass(frozen=True)
class OutputStatus:
    """One headphone output as it stands."""

    name: str
    gain_db: float
    mute: bool
    delay_ms: float = 0.0
    stem: str = ""


@dataclass(frozen=True)
class Status:
    """What the running show says of itself; times in seconds unless named otherwise."""

    state: str = "starting"  # starting, playing, paused, closed
    open: bool = True
    position: float = 0.0
    duration: float = 0.0
    cue: str = ""
    fps: float = 0.0
    rate: float = 1.0
    frames_shown: int = 0
    late: int = 0
    dropped: int = 0
    loops: int = 0
    worst_seam_ms: float = 0.0
    av_offset_ms: float | None = None
    errors: int = 0
    last_error: str = ""
    refused_packets: int = 0
    restarts: Mapping[str, int] = field(default_factory=dict)
    picture: str = ""
    away: str = ""  # what is waited for while nobody can see the picture
    sound: str = ""
    panels: tuple[float, ...] = ()
    captions: bool = True
    language: str = ""
    blackout: bool = False
    brightness: float = 1.0
    headphones: tuple[OutputStatus, ...] = ()
    stems: tuple[str, ...] = ()
    narration_gain_db: float = 0.0
    narration_mute: bool = False
    duck_db: float = 0.0
    levels: Levels | None = None
    saved_levels: Levels | None = None  # what the show begins with next time
    can_undo_levels: bool = False
    uptime: float = 0.0
    clips: int = 0
    waiting: int = 0
    to_approve_words: int = 0
    to_approve_clips: int = 0
    uncertain: int = 0
    making: str = ""
    making_paused: bool = False
    estimate: str = ""
    limits: str = ""
    desk: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"restarts": dict(self.restarts)}


class Board:
    """Where the frame loop pins its latest snapshot; single assignments, so any thread may read."""

    def __init__(self) -> None:
        self.latest = Status()


def write_report(status: Status, path: Path) -> None:
    """The report of a finished run, as JSON."""
    path.write_text(json.dumps(status.as_json(), indent=2) + "\n", encoding="utf-8")
