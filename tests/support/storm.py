"""A storm over a real desk: stories come in by every way while whatever can break does, at moments chosen by a seed.

The desk is a process of its own, its disk a file whose power can be cut, its clock one that can be set wrong, its lines
to the services ones that can be cut; the maker's part is done by hand with one small film. Where a machine cannot do
one of these, `cannot` says so, and the storm goes without.
"""

import random
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from installation.desk.files import put_copy
from installation.rehearsal.mastodon_stand_in import MastodonStandIn
from installation.rehearsal.x_shapes import SHAPES
from installation.rehearsal.x_stand_in import XStandIn
from show.errors import LedgerError
from show.ledger import Step
from show.making.phrases import split
from tests.support.desk import kill
from tests.support.line import Line
from tests.support.mastodon import TABLE
from tests.support.power import Disk
from tests.support.program import Program
from tests.support.reckoning import Row, reckon
from tests.support.waiting import free_port
from tests.support.ways import MASTODON_CALLS, X_CALLS, FilmRoom, FolderWay, PageWay, ServiceWay, Way
from tests.support.wrong_clock import WrongClock

Made = TypeVar("Made")
Fault = tuple[str, Callable[[], None]]
TABLES = """
[gates]
waiting_at_most = 100000
[page]
enabled = true
port = {port}
"""
PLENTY = 1_000_000
QUEUE = 120  # stories that wait at most while more are sent
DISK_MEGABYTES = 64
JUMPS_SECONDS = (-3600.0, -60.0, 60.0, 3600.0, 90000.0)
SETTLED = {Step.SENT, Step.UNCERTAIN, Step.FAILED, Step.REFUSED, Step.WITHDRAWN}
WORDS = """
moon river stone lantern brother window ladder harbour violin orchard thunder feather mirror garden bicycle mountain
candle winter pocket sailor kitchen letter island shadow apple bridge whisper copper tiger blanket morning station
pepper forest button ocean carpet engine saddle meadow anchor bottle ribbon hammer basket
"""


