"""From an address or a pattern to the places it means in this very show."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product

from installation.osc.addresses import HEADPHONE, PANEL, ROWS, STATUS, STEM, Place, Row
from installation.osc.arguments import Refusal
from installation.osc.patterns import Pattern, PatternError, is_pattern
from installation.status import Status


class Directory:
    """The table of addresses under a prefix such as `/show`, with as many panels and headphones as the show has."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def find(self, address: str, status: Status) -> list[Place]:
        """Every place an address or pattern means, at least one. Raises Refusal."""
        places = _places(self._prefix, len(status.panels), len(status.headphones), status.stems)
        if address == self._prefix + STATUS:
            address += "/*"
        if is_pattern(address):
            return _matching(address, places)
        if address not in places:
            raise Refusal(self._why_not(address, status))
        return [places[address]]

    def _why_not(self, address: str, status: Status) -> str:
        match address.removeprefix(self._prefix).split("/")[1:]:
            case ["panel", number, *_]:
                return _no_such("panel", number, len(status.panels))
            case ["headphone", number, "stem", name, "gain" | "heard"] if name not in status.stems:
                if _is_one_of(number, len(status.headphones)):
                    return f'there is no stem "{name}"; there are: {", ".join(status.stems)}'
                return _no_such("headphone", number, len(status.headphones))
            case ["headphone", number, *_]:
                return _no_such("headphone", number, len(status.headphones))
        return f"there is no such address; {self._prefix}/status answers with what can be read"


def _matching(pattern: str, places: dict[str, Place]) -> list[Place]:
    try:
        compiled = Pattern(pattern)
    except PatternError as error:
        raise Refusal(str(error)) from error
    found = [place for address, place in places.items() if compiled.matches(address)]
    if not found:
        raise Refusal("no address matches the pattern")
    return found


def _no_such(kind: str, number: str, count: int) -> str:
    if not count:
        return f"no {kind} is known yet"
    if _is_one_of(number, count):
        return f"there is no such address for a {kind}"
    return f"there is no {kind} {number}; they are counted from 1 to {count}"


def _is_one_of(number: str, count: int) -> bool:
    return number in map(str, range(1, count + 1))


@cache
def _places(prefix: str, panels: int, headphones: int, stems: tuple[str, ...]) -> dict[str, Place]:
    numbers = {PANEL: range(1, panels + 1), HEADPHONE: range(1, headphones + 1)}
    there: Mapping[str, Sequence[int | str]] = {**numbers, STEM: stems}
    return {place.address: place for row in ROWS for place in _places_of(row, prefix, there)}


def _places_of(row: Row, prefix: str, there: Mapping[str, Sequence[int | str]]) -> Iterator[Place]:
    signs = [sign for sign in there if sign in row.path]
    for named in product(*(there[sign] for sign in signs)):
        path = row.path
        for sign, name in zip(signs, named, strict=True):
            path = path.replace(sign, str(name))
        yield Place(prefix + path, row, named)
