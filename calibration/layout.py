"""The written form of a mapping: JSON in which every key has a type and a range and an unknown key is an error."""

import json
import re
from collections.abc import Mapping as Table
from collections.abc import Set
from typing import Any

from calibration.errors import MappingError
from calibration.homography import Corners, Point
from calibration.mapping import CORNER_NAMES, SIZES_PX, Mapping, Surface, stray

VERSION = 1
ORIGIN = "pixels from the top left corner of the top left pixel; pixel centres at .5"
_LONGEST_NAME = 40
_POINT = re.compile(r"\[\n\s+([^\s,]+),\n\s+([^\s,]+)\n\s+]")  # a corner, which reads better in one line


def write(mapping: Mapping) -> str:
    """A mapping as text; floats keep their full precision."""
    table = {
        "version": VERSION,
        "origin": ORIGIN,
        "output": {"width": mapping.width, "height": mapping.height},
        "surfaces": [_surface_table(surface) for surface in mapping.surfaces],
    }
    return _POINT.sub(r"[\1, \2]", json.dumps(table, indent=2, ensure_ascii=False)) + "\n"


def read(text: str) -> Mapping:
    """Text as a mapping; MappingError names key, value and range."""
    if not text.strip():
        raise MappingError("the file is damaged, it is empty")
    try:
        table = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise MappingError(f"the file is damaged, it is not JSON: {wrong}") from None
    _keys(table, "the file", {"version", "output", "surfaces"}, {"origin"})
    if table["version"] != VERSION or isinstance(table["version"], bool):
        raise MappingError(f"version = {_shown(table['version'])} is not {VERSION}, the only one known here")
    _keys(table["output"], "[output]", {"width", "height"})
    width, height = (_size(table["output"], key) for key in ("width", "height"))
    return Mapping(width, height, _surfaces(table["surfaces"], width, height))


def _surface_table(surface: Surface) -> dict[str, Any]:
    corners = {_key(name): list(point) for name, point in zip(CORNER_NAMES, surface.corners, strict=True)}
    return {"name": surface.name, "flipped": surface.flipped, "corners": corners}


def _key(corner: str) -> str:
    return corner.replace(" ", "_")


def _surfaces(tables: Any, width: int, height: int) -> tuple[Surface, ...]:
    if not isinstance(tables, list):
        raise MappingError(f"surfaces = {_shown(tables)} is not a list")
    return tuple(_surface(table, f"[surfaces {i}]", width, height) for i, table in enumerate(tables, start=1))


def _surface(table: Any, where: str, width: int, height: int) -> Surface:
    _keys(table, where, {"name", "corners"}, {"flipped"})
    name, flipped = table["name"], table.get("flipped", False)
    if not (isinstance(name, str) and 1 <= len(name) <= _LONGEST_NAME and name.isprintable()):
        raise MappingError(f"{where} name = {_shown(name)} is not a text of 1..{_LONGEST_NAME} letters")
    if not isinstance(flipped, bool):
        raise MappingError(f"{where} flipped = {_shown(flipped)} is not true or false")
    corners = _corners(table["corners"], f"{where} corners")
    if wrong := stray(corners, width, height):
        raise MappingError(f"{where} corners: {wrong}")
    try:
        return Surface(name, corners, flipped)
    except MappingError as wrong_corners:
        raise MappingError(f"{where} {wrong_corners}") from None


def _corners(table: Any, where: str) -> Corners:
    keys = [_key(name) for name in CORNER_NAMES]
    _keys(table, where, set(keys))
    a, b, c, d = (_point(table[key], f"{where} {key}") for key in keys)
    return a, b, c, d


def _point(value: Any, where: str) -> Point:
    if not (isinstance(value, list) and len(value) == 2 and all(_is_number(part) for part in value)):
        raise MappingError(f"{where} = {_shown(value)} is not two numbers [x, y]")
    try:
        return float(value[0]), float(value[1])
    except OverflowError:
        raise MappingError(f"{where} = {_shown(value)} is far outside every picture") from None


def _size(table: Table[str, Any], key: str) -> int:
    value, (least, most) = table[key], SIZES_PX
    if not (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
        raise MappingError(f"[output] {key} = {_shown(value)} is not a whole number in {least}..{most}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _keys(table: Any, where: str, needed: Set[str], allowed: Set[str] = frozenset()) -> None:
    if not isinstance(table, dict):
        raise MappingError(f"{where} = {_shown(table)} is not a table of keys")
    if missing := sorted(needed - set(table)):
        raise MappingError(f"{where}: the key {missing[0]} is missing")
    if unknown := sorted(set(table) - needed - allowed):
        raise MappingError(f"{where}: the key {unknown[0]} is unknown; known are {', '.join(sorted(needed | allowed))}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A table of keys that are each given once."""
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)} is given twice")
    return table


def _shown(value: Any) -> str:
    """A value short enough for a sentence."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
