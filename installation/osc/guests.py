"""Who may speak, how often, and what is remembered of each; all bounded, since a source address can be forged."""

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Generic, TypeVar

from installation.errors import SiteError

log = logging.getLogger(__name__)

V = TypeVar("V")
Clock = Callable[[], float]


class Memory(Generic[V]):
    """A dictionary that forgets whoever was silent longest."""

    def __init__(self, most: int = 512) -> None:
        self._known: OrderedDict[object, V] = OrderedDict()
        self._most = most

    def recall(self, key: object, default: V) -> V:
        """What is known under the key, else the default, which is then kept."""
        value = self._known.setdefault(key, default)
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return value

    def keep(self, key: object, value: V) -> None:
        """Remember a value."""
        self.recall(key, value)
        self._known[key] = value


class AllowList:
    """Source addresses that are heard: single ones or networks; an empty list hears everyone who can reach the port."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._networks = [_network(each) for each in allowed]

    def welcomes(self, host: str) -> bool:
        """Whether packets of this host are read."""
        if not self._networks:
            return True
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise SiteError(f"[osc] allow = {text!r} is neither an address nor a network such as 192.168.1.0/24") from error


@dataclass
class _Purse:
    coins: float
    at: float
    told: float


class Meter:
    """So many messages a second for each host, a second's worth at once; who is cut short is told once a second."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._per_second = per_second
        self._clock = clock
        self._purses: Memory[_Purse] = Memory()

    def spend(self, host: str, coins: int) -> bool:
        """Whether the host has not said too much yet."""
        now = self._clock()
        purse = self._purses.recall(host, _Purse(self._per_second, now, -1.0))
        purse.coins = min(self._per_second, purse.coins + (now - purse.at) * self._per_second)
        purse.at = now
        if purse.coins < coins:
            return False
        purse.coins -= coins
        return True

    def may_tell(self, host: str) -> bool:
        """Whether the host may be told now that it says too much."""
        now = self._clock()
        purse = self._purses.recall(host, _Purse(self._per_second, now, -1.0))
        if now - purse.told < 1:
            return False
        purse.told = now
        return True


class Edges:
    """Rising edges of held values: a trigger fires when its number comes from below 0.5."""

    def __init__(self) -> None:
        self._high: Memory[bool] = Memory()

    def rose(self, key: object, value: float) -> bool:
        """Whether this value is the edge."""
        before, now = self._high.recall(key, False), value >= 0.5
        self._high.keep(key, now)
        return now and not before


class RefusalLog:
    """Counts what is refused; the first of a burst is logged at once, the rest as one line every ten seconds."""

    def __init__(self, clock: Clock, every_seconds: float = 10.0) -> None:
        self._clock = clock
        self._every_seconds = every_seconds
        self._next_line = -math.inf
        self._untold = 0
        self._last = ""
        self.count = 0

    def add(self, host: str, reason: str) -> None:
        """One more."""
        self.count += 1
        self._untold += 1
        self._last = f"{reason} (from {host})"
        self.tell_when_due()

    def tell_when_due(self) -> None:
        """Log what came since the last line, unless that was a moment ago."""
        if self._untold and self._clock() >= self._next_line:
            self.tell()

    def tell(self) -> None:
        """Log what came since the last line."""
        if self._untold:
            log.warning("osc refused %d packet%s, the last: %s", self._untold, "s" * (self._untold > 1), self._last)
            self._next_line = self._clock() + self._every_seconds
            self._untold = 0
