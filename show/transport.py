"""Where the show stands: arithmetic of play, pause and drift, with time handed in.

Show time T counts the seconds played since the start; it runs on over loops and interludes and stands still in a pause.
While the show plays, T = (now - anchor) x rate on the monotonic clock. Every jump of the anchor is a new epoch.
"""


class Transport:
    """Show time, paused at 0 until played; all times are monotonic seconds."""

    def __init__(self) -> None:
        self.playing = False
        self.rate = 1.0
        self.epoch = 0
        self._anchor = 0.0
        self._held = 0.0

    @property
    def anchor(self) -> float:
        """The moment at which show time 0 would have been, as long as nothing is paused."""
        return self._anchor

    @property
    def sounding(self) -> bool:
        """Whether sound can go along: it knows but one rate."""
        return self.playing and self.rate == 1.0

    def show_time(self, now: float) -> float:
        """Show time T at a moment."""
        return (now - self._anchor) * self.rate if self.playing else self._held

    def play(self, now: float) -> None:
        """Run on from where the show stands."""
        if not self.playing:
            self._anchor = now - self._held / self.rate
            self.playing = True
            self.epoch += 1

    def pause(self, now: float) -> None:
        """Hold where the show stands."""
        if self.playing:
            self._held = self.show_time(now)
            self.playing = False
            self.epoch += 1

    def run_at(self, rate: float, now: float) -> None:
        """Go on from here at another rate; nothing happens where it is the rate already."""
        if rate != self.rate:
            self._anchor = now - self.show_time(now) / rate
            self.rate = rate
            self.epoch += 1

    def jump(self) -> None:
        """Tell the sound that what belongs to show time has changed (a seek, another cue)."""
        self.epoch += 1

    def drift(self, anchor: float) -> float:
        """How far an independent clock's anchor lies behind (+) or before (-) the picture's, in seconds."""
        return anchor - self._anchor

    def lean(self, anchor: float, limit: float) -> None:
        """Lean toward the sound's anchor by at most `limit` seconds, so that the picture never jumps."""
        drift = self.drift(anchor)
        self._anchor += max(-limit, min(limit, drift))
