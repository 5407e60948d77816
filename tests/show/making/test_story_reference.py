"""STORY.md against the program: every key is there, with the range that is enforced and its usual value."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import show.making
from show.errors import StoryError
from show.making.story import load_story
from tests.show.making.stories import write_story

MAKING = Path(show.making.__file__).parent
READERS = ("story.py", "narration.py", "voices/choose.py", "second_voice/*.py")
ROW = re.compile(r"(?m)^\| `(\w+)` \| (?:(-?[\d.]+?)\.\.(-?[\d.]+))? ?\| (?:`(.*?)`|[^|]*) ?\| (.*)\|$")
IN_STORY = ("story", "making", "film", "[phrase]")  # tables that the story of the tests has already


def rows():
    for part in re.split(r"(?m)^## ", (MAKING / "STORY.md").read_text())[1:]:
        section = re.match(r"\[(.*)\]\n", part)
        for row in ROW.findall(part) if section else ():
            yield section[1], *row


def read_by_the_program():
    code = "".join(file.read_text() for pattern in READERS for file in sorted(MAKING.glob(pattern)))
    reads = r"(?:\.|root\.)(?:text|texts|choice|file|pairs|flag|whole|whole_list|number|lists|some_tables|tables)\("
    return set(re.findall(rf'{reads}\s*"(\w+)"', code)) | set(re.findall(r'_(?:said|track|model)\(\w+, "(\w+)"', code))


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


def test_every_key_is_told_and_no_other():
    assert {key for _, key, *_ in rows()} == read_by_the_program() - {"phrase"}


@pytest.mark.parametrize(("section", "key", "low", "high"), [row[:4] for row in rows() if row[2]])
def test_the_range_is_the_one_that_is_enforced(tmp_path, section, key, low, high):
    numbers = [float(low), float(high)] if "." in low + high or key not in WHOLE else [int(low), int(high)]
    for number in numbers:
        with_limits(tmp_path, section, key, number)
    step = 1 if key in WHOLE else 0.001
    for number in (numbers[0] - step, numbers[1] + step):
        with pytest.raises(StoryError, match=rf"story.toml: .*\b{key} = .*{re.escape(low)}\.\.{re.escape(high)}"):
            with_limits(tmp_path, section, key, number)


WHOLE = ("images_per_phrase", "iterations", "cuts", "width", "height", "panel_width", "panel_height")


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
