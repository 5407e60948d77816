"""What of a performance is brought to the headphones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.commands import Fade
from installation.headphones import Headphones
from installation.performance import Performance
from installation.sound_settings import SoundSettings
from installation.sync import Sync
from show.films import probe
from show.programme import Item, Programme
from tests.support.footage import numbered_film
from tests.support.listening import OUTPUTS


@pytest.fixture
def performance(tmp_path: Path) -> Iterator[Performance]:
    film = Item("film", probe(numbered_film(tmp_path / "film.mp4", 12)), "film")
    performance = Performance(Programme(film), panels=1, house_fade_seconds=2.0)
    yield performance
    performance.order.close()


def test_each_fade_is_told_once_and_the_same_one_again_takes_its_seconds_anew(performance: Performance) -> None:
    headphones = Headphones(SoundSettings("headphones", 6, 0.1, 0.0, OUTPUTS), {})
    sync, told = Sync(performance, headphones), []
    for now in (100.0, 105.0):
        performance.take(Fade(0.0, 10.0), now)
        for _ in range(2):
            sync.tell()
            told.append(headphones._control.level)
    headphones.stop()
    assert told[0] is told[1]
    assert told[2] is told[3]
    assert told[2].begin > told[1].begin
    assert (told[2].to, told[2].seconds) == (0.0, 10.0)
