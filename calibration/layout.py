"""The written form of a mapping: JSON in which every key has a type and a range and an unknown key is an error."""

import json
import re
from collections.abc import Mapping as Table
from typing import Any

from calibration import finishing
from calibration.errors import MappingError
from calibration.homography import Corners
from calibration.mapping import CORNER_NAMES, SIZES_PX, Mapping, Surface, stray
from calibration.reading import only, point, shown

VERSION = 1
ORIGIN = "pixels from the top left corner of the top left pixel; pixel centres at .5"
_LONGEST_NAME = 40
_NUMBERS = re.compile(r"\[\n\s+([^\[\]{}\"]+)\n\s+]")  # a corner, say, which reads better in one line


def write(mapping: Mapping) -> str:
    """A mapping as text; floats keep their full precision."""
    table = {
        "version": VERSION,
        "origin": ORIGIN,
        "output": {"width": mapping.width, "height": mapping.height},
        "surfaces": [_surface_table(surface) for surface in mapping.surfaces],
    }
    return _NUMBERS.sub(_in_one_line, json.dumps(table, indent=2, ensure_ascii=False)) + "\n"


def read(text: str) -> Mapping:
    """Text as a mapping; MappingError names key, value and range."""
    if not text.strip():
        raise MappingError("the file is damaged, it is empty")
    try:
        table = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise MappingError(f"the file is damaged, it is not JSON: {wrong}") from None
    only(table, "the file", {"version", "output", "surfaces"}, {"origin"})
    if table["version"] != VERSION or isinstance(table["version"], bool):
        raise MappingError(f"version = {shown(table['version'])} is not {VERSION}, the only one known here")
    only(table["output"], "[output]", {"width", "height"})
    width, height = (_size(table["output"], key) for key in ("width", "height"))
    return Mapping(width, height, _surfaces(table["surfaces"], width, height))


def _in_one_line(numbers: re.Match[str]) -> str:
    return f"[{' '.join(numbers[1].split())}]"


def _surface_table(surface: Surface) -> dict[str, Any]:
    corners = {_key(name): list(corner) for name, corner in zip(CORNER_NAMES, surface.corners, strict=True)}
    return {"name": surface.name, "flipped": surface.flipped, "corners": corners} | finishing.table(surface)


def _key(corner: str) -> str:
    return corner.replace(" ", "_")


def _surfaces(tables: Any, width: int, height: int) -> tuple[Surface, ...]:
    if not isinstance(tables, list):
        raise MappingError(f"surfaces = {shown(tables)} is not a list")
    return tuple(_surface(table, f"[surfaces {i}]", width, height) for i, table in enumerate(tables, start=1))


def _surface(table: Any, where: str, width: int, height: int) -> Surface:
    only(table, where, {"name", "corners"}, {"flipped", *finishing.KEYS})
    name, flipped = table["name"], table.get("flipped", False)
    if not (isinstance(name, str) and 1 <= len(name) <= _LONGEST_NAME and name.isprintable()):
        raise MappingError(f"{where} name = {shown(name)} is not a text of 1..{_LONGEST_NAME} letters")
    if not isinstance(flipped, bool):
        raise MappingError(f"{where} flipped = {shown(flipped)} is not true or false")
    corners = _corners(table["corners"], f"{where} corners")
    if wrong := stray(corners, width, height):
        raise MappingError(f"{where} corners: {wrong}")
    finish = finishing.read(table, where)
    try:
        return Surface(name, corners, flipped, **finish)
    except MappingError as wrong_corners:
        raise MappingError(f"{where} {wrong_corners}") from None


def _corners(table: Any, where: str) -> Corners:
    keys = [_key(name) for name in CORNER_NAMES]
    only(table, where, set(keys))
    a, b, c, d = (point(table[key], f"{where} {key}") for key in keys)
    return a, b, c, d


def _size(table: Table[str, Any], key: str) -> int:
    value, (least, most) = table[key], SIZES_PX
    if not (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
        raise MappingError(f"[output] {key} = {shown(value)} is not a whole number in {least}..{most}")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A table of keys that are each given once."""
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)} is given twice")
    return table
