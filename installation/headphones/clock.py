"""The device's clock: at which moment (monotonic seconds) its samples sound."""

from installation.headphones.course import RATE

SMOOTHING = 0.05  # of each new reading; single ones wobble by milliseconds
SNAP_SECONDS = 0.05
SETTLED_SECONDS = 0.003
SETTLED_READINGS = 2  # that agree with the one before: sound that returns is heard a quarter of a second later
SETTLED_AT_LAST = 60  # readings


class DacClock:
    """Low-passed readings of when sample 0 sounded."""

    def __init__(self) -> None:
        self.zero = 0.0
        self._readings = self._steady = 0
        self.settled = False

    def tick(self, dac: float, sample: int) -> float:
        """Take the reading that `sample` sounds at `dac`; by how many seconds the clock jumped, mostly 0."""
        offset = dac - sample / RATE
        residual = offset - self.zero
        jump = 0.0
        if self._readings == 0 or abs(residual) > SNAP_SECONDS:
            jump = residual if self.settled else 0.0
            self._start_over(offset)
        else:
            self._readings += 1
            self.zero += max(SMOOTHING, 1 / self._readings) * residual
        self._settle(residual)
        return jump

    def moment(self, sample: int) -> float:
        """When a sample sounds."""
        return self.zero + sample / RATE

    def _start_over(self, offset: float) -> None:
        self.zero, self._readings = offset, 1

    def _settle(self, residual: float) -> None:
        self._steady = self._steady + 1 if abs(residual) < SETTLED_SECONDS else 0
        enough = self._steady >= SETTLED_READINGS or self._readings >= SETTLED_AT_LAST
        self.settled = self.settled or enough
