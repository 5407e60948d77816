"""Stems: any sound file becomes 48 kHz float32, once."""

import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from pyloudnorm import Meter

from show.errors import StemError
from show.films import probe
from show.stems import RATE, has_sound, prepare_stem
from tests.support.voiced import voiced_film


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
    again = prepare_stem(source, tmp_path / "cache").stat()
    assert (again.st_ino, again.st_mtime_ns) == (first.st_ino, first.st_mtime_ns)


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


@pytest.mark.parametrize("channels", [3, 5, 7, 16])
def test_any_number_of_channels_becomes_stereo(tmp_path: Path, channels: int) -> None:
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", noise(4_800, channels)), tmp_path))
    assert stem.shape == (4_800, 2)
    assert np.abs(stem).max() > 0.05


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000, 192_000])
def test_resampling_adds_no_tone_above_minus_96_db(tmp_path: Path, rate: int) -> None:
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", tone(1.2, rate), rate), tmp_path))[4_800:52_800, 0]
    amplitudes = np.abs(np.fft.rfft(stem)) / 24_000  # by whole hertz
    assert amplitudes[440] > 0.1
    assert np.delete(amplitudes, range(430, 451)).max() < 10 ** (-96 / 20)


def test_a_rate_of_96_khz_does_not_fold_back(tmp_path: Path) -> None:
    high = np.round(16384 * np.sin(2 * np.pi * 40_000 * np.arange(96_000) / 96_000)).astype(np.int16)[:, np.newaxis]
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", high, 96_000), tmp_path))
    assert np.abs(stem[4_800:-4_800]).max() < 1e-4


@pytest.mark.parametrize("level", [0.01, 0.1, 0.9])
def test_a_stem_is_brought_to_its_loudness(tmp_path: Path, level: float) -> None:
    source = write_wav(tmp_path / "a.wav", (tone(3.0, 48_000) * 2 * level).astype(np.int16))
    stem = np.load(prepare_stem(source, tmp_path / "cache", -20.0))
    assert Meter(48_000).integrated_loudness(np.repeat(stem, 2, axis=1)) == pytest.approx(-20.0, abs=0.1)


def test_a_long_stem_is_measured_piece_by_piece_to_the_same_loudness(tmp_path: Path) -> None:
    samples = noise(round(25.37 * 48_000)) // 4
    samples[:, 1] //= 3
    samples[11 * 48_000 : 23 * 48_000] //= 100  # the meter leaves out what is much quieter, and all of a silent piece
    samples[: 10 * 48_000] = 0
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", samples), tmp_path / "cache", -20.0))
    assert Meter(48_000).integrated_loudness(stem) == pytest.approx(-20.0, abs=0.001)


def test_another_loudness_replaces_what_was_kept(tmp_path: Path) -> None:
    source, cache = write_wav(tmp_path / "a.wav", tone(3.0, 48_000)), tmp_path / "cache"
    prepare_stem(source, cache)
    assert set(cache.iterdir()) != {prepare_stem(source, cache, -20.0)} == set(cache.iterdir())


@pytest.mark.parametrize("samples", [np.zeros((48_000, 1), np.int16), tone(0.3, 48_000)])
def test_silence_and_what_is_too_short_to_measure_stay_as_they_are(tmp_path: Path, samples: np.ndarray) -> None:
    stem = np.load(prepare_stem(write_wav(tmp_path / "a.wav", samples), tmp_path, -20.0))
    np.testing.assert_array_equal(stem, samples.astype(np.float32) / 32768)


