"""Where a caption stands on its panel: the settings that WebVTT writes behind a cue's times."""

import re
from dataclasses import dataclass, replace
from typing import Literal

Align = Literal["start", "center", "end", "left", "right"]
Anchor = Literal["start", "center", "end"]

ALIGNS: dict[str, Align] = {
    "start": "start",
    "center": "center",
    "middle": "center",  # as files of before 2016 say it
    "end": "end",
    "left": "left",
    "right": "right",
}
ANCHORS: dict[str, Anchor] = {
    "start": "start",
    "center": "center",
    "middle": "center",
    "end": "end",
    "line-left": "start",
    "line-right": "end",
}
UNUSED = ("region", "vertical")  # read and left: words on a panel run level, and a panel is one region
SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)%(?:,([a-z-]+))?")
ROWS = re.compile(r"(-?\d{1,3})(?:,([a-z-]+))?")


@dataclass(frozen=True)
class Place:
    """Shares are of the panel's width or height, 0-1; without `top` and `row` a caption stands at the panel's foot."""

    align: Align = "center"
    position: float | None = None  # of the width, where the anchor stands; else as `align` has it
    anchor: Anchor | None = None
    size: float = 1.0  # of the width, at most
    top: float | None = None  # of the height, where `line_anchor` stands
    row: int | None = None  # rows from the top, or from the bottom when below 0
    line_anchor: Anchor = "start"

    @property
    def span(self) -> tuple[float, float]:
        """Left and right edge, shares of the panel's width."""
        side = {"left": "start", "right": "end"}.get(self.align, self.align)
        position = {"start": 0.0, "center": 0.5, "end": 1.0}[side] if self.position is None else self.position
        before = {"start": 0.0, "center": 0.5, "end": 1.0}[self.anchor or side]
        rooms = [position / before] if before else []
        rooms += [(1 - position) / (1 - before)] if before < 1 else []
        size = min(self.size, *rooms)
        return position - before * size, position + (1 - before) * size


AT_THE_FOOT = Place()


def read_place(words: str) -> Place:
    """The place that settings such as `line:10% align:start` name; ValueError with a sentence about the wrong one."""
    place = AT_THE_FOOT
    for setting in words.split():
        name, _, value = setting.partition(":")
        if name not in READERS and name not in UNUSED:
            raise ValueError(f'"{setting}" is none of align:, line:, position: and size:')
        place = READERS[name](place, value) if name in READERS else place
    return place


def _align(place: Place, value: str) -> Place:
    if value not in ALIGNS:
        raise ValueError(f'"align:{value}" must be one of start, center, end, left and right')
    return replace(place, align=ALIGNS[value])


def _position(place: Place, value: str) -> Place:
    share, anchor = _share("position", value)
    return replace(place, position=share, anchor=anchor)


def _size(place: Place, value: str) -> Place:
    share, anchor = _share("size", value)
    if anchor or not share:
        raise ValueError(f'"size:{value}" must be above 0% and at most 100%')
    return replace(place, size=share)


def _line(place: Place, value: str) -> Place:
    if rows := ROWS.fullmatch(value):
        return replace(place, row=int(rows[1]), line_anchor=_anchor("line", value, rows[2]) or "start")
    share, anchor = _share("line", value)
    return replace(place, top=share, line_anchor=anchor or "start")


def _share(name: str, value: str) -> tuple[float, Anchor | None]:
    share = SHARE.fullmatch(value)
    if not share or float(share[1]) > 100:
        raise ValueError(f'"{name}:{value}" must be from 0% to 100%' + (" or a number of rows" * (name == "line")))
    return float(share[1]) / 100, _anchor(name, value, share[2])


def _anchor(name: str, value: str, anchor: str | None) -> Anchor | None:
    if anchor is None or anchor == "auto":
        return None
    if anchor not in ANCHORS:
        raise ValueError(f'"{name}:{value}" must end in start, center or end behind its comma')
    return ANCHORS[anchor]


READERS = {"align": _align, "position": _position, "size": _size, "line": _line}
