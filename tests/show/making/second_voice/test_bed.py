"""What the settings of a bed do to it, each measured at two values."""

import numpy as np
import pytest
from scipy.signal import oaconvolve

from show.making.second_voice.bed import Bed, bed
from show.making.voices.sound import RATE

A1, A3, C4, D4 = 33, 57, 60, 62


def tone(hz, seconds):
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * sum(np.sin(2 * np.pi * hz * n * time) / n for n in range(1, 6))).astype(np.float32)


def laid(speech, *chords, vowel_hz=210.0, detune_cents=0.0, sway_hz=1.0, glide_seconds=0.0, breath=0.0):
    """A bed of chords, two seconds each."""
    return bed(speech, Bed(chords, 2.0, 440.0, 0.0, breath, vowel_hz, detune_cents, sway_hz, glide_seconds))


def course(sound, hz):
    """The frequency about a frequency from sample to sample, but for a quarter second at both ends."""
    turned = sound * np.exp(-2j * np.pi * hz * np.arange(sound.size) / RATE)
    near = oaconvolve(turned, np.hanning(RATE // 20), "same")
    return (hz + np.diff(np.unwrap(np.angle(near))) * RATE / (2 * np.pi))[RATE // 4 : -RATE // 4]


def sway(sound, hz):
    """How far it goes out of tune, in cents, and how often a second."""
    cents = 1200 * np.log2(course(sound, hz)[: 4 * RATE] / hz)
    return np.ptp(cents) / 2, np.abs(np.fft.rfft(cents - cents.mean())).argmax() / 4


def level_db(sound, hz):
    """How loud all is within 8 Hz of a frequency, against the loudest."""
    found = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    around = np.abs(np.fft.rfftfreq(sound.size, 1 / RATE) - hz) < 8
    return 20 * np.log10(found[around].max() / found.max())


@pytest.mark.parametrize(("detune_cents", "sway_hz"), [(10.0, 1.0), (40.0, 1.0), (10.0, 3.0)])
def test_it_sways_as_far_and_as_often_as_told(detune_cents, sway_hz):
    assert sway(laid(tone(150, 4.5), (A3,), detune_cents=detune_cents, sway_hz=sway_hz), 220.0) == (
        pytest.approx(detune_cents, rel=0.2),
        sway_hz,
    )


def test_each_voice_of_a_chord_sways_more_often_than_the_one_before():
    chord = laid(tone(150, 4.5), (A3, D4), detune_cents=20.0, sway_hz=1.0)
    assert [sway(chord, hz)[1] for hz in (220.0, 293.66)] == [1.0, 2.0]


@pytest.mark.parametrize("glide_seconds", [0.2, 0.8])
def test_the_way_from_chord_to_chord_takes_as_long_as_told(glide_seconds):
    found = course(laid(tone(150, 4), (A3,), (C4,), glide_seconds=glide_seconds), 240.0)
    on_the_way = np.count_nonzero((found > 224.2) & (found < 257.4)) / RATE  # from a tenth of it to nine
    assert on_the_way == pytest.approx(0.8 * glide_seconds, abs=0.05)


@pytest.mark.parametrize(("vowel_hz", "least_db", "most_db"), [(25.0, -90, -55), (210.0, -55, -40), (500.0, -12, 0)])
def test_the_finer_the_voice_is_followed_the_more_its_own_pitch_is_heard(vowel_hz, least_db, most_db):
    chord = laid(tone(330, 2), (A1,), vowel_hz=vowel_hz, breath=1.0)
    assert level_db(chord, 330.0) > -3
    assert least_db < level_db(chord, 495.0) < most_db  # between the voice's partials
