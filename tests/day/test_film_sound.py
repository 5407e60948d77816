"""Sound that the film itself holds, and a clip's own, through the running show."""

import json
from pathlib import Path

import numpy as np

from tests.support.program import running
from tests.support.room import build_room, change, tone
from tests.support.sink import RATE, Sink
from tests.support.sweep import listening
from tests.support.voiced import voiced_film
from tests.support.waiting import wait_until

LOW, HIGH = 300, 2000


def pitch(samples: np.ndarray) -> float:
    """The loudest frequency in hertz; 0 in silence."""
    heights = np.abs(np.fft.rfft(samples))
    return float(heights.argmax() * RATE / len(samples)) if heights.max() > 1 else 0.0


def test_film_and_clip_are_heard_where_the_films_own_sound_is_wanted(sink: Sink, tmp_path: Path) -> None:
    site = build_room(tmp_path / "room", frames=24)
    voiced_film(site.parent / "film.mkv", 24, tone(2.0, LOW))
    change(site, "film.mp4", "film.mkv")
    change(site, 'name = "left"', 'name = "left"\nstems = { film = 0.0 }')
    state = site.parent / "state"
    clip = voiced_film(tmp_path / "1.mkv", 24, tone(2.0, HIGH))
    state.mkdir()
    (state / "shelf.json").write_text(json.dumps([{"id": 1, "film": str(clip)}]))
    with (
        listening(sink) as ear,
        running("play", "--site", site, "--state", state, "--headless", env=sink.env),
    ):
        for hertz in (LOW, HIGH, LOW):
            wait_until(
                lambda hertz=hertz: abs(pitch(ear.recording.samples[-RATE // 4 :, 0]) - hertz) < 10, f"{hertz} Hz", 30
            )
        assert abs(pitch(ear.recording.samples[-RATE // 4 :, 2]) - 440) < 10
