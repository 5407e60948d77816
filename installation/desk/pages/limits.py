"""How often something may be done: buckets that fill again with time, for each address and for all together."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

MOST_ADDRESSES = 4096


class Bucket:
    """Holds `size` at most, and gains `per_second`."""

    def __init__(self, size: float, per_second: float, now: float) -> None:
        self._size, self._per_second = size, per_second
        self._left, self._at = size, now

    def left(self, now: float) -> float:
        """How much is in it."""
        self._left = min(self._size, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        return self._left

    def take(self, now: float) -> bool:
        """Take one; False when there is none."""
        if self.left(now) < 1:
            return False
        self._left -= 1
        return True


class Buckets:
    """A bucket for each address, of the last few thousand addresses; any thread may ask."""

    def __init__(self, size: float, per_second: float, clock: Callable[[], float]) -> None:
        self.per_second = per_second
        self._size, self._clock = size, clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, address: str) -> bool:
        """Take one of this address; False when it has none left."""
        with self._lock:
            return self._of(address).take(self._clock())

    def has(self, address: str) -> bool:
        """Whether this address has one left."""
        with self._lock:
            return self._of(address).left(self._clock()) >= 1

    def _of(self, address: str) -> Bucket:
        name = household(address)
        if name not in self._buckets:
            self._buckets[name] = Bucket(self._size, self.per_second, self._clock())
        self._buckets.move_to_end(name)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return self._buckets[name]


class Lockout:
    """Wrong guesses: five are free, then every one doubles the wait, from half a minute to an hour."""

    FREE, FIRST_SECONDS, LONGEST_SECONDS = 5, 30.0, 3600.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._all = Bucket(40, 1 / 60, clock())  # whatever the number of addresses: about 1500 guesses a day
        self._lock = Lock()

    def seconds_left(self, address: str) -> float:
        """How long this address must wait; 0 when it may try."""
        with self._lock:
            _, until = self._wrong.get(household(address), (0, 0.0))
            wait = max(0.0, until - self._clock())
            return wait if wait or self._all.left(self._clock()) >= 1 else 60.0

    def wrong(self, address: str) -> None:
        """A wrong guess."""
        with self._lock:
            name = household(address)
            number = self._wrong.pop(name, (0, 0.0))[0] + 1
            beyond = min(number - self.FREE, 12)
            wait = min(self.FIRST_SECONDS * 2**beyond, self.LONGEST_SECONDS) if beyond >= 0 else 0.0
            self._wrong[name] = (number, self._clock() + wait)
            self._all.take(self._clock())
            if len(self._wrong) > MOST_ADDRESSES:
                self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """A right one: the wrong ones before it are forgotten."""
        with self._lock:
            self._wrong.pop(household(address), None)


def household(address: str) -> str:
    """What counts as one: an address, or the 64 bits of IPv6 of which anyone may have all."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)
