"""What befalls requests to the stand-in X: ordered one by one, or as weather."""

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock

from installation.rehearsal.x_refusals import FORMS, Refusal


@dataclass
class Fault:
    """What befalls the next `times` requests that match: "status" is answered, "cut" before or after it took effect.

    form: a documented refusal in place of status, detail and headers (`x_refusals.FORMS`). `hold` "before" or "after"
    keeps the request until `release` is set; `reached` says that it got there. slow_seconds: the answer comes as much
    later. bare: what is answered instead of JSON.
    """

    method: str
    path: str
    times: int = 1
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    detail: str = "A fault was asked for."
    form: str = ""
    cut: str = ""
    hold: str = ""
    slow_seconds: float = 0.0
    bare: bytes | None = None
    reached: Event = field(default_factory=Event)
    release: Event = field(default_factory=Event)

    def matches(self, method: str, path: str) -> bool:
        """Whether this request is to suffer."""
        return self.times > 0 and method == self.method and re.fullmatch(self.path, path) is not None

    def refusal(self) -> Refusal | None:
        """What it answers instead of doing anything, if it does."""
        if self.form:
            form = FORMS[self.form]
            return Refusal(form.status, form.title, form.detail, form.kind, form.more)
        return Refusal(self.status, "Fault", self.detail) if self.status else None


class Weather:
    """Faults at random, that whoever asks again gets over: the same ones for the same seed and order of requests.

    chance: of a request to suffer, 0 to 1.
    """

    def __init__(self, seed: int, chance: float, slow_seconds: float = 0.5) -> None:
        self._chance, self._slow_seconds = chance, slow_seconds
        self._random, self._lock = random.Random(seed), Lock()

    def fault(self, method: str, path: str) -> Fault | None:
        """What befalls this request, if anything."""
        with self._lock:
            if self._random.random() >= self._chance:
                return None
            make = self._random.choice(self._kinds())
        return make(method, path)

    def _kinds(self) -> list[Callable[[str, str], Fault]]:
        soon = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(time.time()) + 2)}
        return [
            lambda method, path: Fault(method, path, form="overloaded"),
            lambda method, path: Fault(method, path, status=502, bare=b"<html>Bad Gateway</html>"),
            lambda method, path: Fault(method, path, form="rate limit"),
            lambda method, path: Fault(method, path, form="rate limit", headers=soon),
            lambda method, path: Fault(method, path, form="credits"),
            lambda method, path: Fault(method, path, form="unauthorized"),
            lambda method, path: Fault(method, path, cut="before"),
            lambda method, path: Fault(method, path, cut="after"),
            lambda method, path: Fault(method, path, slow_seconds=self._slow_seconds),
        ]


class Faults:
    """Those that were ordered, and the weather."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []
        self.weather: Weather | None = None
        self._lock = Lock()

    def meet(self, method: str, path: str) -> Fault | None:
        """The fault that a request meets, counted down."""
        with self._lock:
            for fault in self.ordered:
                if fault.matches(method, path):
                    fault.times -= 1
                    return fault
        return self.weather.fault(method, path) if self.weather else None

    def release(self) -> None:
        """Let go of every request that is held."""
        for fault in self.ordered:
            fault.release.set()
