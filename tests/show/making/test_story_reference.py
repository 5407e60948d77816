"""STORY.md against the program: every key is there, with the range that is enforced and its usual value."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import show.making
from show.errors import StoryError
from show.making.story import load_story
from show.making.tables import Table
from tests.show.making.stories import write_story

MAKING = Path(show.making.__file__).parent
ROW = re.compile(r"(?m)^\| `(\w+)` \| (?:(-?[\d.]+?)\.\.(-?[\d.]+))? ?\| (?:`(.*?)`|[^|]*) ?\| (.*)\|$")
IN_STORY = ("story", "making", "film", "[phrase]")  # tables that the story of the tests has already


def rows():
    for part in re.split(r"(?m)^## ", (MAKING / "STORY.md").read_text())[1:]:
        section = re.match(r"\[(.*)\]\n", part)
        for row in ROW.findall(part) if section else ():
            yield section[1], *row


EVERY_KEY = """
[narration]
voice = "resemble"
resemble = { project = "P", voice = "V", key = "k" }
[murmur]
voice = "trained"
trained = { tacotron = "t", waveglow = "w" }
part = [{ semitones = 1 }]
band = [{ hz = 100 }]
[film]"""


def bare(name):
    """A table as the reference calls it: [[murmur.part]] 1 is murmur.part, and both voices have the same tables."""
    return re.sub(r"^murmur\.(resemble|trained)", r"narration.\1", re.sub(r"[\[\]]|\]* \d+$", "", name))


@pytest.fixture
def read_by_the_program(tmp_path, monkeypatch):
    """Every key the program asks for, and its range where it is a number: (table, key): (low, high)."""
    found, take = {}, Table._take

    def taken(table, key, kind, default):
        if kind is not dict or key in ("say", "recordings"):
            found.setdefault((bare(table._name), key), None)
        return take(table, key, kind, default)

    def spied(read):
        def number(table, key, default, low, high, **more):
            found[bare(table._name), key] = (low, high)
            return read(table, key, default, low, high, **more)

        return number

    monkeypatch.setattr(Table, "_take", taken)
    for kind in ("number", "whole"):
        monkeypatch.setattr(Table, kind, spied(getattr(Table, kind)))
    load_story(write_story(tmp_path, ("[film]", EVERY_KEY)))
    return {key: limits for key, limits in found.items() if key != ("", "phrase")}


def with_key(folder, section, key, value):
    """The story, with a key added or replaced in one of its tables."""
    if section in IN_STORY:
        text = write_story(folder).read_text()
        text = re.sub(rf"(?m)^{key} = .*\n", "", text)
        head, table, rest = text.partition(f"[{section}]\n")
        (folder / "story.toml").write_text(f"{head}{table}{key} = {value}\n{rest}")
        return folder / "story.toml"
    name = section.strip("[]").partition(".")[0]
    who = f'voice = "{section.partition(".")[2]}"\n' if section.endswith(("resemble", "trained")) else ""
    within = f"[{section}]\n" if "." in section else ""
    return write_story(folder, ("[film]", f"[{name}]\n{who}{within}{key} = {value}\n[film]"))


def plain(folder, section):
    who = section.partition(".")[2]
    table = f'[narration]\nvoice = "{who}"\n' if who in ("resemble", "trained") else ""
    table += f"[{section}]\n" if section in ("[murmur.part]", "[murmur.band]") else ""
    return write_story(folder, ("[film]", f"{table}[film]"))


def test_every_key_is_told_with_its_range_and_no_other(read_by_the_program):
    told = {(bare(row[0]), row[1]): tuple(map(float, row[2:4])) if row[2] else None for row in rows()}
    assert told == read_by_the_program


@pytest.mark.parametrize(("section", "key", "low", "high"), [row[:4] for row in rows() if row[2]])
def test_the_range_is_the_one_that_is_enforced(tmp_path, section, key, low, high):
    numbers = [float(low), float(high)] if "." in low + high or key not in WHOLE else [int(low), int(high)]
    for number in numbers:
        with_limits(tmp_path, section, key, number)
    step = 1 if key in WHOLE else 0.001
    for number in (numbers[0] - step, numbers[1] + step):
        with pytest.raises(StoryError, match=rf"story.toml: .*\b{key} = .*{re.escape(low)}\.\.{re.escape(high)}"):
            with_limits(tmp_path, section, key, number)


WHOLE = ("images_per_phrase", "iterations", "cuts", "width", "height", "panel_width", "panel_height", "seed")


def with_limits(folder, section, key, number):
    """Loaded; that a film is too short for a value is no matter of its range."""
    path = with_key(folder, section, key, number)
    if key != "images_per_phrase":
        path.write_text(path.read_text().replace("images_per_phrase = 4", "images_per_phrase = 5000"))
    return load_story(path)


@pytest.mark.parametrize(("section", "key", "usual"), [(row[0], row[1], row[4]) for row in rows() if row[4]])
def test_the_usual_value_is_the_usual_one(tmp_path, section, key, usual):
    given = load_story(with_key(tmp_path, section, key, usual))
    text = plain(tmp_path, section).read_text()
    if section in IN_STORY:
        text = re.sub(rf"(?m)^{key} = .*\n", "", text)
    (tmp_path / "story.toml").write_text(text)
    assert replace(given, path=Path()) == replace(load_story(tmp_path / "story.toml"), path=Path())
