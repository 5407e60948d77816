"""A stretch of frames in a player of Python: how many a second, at what cost."""

import json
import time


class Stretch:
    """Counts frames after the first `skipped`, in which everything warms up."""

    def __init__(self, skipped: int) -> None:
        self._left, self._frames = skipped, 0
        self._begun = self._ended = (0.0, 0.0)

    def shown(self) -> None:
        """One more frame has come into the window."""
        now = time.monotonic(), time.process_time()
        if self._left:
            self._left -= 1
            self._begun = now
        else:
            self._frames += 1
            self._ended = now

    def told(self) -> str:
        """Frames a second and CPU milliseconds a frame, as JSON."""
        wall, cpu = (end - begin for begin, end in zip(self._begun, self._ended, strict=True))
        return json.dumps({"fps": self._frames / wall, "cpu_ms": cpu / self._frames * 1000})
