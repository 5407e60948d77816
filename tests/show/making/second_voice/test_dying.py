import dataclasses

import numpy as np
import pytest

from show.making.second_voice.dying import dying_seconds
from show.making.second_voice.equaliser import Band
from show.making.second_voice.murmur import Effects, murmur
from show.making.second_voice.parts import Part
from show.making.second_voice.room import Reverb
from show.making.story import load_story
from show.making.voices.sound import RATE
from tests.show.making.stories import write_story

NO_ROOM = Reverb(9.0, 0.0, 0.5, 3000.0)


@pytest.fixture
def usual(tmp_path) -> Effects:
    """The usual effects, but for a bed that ends with the words."""
    effects = load_story(write_story(tmp_path)).murmur.effects
    return dataclasses.replace(effects, bed=dataclasses.replace(effects.bed, breath=1.0))


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, 0.23 + 1.8),
        ({"reverb": Reverb(5.0, 0.5, 0.3, 3000.0)}, 0.23 + 5.3),
        ({"parts": (Part(-7.0, 0.0, 3.0), Part(0.0, 0.0, 1.0)), "reverb": NO_ROOM}, 3.0),
        ({"parts": (Part(5.0, -3.0, 4.0),), "reverb": Reverb(6.0, 0.4, 0.02, 3000.0)}, 10.0),
        ({"parts": (), "reverb": NO_ROOM, "bands": ()}, 0.0),
        ({"parts": (Part(0.0, 0.0, 0.0),), "reverb": NO_ROOM, "bands": (Band("bell", 20.0, 24.0, 10.0),)}, 4.4),
    ],
)
def test_nothing_is_left_when_it_has_died_away(usual, changes, seconds):
    effects = dataclasses.replace(usual, **changes)
    dying = dying_seconds(effects)
    assert dying == pytest.approx(seconds, abs=0.25)
    word = (0.3 * np.sin(2 * np.pi * 180 * np.arange(RATE) / RATE)).astype(np.float32)
    heard = np.abs(murmur([(0.0, word)], RATE + round((dying + 2) * RATE), effects))
    assert heard[RATE + round(dying * RATE) :].max() < 1e-3 * heard.max()
    assert heard[RATE + round((0.7 * dying - 0.1) * RATE) :].max() > 1e-5 * heard.max()
