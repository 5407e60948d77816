"""Which headphone is this? Its number in both ears, then "left" in the left, "right" in the right."""

from pathlib import Path

import numpy as np

from installation.headphones.course import RATE
from installation.headphones.fades import Sound

WORDS = "identify/words"  # one second for each: the digits from 0, "left", "right"
SPOKEN_WORDS = Path(__file__).parent / "words.flac"
LEFT, RIGHT = 10, 11
BOTH_EARS, LEFT_EAR, RIGHT_EAR = (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)


class Announcement:
    """The words for one number, second by second."""

    def __init__(self, number: int) -> None:
        digits = [(int(digit), BOTH_EARS) for digit in str(number)]
        self._words = [*digits, (LEFT, LEFT_EAR), (RIGHT, RIGHT_EAR)]
        self._position = 0

    @property
    def over(self) -> bool:
        """Whether all is said."""
        return self._position >= len(self._words) * RATE

    def take(self, frames: int, words: Sound | None) -> Sound:
        """The next frames (frames, 2) out of the spoken words (frames, 1 or 2)."""
        said = np.zeros((frames, 2), np.float32)
        done = 0
        while words is not None and done < frames and not self.over:
            second, at = divmod(self._position, RATE)
            word, ears = self._words[second]
            piece = words[word * RATE + at : word * RATE + at + min(frames - done, RATE - at), :1]
            said[done : done + len(piece)] = piece * np.array(ears, np.float32)
            step = min(frames - done, RATE - at)
            done, self._position = done + step, self._position + step
        if words is None:
            self._position += frames
        return said
