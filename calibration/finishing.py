"""The written form of what a surface may have beyond its corners; a key that says what is usual is left out."""

from dataclasses import fields
from itertools import pairwise
from typing import Any

from calibration.errors import MappingError
from calibration.homography import Point
from calibration.light import HARD, MOST_MASK_CORNERS, MOST_MASKS, PLAIN, SIDES, Light, Mask, Side
from calibration.mapping import MOST_SURFACES, WHOLE, Surface
from calibration.mesh import FARTHEST, Mesh
from calibration.mesh import SIDE as GRID
from calibration.reading import listed, number, numbers, only, shown, whole

RANGES = {"brightness": (0.0, 4.0), "gamma": (0.2, 5.0), "opacity": (0.0, 1.0), "projector_gamma": (1.0, 4.0)}
COLOURS = {"colour": (0.0, 4.0), "black": (0.0, 0.25)}
SIDE_RANGES = {"width": (0.0, 1.0), "power": (0.2, 10.0), "level": (0.0, 1.0)}
WIDEST_FEATHER_PX = 1000.0
KEYS = frozenset({"panel", "crop", "mesh", "masks", "blend", *RANGES, *COLOURS})


def read(table: dict[str, Any], where: str) -> dict[str, Any]:
    """What a surface's table says of KEYS, as Surface takes it; MappingError names key, value and range."""
    given: dict[str, Any] = {"light": _light(table, where)}
    if "panel" in table:
        given["panel"] = whole(table["panel"], f"{where} panel", 1, MOST_SURFACES)
    if "crop" in table:
        given["crop"] = _crop(table["crop"], f"{where} crop")
    if "mesh" in table:
        given["mesh"] = _mesh(table["mesh"], f"{where} mesh")
    if "masks" in table:
        masks = listed(table["masks"], f"{where} masks", 0, MOST_MASKS)
        given["masks"] = tuple(_mask(mask, f"{where} masks {n}") for n, mask in enumerate(masks, 1))
    return given


def table(surface: Surface) -> dict[str, Any]:
    """The keys of a surface that say something unusual."""
    light = surface.light
    said: dict[str, Any] = {"panel": surface.panel} if surface.panel else {}
    if surface.crop != WHOLE:
        said["crop"] = list(surface.crop)
    if surface.mesh:
        mesh = surface.mesh
        said["mesh"] = {"columns": mesh.columns, "rows": mesh.rows, "offsets": [list(each) for each in mesh.offsets]}
    if surface.masks:
        said["masks"] = [_mask_table(mask) for mask in surface.masks]
    if light.sides != PLAIN.sides:
        said["blend"] = {name: vars(side) for name, side in zip(SIDES, light.sides, strict=True) if side != HARD}
    for name in (*RANGES, *COLOURS):
        if (value := getattr(light, name)) != getattr(PLAIN, name):
            said[name] = list(value) if name in COLOURS else value
    return said


def _light(table: dict[str, Any], where: str) -> Light:
    given: dict[str, Any] = {n: number(table[n], f"{where} {n}", *range_) for n, range_ in RANGES.items() if n in table}
    for name, range_ in COLOURS.items():
        if name in table:
            given[name] = numbers(table[name], f"{where} {name}", 3, *range_)
    return Light(**given, sides=_sides(table.get("blend", {}), f"{where} blend"))


def _sides(table: Any, where: str) -> tuple[Side, Side, Side, Side]:
    only(table, where, set(), set(SIDES))
    left, right, top, bottom = (_side(table.get(name, {}), f"{where} {name}") for name in SIDES)
    return left, right, top, bottom


def _side(table: Any, where: str) -> Side:
    only(table, where, set(), {each.name for each in fields(Side)})
    return Side(**{name: number(value, f"{where} {name}", *SIDE_RANGES[name]) for name, value in table.items()})


def _crop(value: Any, where: str) -> tuple[float, ...]:
    x0, y0, x1, y1 = numbers(value, where, 4, 0.0, 1.0)
    if x0 >= x1 or y0 >= y1:
        raise MappingError(f"{where} = {shown(value)} holds nothing: it must be [x0, y0, x1, y1] with x0 < x1, y0 < y1")
    return x0, y0, x1, y1


def _mesh(table: Any, where: str) -> Mesh:
    only(table, where, {"columns", "rows", "offsets"})
    columns, rows = (whole(table[key], f"{where} {key}", *GRID) for key in ("columns", "rows"))
    offsets = listed(table["offsets"], f"{where} offsets", columns * rows, columns * rows)
    return Mesh(columns, rows, tuple(_offset(each, f"{where} offsets {n}") for n, each in enumerate(offsets, 1)))


def _offset(value: Any, where: str) -> Point:
    across, down = numbers(value, where, 2, -FARTHEST, FARTHEST)
    return across, down


def _mask(table: Any, where: str) -> Mask:
    only(table, where, {"points"}, {"feather_px", "hides"})
    points = listed(table["points"], f"{where} points", 3, MOST_MASK_CORNERS)
    feather = number(table.get("feather_px", 1.0), f"{where} feather_px", 0.0, WIDEST_FEATHER_PX)
    hides = table.get("hides", False)
    if not isinstance(hides, bool):
        raise MappingError(f"{where} hides = {shown(hides)} is not true or false")
    return Mask(_polygon(points, where), feather, hides)


def _polygon(values: list[Any], where: str) -> tuple[Point, ...]:
    points = []
    for place, value in enumerate(values, 1):
        u, v = numbers(value, f"{where} points {place}", 2, -1.0, 2.0)
        points.append((u, v))
    if double := next((a for a, b in pairwise([*points, points[0]]) if a == b), None):
        raise MappingError(f"{where} points: [{double[0]:g}, {double[1]:g}] stands there twice in a row")
    return tuple(points)


def _mask_table(mask: Mask) -> dict[str, Any]:
    return {"points": [list(each) for each in mask.points], "feather_px": mask.feather_px, "hides": mask.hides}
