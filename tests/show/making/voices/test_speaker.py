from dataclasses import dataclass, field

import numpy as np
import pytest

from show.making.voices.sound import RATE
from show.making.voices.speaker import Manner, Speaker, pronounced
from show.making.voices.voice import Utterance, Word


@dataclass
class Metronome:
    """A voice that beats once for each word, a tenth of a second, after a silence; and remembers what it said."""

    key: str = "metronome"
    paced: bool = True
    said: list[tuple[str, float]] = field(default_factory=list)

    def say(self, text, slowness):
        self.said.append((text, slowness))
        tenth = RATE // 10
        beats = [Word(0.1 * (n + 1), 0.1 * (n + 2), word) for n, word in enumerate(text.split())]
        sound = np.concatenate([np.zeros(tenth), np.ones(len(beats) * tenth), np.zeros(tenth)]).astype(np.float32)
        return Utterance(sound, tuple(beats))


@pytest.fixture
def voice():
    return Metronome()


def speaker(voice, tmp_path, **say):
    return Speaker(Manner(voice, say, 1.25), tmp_path / "kept")


def test_the_silence_around_goes_and_the_words_move_along(voice, tmp_path):
    spoken = speaker(voice, tmp_path).speak("one two")
    assert spoken.seconds == pytest.approx(0.2)
    assert [(word.text, pytest.approx(word.start)) for word in spoken.words] == [("one", 0.0), ("two", 0.1)]


def test_said_once_then_remembered_with_its_words(voice, tmp_path):
    first = speaker(voice, tmp_path).speak("one two")
    again = speaker(voice, tmp_path).speak("one two")
    assert voice.said == [("one two", 1.25)]
    assert np.array_equal(first.sound, again.sound)
    assert first.words == again.words


@pytest.mark.parametrize("change", ["voice", "text", "pace", "say"])
def test_whatever_changes_the_sound_is_said_again(voice, tmp_path, change):
    speaker(voice, tmp_path).speak("one two")
    if change == "voice":
        voice.key = "another"
    say = {"two": "too"} if change == "say" else {}
    speaker(voice, tmp_path, **say).speak("one" if change == "text" else "one two", 2.0 if change == "pace" else None)
    assert len(voice.said) == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a file", b"garbage"])
def test_what_a_power_cut_left_is_said_again(voice, tmp_path, damage):
    whole = speaker(voice, tmp_path).speak("one")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(damage)
    assert np.array_equal(speaker(voice, tmp_path).speak("one").sound, whole.sound)
    assert len(voice.said) == 2
    speaker(voice, tmp_path).speak("one")
    assert len(voice.said) == 2


def test_where_nothing_can_be_kept_it_is_still_said(voice, tmp_path, caplog):
    (tmp_path / "kept").write_text("in the way")
    assert speaker(voice, tmp_path).speak("one").seconds == pytest.approx(0.1)
    assert "will be spoken again: " in caplog.text


def test_a_voice_without_pace_or_key(tmp_path):
    voice = Metronome(key="", paced=False)
    for _ in range(2):
        speaker(voice, tmp_path).speak("one", 2.0)
    assert voice.said == [("one", 1.0)] * 2
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("text", ["", "  ", "…!", "— ?"])
def test_no_words_are_silence(voice, tmp_path, text):
    assert speaker(voice, tmp_path).speak(text).seconds == 0
    assert voice.said == []


@pytest.mark.parametrize("text", ["%", "&", "…°"])
def test_a_sign_that_is_read_is_a_word(voice, tmp_path, text):
    assert speaker(voice, tmp_path).speak(text).seconds == pytest.approx(0.1)


def test_words_keep_the_names_they_have_on_the_wall(voice, tmp_path):
    spoken = speaker(voice, tmp_path, Wieringa="Veeringa").speak("Jo Wieringa writes")
    assert voice.said[0][0] == "Jo Veeringa writes"
    assert [word.text for word in spoken.words] == ["Jo", "Wieringa", "writes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Wieringa, wieringa's", "Veeringa, Veeringa's"),
        ("Wieringastraat", "Wieringastraat"),
        ("Jo Gr and Jo", "Joe Greg and Yo"),
        ("a.b a+b", "dot a+b"),
        ("Jo \\1", "Yo \\1"),
    ],
)
def test_whole_words_are_pronounced_as_the_artist_says(text, said):
    assert pronounced(text, {"Wieringa": "Veeringa", "Jo": "Yo", "Jo Gr": "Joe Greg", "a.b": "dot", "Yo": "no"}) == said


@pytest.mark.parametrize("text", ["Straße", "STRAßE", "İstanbul", "istanbul"])
def test_letters_whose_small_form_is_longer(text):
    assert pronounced(text, {"Straße": "said", "istanbul": "said"}) == "said"
