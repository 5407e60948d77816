"""Stems: any sound file becomes 48 kHz float32, once."""

import wave
from pathlib import Path

import av
import numpy as np
import pytest

from show.errors import StemError
from show.stems import prepare_stem


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(frames).integers(-32768, 32768, (frames, channels), np.int16)


def write_wav(path: Path, samples: np.ndarray, rate: int = 48_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[1], 2, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def tone(seconds: float, rate: int) -> np.ndarray:
    wobble = np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)
    return np.round(wobble * 16384).astype(np.int16)[:, np.newaxis]


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_at_48_khz_stays_bit_exact(tmp_path: Path, channels: int) -> None:
    samples = noise(50_000, channels)
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", samples), tmp_path / "cache"))
    assert stem.dtype == np.float32
    np.testing.assert_array_equal(stem, samples.astype(np.float32) / 32768)


def test_another_rate_keeps_pitch_and_length(tmp_path: Path) -> None:
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", tone(1.0, 44_100), 44_100), tmp_path))
    assert abs(len(stem) - 48_000) <= 1
    right = np.sin(2 * np.pi * 440 * np.arange(len(stem)) / 48_000) / 2
    np.testing.assert_allclose(stem[500:-500, 0], right[500:-500], atol=2e-4)


def test_six_channels_become_stereo(tmp_path: Path) -> None:
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", noise(4_800, 6)), tmp_path))
    assert stem.shape == (4_800, 2)


def test_compressed_sound_is_read_to_its_end(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.flac"), "w") as file:
        stream = file.add_stream("flac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1.0, 48_000).T, format="s16", layout="mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    stem = np.load(prepare_stem(tmp_path / "a.flac", tmp_path))
    np.testing.assert_array_equal(stem, tone(1.0, 48_000) / np.float32(32768))


def test_it_is_decoded_once(tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", noise(4_800))
    first = prepare_stem(source, tmp_path / "cache").stat()
    assert prepare_stem(source, tmp_path / "cache").stat() == first


def test_a_changed_source_replaces_what_was_kept(tmp_path: Path) -> None:
    source, cache = write_wav(tmp_path / "a.wav", noise(4_800)), tmp_path / "cache"
    other = prepare_stem(write_wav(tmp_path / "b.wav", noise(4_800)), cache)
    old = prepare_stem(source, cache)
    write_wav(source, noise(9_600))
    new = prepare_stem(source, cache)
    assert len(np.load(new)) == 9_600
    assert set(cache.iterdir()) == {new, other} != {old, other}


def test_it_can_be_memory_mapped(tmp_path: Path) -> None:
    kept = prepare_stem(write_wav(tmp_path / "a.wav", noise(100_000)), tmp_path)
    assert np.load(kept, mmap_mode="r").shape == (100_000, 2)


@pytest.mark.parametrize("content", [b"", b"these are words", bytes(range(256)) * 16])
def test_what_is_no_sound_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(StemError, match=r"a\.wav cannot be read: \w+") as refused:
        prepare_stem(tmp_path / "a.wav", tmp_path / "cache")
    assert "\n" not in str(refused.value)
    assert not list((tmp_path / "cache").iterdir())


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StemError, match=r"a\.wav cannot be read: No such file"):
        prepare_stem(tmp_path / "a.wav", tmp_path)


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=12)
        stream.width = stream.height = 64
        file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        file.mux(stream.encode(None))
    with pytest.raises(StemError, match=r"a\.mp4 holds no sound"):
        prepare_stem(tmp_path / "a.mp4", tmp_path)


def test_a_wav_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StemError, match="holds no sound"):
        prepare_stem(write_wav(tmp_path / "a.wav", noise(0)), tmp_path)


def test_halves_of_an_earlier_run_are_cleared_away(tmp_path: Path) -> None:
    half = tmp_path / "cache" / "half.part"
    half.parent.mkdir()
    half.touch()
    prepare_stem(write_wav(tmp_path / "a.wav", noise(4_800)), half.parent)
    assert not half.exists()


def test_a_cache_that_cannot_be_written_is_no_fault_of_the_sound(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="/dev/null"):
        prepare_stem(write_wav(tmp_path / "a.wav", noise(4_800)), Path("/dev/null/cache"))
