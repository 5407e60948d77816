"""Where the machine keeps what must survive a power cut."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from installation.errors import SiteError

INSTALLED = Path("/var/lib/blind-eye")


@dataclass(frozen=True)
class State:
    """The state folder; every file in it has one writer, named behind it."""

    root: Path

    @classmethod
    def named(cls, chosen: Path | None) -> "State":
        """The folder of --state, else $STATE_DIRECTORY, else the user's state folder; nothing is made."""
        folder = chosen or os.environ.get("STATE_DIRECTORY") or platformdirs.user_state_path("blind-eye")
        return cls(Path(folder).resolve())

    @classmethod
    def find(cls, chosen: Path | None) -> "State":
        """The same folder, made if missing."""
        state = cls.named(chosen)
        for each in (state.root, state.work, state.clips, state.stems, state.removals):
            try:
                each.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SiteError(f"the state folder {each} cannot be made: {error.strerror}") from error
        return state

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one show; SiteError when another holds it. A dead show lets go by itself."""
        with held(self.root / "lock"):
            yield

    @property
    def elsewhere(self) -> str:
        """Where else a show's state may lie, in words: for whoever asks a folder in which there is none."""
        is_installed = INSTALLED.exists() and self.root != INSTALLED
        return (
            f"the installed show's is in {INSTALLED}: --state {INSTALLED}" if is_installed else "--state names another"
        )

    @property
    def ledger(self) -> Path:
        """Submissions and all that befell them (desk and maker, in short transactions)."""
        return self.root / "ledger.db"

    @property
    def shelf(self) -> Path:
        """Approved clips, newest first (desk)."""
        return self.root / "shelf.json"

    @property
    def desk(self) -> Path:
        """Counts and troubles of the desk (desk)."""
        return self.root / "desk.json"

    @property
    def pages_key(self) -> Path:
        """What the pages sign their forms and sessions with (desk)."""
        return self.root / "pages.key"

    @property
    def maker(self) -> Path:
        """Progress of the making (maker)."""
        return self.root / "maker.json"

    @property
    def status(self) -> Path:
        """The latest status of the show (player)."""
        return self.root / "status.json"

    @property
    def line(self) -> Path:
        """The socket through which this machine's processes give the running show its cues (player)."""
        return self.root / "line"

    @property
    def removals(self) -> Path:
        """A note for each clip taken off the wall (player), until it is withdrawn (desk)."""
        return self.root / "removals"

    @property
    def work(self) -> Path:
        """Images and checkpoints of clips being made (maker)."""
        return self.root / "work"

    @property
    def clips(self) -> Path:
        """Finished clips (maker)."""
        return self.root / "clips"

    @property
    def reports(self) -> Path:
        """What happened in each night, by date (`blind-eye report`, which the desk calls)."""
        return self.root / "reports"

    @property
    def mapping(self) -> Path:
        """The technicians' mapping; the site's own stands in until there is one (calibrate)."""
        return self.root / "mapping.json"

    @property
    def mapping_backups(self) -> Path:
        """Earlier mappings, dated (calibrate)."""
        return self.root / "mapping-backups"

    @property
    def levels(self) -> Path:
        """Levels saved by ear, numbered and dated (player)."""
        return self.root / "levels"

    @property
    def stems(self) -> Path:
        """Decoded narration, ready to be memory-mapped (player, before the show starts)."""
        return self.root / "stems"

    @property
    def clip_sounds(self) -> Path:
        """The decoded sound of clips on the shelf (player)."""
        return self.root / "clip-sounds"

    @property
    def preview(self) -> Path:
        """What is on the wall, every few seconds when there is no display (player)."""
        return self.root / "preview"


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file; SiteError when another process holds it. The kernel lets go of it with the process."""
    try:
        file = path.open("w")
    except OSError as error:
        raise SiteError(f"the state folder {path.parent} cannot be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SiteError(
                f"another show already runs with the state folder {path.parent}; --state names another"
            ) from None
        yield
