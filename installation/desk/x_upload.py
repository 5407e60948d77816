"""A film's way up to X, a step at a time, so that the desk never waits in place for the network's or X's sake."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from installation.desk import x_parcels
from installation.desk.fitter import Fitter
from installation.desk.trouble import Gone, Refused
from installation.desk.x_account import XAccount
from installation.desk.x_parcels import Parcel
from installation.desk.x_troubles import Malformed
from show.ledger import Ledger, Submission

log = logging.getLogger(__name__)

PIECE_BYTES = 1024 * 1024  # small enough to be through in seconds on a thin line, large enough for 999 of them
STEP_SECONDS = 4.0
PROCESSING_SECONDS = 600.0
MARGIN_SECONDS = 600.0
MOST_UPLOADS = 2
SHORTEST_LIFE_SECONDS, USUAL_LIFE_SECONDS = 1200.0, 86400.0


@dataclass
class Rising:
    """A film that is only partly there; lost with the process, and then begun again."""

    film: Path
    size: int
    media_id: str
    expires: float
    pieces: int = 0


class XUploads:
    """Brings films up, one after the other. `now` gives seconds since 1970."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._now = now
        self._fitter = Fitter(folder)
        self._rising: tuple[int, Rising] | None = None
        self._uploads: dict[int, int] = {}

    def step(self, ledger: Ledger, account: XAccount, story: Submission) -> Parcel | None:
        """The film when X has taken it; else None, a step further. While X looks at it, others have their turn.

        Refused when X does not take it; ValueError, FFmpegError or OSError for a film that is none.
        """
        parcel = x_parcels.parcel_of(ledger, story.id, self._now())
        if parcel is None:
            return self._go_up(ledger, account, story)
        if parcel.is_ready:
            return parcel
        if self._now() >= parcel.check_at:
            parcel = self._ask(ledger, account, story, parcel)
        if parcel is None or parcel.is_ready:
            return parcel
        ledger.wait(story.id, parcel.check_at)
        return None

    def forget(self, ledger: Ledger, id: int) -> None:
        """Its film is not needed at X any more."""
        if self._rising and self._rising[0] == id:
            self._let_go()
        self._uploads.pop(id, None)
        x_parcels.drop(ledger, id)

    def again(self, ledger: Ledger, story: Submission, reason: str) -> None:
        """X forgot or mislaid the film: bring it up anew; Refused when that was done often enough."""
        x_parcels.drop(ledger, story.id)
        if self._uploads.get(story.id, 0) >= MOST_UPLOADS:
            raise Refused(f"{reason} (it went up {MOST_UPLOADS} times)")
        log.warning("submission %d: its film must go up again: %s", story.id, reason)

    def close(self) -> None:
        """Leave nothing behind on the disk."""
        self._let_go()
        self._fitter.close()

    def _go_up(self, ledger: Ledger, account: XAccount, story: Submission) -> Parcel | None:
        if self._rising is None or self._rising[0] != story.id or self._now() > self._rising[1].expires:
            film = self._fitter.fitted(_film(story))
            if film is None:
                return None
            self._rising = (story.id, self._announced(account, story, film))
        try:
            return self._send_pieces(ledger, account, story, self._rising[1])
        except (Malformed, Gone) as error:  # it speaks of the announcement, which X does not know any more
            self._let_go()
            self.again(ledger, story, str(error))
            return None
        except (Refused, OSError):
            self._let_go()
            raise

    def _announced(self, account: XAccount, story: Submission, film: Path) -> Rising:
        self._uploads[story.id] = self._uploads.get(story.id, 0) + 1
        size = film.stat().st_size
        media_id, life = account.announce(size)
        life = life if life >= SHORTEST_LIFE_SECONDS else USUAL_LIFE_SECONDS
        return Rising(film, size, media_id, self._now() + life - MARGIN_SECONDS)

    def _send_pieces(self, ledger: Ledger, account: XAccount, story: Submission, rising: Rising) -> Parcel | None:
        """As many pieces as this step has time for, then the end."""
        began = self._now()
        with rising.film.open("rb") as file:
            while rising.pieces * PIECE_BYTES < rising.size:
                file.seek(rising.pieces * PIECE_BYTES)
                account.append(rising.media_id, rising.pieces, file.read(PIECE_BYTES))
                rising.pieces += 1
                if not 0 <= self._now() - began < STEP_SECONDS:
                    return None
        look = account.finish(rising.media_id)
        parcel = Parcel(rising.media_id, self._now(), rising.expires, look.is_done, self._now() + look.again_seconds)
        x_parcels.keep(ledger, story.id, parcel)
        self._let_go()
        if parcel.is_ready:
            return parcel
        ledger.wait(story.id, parcel.check_at)
        return None

    def _ask(self, ledger: Ledger, account: XAccount, story: Submission, parcel: Parcel) -> Parcel | None:
        """How far X is."""
        try:
            look = account.processing(parcel.media_id)
        except (Refused, Gone) as error:
            self.again(ledger, story, str(error))
            return None
        if not look.is_done and self._now() - parcel.closed > PROCESSING_SECONDS:
            self.again(ledger, story, "X did not come to an end with looking at the film")
            return None
        parcel = replace(parcel, is_ready=look.is_done, check_at=self._now() + look.again_seconds)
        x_parcels.keep(ledger, story.id, parcel)
        return parcel

    def _let_go(self) -> None:
        self._rising = None
        self._fitter.let_go()


def _film(story: Submission) -> Path:
    if story.film is None:
        raise ValueError("it has no film")
    return story.film
