"""Films up to X and answers out: described, expired, mislaid, put off, never in the way of others."""

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from installation.desk import x_parcels
from installation.desk.fitter import Fitter
from installation.desk.trouble import Busy, Trouble
from installation.rehearsal.x_stand_in import Weather, XStandIn
from show.ledger import Step
from tests.support.desk import clip, grey, stand_in
from tests.support.footage import noise, write_film
from tests.support.waiting import wait_until
from tests.support.x_side import XSide


@pytest.fixture
def x() -> Iterator[XStandIn]:
    with stand_in(processing_seconds=0.05) as running:
        yield running


@pytest.fixture
def side(tmp_path: Path, x: XStandIn) -> Iterator[XSide]:
    side = XSide(tmp_path, x)
    side.read()
    yield side
    side.close()


def test_an_answer_is_described_disclosed_and_costs_six_calls(side: XSide, x: XStandIn) -> None:
    mention = side.made("A house by the sea. A boat.")
    before = len(x.calls)
    side.send()
    (answer,) = x.replies(mention)
    assert answer.made_with_ai
    assert x.world.media[answer.media_ids[0]].alt_text == (
        "A short film without sound, made by a machine from these phrases: A house by the sea. / A boat."
    )
    spent = [call.split()[1].rpartition("/")[2] for call in x.calls[before:]]
    assert [name for name in spent if name != "upload"] == [
        *("initialize", "append", "finalize"),
        *(mention, "metadata", "tweets"),
    ]
    assert x.refused == []


def test_what_is_not_public_is_never_sent(side: XSide, x: XStandIn) -> None:
    side.made()
    side.ledger.set_audience(1, "person", public=False)
    for _ in range(3):
        side.later(10.0)
        side.desk.send(side.ledger)
    assert side.calls("media") == 0


def test_the_latest_version_of_an_edited_post_is_answered(side: XSide, x: XStandIn) -> None:
    first = side.made("A hose.")
    latest = x.world.edit(first, "@blind_eye A house.").id
    side.send()
    assert len(x.replies(latest)) == 1


def test_an_answer_to_an_edited_post_is_found_again(side: XSide, x: XStandIn) -> None:
    first = side.made("A hose.")
    latest = x.world.edit(first, "@blind_eye A house.").id
    x.fault("POST", "/2/tweets", cut="after")
    side.send(Step.SENDING)
    side.begin()
    side.read()
    story = side.send()
    assert story.reply == x.replies(latest)[0].id
    assert side.calls("POST /2/tweets") == 1


@pytest.mark.parametrize(
    ("unwilling", "said"),
    [
        ("protected", "not authorized to see"),
        ("suspended", "has been suspended"),
        ("blocking", "You are not permitted to perform this action."),
    ],
)
def test_authors_out_of_reach_are_left_in_peace_for_good(side: XSide, x: XStandIn, unwilling: str, said: str) -> None:
    side.made()
    getattr(x.world, unwilling).add("a_visitor")
    story = side.send(Step.FAILED)
    assert said in side.changes()[-1].note
    assert story.film is not None
    assert story.film.exists()
    calls = len(x.calls)
    side.later(5000.0)
    side.desk.send(side.ledger)
    assert len(x.calls) == calls


def test_a_post_deleted_while_its_film_goes_up_takes_the_film_along(side: XSide, x: XStandIn) -> None:
    mention = side.made()
    fault = x.fault("POST", "/2/media/upload/initialize", slow_seconds=0.01)
    x.world.delete(mention)
    story = side.send(Step.WITHDRAWN)
    assert fault.times == 0
    assert story.film is not None
    assert not story.film.exists()
    assert side.calls("POST /2/tweets") == 0


def test_while_x_looks_at_one_film_others_are_answered(side: XSide, x: XStandIn) -> None:
    first, second = side.made(), side.made("A tree.", "another")
    x.world.media.processing_seconds = 3600.0
    wait_until(lambda: side.desk.send(side.ledger) or side.calls("finalize") == 1)
    x.world.media.processing_seconds = 0.05
    closed = next(iter(x.world.media.values()))
    closed.closed = (closed.closed or 0.0) + 3600.0
    side.send(id=2)
    assert (len(x.replies(first)), len(x.replies(second))) == (0, 1)
    closed.closed -= 7200.0
    side.later(40.0)
    side.send()
    assert len(x.replies(first)) == 1
    assert side.calls("initialize") == 2


def test_a_film_that_is_up_does_not_go_up_again_after_a_restart(side: XSide, x: XStandIn) -> None:
    side.made()
    x.fault("POST", "/2/tweets", status=503)
    side.send(Step.SENDING)
    side.begin()
    side.read()
    side.send()
    assert side.calls("initialize") == 1
    assert x_parcels.ids(side.ledger) == []


def test_a_film_that_x_has_forgotten_goes_up_again(side: XSide, x: XStandIn) -> None:
    mention = side.made()
    x.fault("POST", "/2/tweets", form="rate limit")
    with pytest.raises(Busy):
        side.send()
    side.later(86400.0)
    side.send()
    assert side.calls("initialize") == 2
    assert len(x.replies(mention)) == 1


def test_a_film_that_x_has_mislaid_goes_up_again_once(side: XSide, x: XStandIn) -> None:
    mention = side.made()
    x.fault("POST", "/2/tweets", form="media")
    side.send()
    assert (side.calls("initialize"), len(x.replies(mention))) == (2, 1)
    side.made("A tree.")
    x.fault("POST", "/2/tweets", form="media", times=9)
    side.send(Step.FAILED, 2)
    assert side.changes(2)[-1].note == "X: Your media IDs are invalid. (it went up 2 times)"


