"""Stories from a folder: a .txt (the words) or a .json ({"text": ..., "author": ...}), best renamed into place.

A file that is still being written is left alone. One that was taken is moved to `taken/`, one that cannot be to
`refused/` with a .reason.txt beside it; none is ever deleted. The same name with the same words is one story.
"""

import fcntl
import hashlib
import json
import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installation.desk.files import put_text, sync_folder
from show.ledger import Ledger

log = logging.getLogger(__name__)

SOURCE = "folder"
QUIET_SECONDS = 1.0
LARGEST_BYTES = 64 * 1024
AT_ONCE = 50  # files a round; the gates judge faster
UNFINISHED = (".part", ".tmp", ".swp", ".crdownload", "~")


@dataclass(frozen=True)
class Story:
    """What a file says."""

    name: str
    author: str
    text: str


class NotAStory(Exception):
    """Why a file is refused; one sentence for whoever dropped it."""


class FolderInbox:
    """Looks into the folder once a round; a file is read when it has not changed for a second.

    room: whether what comes may be shown in the room. Some files a round, so that a heap of them holds up nothing else.
    """

    def __init__(self, folder: Path, now: Callable[[], float], room: bool = True) -> None:
        self._folder, self._now, self._room = folder, now, room
        self._seen: dict[str, tuple[tuple[int, ...], float]] = {}

    def round(self, ledger: Ledger) -> None:
        """Take every file that is ready; OSError when the folder or a file cannot be read, after all the others."""
        self._folder.mkdir(parents=True, exist_ok=True)
        names = {name for name in os.listdir(self._folder) if not _is_left_alone(name)}
        self._seen = {name: seen for name, seen in self._seen.items() if name in names}
        trouble: OSError | None = None
        taken = 0
        for name in sorted(names):
            try:
                if self._is_ready(self._folder / name) and taken < AT_ONCE:
                    taken += 1
                    self._take(ledger, self._folder / name)
            except OSError as error:
                trouble = trouble or error
        if trouble:
            raise trouble

    def _is_ready(self, path: Path) -> bool:
        """Whether it is a file that has stayed as it is for a while and that nobody has open for writing."""
        try:
            about = path.lstat()
        except FileNotFoundError:
            return False
        if stat.S_ISDIR(about.st_mode):
            return False
        state = (about.st_ino, about.st_size, about.st_mtime_ns)
        before, since = self._seen.get(path.name, ((), 0.0))
        if before != state:
            self._seen[path.name] = (state, self._now())
            return False
        return self._now() - since >= QUIET_SECONDS and not _is_being_written(path)

    def _take(self, ledger: Ledger, path: Path) -> None:
        try:
            story = read_story(path)
        except NotAStory as why:
            self._refuse(path, str(why))
            return
        id = ledger.receive(SOURCE, story.name, story.author, story.text, room=self._room)
        self._move(path, "taken")
        if id is None:
            log.info("%s was taken before and is not made twice", _shown(path.name))
        else:
            log.info("submission %d came from the folder as %s", id, _shown(path.name))

    def _refuse(self, path: Path, why: str) -> None:
        moved = self._move(path, "refused")
        put_text(moved.with_name(f"{_shown(moved.name)}.reason.txt"), f"{why}\n")
        log.warning("a file in the inbox is refused: %s", why)

    def _move(self, path: Path, where: str) -> Path:
        folder = self._folder / where
        folder.mkdir(exist_ok=True)
        target, number = folder / path.name, 2
        while os.path.lexists(target):
            target, number = folder / f"{path.stem}-{number}{path.suffix}", number + 1
        path.rename(target)
        sync_folder(folder)
        sync_folder(self._folder)
        return target


def read_story(path: Path) -> Story:
    """What a file says; NotAStory when it says nothing that can be taken."""
    shown = _shown(path.name)
    if path.suffix.lower() not in {".txt", ".json"}:
        raise NotAStory(f"{shown} is neither .txt nor .json")
    content = _content(path)
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAStory(f"{shown} is not UTF-8 text (byte {error.start})") from error
    author, text, id = _of_json(shown, words) if path.suffix.lower() == ".json" else ("", words, "")
    if not any(letter.isalpha() or ord(letter) > 0x2000 for letter in text):
        raise NotAStory(f"{shown} has no words in it")
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Story(id or f"{stored(path.stem)}~{digest}", author, text)


def _content(path: Path) -> bytes:
    shown = _shown(path.name)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink() or not path.is_file():
            raise NotAStory(f"{shown} is not an ordinary file") from error
        raise
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotAStory(f"{shown} is not an ordinary file")
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise NotAStory(f"{shown} is longer than {LARGEST_BYTES // 1024} kB")
    return content


def _of_json(shown: str, words: str) -> tuple[str, str, str]:
    """Author, text and id of {"text": ..., "author": ..., "id": ...}; only the text must be there."""
    try:
        values = json.loads(words)
    except ValueError as error:
        raise NotAStory(f"{shown} is not JSON: {error}") from error
    except RecursionError as error:
        raise NotAStory(f"{shown} is nested too deeply") from error
    if not isinstance(values, dict):
        raise NotAStory(f'{shown} is not an object such as {{"text": "...", "author": "..."}}')
    text, author, id = values.get("text"), values.get("author", ""), values.get("id", "")
    if not isinstance(text, str):
        raise NotAStory(f'{shown} has no "text" that is a string')
    if not isinstance(author, str) or isinstance(id, bool) or not isinstance(id, str | int):
        raise NotAStory(f'{shown} has an "author" that is not a string, or an "id" that is neither string nor number')
    return author[:200], text, str(id)[:200]


def _is_left_alone(name: str) -> bool:
    return name.startswith(".") or name.endswith(UNFINISHED)


def _is_being_written(path: Path) -> bool:
    """Whether another process has the file open for writing: then no lease for reading is to be had."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file of another user, or a file system without leases: that it is quiet must do
    finally:
        os.close(handle)
    return False


def _shown(name: str) -> str:
    """A file's name as it may be printed, whatever its bytes."""
    return "".join(letter if letter.isprintable() else "?" for letter in stored(name))


def stored(name: str) -> str:
    """A file's name as the ledger has it, whatever its bytes."""
    return name.encode("utf-8", "replace").decode("utf-8")
