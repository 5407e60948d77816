"""Films that lie ready at X, or that X still looks at: remembered in the ledger, so that none goes up twice."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from show.ledger import Ledger

MARK = "x.parcels"


@dataclass(frozen=True)
class Parcel:
    """A film that is up; times in seconds since 1970.

    closed: when it was all there. expires: when X forgets it. is_ready: X took it. check_at: until then X needs not be
    asked how far it is. target: the version of the post that was to be answered with it, once that was begun.
    """

    media_id: str
    closed: float
    expires: float
    is_ready: bool = False
    check_at: float = 0.0
    target: str = ""


def parcel_of(ledger: Ledger, id: int, now: float) -> Parcel | None:
    """The film of a submission, unless X has forgotten it or the clock makes no sense."""
    parcel = _read(ledger).get(id)
    return parcel if parcel and parcel.closed - 60.0 <= now < parcel.expires else None


def target_of(ledger: Ledger, id: int) -> str:
    """The post that a submission's answer was for, or empty; remembered also when X has forgotten the film."""
    parcel = _read(ledger).get(id)
    return parcel.target if parcel else ""


def keep(ledger: Ledger, id: int, parcel: Parcel) -> None:
    """Remember it."""
    _write(ledger, _read(ledger) | {id: parcel})


def aim(ledger: Ledger, id: int, parcel: Parcel, target: str) -> None:
    """Remember what is about to be answered with it."""
    if parcel.target != target:
        keep(ledger, id, replace(parcel, target=target))


def drop(ledger: Ledger, id: int) -> None:
    """It is not needed any more."""
    parcels = _read(ledger)
    if parcels.pop(id, None):
        _write(ledger, parcels)


def ids(ledger: Ledger) -> list[int]:
    """The submissions that have one."""
    return list(_read(ledger))


def _read(ledger: Ledger) -> dict[int, Parcel]:
    with suppress(ValueError, TypeError, AttributeError):
        return {int(id): Parcel(**values) for id, values in json.loads(ledger.mark(MARK) or "{}").items()}
    return {}


def _write(ledger: Ledger, parcels: dict[int, Parcel]) -> None:
    ledger.set_mark(MARK, json.dumps({str(id): asdict(parcel) for id, parcel in parcels.items()}))
