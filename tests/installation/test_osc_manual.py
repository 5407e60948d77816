"""OSC.md holds a section for each row of the table, word for word, and none for anything else."""

import re
from pathlib import Path

import pytest

import installation
from installation.osc.addresses import ROWS, Row
from installation.osc.arguments import Argument, Number, Switch, Text, Whole

MANUAL = (Path(installation.__file__).parent / "OSC.md").read_text()
NUMBERS = {"{panel}": "{1-3}", "{headphone}": "{n}"}


def heading(row: Row) -> str:
    path = row.path
    for sign, shown in NUMBERS.items():
        path = path.replace(sign, shown)
    return f"/show{path}"


KINDS = {Number: "number", Switch: "switch", Text: "text", Whole: "whole number"}


def argument_line(argument: Argument, optional: bool) -> str:
    return f"- *{KINDS[type(argument)]}* `{argument.name}`: {argument.range}{' (may be left out)' if optional else ''}"


def reply(row: Row) -> str:
    answer = f"`/reply{heading(row)}"
    if row.command is None:
        return f"Sent without arguments; answers {answer} value`."
    values = " ".join(argument.name for argument in row.arguments) or "1"
    applied = f"Answers {answer} {values}` once applied"
    return applied + (f"; without arguments {answer} value`." if row.read else ".")


def section(row: Row) -> str:
    lines = [argument_line(each, n >= len(row.arguments) - row.optional) for n, each in enumerate(row.arguments)]
    arguments = "".join(f"{line}\n" for line in lines) + ("\n" if lines else "")
    return f"### {heading(row)}\n\n{row.does}\n\n{arguments}{reply(row)} Takes effect {row.effect}.\n"


@pytest.mark.parametrize("row", ROWS, ids=heading)
def test_every_address_has_its_section(row: Row) -> None:
    if row.path.startswith("/status/"):
        assert f"| `{heading(row)}` | {row.does} |\n" in MANUAL
    else:
        assert section(row) in MANUAL


def test_nothing_else_is_promised() -> None:
    promised = re.findall(r"^### (/\S+)$|^\| `(/show/status/\S+)`", MANUAL, re.MULTILINE)
    assert sorted("".join(each) for each in promised) == sorted(map(heading, ROWS))


def test_addresses_in_examples_exist() -> None:
    known = [re.compile(re.sub(r"\\{\w+\\}", r"[\\w*{},-]+", re.escape(row.path)) + "$") for row in ROWS]
    for address in re.findall(r"oscsend \S+ \d+ '?/show(/[^\s']+)", MANUAL):
        assert "status" in address or any(path.match(address) for path in known), address
