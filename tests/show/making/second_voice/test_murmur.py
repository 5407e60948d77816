"""What each effect of [murmur] does to what is heard, measured against the same words without it."""

import numpy as np
import pytest

from show.making.second_voice.murmur import murmur
from show.making.story import load_story
from show.making.voices.sound import RATE
from tests.show.making.stories import write_story
from tests.support.pitch import pitches

PLAIN = {"tune": "0", "part": "[{}]", "band": "[]", "bed": "{ gain_db = -60, breath = 1 }", "reverb": "{ share = 0 }"}
STARTS, ENDS = RATE // 2, RATE * 3 // 2


@pytest.fixture
def murmured(tmp_path):
    """A word of a second at 228 Hz, heard from 0.5 s, murmured with some keys of [murmur] changed."""
    time = np.arange(RATE) / RATE
    word = sum(np.sin(2 * np.pi * 228 * n * time) / n for n in range(1, 30)) * np.hanning(RATE) * 0.2

    def murmured(**changes):
        keys = "\n".join(f"{key} = {value}" for key, value in (PLAIN | changes).items())
        effects = load_story(write_story(tmp_path, ("[film]", f"[murmur]\n{keys}\n[film]"))).murmur.effects
        return murmur([(0.5, word.astype(np.float32))], 5 * RATE, effects)

    return murmured


def level_db(sound, low_hz=0, high_hz=RATE):
    power = np.square(np.abs(np.fft.rfft(sound)))
    hertz = np.fft.rfftfreq(sound.size, 1 / RATE)
    return 10 * np.log10(power[(low_hz <= hertz) & (hertz < high_hz)].sum() / sound.size + 1e-20)


def pitch(sound):
    return float(np.median(pitches(sound[STARTS:ENDS], RATE)))


def cents(hz, wanted):
    return 1200 * abs(np.log2(hz / wanted))


def test_without_effects_it_is_the_word(murmured):
    assert cents(pitch(murmured()), 228) < 3
    assert not murmured()[ENDS + RATE // 10 :].any()


@pytest.mark.parametrize(("semitones", "hz"), [(-12, 114.0), (7, 341.6)])
def test_a_part_is_heard_at_its_pitch(murmured, semitones, hz):
    assert cents(pitch(murmured(part=f"[{{ semitones = {semitones} }}]")), hz) < 10


def test_all_parts_are_heard_together(murmured):
    both = murmured(part="[{}, { semitones = 7, gain_db = -6 }]")
    gain = level_db(both, 330, 350) - level_db(murmured(), 330, 350)
    assert gain > 20
    assert level_db(both, 330, 350) - level_db(both, 220, 236) == pytest.approx(-6, abs=1)


def test_a_part_comes_behind(murmured):
    late = murmured(part="[{ delay_seconds = 2 }]")
    assert np.abs(late[2 * RATE :] - murmured()[: -2 * RATE]).max() < 2e-3 * np.abs(late).max()
    assert np.abs(late[: 2 * RATE]).max() < 2e-3 * np.abs(late).max()


@pytest.mark.parametrize(("scale", "hz"), [("A minor pentatonic", 220.0), ("C whole tone", 233.08)])
def test_it_sings_on_the_scale(murmured, scale, hz):
    assert cents(pitch(murmured(tune=1, scale=f'"{scale}"')), hz) < 10


@pytest.mark.parametrize("seconds", [1.0, 2.5])
def test_a_room_rings_for_as_long_as_it_is_told(murmured, seconds):
    rings = murmured(reverb=f"{{ share = 0.5, seconds = {seconds} }}")
    half = RATE // 2
    fall = level_db(rings[ENDS : ENDS + half // 2]) - level_db(rings[ENDS + half : ENDS + half + half // 2])
    assert fall == pytest.approx(60 * 0.5 / seconds, abs=4)


@pytest.mark.parametrize(
    ("band", "low_hz", "high_hz", "gain_db"),
    [
        ('{ kind = "high cut", hz = 900 }', 3600, 4000, -25),
        ('{ kind = "low cut", hz = 900 }', 220, 236, -24),
        ('{ kind = "bell", hz = 912, gain_db = 9, q = 2 }', 900, 920, 9),
    ],
)
def test_a_band_is_as_loud_as_it_is_told(murmured, band, low_hz, high_hz, gain_db):
    levels = [level_db(sound, low_hz, high_hz) for sound in (murmured(band=f"[{band}]"), murmured())]
    assert levels[0] - levels[1] == pytest.approx(gain_db, abs=1.5)


@pytest.mark.parametrize("gain_db", [0, -12])
def test_the_bed_is_its_chord_and_as_loud_as_told(murmured, gain_db):
    bed = murmured(part="[]", bed=f'{{ chords = [["D3"]], breath = 1, gain_db = {gain_db} }}')
    assert cents(pitch(bed), 146.83) < 15
    assert level_db(bed) - level_db(murmured()) == pytest.approx(gain_db, abs=0.5)
