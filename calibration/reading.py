"""Reading JSON values so that each has a type and a range; whatever is wrong is one sentence, a MappingError."""

import json
from collections.abc import Set
from typing import Any

from calibration.errors import MappingError
from calibration.homography import Point


def only(table: Any, where: str, needed: Set[str], allowed: Set[str] = frozenset()) -> None:
    """A table that has these keys, perhaps those, and no others."""
    if not isinstance(table, dict):
        raise MappingError(f"{where} = {shown(table)} is not a table of keys")
    if missing := sorted(needed - set(table)):
        raise MappingError(f"{where}: the key {missing[0]} is missing")
    if unknown := sorted(set(table) - needed - allowed):
        raise MappingError(f"{where}: the key {unknown[0]} is unknown; known are {', '.join(sorted(needed | allowed))}")


def number(value: Any, where: str, low: float, high: float) -> float:
    """A number within low..high."""
    if not (is_number(value) and low <= value <= high):
        raise MappingError(f"{where} = {shown(value)} is not a number in {low:g}..{high:g}")
    return float(value)


def whole(value: Any, where: str, low: int, high: int) -> int:
    """A whole number within low..high."""
    if not (isinstance(value, int) and not isinstance(value, bool) and low <= value <= high):
        raise MappingError(f"{where} = {shown(value)} is not a whole number in {low}..{high}")
    return value


def numbers(value: Any, where: str, count: int, low: float, high: float) -> tuple[float, ...]:
    """So many numbers, each within low..high."""
    if not (isinstance(value, list) and len(value) == count and all(is_number(n) and low <= n <= high for n in value)):
        raise MappingError(f"{where} = {shown(value)} is not {count} numbers in {low:g}..{high:g}")
    return tuple(map(float, value))


def listed(value: Any, where: str, low: int, high: int) -> list[Any]:
    """A list of low..high entries."""
    if not (isinstance(value, list) and low <= len(value) <= high):
        raise MappingError(f"{where} = {shown(value)} is not a list of {low}..{high}")
    return value


def point(value: Any, where: str) -> Point:
    """Two numbers."""
    if not (isinstance(value, list) and len(value) == 2 and all(is_number(part) for part in value)):
        raise MappingError(f"{where} = {shown(value)} is not two numbers [x, y]")
    try:
        return float(value[0]), float(value[1])
    except OverflowError:
        raise MappingError(f"{where} = {shown(value)} is far outside every picture") from None


def is_number(value: Any) -> bool:
    """Whether it is a number; in JSON true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """A value short enough for a sentence."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
