"""The visitors' page on the demo's own wall: film, captions, keystoned panels, and a code that can be read off it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import show
from calibration.store import load as load_mapping
from installation.projector import Projector
from installation.running_order import RunningOrder
from installation.scene import Moment, Scene
from installation.site import load_site
from installation.typesetter import Typesetter
from show.captions import load_languages
from show.films import probe
from show.programme import Item, Programme
from tests.support.codes import read_codes
from tests.support.waiting import wait_until

DEMO = Path(show.__file__).parent / "demo"
ADDRESS = "http://192.168.4.1:8080/"
END_CARD_SECONDS = 28.0


def wall(page: str) -> NDArray[np.uint8]:
    """The demo's end card as the projector throws it."""
    site, mapping = load_site(DEMO / "site.toml"), load_mapping(DEMO / "mapping.json")
    film = Item("film", probe(site.show.films[0]))
    shape = film.film.height / (film.film.width / site.show.panels)
    projector, order = Projector(mapping.width, mapping.height, headless=True), RunningOrder(Programme(film))
    projector.set_mapping(mapping)
    sizes = [projector.caption_size(panel, shape) for panel in range(site.show.panels)]
    typesetter = Typesetter(load_languages(site.show.captions), site.captions, sizes, page)
    scene = Scene(projector, site.show.panels, typesetter, "all")
    order.seek(END_CARD_SECONDS, 0.0)
    wait_until(lambda: typesetter.set(typesetter.at(END_CARD_SECONDS), END_CARD_SECONDS), "the captions")
    scene.show(order.current, wait_until(lambda: order.frames(0.0), "a frame"), Moment(0.0, 0.0, 1.0, (1.0,) * 3))
    picture = projector.read().copy()
    for part in (order, typesetter, projector):
        part.close()
    return picture


def test_the_end_card_s_code_can_be_read_off_a_keystoned_wall() -> None:
    assert read_codes(wall(ADDRESS)) == [ADDRESS]


def test_a_site_without_a_page_shows_no_code_and_no_words_about_it() -> None:
    plain, invited = wall(""), wall(ADDRESS)
    assert read_codes(plain) == []
    changed = np.nonzero((plain != invited).any(axis=(0, 2)))[0]
    assert 462 < changed.min() < changed.max() < 822  # px from the left: the centre panel, and nothing else
