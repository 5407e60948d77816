"""Reading a TOML file so that every key has a type and a range, and a key nobody read is an error."""

import json
import tomllib
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from installation.errors import SiteError


class Table:
    """One [table] of a TOML file; each read names type and range, `finish` refuses what nobody read."""

    def __init__(self, file: Path, name: str, values: dict[str, Any], number: int = 0) -> None:
        self.source, self.name, self._number = file, name, number
        self._left = dict(values)

    def wrong(self, key: str, value: object, allowed: str) -> SiteError:
        """The one sentence for a wrong value."""
        as_written = isinstance(value, str | bool | list)
        shown = json.dumps(value, ensure_ascii=False, default=str) if as_written else str(value)
        return SiteError(f"{self.source}: {self._where(key)} = {shown} is wrong: it must be {allowed}")

    def has(self, key: str) -> bool:
        """Whether the file gives the key."""
        return key in self._left

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number within low..high."""
        value = self._left.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.wrong(key, value, f"a number from {low:g} to {high:g}")
        return float(value)

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number within low..high."""
        value = self._left.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(key, value, f"a whole number from {low} to {high}")
        return value

    def switch(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true or false")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without default the key must be there and not empty."""
        value = self._left.pop(key, default)
        if value is None:
            raise SiteError(f"{self.source}: {self._where(key)} is missing: it must be a text")
        if not isinstance(value, str) or (default is None and not value):
            raise self.wrong(key, value, "a text")
        return value

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self._left.pop(key, default)
        if value not in allowed:
            raise self.wrong(key, value, "one of " + ", ".join(f'"{word}"' for word in allowed))
        return str(value)

    def path(self, key: str, default: str = "") -> Path | None:
        """A file or folder, relative to the file's own folder; None when not given."""
        value = self.text(key, default)
        return self._beside(key, value) if value else None

    def file(self, key: str, default: str | None = None) -> Path:
        """A file that must be there, relative to the file's own folder."""
        return self._there(key, self.text(key, default))

    def files(self, key: str) -> tuple[Path, ...]:
        """A list of files, at least one, that must be there, relative to the file's own folder."""
        names = self.texts(key, ())
        if not names:
            raise self.wrong(key, [], "a list of files")
        return tuple(self._there(key, name) for name in names)

    def named_files(self, key: str) -> dict[str, Path]:
        """One file, under the name "", or a table of files by names of the user's own; empty when not given."""
        if not isinstance(self._left.get(key), dict):
            return {"": self.file(key)} if self.has(key) else {}
        table = self.table(key)
        return {name: table.file(name) for name in table.unread()}

    def named_texts(self, key: str) -> dict[str, tuple[str, ...]]:
        """A list of texts, under the name "", or a table of lists by names of the user's own; empty when not given."""
        if not isinstance(self._left.get(key), dict):
            return {"": self.texts(key, ())} if self.has(key) else {}
        table = self.table(key)
        return {name: table.texts(name, ()) for name in table.unread()}

    def wholes(self, key: str, default: tuple[int, ...], low: int, high: int) -> tuple[int, ...]:
        """A list of whole numbers, each within low..high."""
        value = self._left.pop(key, list(default))
        fits = isinstance(value, list) and all(type(each) is int and low <= each <= high for each in value)
        if not fits:
            raise self.wrong(key, value, f"a list of whole numbers from {low} to {high}")
        return tuple(value)

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of strings."""
        value = self._left.pop(key, list(default))
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, value, "a list of texts")
        return tuple(value)

    def table(self, key: str) -> "Table":
        """A [table] inside this one; empty when not given."""
        value = self._left.pop(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, value, f"a table, written [{self._inner(key)}]")
        return Table(self.source, self._inner(key), value)

    def tables(self, key: str) -> Iterator["Table"]:
        """The [[tables]] of this name, in order."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, value, f"a list of tables, each written [[{self._inner(key)}]]")
        return (Table(self.source, self._inner(key), each, number) for number, each in enumerate(value, 1))

    def unread(self) -> tuple[str, ...]:
        """The keys not yet read, for tables whose keys are names of the user's own."""
        return tuple(self._left)

    def finish(self) -> None:
        """Refuse keys that nobody read."""
        for key in self._left:
            raise SiteError(f"{self.source}: {self._where(key)} is not known: check its spelling")

    def _there(self, key: str, name: str) -> Path:
        path = self._beside(key, name)
        if not path.is_file():
            raise SiteError(f"{self.source}: {self._where(key)} names {path}, which is not there")
        return path

    def _beside(self, key: str, name: str) -> Path:
        if "\0" in name:
            raise self.wrong(key, name, "a path, which holds no NUL")
        return (self.source.parent / name).resolve()

    def _inner(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _where(self, key: str) -> str:
        place = f"[{self.name}] {key}" if self.name else f"[{key}]"
        return f"{place} of number {self._number}" if self._number else place


def read_toml(file: Path) -> Table:
    """The whole file as a table; SiteError when it is absent, not UTF-8 or not TOML."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SiteError(f"{file} is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise SiteError(f"{file} is not valid TOML: {error}") from error
    return Table(file, "", values)


def read_host(table: Table) -> str:
    """An address to listen at: no name, for asking for one may take seconds, and it is asked while the show runs."""
    host = table.text("host", "127.0.0.1")
    if not _is_address(host):
        raise table.wrong("host", host, 'an address such as "127.0.0.1"')
    return host


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return text == "localhost"
    return True
