"""A mild room: the sound, and a share of it blurred by decaying noise."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import oaconvolve

from show.making.second_voice.equaliser import Band, equalised
from show.making.tables import Table
from show.making.voices.sound import RATE, Sound

SIXTY_DB = 6.9  # e to the power of -6.9 is -60 dB


@dataclass(frozen=True)
class Reverb:
    """How long the room rings (to -60 dB), its share of the whole 0..1, when it begins, and how dark it is."""

    seconds: float
    share: float
    wait_seconds: float
    dark_hz: float

    @property
    def heard_seconds(self) -> float:
        """How long a sound is heard after its end."""
        return self.wait_seconds + self.seconds if self.share else 0.0


def read_reverb(table: Table) -> Reverb:
    """The table [reverb]."""
    return Reverb(
        table.number("seconds", 1.8, 0.1, 10.0),
        table.number("share", 0.35, 0.0, 1.0),
        table.number("wait_seconds", 0.02, 0.0, 0.5),
        table.number("dark_hz", 3000.0, 200.0, 20_000.0),
    )


def in_room(sound: Sound, reverb: Reverb) -> Sound:
    """The sound as it is heard there, as long as before."""
    if reverb.share == 0 or not sound.size:
        return sound
    time = np.arange(round(reverb.seconds * RATE)) / RATE
    noise = np.random.default_rng(1).standard_normal(time.size) * np.exp(-SIXTY_DB * time / reverb.seconds)
    ring = equalised(noise.astype(np.float32), (Band("high cut", reverb.dark_hz, 0.0, 0.7),))
    ring = np.concatenate([np.zeros(round(reverb.wait_seconds * RATE)), ring / np.linalg.norm(ring)])
    blurred = oaconvolve(sound, ring)[: sound.size]
    return np.asarray((1 - reverb.share) * sound + reverb.share * blurred, np.float32)
