import numpy as np
import pytest

from show.errors import StoryError
from show.making.second_voice.bed import Bed, bed
from show.making.second_voice.equaliser import KINDS, Band, equalised
from show.making.second_voice.murmur import murmur
from show.making.second_voice.parts import Part, shifted, stretched, sung
from show.making.second_voice.room import Reverb, in_room
from show.making.story import load_story
from show.making.voices.sound import RATE
from tests.show.making.stories import write_story
from tests.support.pitch import pitches

SECOND = np.arange(RATE) / RATE
USUAL = (210.0, 3.5, 0.11, 0.25)  # of the bed: vowel_hz, detune_cents, sway_hz, glide_seconds


def tone(hz, seconds=1):
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * sum(np.sin(2 * np.pi * hz * n * time) / n for n in range(1, 6))).astype(np.float32)


def gain_db(sound, hz):
    """How loud one frequency is, against a sine of 1."""
    return 20 * np.log10(2 * np.abs(np.mean(sound * np.exp(-2j * np.pi * hz * np.arange(sound.size) / RATE))) + 1e-9)


def cents(found, wanted):
    return abs(1200 * np.log2(np.median(found) / wanted))


@pytest.mark.parametrize("semitones", [-12, -5, 7, 12])
def test_a_part_is_at_its_pitch_and_in_time(semitones):
    voice = np.concatenate([np.zeros(RATE // 2, np.float32), tone(200), np.zeros(RATE // 2, np.float32)])
    other = shifted(voice, semitones)
    assert other.size == voice.size
    assert cents(pitches(other[RATE * 6 // 10 : RATE * 14 // 10], RATE), 200 * 2 ** (semitones / 12)) < 10
    assert np.abs(other[: RATE * 4 // 10]).max() < 0.05 * np.abs(other).max()


def test_another_pace_at_the_same_pitch():
    slow = stretched(tone(200), 1.5)
    assert slow.size == pytest.approx(1.5 * RATE, abs=10)
    assert cents(pitches(slow[RATE // 4 : -RATE // 4], RATE), 200) < 10
    assert stretched(np.zeros(0, np.float32), 1.5).size == 0


def test_parts_have_their_loudness_and_their_delay():
    click = np.zeros(RATE, np.float32)
    click[100] = 1
    both = sung(click, (Part(0.0, 0.0, 0.0), Part(0.0, -20.0, 0.25), Part(0.0, 0.0, 5.0)))
    assert {int(place): round(float(both[place]), 3) for place in np.flatnonzero(both)} == {100: 1.0, 12_100: 0.1}
    assert not sung(click, ()).any()


@pytest.mark.parametrize("kind", KINDS)
def test_bands_do_what_they_are_called(kind):
    tones = sum(np.sin(2 * np.pi * hz * SECOND) for hz in (50, 1000, 16_000)).astype(np.float32)
    out = equalised(tones, (Band(kind, 1000.0, 6.0, 0.7),))
    low, middle, high = (gain_db(out[RATE // 2 :], hz) for hz in (50, 1000, 16_000))
    expected = {
        "low cut": (-52.0, -3.1, 0.0),
        "high cut": (0.0, -3.1, -60.0),
        "low shelf": (6.0, 3.0, 0.0),
        "high shelf": (0.0, 3.0, 6.0),
        "bell": (0.0, 6.0, 0.0),
    }[kind]
    assert (low, middle) == pytest.approx(expected[:2], abs=0.5)
    assert high == pytest.approx(expected[2], abs=0.5) or (kind == "high cut" and high < -50)


def test_no_bands_leave_the_sound_as_it_is():
    assert equalised(tone(200), ()) is tone or np.array_equal(equalised(tone(200), ()), tone(200))


def test_a_room_rings_and_dies_away():
    click = np.zeros(3 * RATE, np.float32)
    click[0] = 1
    heard = in_room(click, Reverb(1.0, 0.4, 0.02, 3000.0))
    energy = [float(np.square(heard[start : start + 4800]).sum()) for start in (2000, RATE // 2, RATE)]
    assert heard[0] == pytest.approx(0.6)
    assert np.abs(heard[1 : RATE // 100]).max() < 1e-9
    assert 10 * np.log10(energy[1] / energy[0]) == pytest.approx(-28, abs=4)
    assert 10 * np.log10(energy[2] / energy[0]) < -55
    assert np.abs(heard[RATE * 11 // 10 :]).max() < 1e-9


def test_the_bed_is_its_chords_with_the_words_breath():
    speech = np.concatenate([tone(150, 2), np.zeros(2 * RATE, np.float32), tone(150, 2)])
    settings = Bed(((57, 64), (53, 60)), 3.0, 440.0, 0.0, 1.0, *USUAL)
    laid = bed(speech, settings)
    first, second = laid[: RATE * 2], laid[-RATE * 2 :]
    for part, heard, unheard in ((first, (220.0, 329.63), 174.61), (second, (174.61, 261.63), 220.0)):
        assert min(gain_db(part, hz) for hz in heard) > gain_db(part, unheard) + 12
    assert laid.size == speech.size
    assert np.linalg.norm(laid) == pytest.approx(np.linalg.norm(speech), rel=1e-3)
    assert np.abs(laid[RATE * 5 // 2 : RATE * 7 // 2]).max() < 0.01 * np.abs(laid).max()


def test_a_bed_that_does_not_breathe_goes_on_between_the_words():
    speech = np.concatenate([tone(150, 1), np.zeros(RATE, np.float32), tone(150, 1)])
    laid = bed(speech, Bed(((57,),), 3.0, 440.0, 0.0, 0.0, *USUAL))
    middle, first = laid[RATE * 5 // 4 : RATE * 7 // 4], laid[RATE // 4 : RATE * 3 // 4]
    assert np.linalg.norm(middle) == pytest.approx(np.linalg.norm(first), rel=0.1)


def test_a_bed_for_silence_is_silent():
    assert not bed(np.zeros(RATE, np.float32), Bed(((57,),), 3.0, 440.0, 0.0, 0.0, *USUAL)).any()


def test_blocks_of_the_bed_join_without_a_seam():
    speech = np.tile(tone(150), 24)
    laid = bed(speech, Bed(((57,),), 60.0, 440.0, 0.0, 1.0, *USUAL))
    levels = np.sqrt(np.square(laid[RATE : 23 * RATE]).reshape(-1, RATE // 4).mean(1))
    assert levels.max() < 1.3 * levels.min()


def story(tmp_path, table):
    return load_story(write_story(tmp_path, ("[film]", f"{table}\n[film]")))


def test_every_effect_is_in_the_story(tmp_path):
    effects = story(
        tmp_path,
        """[murmur]
scale = "C# dorian"
tuning_hz = 432
tune = 0.5
[[murmur.part]]
semitones = 5
gain_db = -3
[[murmur.band]]
kind = "high cut"
hz = 900
[murmur.reverb]
seconds = 4
share = 0.5
[murmur.bed]
chords = [["C3", "G3"], ["D3", "A3"]]
breath = 0
""",
    ).murmur.effects
    assert effects.tuning.tuning_hz == effects.bed.tuning_hz == 432
    assert effects.tuning.amount == 0.5
    assert effects.parts == (Part(5.0, -3.0, 0.0),)
    assert effects.bands == (Band("high cut", 900.0, 0.0, 0.7),)
    assert effects.reverb == Reverb(4.0, 0.5, 0.02, 3000.0)
    assert (effects.bed.chords, effects.bed.breath) == (((48, 55), (50, 57)), 0.0)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('scale = "A moll"', r"\[murmur\] scale = 'A moll' is not like 'A minor'"),
        ("tune = 2", r"\[murmur\] tune = 2 is outside 0..1"),
        ("part = [3]", r"\[murmur\] part must be a list of tables, \[\[murmur.part\]\]"),
        ("[[murmur.part]]\nsemitones = 48", r"\[\[murmur.part\]\] 1 semitones = 48 is outside -24..24"),
        ("[[murmur.part]]\n[[murmur.part]]\npan = 1", r"\[\[murmur.part\]\] 2 pan is not a key"),
        ('[[murmur.band]]\nkind = "notch"', r"\[\[murmur.band\]\] 1 kind = 'notch' is not one of low cut, high cut"),
        ("[murmur.reverb]\nseconds = 0", r"\[murmur.reverb\] seconds = 0 is outside 0.1..10"),
        ('[murmur.bed]\nchords = ["A2"]', r"\[murmur.bed\] chords must be a list of lists"),
        (
            '[murmur.bed]\nchords = [["A2"], ["A2", "C3"]]',
            r"\[murmur.bed\] chords must be lists of notes, all of as many",
        ),
        ("[murmur.bed]\nchords = []", r"\[murmur.bed\] chords must be lists of notes"),
        ('[murmur.bed]\nchords = [["X2"]]', r"\[murmur.bed\] chords holds 'X2', which is no note"),
    ],
)
def test_mistakes_are_named(tmp_path, table, sentence):
    with pytest.raises(StoryError, match=f"story.toml: {sentence}"):
        story(tmp_path, f"[murmur]\n{table}")


def test_words_near_the_end_of_the_film_are_cut_off_there(tmp_path):
    effects = story(tmp_path, "").murmur.effects
    whole = murmur([(0.5, tone(180)), (1.5, tone(180)), (9.0, tone(180))], 2 * RATE, effects)
    assert whole.size == 2 * RATE
    assert np.isfinite(whole).all()
    assert np.abs(whole[: RATE // 4]).max() < 0.3 * np.abs(whole).max()
