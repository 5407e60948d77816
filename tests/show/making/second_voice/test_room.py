import numpy as np
import pytest

from show.making.second_voice.room import Reverb, in_room
from show.making.voices.sound import RATE


def ring(wait_seconds, dark_hz):
    """What a room makes of a click, without the click."""
    click = np.zeros(2 * RATE, np.float32)
    click[0] = 1
    heard = in_room(click, Reverb(1.0, 0.5, wait_seconds, dark_hz))
    return np.concatenate([[0], heard[1:]])


def level_db(sound, low_hz, high_hz):
    """The mean power between two frequencies."""
    hertz = np.fft.rfftfreq(sound.size, 1 / RATE)
    return 10 * np.log10(np.square(np.abs(np.fft.rfft(sound)))[(low_hz < hertz) & (hertz < high_hz)].mean())


@pytest.mark.parametrize("wait_seconds", [0.01, 0.2])
def test_a_room_waits_as_long_as_told(wait_seconds):
    begins = np.flatnonzero(np.abs(ring(wait_seconds, 3000.0)) > 1e-6)[0] / RATE
    assert begins == pytest.approx(wait_seconds, abs=0.001)


@pytest.mark.parametrize(("dark_hz", "fainter_db"), [(1000.0, 36), (2000.0, 24), (16_000.0, 1)])
def test_the_darker_a_room_the_fainter_its_highs(dark_hz, fainter_db):
    heard = ring(0.02, dark_hz)
    assert level_db(heard, 100, 500) - level_db(heard, 7500, 8500) == pytest.approx(fainter_db, abs=2)
