"""A desk as the show runs it: its own process, a site with folders and a stand-in X, the maker's part by hand."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from installation.desk.x_account import XAccount
from installation.desk.x_upload import PIECE_BYTES
from installation.rehearsal.x_stand_in import XStandIn
from installation.state import State
from show.ledger import Ledger, Step, Submission
from show.making.phrases import split
from tests.support.footage import numbered, write_film
from tests.support.program import Program
from tests.support.waiting import wait_until

SITE = """
[show]
film = "film.mp4"
[folder]
inbox = "inbox"
outbox = "outbox"
[x]
enabled = {enabled}
account = "blind_eye"
api = "{api}"
poll_seconds = 1.0
credentials = "x.toml"
[submissions]
approve_words = "{approve}"
approve_clips = "{approve}"
"""


def clip(path: Path, size: tuple[int, int] = (144, 256), frames: int = 24, fps: int = 12, **options: str) -> Path:
    """A small film such as the maker makes."""
    return write_film(path, (numbered(number, *size, panels=1) for number in range(frames)), fps, **options)


def grey(path: Path, size: tuple[int, int], frames: int, fps: int = 12) -> Path:
    """A film of nothing, quickly made."""
    width, height = size
    chroma = np.full((height // 2, width // 2), 128, np.uint8)
    return write_film(path, ((np.full((height, width), 90, np.uint8), chroma, chroma) for _ in range(frames)), fps)


class DeskRoom:
    """A folder with a site, a state and, when given, a stand-in X."""

    def __init__(self, folder: Path, x: XStandIn | None = None, approve: str = "automatic") -> None:
        self.folder, self.x = folder, x
        self.inbox, self.outbox = folder / "inbox", folder / "outbox"
        self.state = State.find(folder / "state")
        self.inbox.mkdir(exist_ok=True)
        grey(folder / "film.mp4", (64, 64), 2)
        (folder / "mapping.json").write_text("{}")  # the desk never opens it
        self.site = folder / "site.toml"
        values = {"enabled": str(x is not None).lower(), "api": x.base if x else "", "approve": approve}
        self.site.write_text(SITE.format(**values))
        if x is not None:
            (folder / "x.toml").write_text("".join(f'{name} = "{key}"\n' for name, key in x.credentials.items()))

    def say(self, table: str, line: str) -> None:
        """A line more in a table of the site."""
        text = self.site.read_text()
        header = f"[{table}]\n"
        self.site.write_text(
            text.replace(header, header + line + "\n") if header in text else text + header + line + "\n"
        )

    def start_desk(self, settle: float = 0.3, env: Mapping[str, str] | None = None) -> Program:
        """The desk, until it is told to end or killed."""
        where = ["--site", str(self.site), "--state", str(self.state.root)]
        command = [sys.executable, "-m", "installation.desk", *where, "--beat", "0.1", "--settle", str(settle)]
        return Program(command, {**os.environ, **(env or {})})

    @contextmanager
    def desk(self, settle: float = 0.3) -> Iterator[Program]:
        """The desk runs while the block does; whatever it did, nothing of it is left."""
        program = self.start_desk(settle)
        try:
            yield program
        finally:
            program.clear_away()

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, as the maker or the command line opens it beside the desk."""
        with Ledger(self.state.ledger) as ledger:
            yield ledger

    def drop(self, name: str, content: bytes | str) -> None:
        """A file appears in the inbox at once."""
        part = self.inbox / f".{name}.part"
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.rename(self.inbox / name)

    def told(self) -> dict[str, Any]:
        """What desk.json says; empty before there is one."""
        return dict(json.loads(self.state.desk.read_text())) if self.state.desk.exists() else {}

    def stories(self, state: Step | None = None) -> list[Submission]:
        """What the ledger holds; nothing before there is one."""
        if not self.state.ledger.exists():
            return []
        with self.ledger() as ledger:
            return ledger.list(state)

    def wait_for(self, state: Step, number: int = 1, seconds: float = 20) -> list[Submission]:
        """Until so many submissions are in a state."""
        return wait_until(
            lambda: (found := self.stories(state)) and len(found) >= number and found,
            f"{number} {state}; there are {[(each.id, str(each.state)) for each in self.stories()]}",
            seconds,
        )

    def make(self, source: Path | None = None) -> int:
        """The maker's part: everything approved gets its film; how many."""
        made = 0
        with self.ledger() as ledger:
            while story := ledger.next_to_make():
                ledger.start_making(story.id)
                film = self.state.clips / f"{story.id}.mp4"
                if source is None:
                    clip(film)
                else:
                    film.write_bytes(source.read_bytes())
                ledger.made(story.id, film, split(story.text))
                made += 1
        return made


def bring_up(account: XAccount, film: Path) -> str:
    """A film goes up to X at once; its media id, when X has taken it."""
    media_id, _ = account.announce(film.stat().st_size)
    pieces = film.read_bytes()
    for index, start in enumerate(range(0, len(pieces), PIECE_BYTES)):
        account.append(media_id, index, pieces[start : start + PIECE_BYTES])
    account.finish(media_id)
    wait_until(lambda: account.processing(media_id).is_done, "X to have looked at the film")
    return media_id


def kill(program: Program) -> None:
    """As the kernel does when memory is short."""
    program.process.send_signal(signal.SIGKILL)
    program.process.wait(10)


@contextmanager
def stand_in(**how: Any) -> Iterator[XStandIn]:
    """A stand-in X while the block runs."""
    x = XStandIn(**how)
    x.start()
    try:
        yield x
    finally:
        x.stop()
