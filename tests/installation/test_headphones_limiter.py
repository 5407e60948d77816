"""The limiter: nothing above the ceiling, nothing changed below it."""

import numpy as np
import pytest

from installation.headphones.limiter import LOOK_FRAMES, Limiter


def through(sound: np.ndarray, ceiling: float, block: int = 480) -> np.ndarray:
    """What comes out, without the delay."""
    limiter = Limiter(ceiling, sound.shape[1])
    padded = np.concatenate([sound, np.zeros((LOOK_FRAMES + block, sound.shape[1]), np.float32)])
    parts = [limiter.take(padded[at : at + block]) for at in range(0, len(padded), block)]
    return np.concatenate(parts)[LOOK_FRAMES : LOOK_FRAMES + len(sound)]


def noise(frames: int, loudness: float) -> np.ndarray:
    return np.random.default_rng(frames).uniform(-loudness, loudness, (frames, 2)).astype(np.float32)


@pytest.mark.parametrize("block", [64, 480, 1200, 77])
def test_below_the_ceiling_every_sample_is_unchanged(block: int) -> None:
    sound = noise(20_000, 0.5)
    np.testing.assert_array_equal(through(sound, 0.5, block), sound)


@pytest.mark.parametrize("block", [64, 480, 1200, 77])
@pytest.mark.parametrize("ceiling", [1.0, 0.5, 0.1])
def test_nothing_passes_above_the_ceiling(block: int, ceiling: float) -> None:
    assert np.abs(through(noise(20_000, 4.0), ceiling, block)).max() <= np.float32(ceiling)


def test_a_single_peak_is_met_exactly_and_the_rest_comes_back_unchanged() -> None:
    sound = np.full((40_000, 2), 0.1, np.float32)
    sound[5_000] = 2.0
    limited = through(sound, 0.5)
    assert limited[5_000, 0] == pytest.approx(0.5, abs=0.01)
    np.testing.assert_array_equal(limited[: 5_000 - LOOK_FRAMES], sound[: 5_000 - LOOK_FRAMES])
    np.testing.assert_array_equal(limited[20_000:], sound[20_000:])


def test_the_gain_moves_gently() -> None:
    sound = np.full((20_000, 2), 0.1, np.float32)
    sound[8_000:8_100] = 1.0
    gains = through(sound, 0.5)[:, 0] / sound[:, 0]
    assert np.abs(np.diff(gains)).max() < 1.5 * 0.5 / LOOK_FRAMES


def test_both_ears_are_turned_down_together() -> None:
    sound = np.full((10_000, 2), 0.2, np.float32)
    sound[5_000, 0] = 1.0
    limited = through(sound, 0.5)
    np.testing.assert_allclose(limited[4_900:4_990, 0], limited[4_900:4_990, 1])
    assert limited[4_990, 1] < 0.2


def test_blocks_of_any_size_sound_alike() -> None:
    sound = noise(20_000, 1.0)
    np.testing.assert_allclose(through(sound, 0.5, 64), through(sound, 0.5, 1200), atol=1e-6)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_silence_and_gone_at_once(odd: float) -> None:
    sound = noise(4_800, 0.4)
    sound[1000, 1] = odd
    quiet = sound.copy()
    quiet[1000, 1] = 0.0
    np.testing.assert_array_equal(through(sound, 0.5), quiet)
