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
BLOCK = 1024  # frames at a time: the spectra of a whole film would fill the memory
USUAL = [["A2", "E3", "C4"], ["F2", "F3", "A3"], ["G2", "D3", "B3"], ["E2", "E3", "B3"]]

Spectra = NDArray[np.complex64]


@dataclass(frozen=True)
class Bed:
    """Chords (notes as MIDI counts) that follow each other, and how they are sung.

    breath: 1 is heard with the words alone, 0 a steady chord. vowel_hz: how fine the voice's spectrum is followed, so
    that its vowels stay and its own pitch goes. detune_cents, sway_hz: each voice of a chord goes so far out of tune,
    so often, against the next. glide_seconds: the way from chord to chord.
    """

    chords: tuple[tuple[int, ...], ...]
    chord_seconds: float
    tuning_hz: float
    gain_db: float
    breath: float
    vowel_hz: float
    detune_cents: float
    sway_hz: float
    glide_seconds: float


def read_bed(table: Table, tuning_hz: float) -> Bed:
    """The table [bed]; chords is a list of lists of notes, all of as many."""
    return Bed(
        _chords(table),
        table.number("chord_seconds", 6.25, 0.5, 600.0),
        tuning_hz,
        table.number("gain_db", -7.0, -60.0, 12.0),
        table.number("breath", 0.92, 0.0, 1.0),
        table.number("vowel_hz", 210.0, 25.0, 2000.0),
        table.number("detune_cents", 3.5, 0.0, 100.0),
        table.number("sway_hz", 0.11, 0.0, 10.0),
        table.number("glide_seconds", 0.25, 0.0, 10.0),
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
    bins = _bins(settings.vowel_hz)
    steady = _steady(speech, bins)
    total = np.zeros(speech.size + 4 * WINDOW, np.float32)
    for number, (voice, tones) in enumerate(zip(_blocks(speech), _blocks(chord), strict=True)):
        shape = settings.breath * _envelope(voice, bins) + (1 - settings.breath) * steady
        _add(tones / (_envelope(tones, bins) + 1e-3) * shape, total[number * BLOCK * HOP :])
    laid = total[WINDOW : WINDOW + speech.size]
    return laid * np.float32(np.linalg.norm(speech) / (np.linalg.norm(laid) or 1))


def _sung(length: int, settings: Bed) -> Sound:
    """Saw waves on the chords."""
    time = np.arange(length) / RATE
    total, far = np.zeros(length), 2 ** (settings.detune_cents / 1200) - 1
    for number, pitches in enumerate(zip(*settings.chords, strict=True)):
        tones = hertz(np.array(pitches, np.float64), settings.tuning_hz)
        steps = tones[(time / settings.chord_seconds).astype(int) % len(tones)]
        glide = uniform_filter1d(steps, max(1, round(settings.glide_seconds * RATE)), mode="nearest")
        bend = 1 + far * np.sin(2 * np.pi * settings.sway_hz * (number + 1) * time)
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


def _bins(width_hz: float) -> int:
    """An odd number of bins of a spectrum, about as wide."""
    return 2 * round((width_hz * WINDOW / RATE - 1) / 2) + 1


def _envelope(spectra: Spectra, bins: int) -> NDArray[np.float32]:
    magnitude = np.abs(spectra)
    kernel = np.hanning(bins + 2)[1:-1].astype(np.float32)
    edges = np.pad(magnitude, ((0, 0), (bins // 2,) * 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(edges, bins, axis=1)
    return np.asarray(windows @ (kernel / kernel.sum()), np.float32)


def _steady(speech: Sound, bins: int) -> NDArray[np.float32]:
    """The mean of its vowels, while there are words."""
    first, last = (int(end) for end in np.flatnonzero(speech)[[0, -1]])
    spectra = np.fft.rfft(_frames(speech[first : last + 1])[::8] * np.hanning(WINDOW)).astype(np.complex64)
    return np.asarray(_envelope(spectra, bins).mean(0), np.float32)


def _add(spectra: Spectra, total: Sound) -> None:
    for number, frame in enumerate(np.fft.irfft(spectra, WINDOW) * np.hanning(WINDOW)):
        total[number * HOP : number * HOP + WINDOW] += frame
