from pathlib import Path

import av
import numpy as np
import pytest
from scipy.io import wavfile

from show.errors import StemError
from show.making.loudness import PEAK, bent, levelled, loudness_lufs
from show.making.voices.sound import RATE, from_rate, read_bytes, read_sound, write_sound
from show.making.voices.voice import Utterance, Word

TONE = (0.5 * np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)).astype(np.float32)


def test_written_and_read_again(tmp_path):
    write_sound(TONE, tmp_path / "new" / "tone.flac")
    assert np.abs(read_sound(tmp_path / "new" / "tone.flac") - TONE).max() < 1e-4


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "tone.flac").mkdir()
    with pytest.raises(StemError, match=r"tone.flac cannot be written: Is a directory"):
        write_sound(TONE, tmp_path / "tone.flac")
    assert [path.name for path in tmp_path.iterdir()] == ["tone.flac"]


@pytest.mark.parametrize("content", [b"", b"no sound"])
def test_what_is_no_sound(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(StemError, match=r"a.wav cannot be read"):
        read_sound(tmp_path / "a.wav")
    with pytest.raises(StemError, match=r"gone.wav cannot be read: No such file"):
        read_sound(tmp_path / "gone.wav")


@pytest.mark.parametrize("name", ["a.flac", "a.wav", "a.m4a"])
def test_from_memory_as_from_a_file(tmp_path, name):
    with av.open(str(tmp_path / name), "w") as file:
        stream = file.add_stream({"a.flac": "flac", "a.wav": "pcm_s16le"}.get(name, "aac"), rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(TONE[None], format="flt", layout="mono")
        frame.rate = RATE
        file.mux([*stream.encode(frame), *stream.encode()])
    assert np.array_equal(read_bytes((tmp_path / name).read_bytes(), name), read_sound(tmp_path / name))


def test_what_is_in_memory_is_named():
    with pytest.raises(StemError, match="the clip cannot be read: Invalid data"):
        read_bytes(b"no sound at all", "the clip")


def test_a_film_without_sound(tmp_path):
    with av.open(str(tmp_path / "film.mp4"), "w") as file:
        stream = file.add_stream("mpeg4", rate=12)
        stream.width = stream.height = 32
        file.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        file.mux(stream.encode())
    with pytest.raises(StemError, match=r"film.mp4 holds no sound"):
        read_sound(tmp_path / "film.mp4")


def test_another_rate_is_brought_to_ours():
    slow = np.sin(2 * np.pi * 220 * np.arange(22_050) / 22_050).astype(np.float32)
    sound = from_rate(slow, 22_050)
    assert sound.size == pytest.approx(RATE, abs=50)
    assert np.abs(np.fft.rfft(sound[:RATE])).argmax() == pytest.approx(220, abs=1)


def test_silence_around_is_trimmed_and_words_stay_within():
    quiet = np.zeros(RATE, np.float32)
    words = (Word(0.9, 1.5, "one"), Word(1.5, 2.4, "two"))
    trimmed = Utterance(np.concatenate([quiet, TONE, quiet]), words).trimmed()
    assert trimmed.seconds == pytest.approx(1.0, abs=0.01)
    assert [(word.start, word.end) for word in trimmed.words] == [
        (0.0, pytest.approx(0.5, abs=0.01)),
        (pytest.approx(0.5, abs=0.01), pytest.approx(trimmed.seconds)),
    ]


@pytest.mark.parametrize("lufs", [-40.0, -24.0, -14.0])
def test_a_sound_is_as_loud_as_it_should_be(lufs):
    spiky = np.tile(np.concatenate([TONE * 0.1, TONE[: RATE // 50]]), 4)
    level = levelled(spiky, lufs)
    assert loudness_lufs(level) == pytest.approx(lufs, abs=0.5)
    assert np.abs(level).max() < PEAK


@pytest.mark.parametrize("size", [0, 100, RATE])
def test_silence_stays_silence(size):
    silence = np.zeros(size, np.float32)
    assert np.array_equal(levelled(silence, -20.0), silence)
    assert loudness_lufs(silence) == -np.inf


def test_peaks_are_bent_in_order():
    ramp = np.linspace(-3, 3, 1001).astype(np.float32)
    out = bent(ramp)
    assert (np.diff(out) >= 0).all()
    assert np.array_equal(out[np.abs(ramp) < 0.5], ramp[np.abs(ramp) < 0.5])
    assert np.abs(out).max() <= PEAK


@pytest.mark.parametrize("rate", [44_100, RATE])
def test_what_is_no_number_is_silence(tmp_path, rate):
    sound = np.full(rate, 0.25, np.float32)
    sound[[100, 200, 300]] = np.nan, np.inf, -np.inf
    wavfile.write(tmp_path / "a.wav", rate, sound)
    assert np.abs(read_sound(tmp_path / "a.wav")).max() < 0.5


def test_a_recording_of_nothing(tmp_path):
    wavfile.write(tmp_path / "a.wav", RATE, TONE[:0])
    with pytest.raises(StemError, match=r"a.wav holds no sound"):
        read_sound(tmp_path / "a.wav")


def test_a_name_that_looks_like_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_sound(TONE, Path("take:1.flac"))
    assert read_sound(Path("take:1.flac")).size == RATE


def test_what_is_almost_silent_is_brought_up_all_the_same():
    faint = 0.0002 * np.sin(2 * np.pi * 300 * np.arange(5 * RATE) / RATE).astype(np.float32)
    assert loudness_lufs(levelled(faint, -20.0)) == pytest.approx(-20, abs=0.5)
