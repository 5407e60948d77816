"""Films on the stand-in X: announced, filled piece by piece, closed, looked at, described, forgotten again."""

import time
from dataclasses import dataclass, field
from threading import RLock

from installation.rehearsal.x_film_rules import LARGEST_BYTES, problems
from installation.rehearsal.x_refusals import PROBLEMS, Refusal, refuse

LONGEST_PIECE = 5 * 1024 * 1024
MEDIA_LIFE_SECONDS = 86400.0


@dataclass
class Medium:
    """A film on its way up; times in seconds since 1970."""

    id: str
    total: int
    began: float
    pieces: dict[int, bytes] = field(default_factory=dict)
    closed: float | None = None
    problems: list[str] = field(default_factory=list)
    alt_text: str = ""

    @property
    def film(self) -> bytes:
        """The pieces in order."""
        return b"".join(self.pieces[index] for index in sorted(self.pieces))


class Media(dict[str, Medium]):
    """All films by their id; `doomed` is how many of the next ones fail in their processing without a reason."""

    def __init__(self, lock: RLock, processing_seconds: float) -> None:
        super().__init__()
        self.processing_seconds, self.life_seconds = processing_seconds, MEDIA_LIFE_SECONDS
        self.doomed = 0
        self._lock = lock

    def start(self, id: str, total: int, kind: tuple[str | None, str | None]) -> Medium:
        """A film is announced."""
        if kind != ("video/mp4", "tweet_video") or not 0 < total <= LARGEST_BYTES:
            raise _invalid(f"Here only video/mp4 as tweet_video of up to {LARGEST_BYTES} bytes is taken.")
        with self._lock:
            self[id] = Medium(id, total, time.time())
            return self[id]

    def append(self, id: str, index: int, piece: bytes) -> None:
        """A piece of it arrives."""
        with self._lock:
            medium = self.known(id)
            if medium.closed is not None or not 0 < len(piece) <= LONGEST_PIECE:
                raise _invalid(f"Segment {index} with {len(piece)} bytes is not taken.")
            medium.pieces[index] = piece

    def finalize(self, id: str) -> Medium:
        """All pieces are there; the looking begins."""
        with self._lock:
            medium = self.known(id)
            if sorted(medium.pieces) != list(range(len(medium.pieces))) or len(medium.film) != medium.total:
                raise _invalid("Segments do not add up to provided total file size.")
            medium.closed = time.time()
            medium.problems = ["doomed"] if self.doomed > 0 else problems(medium.film)
            self.doomed -= self.doomed > 0
            return medium

    def state(self, id: str) -> str:
        """pending, in_progress, then succeeded or failed."""
        with self._lock:
            medium = self.known(id)
            if medium.closed is None:
                raise _invalid("The media was not finalized.")
            passed = time.time() - medium.closed
            if passed < self.processing_seconds / 2:
                return "pending"
            if passed < self.processing_seconds:
                return "in_progress"
            return "failed" if medium.problems else "succeeded"

    def describe(self, id: str, alt_text: str) -> None:
        """Words for those who do not see it."""
        with self._lock:
            self.known(id).alt_text = alt_text

    def check_attached(self, ids: list[str]) -> None:
        """Refusal when one of them may not be posted."""
        for id in ids:
            if id not in self or self._is_forgotten(self[id]) or self.state(id) != "succeeded":
                raise refuse("media")
        if len(ids) > 1:
            raise _invalid("A post holds one film.")

    def known(self, id: str) -> Medium:
        """The film; Refusal when there is none any more."""
        if id not in self or self._is_forgotten(self[id]):
            raise _invalid(f"The media id {id} is not known.")
        return self[id]

    def left_seconds(self, medium: Medium) -> int:
        """How long X still keeps it."""
        return max(0, int(medium.began + self.life_seconds - time.time()))

    def _is_forgotten(self, medium: Medium) -> bool:
        return time.time() - medium.began > self.life_seconds


def _invalid(detail: str) -> Refusal:
    return Refusal(400, "Invalid Request", detail, PROBLEMS + "invalid-request")
