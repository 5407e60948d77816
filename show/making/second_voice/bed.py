"""The harmonic bed: slow chords that take on the vowels of the speech. A channel vocoder on numpy alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from show.errors import StoryError
from show.making.second_voice.scale import hertz, read_note
from show.making.tables import Table
from show.making.voices.sound import RATE, Sound

WINDOW = 2048
HOP = 512
BLOCK = 1024  # frames at a time, so that the film may be as long as it likes
ENVELOPE_BINS = 9  # about 200 Hz: formants stay, the voice's own pitch goes
VIBRATO_HZ = 0.11
OUT_OF_TUNE = 0.002  # each voice of the chord, gently, against the next: 3.5 cents at most
GLIDE_SECONDS = 0.25
USUAL = [["A2", "E3", "C4"], ["F2", "F3", "A3"], ["G2", "D3", "B3"], ["E2", "E3", "B3"]]

Spectra = NDArray[np.complex64]


@dataclass(frozen=True)
class Bed:
    """Chords (notes as MIDI counts) that follow each other; how loud beside the voice, and how far they breathe."""

    chords: tuple[tuple[int, ...], ...]
    chord_seconds: float
    tuning_hz: float
    gain_db: float
    breath: float  # 1: heard only with the words; 0: a steady chord


def read_bed(table: Table, tuning_hz: float) -> Bed:
    """The table [bed]; chords is a list of lists of notes, all of as many."""
    return Bed(
        _chords(table),
        table.number("chord_seconds", 6.25, 0.5, 600.0),
        tuning_hz,
        table.number("gain_db", -7.0, -60.0, 12.0),
        table.number("breath", 0.92, 0.0, 1.0),
    )


def _chords(table: Table) -> tuple[tuple[int, ...], ...]:
    where = table.where("chords")
    chords = table.lists("chords", USUAL)
    if not chords or not all(chords) or len({len(chord) for chord in chords}) > 1:
        raise StoryError(f"{where} must be lists of notes, all of as many, such as [['A2', 'E3'], ['F2', 'C3']]")
    return tuple(tuple(read_note(note, where) for note in chord) for chord in chords)


def bed(speech: Sound, settings: Bed) -> Sound:
    """Chords with the vowels of the speech, as long as it and as loud as it."""
    if not speech.any():
        return np.zeros_like(speech)
    chord = _sung(speech.size, settings)
    steady = _steady(speech)
    total = np.zeros(speech.size + 4 * WINDOW, np.float32)
    for number, (voice, tones) in enumerate(zip(_blocks(speech), _blocks(chord), strict=True)):
        shape = settings.breath * _envelope(voice) + (1 - settings.breath) * steady
        _add(tones / (_envelope(tones) + 1e-3) * shape, total[number * BLOCK * HOP :])
    laid = total[WINDOW : WINDOW + speech.size]
    return laid * np.float32(np.linalg.norm(speech) / (np.linalg.norm(laid) or 1))


def _sung(length: int, settings: Bed) -> Sound:
    """Saw waves on the chords."""
    time = np.arange(length) / RATE
    total = np.zeros(length)
    for number, pitches in enumerate(zip(*settings.chords, strict=True)):
        tones = hertz(np.array(pitches, np.float64), settings.tuning_hz)
        steps = tones[(time / settings.chord_seconds).astype(int) % len(tones)]
        glide = uniform_filter1d(steps, round(GLIDE_SECONDS * RATE), mode="nearest")
        bend = 1 + OUT_OF_TUNE * np.sin(2 * np.pi * VIBRATO_HZ * (number + 1) * time)
        total += 2 * (np.cumsum(glide * bend) / RATE % 1) - 1
    return np.asarray(total / len(settings.chords[0]), np.float32)


def _blocks(sound: Sound) -> Iterator[Spectra]:
    """The spectra of its frames, so many at a time."""
    frames = _frames(sound)
    for start in range(0, len(frames), BLOCK):
        yield np.fft.rfft(frames[start : start + BLOCK] * np.hanning(WINDOW)).astype(np.complex64)


def _frames(sound: Sound) -> NDArray[np.float32]:
    padded = np.concatenate([np.zeros(WINDOW, np.float32), sound, np.zeros(2 * WINDOW, np.float32)])
    return np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]


def _envelope(spectra: Spectra) -> NDArray[np.float32]:
    magnitude = np.abs(spectra)
    kernel = np.hanning(ENVELOPE_BINS + 2)[1:-1].astype(np.float32)
    edges = np.pad(magnitude, ((0, 0), (ENVELOPE_BINS // 2,) * 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(edges, ENVELOPE_BINS, axis=1)
    return np.asarray(windows @ (kernel / kernel.sum()), np.float32)


def _steady(speech: Sound) -> NDArray[np.float32]:
    """The mean of its vowels, while there are words."""
    first, last = (int(end) for end in np.flatnonzero(speech)[[0, -1]])
    spectra = np.fft.rfft(_frames(speech[first : last + 1])[::8] * np.hanning(WINDOW)).astype(np.complex64)
    return np.asarray(_envelope(spectra).mean(0), np.float32)


def _add(spectra: Spectra, total: Sound) -> None:
    for number, frame in enumerate(np.fft.irfft(spectra, WINDOW) * np.hanning(WINDOW)):
        total[number * HOP : number * HOP + WINDOW] += frame
