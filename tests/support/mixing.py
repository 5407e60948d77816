"""A mixer whose device clock is turned by hand, and stems to hear through it."""

from dataclasses import replace

import numpy as np

from installation.headphones.course import RATE, Control, Course, Heard, Mixing, Output, Segment
from installation.headphones.fades import FADE_FRAMES
from installation.headphones.limiter import LOOK_FRAMES
from installation.headphones.mixer import Mixer

MIXING = Mixing((Output((0, 1)), Output((2, 3)), Output((4,))))
VOICE, BED, BOTH = (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)  # gains of narration and murmur
WHOLE = Segment("film", 0.0, 0.0, 2.0)
UNITY = Control(Course(1, True, 0.0, (WHOLE,)), (Heard(stems=VOICE), Heard(stems=VOICE), Heard(stems=BED)))
WALK = FADE_FRAMES + LOOK_FRAMES  # until a change is complete
SLOPE = 1.0001 / FADE_FRAMES


def noise(seed: int, frames: int = 2 * RATE, channels: int = 2) -> np.ndarray:
    """Beginning and ending in silence, so that no fade is needed there."""
    samples = np.random.default_rng(seed).uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)
    samples[[0, -1]] = 0.0
    return samples


STEMS = {"film/narration": noise(1), "film/murmur": noise(2, channels=1), "clip/narration": noise(3)}
STEADY = {name: np.ones((10 * RATE, 1), np.float32) for name in ("film/narration", "film/murmur", "clip/narration")}


class Desk:
    """A mixer whose device clock is turned by hand, block by block."""

    def __init__(
        self,
        control: Control = UNITY,
        stems: dict[str, np.ndarray] = STEMS,
        now: float = 0.0,
        mixing: Mixing = MIXING,
    ) -> None:
        self.control, self.stems, self.now = control, stems, now
        self.mixer = Mixer(mixing, control)

    def play(self, seconds: float, block: int = 480) -> np.ndarray:
        """The sound of the coming seconds."""
        blocks = []
        for _ in range(round(seconds * RATE / block)):
            blocks.append(np.full((block, 6), np.nan, np.float32))
            self.mixer.mix(blocks[-1], self.now, self.control, self.stems)
            self.now += block / RATE
        return np.concatenate(blocks)

    def hear(self, *heard: Heard) -> None:
        self.control = replace(self.control, heard=heard)

    def course(self, **changes: object) -> None:
        self.control = replace(self.control, course=replace(self.control.course, **changes))


def steepest(sound: np.ndarray) -> float:
    return float(np.abs(np.diff(sound, axis=0)).max())
