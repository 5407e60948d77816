"""The visitors' page on the demo's own wall: the end card, keystoned panels, and a code that can be read off it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import show
from calibration.store import load as load_mapping
from installation.end_card import EndCards
from installation.film import film_item, panel_sizes
from installation.projector import Projector
from installation.scene import Moment, Scene
from installation.site import Site, load_site
from installation.slot import Slot, strands_of
from installation.typesetter import Typesetter
from tests.support.codes import read_codes

DEMO = Path(show.__file__).parent / "demo"
ADDRESS = "http://192.168.4.1:8080/"


def demo(page: bool) -> Site:
    """The demo with an account on X, and a page or none."""
    site = load_site(DEMO / "site.toml")
    return replace(site, x=replace(site.x, enabled=True), page=replace(site.page, enabled=page, address=ADDRESS))


def wall(site: Site) -> NDArray[np.uint8]:
    """Its end card as the projector throws it."""
    mapping = load_mapping(DEMO / "mapping.json")
    projector = Projector(mapping.width, mapping.height, headless=True)
    projector.set_mapping(mapping)
    shapes = [height / width for width, height in panel_sizes(film_item(site.show), site.show.panels)]
    sizes = [projector.caption_size(panel, shape) for panel, shape in enumerate(shapes)]
    typesetter = Typesetter({}, site.captions, sizes)
    card = EndCards(site, sizes).of("")
    assert card
    slot = Slot(0, card, 0.0, 0.0, strands_of(card))
    scene = Scene(projector, site.show.panels, typesetter, "all")
    scene.show(slot, slot.frames(0.0), Moment(0.0, 0.0, 1.0, (1.0,) * site.show.panels))
    picture = projector.read().copy()
    for part in (typesetter, projector):
        part.close()
    return picture


def test_the_end_card_s_code_can_be_read_off_a_keystoned_wall() -> None:
    assert read_codes(wall(demo(page=True))) == [ADDRESS]


def test_a_site_without_a_page_shows_no_code_and_no_words_about_it() -> None:
    plain, invited = wall(demo(page=False)), wall(demo(page=True))
    assert read_codes(plain) == []
    changed = np.nonzero((plain != invited).any(axis=(0, 2)))[0]
    assert 462 < changed.min() < changed.max() < 822  # px from the left: the centre panel, and nothing else