def test_what_is_not_a_number_is_silence(tmp_path: Path) -> None:
    samples = np.array([[0.5, np.nan, np.inf, -np.inf, 0.25]], np.float32)
    with av.open(str(tmp_path / "a.wav"), "w") as file:
        stream = file.add_stream("pcm_f32le", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    stem = np.load(prepare_stem(tmp_path / "a.wav", tmp_path))
    np.testing.assert_array_equal(stem[:, 0], np.array([0.5, 0.0, 1.0, -1.0, 0.25], np.float32))


def test_the_sound_of_a_film_is_a_stem_too(tmp_path: Path) -> None:
    film = voiced_film(tmp_path / "film.mkv", 24, tone(2.0, 48_000)[:, 0] / np.float32(32768))
    assert has_sound(film)
    assert np.load(prepare_stem(film, tmp_path)).shape == (96_000, 1)


@pytest.mark.parametrize("content", [b"", b"no film"])
def test_what_cannot_be_read_has_no_sound(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    assert not has_sound(tmp_path / "a.mp4")
    assert not has_sound(tmp_path / "absent.mp4")


def tagged(path: Path) -> Path:
    """With a title in Latin-1, as older recorders write it."""
    body = path.read_bytes()[8:] + b"LIST\x0e\0\0\0INFOINAM\x02\0\0\0\xfc\0"
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    return path


def test_tags_in_an_older_alphabet_are_no_matter(tmp_path: Path) -> None:
    source = tagged(write_wav(tmp_path / "a.wav", noise(4_800)))
    assert has_sound(source)
    assert len(np.load(prepare_stem(source, tmp_path))) == 4_800


def test_sound_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    content = bytearray(write_wav(tmp_path / "a.wav", noise(4_800)).read_bytes())
    content[20:22] = b"\x34\x12"
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(StemError, match=r"a\.wav cannot be read: its sound is of an unknown kind"):
        prepare_stem(tmp_path / "a.wav", tmp_path)


@pytest.mark.parametrize("left", [0, 100, 20_000])
def test_what_a_failing_disk_left_is_decoded_again(tmp_path: Path, left: int) -> None:
    source = write_wav(tmp_path / "a.wav", noise(4_800))
    kept = prepare_stem(source, tmp_path / "cache")
    kept.write_bytes(kept.read_bytes()[:left])
    assert len(np.load(prepare_stem(source, tmp_path / "cache"))) == 4_800


@pytest.mark.parametrize("late", [0.4, -0.4])
def test_a_film_s_sound_is_heard_when_its_picture_says(tmp_path: Path, late: float) -> None:
    film = tmp_path / "film.mkv"
    picture = ["-itsoffset", f"{max(0.0, -late)}", "-f", "lavfi", "-i", "testsrc=d=2:r=10:s=64x64"]
    sound = ["-itsoffset", f"{max(0.0, late)}", "-f", "lavfi", "-i", "sine=f=440:d=1:r=44100"]
    coded = ["-map", "0", "-map", "1", "-c:v", "mpeg4", "-c:a", "pcm_s16le", film]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *picture, *sound, *map(str, coded)], check=True)
    stem = np.load(prepare_stem(film, tmp_path / "cache"))[:, 0]
    heard = np.flatnonzero(np.abs(stem) > 0.01)[[0, -1]] / RATE
    assert heard == pytest.approx([max(0.0, late), 1.0 + late], abs=0.01)


def film_with_blocks(path: Path, *starts: float, rate: int = 48_000) -> Path:
    """Blocks of 0.1 s of sound under a picture that begins at 0, each with a level of its own, at these moments."""
    with av.open(str(path), "w") as film:
        picture = film.add_stream("mpeg4", rate=10, width=64, height=64)
        sound = film.add_stream("pcm_s16le", rate=rate, layout="mono")
        film.mux(picture.encode(av.VideoFrame(64, 64)))
        film.mux(picture.encode(None))
        for number, start in enumerate(starts, 1):
            level = np.full((1, rate // 10), number * 1000, np.int16)
            block = av.AudioFrame.from_ndarray(level, format="s16", layout="mono")
            block.sample_rate, block.pts = rate, round(start * rate)
            film.mux(sound.encode(block))
        film.mux(sound.encode(None))
    return path


@pytest.mark.parametrize(
    ("starts", "heard"),
    [
        ([0.0, 0.1, 0.2], [1, 2, 3]),
        ([0.0, 0.3, 0.4], [1, 0, 0, 2, 3]),
        ([0.0, 0.1, 0.5, 0.6], [1, 2, 0, 0, 0, 3, 4]),
        ([0.2, 0.3, 0.3, 0.4], [0, 0, 1, 2, 4]),
        ([0.0, 0.13, 0.21], [1, 2, 3]),
        ([0.0, 0.1, 2.2, 2.9], [1, 2, 3, 4]),  # time stamps that no neighbour bears out
        ([-0.5, -0.4, 0.3, 0.4], [0, 0, 0, 3, 4]),
    ],
)
@pytest.mark.parametrize("rate", [48_000, 32_000])
def test_gaps_in_a_film_s_sound_stay_where_they_are(
    tmp_path: Path, starts: list[float], heard: list[int], rate: int
) -> None:
    stem = np.load(prepare_stem(film_with_blocks(tmp_path / "film.mkv", *starts, rate=rate), tmp_path / "cache"))[:, 0]
    levels = np.round(stem.reshape(-1, 4800)[:, 2400] * 32.768).astype(int)
    assert levels.tolist() == heard


def test_damaged_time_stamps_are_refused(tmp_path: Path) -> None:
    film = film_with_blocks(tmp_path / "film.mkv", 0.0, 0.1, 7200.0, 7200.1)
    with pytest.raises(StemError, match=r"film.mkv cannot be read: its sound goes on 7200 s after where it stops"):
        prepare_stem(film, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_film_whose_clock_starts_over_is_heard_as_long_as_it_is_seen(tmp_path: Path) -> None:
    half, film = tmp_path / "half.ts", tmp_path / "film.ts"
    sources = ["-f", "lavfi", "-i", "testsrc=d=3:r=10:s=64x64", "-f", "lavfi", "-i", "sine=f=440:d=3:r=48000"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *sources, "-c:a", "mp2", half], check=True)
    film.write_bytes(2 * half.read_bytes())
    stem = np.load(prepare_stem(film, tmp_path / "cache"))
    assert len(stem) / RATE == pytest.approx(probe(film).duration, abs=0.1)
