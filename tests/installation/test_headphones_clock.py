"""The device's clock against readings that wobble, drift, jump and stall."""

import numpy as np
import pytest

from installation.headphones.clock import DacClock
from installation.headphones.course import RATE

BLOCK = 1200


def listen(
    clock: DacClock, readings: int, *, zero: float = 100.0, wobble: float = 0.0, ppm: float = 0.0
) -> list[float]:
    """Errors in seconds of the clock after each reading of a device whose sample 0 sounded at `zero`."""
    noise = np.random.default_rng(0).normal(0.0, 1.0, readings) * wobble
    errors = []
    for n in range(readings):
        true = zero + n * BLOCK / RATE * (1 + ppm * 1e-6)
        clock.tick(true + noise[n], n * BLOCK)
        errors.append(clock.moment(n * BLOCK) - true)
    return errors


def test_true_readings_are_believed() -> None:
    assert listen(DacClock(), 20) == pytest.approx([0.0] * 20)


def test_wobbling_readings_are_smoothed() -> None:
    errors = listen(DacClock(), 400, wobble=0.002)
    assert np.abs(errors[100:]).max() < 0.0012


def test_a_drifting_device_is_followed() -> None:
    assert abs(listen(DacClock(), 2000, ppm=100)[-1]) < 0.0001


def test_it_is_settled_after_a_few_readings_that_agree() -> None:
    clock = DacClock()
    listen(clock, 2)
    assert not clock.settled
    listen(clock, 10)
    assert clock.settled


def test_the_rush_of_a_starting_device_is_not_believed() -> None:
    clock = DacClock()
    for n in range(8):
        clock.tick(100.1, n * BLOCK)
    assert not clock.settled


def test_a_device_that_never_agrees_with_itself_is_used_at_last() -> None:
    clock = DacClock()
    listen(clock, 80, wobble=0.02)
    assert clock.settled


def test_a_jump_is_taken_over_at_once_and_told() -> None:
    clock = DacClock()
    listen(clock, 20)
    assert clock.tick(103.0, 0) == pytest.approx(3.0)
    assert clock.moment(0) == pytest.approx(103.0)


def test_a_small_slip_is_no_jump() -> None:
    clock = DacClock()
    listen(clock, 20)
    assert clock.tick(100.03, 0) == 0.0