def test_a_film_whose_processing_fails_goes_up_a_second_time(side: XSide, x: XStandIn) -> None:
    mention = side.made()
    x.world.media.doomed = 1
    side.send()
    assert len(x.replies(mention)) == 1
    side.made("A tree.")
    x.world.media.doomed = 9
    side.send(Step.FAILED, 2)
    assert "never says why" in side.changes(2)[-1].note


def test_a_film_that_x_looks_at_for_ever_is_given_up(side: XSide, x: XStandIn) -> None:
    side.made()
    x.world.media.processing_seconds = 1e6

    def is_given_up() -> bool:
        side.later(400.0)
        side.desk.send(side.ledger)
        return side.ledger.get(1).state is Step.FAILED

    wait_until(is_given_up)
    assert "did not come to an end" in side.changes()[-1].note


@pytest.mark.parametrize("step", ["initialize", r"\d+/append", r"\d+/finalize"])
def test_a_line_that_breaks_while_a_film_goes_up_loses_nothing(side: XSide, x: XStandIn, step: str) -> None:
    mention = side.made()
    x.fault("POST", f"/2/media/upload/{step}", cut="before", times=2)
    x.fault("GET", "/2/media/upload", form="overloaded")
    for _ in range(2):
        with pytest.raises(Busy):
            side.send()
        side.later(10.0)
    with pytest.raises(Busy):
        side.send()
    side.later(10.0)
    side.send()
    assert len(x.replies(mention)) == 1


def test_a_large_film_goes_up_in_several_steps(side: XSide, x: XStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    mention = side.made()
    film = side.room.state.clips / "1.mp4"
    write_film(film, [noise(1280, 720)] * 8, crf="1", g="1")
    monkeypatch.setattr("installation.desk.x_upload.STEP_SECONDS", 0.0)
    wait_until(lambda: side.desk.send(side.ledger) or side.calls("append") == 1)
    side.desk.send(side.ledger)
    assert side.calls("append") == 2
    side.send()
    assert x.film(x.replies(mention)[0].media_ids[0]) == film.read_bytes()


def test_words_beside_films_are_given_up_when_x_does_not_take_them(side: XSide, x: XStandIn) -> None:
    first = side.made()
    x.fault("POST", "/2/media/metadata", status=400, detail="Alt text is for images.", times=9)
    side.send()
    second = side.made("A tree.")
    side.send(id=2)
    assert side.calls("metadata") == 1
    assert (len(x.replies(first)), len(x.replies(second))) == (1, 1)


def test_429s_do_not_make_an_answer_uncertain(side: XSide, x: XStandIn) -> None:
    mention = side.made()
    x.fault("POST", "/2/tweets", form="rate limit", times=7)
    for _ in range(7):
        with pytest.raises(Busy, match="takes no more calls"):
            side.send()
        side.later(2000.0)
    x.fault("POST", "/2/tweets", cut="before")
    side.send()
    assert len(x.replies(mention)) == 1


def test_a_film_is_fitted_beside_everything_else(tmp_path: Path) -> None:
    fitter = Fitter(tmp_path / "out")
    tall = grey(tmp_path / "tall.mp4", (64, 256), 600)
    assert fitter.fitted(tall) is None
    copy = wait_until(lambda: fitter.fitted(tall))
    assert copy != tall
    assert copy.exists()
    fitter.close()
    assert not copy.exists()
    assert tall.exists()


def test_fitting_is_given_up_when_the_desk_ends(tmp_path: Path) -> None:
    fitter = Fitter(tmp_path / "out")
    assert fitter.fitted(grey(tmp_path / "tall.mp4", (64, 400), 4000, 60)) is None
    wait_until(lambda: list((tmp_path / "out").glob("*")))
    fitter.close()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_film_that_is_none_is_told_each_time(tmp_path: Path) -> None:
    fitter = Fitter(tmp_path / "out")
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no film")
    for _ in range(2):
        with pytest.raises(ValueError, match="Invalid data"):
            wait_until(lambda: fitter.fitted(bad))
    fitter.close()
    good = Fitter(tmp_path / "out")
    assert wait_until(lambda: good.fitted(clip(tmp_path / "a.mp4"))) == tmp_path / "a.mp4"
    good.close()


# exactly once


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_weather_and_over_restarts_everyone_is_answered_once(
    tmp_path: Path, x: XStandIn, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("installation.desk.x_account.TIMEOUT_SECONDS", (1.0, 0.3))
    side, chance = XSide(tmp_path, x), random.Random(seed)
    side.read()
    mentions = [x.mention(f"writer{number}", f"Story {number}.") for number in range(4)]
    x.weather(Weather(seed, 0.25, slow_seconds=0.5))

    def all_answered() -> bool:
        side.later(chance.choice([1.0, 100.0, 2000.0]))
        if chance.random() < 0.2:
            side.begin()
        with suppress(Trouble):
            side.read()
        side.decide()
        with suppress(Trouble):
            side.desk.send(side.ledger)
        counts = side.ledger.counts()
        return counts["sent"] + counts["uncertain"] == len(mentions)

    wait_until(all_answered, "everyone to be answered", 180.0)
    answered = {story.source_id: story.state is Step.SENT for story in side.ledger.list()}
    for mention in mentions:
        assert len(x.replies(mention)) == 1 or not answered[mention]
        assert len(x.replies(mention)) <= 1
    side.close()
