"""Captions of a running show, switched over OSC and looked at on its wall."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from installation.state import State
from show.lettering import COLOURS
from tests.support.osc import Sender
from tests.support.program import blind_eye, running
from tests.support.room import build_room, change
from tests.support.waiting import wait_until

WORDS = "WEBVTT\n\n00:00.000 --> 00:05.000\n<c.prompt>{0}</c>\n{0}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = build_room(tmp_path_factory.mktemp("captions") / "room")
    for language, words in (("en", "the sun"), ("he", "\u05d4\u05e9\u05de\u05e9 \u05d6\u05d5\u05e8\u05d7\u05ea")):
        (site.parent / f"{language}.vtt").write_text(WORDS.format(words))
    return change(site, "[show]", '[show]\ncaptions.en = "en.vtt"\ncaptions.he = "he.vtt"')


@pytest.fixture(scope="module")
def sender(site: Path) -> Iterator[Sender]:
    """Who speaks to the show, which plays without a screen and holds its picture."""
    sender = Sender(tomllib.loads(site.read_text())["osc"]["port"])
    state = State.find(site.parent / "state")
    with running("play", "--site", site, "--state", state.root, "--headless") as program:
        program.wait_for("the picture is up")
        wait_until(lambda: sender.ask("/show/pause")[0] == "/reply/show/pause", "the pause")
        wait_until(state.status.exists, "what the show says of itself")
        yield sender
    sender.close()


def wall(site: Path) -> NDArray[np.uint8]:
    picture = site.parent / "wall.png"
    assert blind_eye("snapshot", picture, "--state", site.parent / "state").returncode == 0
    return np.asarray(Image.open(picture))


def test_the_language_is_switched_and_captions_are_turned_off(site: Path, sender: Sender) -> None:
    english = wall(site)
    assert sender.ask("/show/status/language") == ("/reply/show/status/language", ("en",))
    assert sender.ask("/show/captions/language", "he") == ("/reply/show/captions/language", ("he",))
    wait_until(lambda: sender.ask("/show/captions/language")[1] == ("he",), "the status")
    wait_until(lambda: not np.array_equal(wall(site), english), "another picture")
    assert sender.ask("/show/captions/enabled", 0) == ("/reply/show/captions/enabled", (0,))
    wait_until(lambda: yellow(wall(site)) == 0, "a wall without captions")
    assert sender.ask("/show/captions/enabled", 1) == ("/reply/show/captions/enabled", (1,))
    assert sender.ask("/show/captions/language", "en") == ("/reply/show/captions/language", ("en",))
    wait_until(lambda: np.array_equal(wall(site), english), "the first picture again")
    assert yellow(english) > 100


def yellow(picture: NDArray[np.uint8]) -> int:
    """How many pixels have a prompt's colour."""
    pixels = picture[..., :3].astype(int)
    return int((np.abs(pixels - COLOURS["prompt"]).max(axis=2) < 40).sum())


def test_a_language_that_is_not_there_is_refused_by_name(sender: Sender) -> None:
    _, (address, reason) = sender.ask("/show/captions/language", "fr")
    assert (address, reason) == ("/show/captions/language", 'there are no captions in "fr"; there are: en, he')
