"""The end card of the programme: what it says for which site, when it comes, and how it stands on the wall."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from calibration.mapping import default_mapping
from installation.commands import Go
from installation.end_card import EndCards, card_texts
from installation.errors import SiteError
from installation.performance import Performance
from installation.projector import Projector
from installation.scene import Moment, Scene
from installation.site import Site, load_site
from installation.typesetter import Typesetter
from show.captions import Captions, Cue, Line
from show.films import probe
from show.programme import Item, Programme
from tests.support.osc import Sender
from tests.support.program import blind_eye, running
from tests.support.room import build_room, change
from tests.support.waiting import wait_until

WIDTH, HEIGHT, PANELS, FPS = 480, 300, 3, 12
X = '[x]\nenabled = true\naccount = "@eye"\n'
MASTODON = '[mastodon]\nenabled = true\naccount = "eye"\nserver = "https://social.example"\n'
PAGE = '[page]\nenabled = true\naddress = "http://192.168.4.1:8080/"\n'
LANGUAGES = '[show.captions]\nen = "film.vtt"\nnl = "film.vtt"\n'
WORDS = '[programme]\nend_card_seconds = 4\nend_card.en = ["one", "@two", ""]\nend_card.nl = ["een", "@twee", ""]\n'


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    site = build_room(folder, frames=4 * FPS, fps=FPS, output_size=(WIDTH, HEIGHT))
    (folder / "film.vtt").write_text("WEBVTT\n\n00:02.000 --> 00:04.000\nwords to the very end\n")
    return site


def site_of(room: Path, tables: str) -> Site:
    path = room.with_name("other.toml")
    path.write_text(room.read_text() + tables)
    return load_site(path)


def said(site: Site) -> str:
    return " | ".join(card_texts(site).get("", ())).replace("\n", " ")


# what it says


def test_it_names_the_ways_in_that_are_switched_on(room: Path) -> None:
    assert said(site_of(room, "")) == said(site_of(room, '[folder]\ninbox = "in"\n')) == ""
    assert said(site_of(room, X)).split(" | ")[1] == "Send it on X to @eye"
    assert said(site_of(room, PAGE)).split(" | ")[1] == "Send it on this page: {code}"
    everything = said(site_of(room, X + MASTODON + PAGE)).split(" | ")
    assert everything[0].startswith("Write a story.")
    assert everything[1] == "Send it on X to @eye  Or on Mastodon to @eye @social.example  Or on this page: {code}"
    assert everything[2].endswith("Then they hang here, and come to you.")


def test_it_promises_no_wall_to_films_that_do_not_hang_there(room: Path) -> None:
    assert "hang" not in said(site_of(room, X + "[submissions]\nroom = false\n"))


@pytest.mark.parametrize("panels", [1, 2, 5])
def test_any_number_of_panels_says_where_in_the_middle(room: Path, panels: int) -> None:
    site = load_site(change(site_of(room, X).path, 'film = "film.mp4"', f'film = "film.mp4"\npanels = {panels}'))
    (texts,) = card_texts(site).values()
    assert ["@eye" in text for text in texts] == [n == panels // 2 for n in range(panels)]


def test_words_of_the_artist_need_no_way_in(room: Path) -> None:
    site = site_of(room, LANGUAGES + WORDS)
    assert card_texts(site) == {"en": ("one", "@two", ""), "nl": ("een", "@twee", "")}
    assert not card_texts(site_of(room, X + "[programme]\nend_card_seconds = 0\n"))
    assert not card_texts(site_of(room, '[programme]\nend_card = ["", "here:\\n{code}", ""]\n'))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("end_card_seconds = 2", "seconds = 2.0 is wrong: it must be 0, for none, or a number from 3 to 600"),
        ("end_card_seconds = 601", "seconds = 601 is wrong: it must be a number from 0 to 600"),
        ('end_card = ["a", "b"]', r"\[\"a\", \"b\"\] is wrong: it must be a list of 3 texts, one for each panel"),
        ('end_card = "card"', "it must be a list of texts"),
        (
            'end_card.fr = ["a", "b", "c"]',
            r"end_card.fr .* it must be in a language of \[show.captions\], which has none",
        ),
        (
            'end_card = ["a", "b: {code}", "c"]',
            '= "b: {code}" is wrong: it must be texts whose only word in braces is {code}',
        ),
        (
            'end_card = ["a", "b\\n{kode}", "c"]',
            '= "{kode}" is wrong: it must be texts whose only word in braces is {code}',
        ),
    ],
)
def test_a_wrong_card_is_named(room: Path, table: str, sentence: str) -> None:
    with pytest.raises(SiteError, match=rf"other.toml: \[programme\S*\] .*{sentence}"):
        site_of(room, f"[programme]\n{table}\n")


# on the wall


@pytest.fixture(scope="module")
def projector() -> Iterator[Projector]:
    projector = Projector(WIDTH, HEIGHT, headless=True)
    projector.set_mapping(default_mapping(WIDTH, HEIGHT))
    yield projector
    projector.close()


class Show:
    """A programme with a card after a film whose caption stands to its last picture, and the wall it is on."""

    def __init__(self, room: Path, projector: Projector, crossfade_seconds: float = 0.0) -> None:
        site = site_of(room, LANGUAGES + WORDS)
        film = Item("film", probe(site.show.films[0]), "film")
        sizes = [projector.caption_size(panel) for panel in range(PANELS)]
        self.cards = EndCards(site, sizes)
        self.performance = Performance(Programme(film, card=self.cards.of("en")), PANELS, 0.0)
        cues = (
            Cue(start, start + 2.0, (Line(words, "narrative"),)) for start, words in ((0.0, "FIRST"), (2.0, "LAST"))
        )
        captions = Captions(tuple(cues))
        self.typesetter = Typesetter({"": captions}, site.captions, sizes)
        self.scene = Scene(projector, PANELS, self.typesetter, "all", crossfade_seconds)
        self._projector, self.order = projector, self.performance.order
        self.performance.open_house(0.0)

    def at(self, seconds: float, lettered: bool = False) -> np.ndarray:
        """What stands on the wall at a moment, `lettered` once its captions are drawn; as numbers to reckon with."""
        self.order.advance(seconds)
        slot = self.order.current
        index = slot.index(seconds)
        frames = wait_until(lambda: (f := self.order.frames(seconds)) and f[0].index == index and f, f"frame {index}")
        if lettered:
            within = slot.position(seconds)
            wait_until(lambda: self.typesetter.set(self.typesetter.at(within), within), "the caption")
        self.scene.show(slot, frames, Moment(seconds, seconds, 1.0, (1.0,) * PANELS))
        return self._projector.read().astype(float)

    def close(self) -> None:
        self.order.close()
        self.typesetter.close()


@pytest.fixture
def show(room: Path, projector: Projector) -> Iterator[Show]:
    with closing(Show(room, projector)) as show:
        yield show


@pytest.fixture
def fading(room: Path, projector: Projector) -> Iterator[Show]:
    with closing(Show(room, projector, crossfade_seconds=2.0)) as show:
        yield show


def test_it_follows_the_film_and_the_film_follows_it(show: Show) -> None:
    names = []
    for second in range(17):
        show.order.advance(second + 0.5)
        names.append(show.order.current.item.name)
    assert names == (["film"] * 4 + ["end card"] * 4) * 2 + ["film"]
    assert show.order.loops == 2


def test_no_word_of_the_film_stands_on_it_for_even_a_refresh(show: Show) -> None:
    show.at(3.95, lettered=True)
    first = show.at(4.0)
    assert np.array_equal(show.at(5.0), first)
    show.performance.take(Go("film"), 5.0)
    show.at(5.5, lettered=True)
    show.performance.take(Go("end card"), 5.6)
    assert np.array_equal(show.at(5.6), first)


def test_it_is_drawn_once_and_no_frame_is_lost_on_either_side(show: Show) -> None:
    for refresh in range(round(8.5 * FPS)):
        show.at((refresh + 0.5) / FPS)
    counts = show.scene.counts
    assert (counts.frames_shown, counts.dropped) == (4 * FPS + 1 + FPS // 2, 0)


def test_a_cue_brings_it_at_once_and_a_seek_moves_within_it(show: Show) -> None:
    show.at(0.5)
    show.performance.take(Go("end card"), 1.0)
    assert show.order.current.item.is_card
    show.order.seek(3.5, 1.2)
    show.order.advance(1.8)
    assert show.order.current.item.name == "film"


def test_another_language_is_on_the_wall_at_once_and_the_time_runs_on(show: Show) -> None:
    english = show.at(5.5)
    show.order.advance(5.5)
    primed = show.order.slots[1]
    show.performance.change_card(show.cards.of("nl"))
    assert show.order.slots[1] is primed
    assert show.order.current.position(6.0) == 2.0
    assert not np.array_equal(show.at(6.0), english)
    show.performance.change_card(show.cards.of("en"))
    assert np.array_equal(show.at(6.1), english)
    assert show.cards.of("fr") is show.cards.of("en")


def test_a_primed_card_is_of_the_language_that_is_spoken_when_it_comes(show: Show) -> None:
    show.at(3.5)
    show.performance.change_card(show.cards.of("nl"))
    show.at(3.9)
    show.at(4.1)
    assert show.order.current.item is show.cards.of("nl")


def test_it_fades_in_and_out(fading: Show, show: Show) -> None:
    fading.typesetter.shown = False
    last, _, coming, card, _, _, going = (fading.at(seconds) for seconds in (3.95, 4.0, 5.0, 6.5, 7.95, 8.0, 9.0))
    assert np.abs(coming - (last + card) / 2).max() <= 2
    assert np.abs(going - (card + show.at(9.0)) / 2).max() <= 2
    assert card.any()


# the program


def test_the_program_shows_it_and_tells_of_it(room: Path, tmp_path: Path) -> None:
    site = site_of(room, LANGUAGES + WORDS)
    report, sender = tmp_path / "report.json", Sender(site.osc.port)
    with (
        running("play", "--site", site.path, "--state", tmp_path, "--headless", "--report", report) as show,
        closing(sender),
    ):
        show.wait_for("the picture is up")
        sender.send("/show/go", "end card")
        sender.send("/show/captions/language", "nl")
        sender.send("/show/captions/enabled", 0)
        status = wait_until(lambda: "end card" in told(tmp_path) and told(tmp_path), "the card")
        assert "of 4 s" in status
        wait_until(lambda: "end card" not in told(tmp_path), "the film")
        assert show.stop() == 0
    counts = json.loads(report.read_text())
    assert (counts["errors"], counts["language"]) == (0, "nl")
    assert counts["worst_seam_ms"] < 3000  # the card stands for four seconds, and that is no hold


def told(state: Path) -> str:
    return blind_eye("status", "--state", state).stdout
