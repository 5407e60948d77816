"""The signed sheet of paper that comes with every form: whose it is, which one, and when it was handed out."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeSerializer

from installation.desk.files import sync_folder

OLDEST_SECONDS = 6 * 3600.0


@dataclass(frozen=True)
class Sheet:
    """visitor: the same on all sheets of one visitor. nonce: this sheet's own. at: handed out, seconds since 1970."""

    visitor: str
    nonce: str
    at: float


class Sheets:
    """Hands out sheets and knows its own again."""

    def __init__(self, secret: bytes, purpose: str, now: Callable[[], float]) -> None:
        self._signed = URLSafeSerializer(secret, salt=purpose)
        self._now = now

    def new(self, visitor: str = "") -> str:
        """A fresh sheet, for a known visitor or for a new one."""
        return str(self._signed.dumps([visitor or secrets.token_hex(8), secrets.token_hex(8), round(self._now(), 1)]))

    def read(self, text: str) -> Sheet | None:
        """What it says; None when it is not one of ours, too old, or from a time yet to come."""
        try:
            sheet = Sheet(*self._signed.loads(text[:400]))
        except (BadData, TypeError):
            return None
        return sheet if 0 <= self._now() - sheet.at + 1 <= OLDEST_SECONDS else None


def find_secret(path: Path) -> bytes:
    """What sheets and sessions are signed with: 32 bytes that stay the same; made when there are none."""
    with suppress(FileNotFoundError):
        found = path.read_bytes()
        if len(found) == 32:
            return found
        path.unlink()
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(handle)
    aside.replace(path)
    sync_folder(path.parent)
    return path.read_bytes()
