"""Tables of story.toml, read key by key: a mistake names file, table, key and range; a key nobody read is one too."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from show.errors import StoryError

KINDS = {str: "a text", int: "a number", bool: "true or false", list: "a list", dict: "a table"}


class Table:
    """One table of the file; what nobody read is an error in the end."""

    def __init__(self, path: Path, name: str, values: dict[str, Any]) -> None:
        self.path = path
        self._name = name
        self._left = dict(values)
        self._asked: set[str] = set()
        self._within: list[Table] = []

    def where(self, key: str) -> str:
        """How a sentence names a key."""
        return f"{self.path.name}: {self._name} {key}".replace("  ", " ")

    def has(self, key: str) -> bool:
        """Whether the key is there and not read yet."""
        self._asked.add(key)
        return key in self._left

    def table(self, key: str) -> "Table":
        """A table within this one, [key] or [this.key]; empty when it is not there."""
        return self._inner(f"[{self._dotted(key)}]", self._take(key, dict, {}))

    def tables(self, key: str) -> list["Table"]:
        """The tables [[key]], of which there must be at least one."""
        found = self.some_tables(key)
        if not found:
            raise StoryError(f"{self.path.name} has no [[{self._dotted(key)}]]: it must have at least one")
        return found

    def some_tables(self, key: str) -> list["Table"]:
        """The tables [[key]]; none is no mistake."""
        found = self._take(key, list, [])
        if not all(isinstance(each, dict) for each in found):
            raise StoryError(f"{self.where(key)} must be a list of tables, [[{self._dotted(key)}]]")
        return [self._inner(f"[[{self._dotted(key)}]] {number}", each) for number, each in enumerate(found, 1)]

    def text(self, key: str, default: str | None = None, *, empty: bool = False) -> str:
        """A text, that is not empty unless it may be, and may name a file; without a default it must be there."""
        value = self._take(key, str, default)
        if not value and not (empty and value == ""):
            raise StoryError(f"{self.where(key)} is missing")
        if "\0" in str(value):
            raise StoryError(f"{self.where(key)} = {value!r} must not hold a NUL")
        return str(value)

    def choice(self, key: str, default: str, choices: Sequence[str]) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value not in choices:
            raise StoryError(f"{self.where(key)} = {value!r} is not one of {', '.join(choices)}")
        return value

    def texts(self, key: str, default: list[str] | None = None) -> list[str]:
        """A text, or a list of them."""
        value = self._take(key, (str, list), default)
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise StoryError(f"{self.where(key)} must be a text, or a list of texts")
        return values

    def file(self, key: str, default: str | None = None) -> Path:
        """A path, relative to the story; whether it is there is seen when it is used."""
        return self.path.parent / self.text(key, default)

    def pairs(self, key: str) -> dict[str, str]:
        """A table of texts by texts, such as how words are said."""
        found = self._take(key, dict, {})
        if wrong := next((name for name, value in found.items() if not (name and isinstance(value, str))), None):
            raise StoryError(f"{self.path.name}: [{self._dotted(key)}] {wrong!r} must be a text")
        return dict(found)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return bool(self._take(key, bool, default))

    def whole(self, key: str, default: int, low: int, high: int, *, even: bool = False) -> int:
        """A whole number in a range, its ends included."""
        value = self._take(key, int, default)
        if isinstance(value, bool) or not low <= value <= high or (even and value % 2):
            kind = "even" if even else "whole"
            raise StoryError(f"{self.where(key)} = {value!r} is not a{'n' * even} {kind} number in {low}..{high}")
        return int(value)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number in a range, its ends included."""
        value = self._take(key, (int, float), default)
        if isinstance(value, bool) or not low <= value <= high:
            raise StoryError(f"{self.where(key)} = {value!r} is outside {low:g}..{high:g}")
        return float(value)

    def whole_list(self, key: str, default: list[int]) -> list[int]:
        """One to sixteen whole numbers that can be seeds."""
        values = self._take(key, list, default)
        if not values or len(values) > 16 or not all(type(value) is int and 0 <= value < 2**31 for value in values):
            raise StoryError(f"{self.where(key)} = {values!r} is not a list of 1 to 16 whole numbers in 0..{2**31 - 1}")
        return list(values)

    def set_aside(self, key: str) -> None:
        """A table that is of no use at present, kept in the file for another day."""
        self._take(key, dict, {})

    def lists(self, key: str, default: list[list[str]]) -> list[list[str]]:
        """A list of lists of texts."""
        values = self._take(key, list, default)
        if not all(isinstance(each, list) and all(isinstance(text, str) for text in each) for each in values):
            raise StoryError(f'{self.where(key)} must be a list of lists, such as [["A2", "E3"], ["F2", "C3"]]')
        return list(values)

    def finish(self) -> None:
        """Every key, here and in the tables within, must have been read."""
        if self._left:
            key = next(iter(self._left))
            meant = get_close_matches(key, self._asked, 1)
            hint = f": did you mean {meant[0]}?" if meant else ": check its spelling"
            raise StoryError(f"{self.where(key)} is not a key of a story{hint}")
        for table in self._within:
            table.finish()

    def _dotted(self, key: str) -> str:
        return f"{self._name.strip('[]')}.{key}" if self._name else key

    def _inner(self, name: str, values: dict[str, Any]) -> "Table":
        self._within.append(Table(self.path, name, values))
        return self._within[-1]

    def _take(self, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
        self._asked.add(key)
        value = self._left.pop(key, default)
        if value is not default and not isinstance(value, kind):
            wanted = KINDS[kind if isinstance(kind, type) else kind[0]]
            raise StoryError(f"{self.where(key)} = {value!r} must be {wanted}")
        return value
