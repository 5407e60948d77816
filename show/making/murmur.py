"""The second voice: the same speech sung by a slow chord, dark and far away. A channel vocoder on numpy alone."""

import numpy as np
from numpy.typing import NDArray

from show.making.voices.sound import RATE, Sound

WINDOW = 2048
HOP = 512
CHORDS_HZ = ((110.0, 164.81, 261.63), (87.31, 174.61, 220.0), (98.0, 146.83, 246.94), (82.41, 164.81, 207.65))
CHORD_SECONDS = 6.25
VIBRATO_HZ = 0.11
ENVELOPE_BINS = 9  # about 200 Hz: formants stay, the voice's own pitch goes
DARK_ABOVE_HZ = 2200.0
ECHO_SECONDS = 1.8
ECHO_SHARE = 0.35


def murmur(speech: Sound) -> Sound:
    """Speech (mono, 48 kHz) as a harmonic murmur of the same length."""
    voice, chord = _spectra(speech), _spectra(_chords(speech.size))
    sung = chord / (_envelope(chord) + 1e-3) * _envelope(voice) * _darkness()
    return _echo(_sound(sung, speech.size))


def _chords(length: int) -> Sound:
    """Saw waves on a slowly changing chord, each voice gently out of tune with the next."""
    time = np.arange(length) / RATE
    total = np.zeros(length)
    for number, pitches in enumerate(zip(*CHORDS_HZ, strict=True)):
        steps = np.array(pitches)[(time / CHORD_SECONDS).astype(int) % len(pitches)]
        bend = 1 + 0.004 * np.sin(2 * np.pi * VIBRATO_HZ * (number + 1) * time)
        phase = np.cumsum(_smooth(steps, RATE // 4) * bend) / RATE
        total += 2 * (phase % 1) - 1
    return (total / 3).astype(np.float32)


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """A glide instead of a step: the running mean over the past `width` samples."""
    sums = np.cumsum(np.concatenate([np.full(width, values[0]), values]))
    glide: NDArray[np.float64] = (sums[width:] - sums[:-width]) / width
    return glide


def _spectra(sound: Sound) -> NDArray[np.complex128]:
    padded = np.concatenate([np.zeros(WINDOW), sound, np.zeros(2 * WINDOW)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    return np.fft.rfft(frames * np.hanning(WINDOW))


def _envelope(spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
    magnitude = np.abs(spectra)
    kernel = np.hanning(ENVELOPE_BINS + 2)[1:-1]
    edges = np.pad(magnitude, ((0, 0), (ENVELOPE_BINS // 2,) * 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(edges, ENVELOPE_BINS, axis=1)
    smoothed: NDArray[np.float64] = windows @ (kernel / kernel.sum())
    return smoothed


def _darkness() -> NDArray[np.float64]:
    """Full below, 12 dB less for each octave above."""
    frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE)
    gain: NDArray[np.float64] = 1 / (1 + (frequencies / DARK_ABOVE_HZ) ** 2)
    return gain


def _sound(spectra: NDArray[np.complex128], length: int) -> Sound:
    total = np.zeros(len(spectra) * HOP + WINDOW)
    for number, frame in enumerate(np.fft.irfft(spectra, WINDOW) * np.hanning(WINDOW)):
        total[number * HOP : number * HOP + WINDOW] += frame
    return total[WINDOW : WINDOW + length].astype(np.float32)


def _echo(sound: Sound) -> Sound:
    """A room: the sound and a share of it blurred by decaying noise."""
    time = np.arange(int(ECHO_SECONDS * RATE)) / RATE
    room = np.random.default_rng(1).standard_normal(time.size) * np.exp(-5 * time / ECHO_SECONDS)
    size = sound.size + room.size
    blurred = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room / np.linalg.norm(room), size), size)
    return ((1 - ECHO_SHARE) * sound + ECHO_SHARE * blurred[: sound.size]).astype(np.float32)
