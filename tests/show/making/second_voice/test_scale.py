import numpy as np
import pytest

from show.errors import StoryError
from show.making.second_voice.scale import hertz, nearest, notes, read_note, read_scale


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C major", (0, 2, 4, 5, 7, 9, 11)),
        ("A minor", (0, 2, 4, 5, 7, 9, 11)),
        ("Eb minor pentatonic", (1, 3, 6, 8, 10)),
        ("B whole tone", (1, 3, 5, 7, 9, 11)),
        ("F# chromatic", tuple(range(12))),
    ],
)
def test_scales_by_name(name, expected):
    assert read_scale(name, "scale") == expected


@pytest.mark.parametrize("name", ["A", "a minor", "H major", "A moll", "A minor ", "Abb minor"])
def test_no_scale(name):
    with pytest.raises(
        StoryError, match=r"story.toml: scale = '.*' is not like 'A minor' or 'C# dorian'; there are major"
    ):
        read_scale(name, "story.toml: scale")


@pytest.mark.parametrize(
    ("name", "number"), [("C4", 60), ("A4", 69), ("A2", 45), ("F#3", 54), ("Eb4", 63), ("Cb4", 59)]
)
def test_notes_by_name(name, number):
    assert read_note(name, "chords") == number


@pytest.mark.parametrize("name", ["A", "A9", "2A", "a2", "A-1"])
def test_no_note(name):
    with pytest.raises(StoryError, match=f"chords holds '{name}', which is no note such as A2"):
        read_note(name, "chords")


def test_hertz_and_back():
    found = hertz(np.array([69.0, 57.0, 60.0]), 440.0)
    assert found == pytest.approx([440.0, 220.0, 261.626], abs=1e-3)
    assert notes(found, 440.0) == pytest.approx([69, 57, 60])


def test_the_nearest_note_also_across_the_octave():
    pentatonic = read_scale("A minor pentatonic", "scale")
    assert nearest(np.array([60.4, 61.1, 65.4, 65.6, 71.4, 71.6, 59.2]), pentatonic).tolist() == [
        60,
        62,
        64,
        67,
        72,
        72,
        60,
    ]
