"""How loud a stem is (EBU R128), and that it is as loud as it should be."""

import numpy as np
import pyloudnorm

from show.making.voices.sound import RATE, Sound

PEAK = 0.89  # -1 dBFS
KNEE = 0.5  # what is below stays as it is
SHORTEST_SECONDS = 0.4  # a block of the measure
ROUNDS = 4  # bending the peaks takes a little of the loudness away again


def loudness_lufs(sound: Sound) -> float:
    """The integrated loudness; minus infinity for silence."""
    padded = np.pad(sound, (0, max(0, round(SHORTEST_SECONDS * RATE) - sound.size)))
    with np.errstate(divide="ignore"):
        return float(pyloudnorm.Meter(RATE).integrated_loudness(padded.astype(np.float64)))


def levelled(sound: Sound, target_lufs: float) -> Sound:
    """The sound at that loudness, its peaks bent below -1 dBFS, never cut; silence stays silence."""
    peak = float(np.abs(sound).max(initial=0)) or 1.0
    gain_db, done = 0.0, sound / np.float32(peak)  # as it comes it may be so faint that it is measured as silence
    for _ in range(ROUNDS):
        found = loudness_lufs(done)
        if not np.isfinite(found):
            return sound
        gain_db += target_lufs - found
        done = bent(sound * np.float32(10 ** (gain_db / 20) / peak))
    return done


def bent(sound: Sound) -> Sound:
    """Above the knee ever softer, below the peak whatever comes."""
    over = np.maximum(np.abs(sound) - KNEE, 0)
    bend = KNEE + (PEAK - KNEE) * np.tanh(over / (PEAK - KNEE))
    return np.where(over > 0, np.sign(sound) * bend, sound).astype(np.float32)
