import numpy as np
import pytest

from show.making.second_voice.scale import nearest, notes, read_scale
from show.making.second_voice.tune import Tuning, drawn, tuned
from show.making.voices.programs import Program
from show.making.voices.sound import RATE
from tests.support.pitch import pitches

MINOR = Tuning(read_scale("A minor pentatonic", "scale"), 440.0, 1.0, 0.06, 0.04)


def median_cents(sound, tuning):
    found = notes(pitches(sound, RATE), tuning.tuning_hz)
    assert found.size > 50
    return float(np.median(100 * np.abs(found - nearest(found, tuning.scale))))


@pytest.fixture(scope="module")
def speech():
    return Program("flite", "slt").say("When I looked again, all the water burned.", 1.5).trimmed().sound


@pytest.mark.parametrize("name", ["A minor pentatonic", "C major"])
def test_a_voice_is_in_tune_afterwards(speech, name):
    tuning = Tuning(read_scale(name, "scale"), 440.0, 1.0, 0.06, 0.04)
    sung = tuned(speech, tuning)
    assert sung.size == speech.size
    assert median_cents(sung, tuning) <= 10 < 30 < median_cents(speech, tuning)


def test_to_another_tuning(speech):
    low = Tuning(MINOR.scale, 415.0, 1.0, 0.06, 0.04)
    assert median_cents(tuned(speech, low), low) <= 10


def test_the_vowels_stay_where_they_are(speech):
    def vowels(sound):
        frames = sound[: sound.size // 4800 * 4800].reshape(-1, 4800) * np.hanning(4800)
        bands = np.abs(np.fft.rfft(frames))[:, :400].reshape(len(frames), 10, 40).mean(2)
        return np.log(bands[bands.max(1) > 0.1 * bands.max()] + 1e-6)

    before, after = vowels(speech), vowels(tuned(speech, MINOR))
    size = min(len(before), len(after))
    assert np.corrcoef(before[:size].ravel(), after[:size].ravel())[0, 1] > 0.8


def test_not_at_all_or_halfway():
    pitch = np.where(np.arange(200) % 100 < 10, 0.0, 228.0)  # 62 cents above A, 138 below C
    halfway = Tuning(MINOR.scale, 440.0, 0.5, 0.06, 0.04)
    assert drawn(pitch, MINOR)[50] == pytest.approx(220.0)
    assert drawn(pitch, halfway)[50] == pytest.approx(np.sqrt(220.0 * 228.0))
    assert not drawn(pitch, MINOR)[pitch == 0].any()


def test_from_note_to_note_it_glides():
    pitch = np.concatenate([np.full(100, 225.0), np.full(100, 255.0)])
    steps = np.diff(notes(drawn(pitch, Tuning(MINOR.scale, 440.0, 1.0, 0.06, 0.2)), 440.0))
    assert steps.sum() == pytest.approx(3.0)
    assert np.count_nonzero(steps > 0.01) == 40


@pytest.mark.parametrize(("steady_seconds", "highest"), [(0.04, 60.0), (0.1, 57.0)])
def test_a_note_is_passed_over_where_it_is_wanted_more_shortly(steady_seconds, highest):
    pitch = np.concatenate([np.full(100, 220.0), np.full(15, 261.6), np.full(100, 220.0)])  # 75 ms
    found = notes(drawn(pitch, Tuning(MINOR.scale, 440.0, 1.0, steady_seconds, 0.005)), 440.0)
    assert found.max() == pytest.approx(highest)


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(100), np.zeros(RATE), np.full(RATE, 0.5)])
def test_nothing_to_tune(sound):
    assert np.abs(tuned(sound.astype(np.float32), MINOR)).max(initial=0) < 0.6
    untouched = tuned(sound.astype(np.float32), Tuning(MINOR.scale, 440.0, 0.0, 0.06, 0.04))
    assert np.array_equal(untouched, sound.astype(np.float32))
