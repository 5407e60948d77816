"""One film of an item of the programme as it is shown: played once and held, or looping by itself."""

from show.films.frame import Frame
from show.films.probe import EXACTLY, FilmInfo
from show.films.reel import Reel

PRIME_SECONDS = 3.0  # opening a film and decoding its first frame takes 130-150 ms; the rest is margin for a busy disk
AGAIN_SECONDS = 2.0  # after which a film that could not be read is tried again


class Strand:
    """A film from its beginning on, asked for by the seconds since then; `looping`, it never ends.

    A film that cannot be read any more is opened again and again until it can. Call everything from one thread.
    """

    def __init__(self, film: FilmInfo, looping: bool = False) -> None:
        self._looping = looping
        self._turn = 0
        self._reel = Reel(film)
        self._following: Reel | None = None
        self._held: Frame | None = None
        self._failed_at: float | None = None

    @property
    def film(self) -> FilmInfo:
        """The film, which may have been replaced by another since."""
        return self._reel.info

    @property
    def first(self) -> Frame | None:
        """Its first picture, if it has come by."""
        return self._reel.first

    @property
    def ready(self) -> bool:
        """Whether there is a frame to show."""
        return self._held is not None or self._reel.ready

    @property
    def error(self) -> str | None:
        """What could not be read or decoded, in one sentence."""
        return self._reel.error

    @property
    def failed(self) -> bool:
        """Whether nothing more comes until it can be opened again."""
        return self._reel.failed

    @property
    def ended(self) -> bool:
        """Whether everything that can be decoded of this turn has been."""
        return self._reel.ended

    def settled(self, seconds: float) -> bool:
        """Whether waiting would not bring a better frame for a time than `at` gives by now."""
        return self._reel.settled(self.index_at(seconds))

    def index_at(self, seconds: float) -> int:
        """The frame due at a time."""
        return self.film.index_at(self._within(seconds)[1])

    def at(self, seconds: float) -> Frame | None:
        """The frame due at a time, or the newest there is before it; None until the first."""
        turn, within = self._within(seconds)
        self._turn_to(turn, within)
        self._try_again(seconds, within)
        self._held = self._reel.at(self.film.index_at(within)) or self._held
        return self._held

    def seek(self, seconds: float) -> None:
        """Go on from another time; until its frame is decoded there is none."""
        self._turn, within = self._within(seconds)
        self._drop_following()
        self._held = None
        self._reel.seek(self.film.index_at(within))

    def close(self, wait: bool = True) -> None:
        """Stop decoding; without `wait` the threads end by themselves a moment later."""
        self._drop_following(wait)
        self._reel.close(wait)

    def _within(self, seconds: float) -> tuple[int, float]:
        """Which turn it is, and the seconds into it."""
        if not self._looping or seconds <= 0:
            return 0, seconds
        turn, within = divmod(seconds + EXACTLY, self.film.duration)
        return int(turn), within

    def _turn_to(self, turn: int, within: float) -> None:
        """Change over to a turn, primed in good time; a late one is sought."""
        if turn == self._turn + 1 and self._following:
            self._reel.close(wait=False)
            self._reel, self._following = self._following, None
        elif turn != self._turn:
            self._drop_following()
            self._reel.seek(self.film.index_at(within))
        self._turn = turn
        if self._looping and self._following is None and within > self.film.duration - PRIME_SECONDS:
            self._following = Reel(self.film)

    def _try_again(self, seconds: float, within: float) -> None:
        if not self._reel.failed:
            self._failed_at = None
        elif self._failed_at is None:
            self._failed_at = seconds
        elif not 0 <= seconds - self._failed_at < AGAIN_SECONDS:
            self._failed_at = seconds
            self._reel.close(wait=False)
            self._reel = Reel(self.film, start_frame=self.film.index_at(within))

    def _drop_following(self, wait: bool = False) -> None:
        if self._following:
            self._following.close(wait)
            self._following = None
