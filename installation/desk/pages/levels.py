"""The levels page of the staff: what every headphone hears, changed by ear in the running show, saved and undone."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from installation.desk.cues import Cues, NoShow, Refused
from installation.desk.pages.frame import go_to, page
from installation.sound_settings import LEAST_GAIN_DB, LONGEST_DELAY_MS, MOST_GAIN_DB

PATH = "/levels"
ADDRESS = re.compile(
    r"headphone/[0-9]{1,3}/(gain|delay|mute|identify|stem/[A-Za-z0-9._-]+/(gain|heard))|headphone/(save|undo)"
    r"|narration/(gain|mute)|murmur/duck"
)
NO_SHOW = "No show answers: levels are set while it runs."


class Knob(NamedTuple):
    """A number set by ear: where it stands in what the show tells, its unit and range, and what one press adds."""

    words: str
    key: str
    unit: str
    low: float
    high: float
    step: float


OF_EACH = {
    "gain": Knob("Gain", "gain_db", "dB", LEAST_GAIN_DB, MOST_GAIN_DB, 1.0),
    "delay": Knob("Delay", "delay_ms", "ms", 0.0, LONGEST_DELAY_MS, 5.0),
}
OF_ALL = {
    "narration/gain": Knob("Narration", "narration_gain_db", "dB", LEAST_GAIN_DB, MOST_GAIN_DB, 1.0),
    "murmur/duck": Knob("Murmur under the narration", "duck_db", "dB", LEAST_GAIN_DB, 0.0, 1.0),
}


class LevelsPage:
    """Routes of the staff's application: each button is the OSC address of the same name."""

    def __init__(self, app: Flask, cues: Cues) -> None:
        self._cues = cues
        app.add_template_filter(plain, "plain")
        app.add_template_filter(_heard, "heard")
        app.add_url_rule(PATH, "levels", self._show)
        app.add_url_rule(f"{PATH}/<path:what>", "set", self._set, methods=["POST"])

    def _show(self, problem: str = "", status: int = 200) -> Response:
        try:
            told = self._cues.levels()
        except (NoShow, Refused):
            return page("staff_levels.html", 503, problem=NO_SHOW, told=None)
        unsaved = list(_unsaved(told["heard"], told["saved"]))
        return page("staff_levels.html", status, problem=problem, told=told, unsaved=unsaved, each=OF_EACH, all=OF_ALL)

    def _set(self, what: str) -> Response:
        """Tell the show, and go back to the page once that can show what came of it."""
        if not ADDRESS.fullmatch(what):
            raise NotFound
        try:
            self._cues.tell(f"/{what}", *self._values(f"/{what}"))
            self._cues.wait_until_told()
        except NoShow:
            return self._show()
        except Refused as refused:
            return self._show(f"Not done: {refused}.", 409)
        return go_to(f"{PATH}#{'-'.join(what.split('/')[:-1][:2])}")

    def _values(self, address: str) -> tuple[float, ...]:
        """What was typed, or what is heard now and a step more; nothing where a button alone was pressed."""
        if step := _number("step"):
            return (round(float(self._cues.tell(address)[0]) + step, 3),)
        value = _number("value")
        return () if value is None else (value,)


def plain(number: float) -> str:
    """As few digits as it needs."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _number(field: str) -> float | None:
    """What a form holds; None when it holds nothing. Refused for what is no number."""
    text = request.form.get(field, "").strip().replace(",", ".").replace("\N{MINUS SIGN}", "-")
    try:
        number = float(text) if text else None
    except ValueError:
        number = math.nan
    if number is not None and not math.isfinite(number):
        raise Refused(f'"{text[:20]}" is no number')
    return number


def _unsaved(heard: Mapping[str, Any], saved: Mapping[str, Any]) -> Iterator[str]:
    """How what is heard differs from what is saved."""
    for now, then in zip(heard["outputs"], saved["outputs"], strict=True):
        told, kept = _told(now), _told(then)
        yield from (
            f"{now['name']}: {words} {told[words]}, saved {kept[words]}" for words in told if told[words] != kept[words]
        )
    told, kept = _told_of_all(heard), _told_of_all(saved)
    yield from (f"{words}: {told[words]}, saved {kept[words]}" for words in told if told[words] != kept[words])


def _told(output: Mapping[str, Any]) -> dict[str, str]:
    numbers = {knob.words.lower(): f"{plain(output[knob.key])} {knob.unit}" for knob in OF_EACH.values()}
    return {**numbers, "mute": _on(output["mute"]), "stems": _heard(output)}


def _told_of_all(levels: Mapping[str, Any]) -> dict[str, str]:
    numbers = {knob.words: f"{plain(levels[knob.key])} {knob.unit}" for knob in OF_ALL.values()}
    return {**numbers, "Narration mute": _on(levels["narration_mute"])}


def _heard(output: Mapping[str, Any]) -> str:
    """The stems of a headphone, with the gain of those that have one."""
    names = sorted(output["stems"].items(), key=lambda stem: stem[0])
    return " + ".join(f"{name} {plain(gain)} dB" if gain else name for name, gain in names) or "nothing"


def _on(switch: bool) -> str:
    return "on" if switch else "off"
