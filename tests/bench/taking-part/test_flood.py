"""Two hundred posts a second on the visitors' page for a minute, while the show plays and honest visitors write.

`script/test --bench tests/bench/taking-part/test_flood.py` prints the figures. Three floods: posts with no sheet, posts
with one good sheet again and again, and posts each with a good sheet of its own, as someone who fetched many would.
Compare the frames with those of the minute without a flood.
"""

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.support.pages import TABLES, PagesRoom, Visitor
from tests.support.processes import family
from tests.support.program import running
from tests.support.room import build_room
from tests.support.waiting import free_port, wait_until

RATE, SECONDS, SENDERS = 200, 60, 8
MOST = 200


class Show(PagesRoom):
    """A room whose whole show runs, with the page on its own port."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "desk", most=MOST)
        self.site = build_room(folder / "room")
        ports = {"page": free_port(1), "staff": free_port(1)}
        self.page = f"http://127.0.0.1:{ports['page']}"
        self.site.write_text(self.site.read_text() + TABLES.format(**ports, most=MOST, each=3))
        (folder / "room" / "pin").write_text("482913")


class Flood:
    """Posts at a steady rate from one address."""

    def __init__(self, base: str, sheet: Callable[[], str]) -> None:
        self._base, self._sheet = base, sheet
        self.answers: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(SENDERS)]

    def run(self) -> None:
        for each in self._threads:
            each.start()
        for each in self._threads:
            each.join()

    def _run(self, number: int) -> None:
        begun, session = time.monotonic(), requests.Session()
        for turn in range(RATE * SECONDS // SENDERS):
            ahead = begun + turn * SENDERS / RATE - time.monotonic()
            time.sleep(max(0.0, ahead))
            if time.monotonic() - begun > SECONDS:
                break
            form = {"words": f"Flood {number} {turn}. Nothing but water.", "who": "room", "sheet": self._sheet()}
            try:
                answer = session.post(f"{self._base}/send", data=form, timeout=10, allow_redirects=False)
                self.answers[str(answer.status_code)] += 1
            except requests.RequestException as error:
                self.answers[type(error).__name__] += 1


class Honest:
    """Writes a story every five seconds, as people do: opens, reads, sends; tries once more when asked to wait."""

    def __init__(self, base: str, address: str) -> None:
        self._visitor, self._ended = Visitor(base, address), threading.Event()
        self.tried = self.got_in = 0
        self.slowest = 0.0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self.tried += 1
            self.got_in += self._write()
            self._ended.wait(2.5)

    def _write(self) -> bool:
        begun = time.monotonic()
        try:
            form = {"words": "I am walking with my brother.", "who": "room", "sheet": self._visitor.sheet()}
            self.slowest = max(self.slowest, time.monotonic() - begun)
            time.sleep(2.5)
            return "/film/" in self._visitor.post("/send", **form).url
        except (requests.RequestException, AssertionError):
            return False


@pytest.mark.parametrize("flood", ["no flood", "no sheet", "one sheet", "a sheet for each post"])
def test_a_flood(tmp_path: Path, flood: str) -> None:
    show, report = Show(tmp_path), tmp_path / "report.json"
    where = ["--site", show.site, "--state", show.state.root, "--headless"]
    with running("play", *where, "--for", SECONDS + 15, "--report", report) as program:
        wait_until(lambda: _answers(show.page), f"the page\n{program.output}", 20)
        one, many = show.sheet(), iter([show.sheet() for _ in range(RATE * SECONDS)])
        sheets = {"no flood": str, "no sheet": str, "one sheet": lambda: one, "a sheet for each post": many.__next__}
        honest = [Honest(show.page, address) for address in ("127.0.0.1", "127.0.0.2")]
        pour = Flood(show.page, sheets[flood])
        used = _cpu_seconds(program.process.pid)
        time.sleep(SECONDS) if flood == "no flood" else pour.run()
        used = _cpu_seconds(program.process.pid) - used
        for each in honest:
            each.end()
        with show.ledger() as ledger:
            queue = ledger.in_queue()
        assert program.process.wait(60) == 0
    seen = json.loads(report.read_text())
    print(f"\n{flood}: {sum(pour.answers.values()) / SECONDS:.0f} posts a second: {dict(pour.answers)}")
    frames = f"{seen['frames_shown']} frames shown, {seen['dropped']} dropped, {seen['late']} late"
    print(f"  {frames}; queue {queue} of {MOST}; the desk used {used:.1f} s of processor")
    for who, each in zip(("the same address", "another address"), honest, strict=True):
        print(f"  honest from {who}: {each.got_in} of {each.tried} got in, slowest page {each.slowest * 1000:.0f} ms")


def _cpu_seconds(pid: int) -> float:
    """What the desk of this show has used of a processor."""
    for each in family(pid):
        folder = Path(f"/proc/{each.pid}")
        if b"installation.desk" in (folder / "cmdline").read_bytes():
            user, system = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _answers(base: str) -> bool:
    try:
        return requests.get(base, timeout=1).ok
    except requests.RequestException:
        return False