class Storm:
    """`run(number)` sends so many stories and ends when the sky is clear; `rows()` is what became of them.

    Between two faults there are `rest_seconds` at most, at random.
    """

    def __init__(self, folder: Path, seed: int, settle_seconds: float = 60.0, rest_seconds: float = 0.8) -> None:
        self._dice = random.Random(seed)
        self._settle_seconds, self._rest_seconds = settle_seconds, rest_seconds
        self.cannot: list[str] = []
        self.happened: Counter[str] = Counter()
        self._open = ExitStack()
        self._disk = self._try(lambda: Disk(folder, DISK_MEGABYTES), "no power is cut and no disk filled")
        self._clock = self._try(lambda: WrongClock(folder), "no clock jumps")
        if self._disk:
            self._open.callback(self._disk.remove)
        root = (self._disk.root if self._disk else folder) / "room"
        root.mkdir()
        x, mastodon = self._services()
        lines = [Line(service.base) for service in (x, mastodon)]
        for line in lines:
            self._open.callback(line.close)
        self._room, port = FilmRoom(root, folder, x), free_port(socket.SOCK_STREAM)
        site = self._room.site.read_text().replace(x.base, lines[0].base)
        self._room.site.write_text(site + TABLES.format(port=port) + TABLE.format(server=lines[1].base))
        (root / "mastodon.toml").write_text(f'access_token = "{mastodon.token}"\n')
        subprocess.run(["sync", "-f", root], check=True)  # the site was there long before the storm
        self._ways: list[Way] = [
            FolderWay(self._room),
            PageWay(self._room, port),
            ServiceWay("x", x, lines[0], X_CALLS),
            ServiceWay("mastodon", mastodon, lines[1], MASTODON_CALLS),
        ]
        self._sent: dict[str, list[int]] = {way.source: [] for way in self._ways}
        self._letters: dict[int, tuple[Way, str]] = {}
        self._deck: list[Fault] = []
        self._desk: Program | None = None
        self.output = ""

    def close(self) -> None:
        """Nothing is left of it."""
        self._end_desk()
        self._open.close()

    def run(self, number: int) -> None:
        """Send so many stories through the storm, then wait until every one has come to an end, or time is up."""
        desk = self._start_desk()  # what was sent before it ever ran is not for it
        for word in ("connected to X", "connected to Mastodon", "visitor page: at"):
            desk.wait_for(word)
        left = list(range(1, number + 1))
        while left:
            self._submit(left)
            self._befall()
            self._make()
        self._calm()
        end = time.monotonic() + self._settle_seconds
        while self._unsettled() and time.monotonic() < end:
            self._make()
            time.sleep(0.1)

    def rows(self) -> list[Row]:
        """What became of everything, by source."""
        answers = {way.source: way.answers() for way in self._ways}
        self._end_desk()
        with self._room.ledger() as ledger:
            return [reckon(source, self._sent[source], ledger, found) for source, found in answers.items()]

    def _services(self) -> tuple[XStandIn, MastodonStandIn]:
        """Both stand-ins, which by themselves allow no thousand answers in an hour."""
        x, mastodon = XStandIn(processing_seconds=0.0), MastodonStandIn(processing_seconds=0.0)
        for service in (x, mastodon):
            service.start()
            self._open.callback(service.stop)
        for limit in {shape.limit for shape in SHAPES}:
            x.allow(limit, PLENTY)
        for limit in ("all", "media", "posts"):
            mastodon.allow(limit, PLENTY)
        return x, mastodon

    # what happens all the time

    def _submit(self, left: list[int]) -> None:
        """A few stories, each by some way; one that did not surely arrive is sent again by the same way later."""
        for number in self._dice.sample(left, min(len(left), self._dice.randint(1, 8))):
            if self._queue() >= QUEUE:
                return
            way, text = self._letters.setdefault(number, (self._dice.choice(self._ways), self._text(number)))
            try:
                way.submit(number, text)
            except OSError:
                self.happened["a story had to be sent again"] += 1
            else:
                self._sent[way.source].append(number)
                left.remove(number)

    def _text(self, number: int) -> str:
        """A story unlike the others."""
        words = self._dice.sample(WORDS.split(), 9)
        return f"The {' '.join(words[:4])}, a {' '.join(words[4:])}. Number {number}."

    def _make(self) -> None:
        """The maker's part; it may die between any two of its steps."""
        with suppress(LedgerError, OSError), self._room.ledger() as ledger:
            for story in ledger.to_make():
                ledger.start_making(story.id)
                if self._dice.random() < 0.05:
                    return
                film = self._room.state.clips / f"{story.id:06}.mp4"
                put_copy(self._room.film, film)
                if self._dice.random() < 0.05:
                    return
                ledger.made(story.id, film, split(story.text))

    def _queue(self) -> int:
        with suppress(LedgerError), self._room.ledger() as ledger:
            counts = ledger.counts()
            return sum(counts.values()) - sum(counts[step] for step in SETTLED)
        return 0

    def _unsettled(self) -> bool:
        wanted = sum(map(len, self._sent.values()))
        with suppress(LedgerError), self._room.ledger() as ledger:
            return sum(ledger.counts()[step] for step in SETTLED) < wanted
        return True

    # what befalls it

    def _befall(self) -> None:
        """One thing that breaks, and the time until it does."""
        self._rest(self._rest_seconds)
        if not self._deck:  # every kind once before any comes again
            self._deck = list(self._faults())
            self._dice.shuffle(self._deck)
        name, happen = self._deck.pop()
        self.happened[name] += 1
        happen()

    def _faults(self) -> list[Fault]:
        found: list[Fault] = [
            ("kill -9 at any moment", self._kill),
            ("kill -9 in the middle of a call", self._kill_in_a_call),
            ("line cut", self._cut_line),
            ("slow line", self._slow_line),
            ("429, 503 or a lost answer", self._trouble),
        ]
        if self._disk:
            found += [("power cut", self._cut_power), ("full disk", self._fill_disk)]
        if self._clock:
            found.append(("clock jump", self._jump))
        return found

    def _kill(self) -> None:
        if self._desk:
            kill(self._desk)
        self._start_desk()

    def _kill_in_a_call(self) -> None:
        fault = self._dice.choice(self._ways).hold(self._dice)
        if fault and fault.reached.wait(2.0):
            self.happened["of these, in a call"] += 1
        if self._desk:
            kill(self._desk)
        if fault:
            fault.times = 0
            fault.release.set()
        self._start_desk()

    def _cut_line(self) -> None:
        self._with_lines(lambda line: line.cut(), 1.5)

    def _slow_line(self) -> None:
        self._with_lines(lambda line: line.slow(0.2), 1.5)

    def _with_lines(self, what: Callable[[Line], None], most_seconds: float) -> None:
        lines = [way.line for way in self._ways if way.line]
        for line in lines:
            what(line)
        self._rest(most_seconds)
        for line in lines:
            line.mend()

    def _trouble(self) -> None:
        for way in self._ways:
            way.trouble(self._dice)

    def _cut_power(self) -> None:
        if self._disk and self._desk:
            self._disk.cut()
            self._rest(0.1)
            kill(self._desk)
            self._disk.back()
        self._start_desk()

    def _fill_disk(self) -> None:
        if self._disk:
            ballast = self._disk.fill()
            self._rest(1.0)
            ballast.unlink()

    def _jump(self) -> None:
        """Sometimes the clock stays wrong through all that comes next."""
        if self._clock:
            self._clock.set(self._dice.choice(JUMPS_SECONDS))
            self._rest(1.0)
            if self._dice.random() < 0.7:
                self._clock.set(0.0)

    def _calm(self) -> None:
        """The storm is over, and somebody switches the PC off and on."""
        for way in self._ways:
            way.calm()
            if way.line:
                way.line.mend()
        if self._clock:
            self._clock.set(0.0)
        self._kill()

    # inside

    def _start_desk(self) -> Program:
        self._end_desk()
        env = self._clock.env if self._clock else {}
        self._desk = self._room.start_desk(settle=0.3, env=env)
        return self._desk

    def _end_desk(self) -> None:
        if self._desk:
            self.output += self._desk.output
            self._desk.clear_away()
            self._desk = None

    def _rest(self, most_seconds: float) -> None:
        """The moment of a fault is what the dice say, so here is slept and not waited."""
        time.sleep(self._dice.uniform(0.0, most_seconds))

    def _try(self, make: Callable[[], Made], otherwise: str) -> Made | None:
        try:
            return make()
        except OSError as error:
            self.cannot.append(f"{otherwise} on this machine ({error})")
            return None
