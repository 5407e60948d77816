"""A driver that passes on no more numbers from corners to pixels than OpenGL 3.3 promises."""

import re
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.light import Light, Mask, Side
from calibration.mapping import Mapping, default_mapping
from installation.projector import Look, Projector, side_by_side
from show.films import Frame
from tests.support.footage import flat, noise

WIDTH, HEIGHT, PANELS = 320, 240, 3
PROMISED = 60
FILM, FORMER = noise(288, 160), flat(np.full((160, 288), 90, np.uint8), 90, 170)


def everything() -> Mapping:
    mapping = default_mapping(WIDTH, HEIGHT)
    side = Side(0.2)
    light = Light(0.9, 1.1, (1.0, 0.9, 0.8), 0.9, (0.01,) * 3, 2.2, (side, Side(), Side(), side))
    masks = (Mask(((0.1, 0.05), (0.95, 0.4), (0.2, 0.9)), 6.0),)
    lit = replace(mapping.surfaces[1], light=light, masks=masks, crop=(0.1, 0.0, 0.9, 1.0))
    return replace(mapping, surfaces=(mapping.surfaces[0], lit, *mapping.surfaces[2:]))


def wall() -> NDArray[np.int64]:
    """Everything at once, in the middle of a cross-fade."""
    former = Look(0.4, (1.0,) * PANELS, side_by_side(PANELS), (5,) * PANELS)
    with closing(Projector(WIDTH, HEIGHT, headless=True)) as projector:
        projector.set_mapping(everything())
        projector.set_caption(1, np.full((20, 20, 4), 200, np.uint8), (0.25, 0.6, 0.75, 0.8))
        projector.upload(Frame.of_arrays(*FILM))
        projector.upload(Frame.of_arrays(*FORMER), 5)
        projector.draw(Look(0.6, (1.0,) * PANELS, side_by_side(PANELS), former=former))
        return projector.read().astype(np.int64)


def test_it_shows_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = wall()
    from installation.projector import shading  # only now: what pyglet is to draw on is settled

    monkeypatch.setattr(shading, "PASSED_ON", 1 << 20)
    assert np.abs(wall() - usual).max() <= 1
    assert np.ptp(usual) > 100


def test_it_is_given_no_more() -> None:
    with closing(Projector(WIDTH, HEIGHT, headless=True)):
        from installation.projector import shading
    text = (shading.SHADERS / "warp.frag").read_text()
    branches = re.search(r"#ifdef SPARE\n(.*?)#else\n(.*?)#endif\n(.*?)uniform", text, re.DOTALL)
    assert branches
    few, many, always = (len(re.findall(r"^\w+ in vec", part, re.MULTILINE)) for part in branches.groups())
    assert 4 * (few + always) <= PROMISED
    assert 4 * (many + always) <= shading.PASSED_ON
