"""The desk with its pages, and a visitor and a member of staff without a browser: forms are read and sent back."""

import re
import time
from html import unescape
from pathlib import Path

import requests

from installation.desk.pages.sheets import Sheets, find_secret
from tests.support.desk import DeskRoom
from tests.support.program import Program
from tests.support.waiting import free_port, wait_until

PIN = "482913"
TABLES = """
[page]
enabled = true
port = {page}
[staff]
enabled = true
port = {staff}
pin_file = "pin"
[gates]
waiting_at_most = {most}
per_author_per_day = {each}
"""
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}


class PagesRoom(DeskRoom):
    """A DeskRoom whose desk listens to visitors and staff."""

    def __init__(self, folder: Path, approve: str = "by hand", most: int = 200, each: int = 3) -> None:
        super().__init__(folder, approve=approve)
        ports = {"page": free_port(1), "staff": free_port(1)}
        self.page, self.staff = (f"http://127.0.0.1:{port}" for port in ports.values())
        (folder / "pin").write_text(f"{PIN}\n")
        self.site.write_text(self.site.read_text() + TABLES.format(**ports, most=most, each=each))

    def sheet(self, visitor: str = "") -> str:
        """A sheet that was handed out a minute ago, so that nobody has to wait until it is believed."""
        return Sheets(find_secret(self.state.pages_key), "visitor", lambda: time.time() - 60).new(visitor)

    def wait_for_pages(self, desk: Program) -> None:
        """Until both are there."""
        desk.wait_for("visitor page: at")
        desk.wait_for("staff page: at")


class Visitor:
    """Someone at the page; `address` of the loopback network to come from. No sheet is sent before it may be."""

    def __init__(self, base: str, address: str = "127.0.0.1") -> None:
        self.base = base
        self.session = requests.Session()
        self.session.mount("http://", _From(address))

    def get(self, path: str, **how: object) -> requests.Response:
        """A page."""
        return self.session.get(self.base + path, timeout=10, **how)  # type: ignore[arg-type]

    def post(self, path: str, **form: str) -> requests.Response:
        """A form, and where it leads."""
        return self.session.post(self.base + path, data=form, timeout=10)

    def sheet(self, path: str = "/") -> str:
        """A fresh sheet."""
        return hidden(self.get(path), "sheet")

    def send(self, words: str, who: str = "room", *, sheet: str) -> str:
        """A story, as soon as it is believed that someone wrote it; its code."""
        form = {"words": words, "who": who, "sheet": sheet}
        answers: list[requests.Response] = []
        wait_until(lambda: answers.append(self.post("/send", **form)) or answers[-1].status_code != 429)  # type: ignore[func-returns-value]
        answer = answers[-1]
        assert answer.status_code == 200, answer.text
        return code_in(answer)


class Clerk(Visitor):
    """A member of staff, who knows the PIN."""

    def come_in(self, pin: str = PIN) -> requests.Response:
        """Through the door."""
        return self.post("/login", pin=pin, sheet=hidden(self.get("/"), "sheet"))

    def decide(self, id: int, act: str, state: str) -> requests.Response:
        """Press a button of a submission that is shown in this state."""
        token = hidden(self.get(f"/submission/{id}"), "token")
        return self.post(f"/submission/{id}/{act}", token=token, state=state)


def hidden(answer: requests.Response, name: str) -> str:
    """What a hidden field of the page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, answer.text
    return unescape(found[1])


def code_in(answer: requests.Response) -> str:
    """The code of the pickup page one has come to."""
    found = re.search(r"/film/([A-Z0-9-]{12})\Z", answer.url)
    assert found, answer.url
    return found[1]


class _From(requests.adapters.HTTPAdapter):
    """Comes from this address."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **how: object) -> None:
        super().init_poolmanager(*args, **how, source_address=(self._address, 0))  # type: ignore[arg-type, misc]
