"""Which mentions are stories, what is noticed about them, and how little is asked for."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.opting_out import asks_to_stop
from installation.desk.trouble import Busy, Refused
from installation.desk.x_posts import mentions
from installation.rehearsal.x_stand_in import XStandIn
from show.ledger import Step
from tests.support.desk import stand_in
from tests.support.x_side import XSide


@pytest.fixture
def x() -> Iterator[XStandIn]:
    with stand_in(processing_seconds=0.05) as running:
        yield running


@pytest.fixture
def side(tmp_path: Path, x: XStandIn) -> Iterator[XSide]:
    side = XSide(tmp_path, x)
    side.read()  # from now on
    yield side
    side.close()


# threads


def test_a_mention_by_the_way_is_a_story(side: XSide, x: XStandIn) -> None:
    x.mention("a_visitor", "A house by the sea.")
    (story,) = side.read()
    assert (story.author, story.author_id, story.look) == ("a_visitor", x.world.user_id("a_visitor"), "")
    assert story.text == "@blind_eye A house by the sea."


def test_a_reply_below_a_mention_is_none_though_x_puts_our_name_before_it(side: XSide, x: XStandIn) -> None:
    story = x.mention("a_visitor", "A house by the sea.")
    below = x.world.reply("a_friend", story, "What a lovely idea!")
    x.world.reply("a_stranger", below.id, "Where is this shown?")
    assert x.world.posts[below.id].text.startswith("@a_visitor @blind_eye ")
    assert [each.author for each in side.read()] == ["a_visitor"]


def test_a_reply_that_names_us_in_its_own_words_is_a_story(side: XSide, x: XStandIn) -> None:
    elsewhere = x.world.publish("a_friend", "Tell them 👩‍👩‍👧 something, it is free.")
    x.world.reply("a_visitor", elsewhere.id, "Yes! @Blind_Eye A house by the sea.")
    named_twice = x.mention("another", "A tree.")
    x.world.reply("third", named_twice, "😀 I have one as well, @blind_eye: a boat.")
    assert [each.author for each in side.read()] == ["a_visitor", "another", "third"]


def test_where_x_tells_no_range_the_row_of_names_at_the_beginning_counts_as_its_own(side: XSide, x: XStandIn) -> None:
    def own_names(text: str) -> frozenset[str]:
        (mention,) = mentions(
            {"data": [{"id": "5", "text": text, "referenced_tweets": [{"type": "replied_to", "id": "4"}]}]}
        )
        return mention.own_names

    assert "blind_eye" not in own_names("@a_friend @blind_eye thank you")
    assert "blind_eye" in own_names("@a_friend look, @blind_eye A house.")


def test_thanks_under_our_answer_are_none_and_a_remark_under_another_post_of_ours_is_looked_at(
    side: XSide, x: XStandIn
) -> None:
    side.made()
    side.send()
    (answer,) = x.world.by_account()
    x.world.reply("a_visitor", answer.id, "Thank you!")
    x.world.reply("a_friend", answer.id, "@blind_eye it is lovely")
    invitation = x.world.publish("blind_eye", "Tell us a story.")
    x.world.reply("a_stranger", invitation.id, "A boat at night.")
    _, story = side.read()
    assert (story.author, story.look) == (
        "a_stranger",
        "it answers a post of ours and may be a remark rather than a story",
    )


def test_quoted_words_are_left_out(side: XSide, x: XStandIn) -> None:
    quoted = x.world.publish("a_friend", "Somebody else's words.")
    x.mention("a_visitor", "A house. https://t.co/abc", quotes=quoted.id)
    (story,) = side.read()
    assert "Somebody" not in story.text


def test_what_x_marks_as_sensitive_is_looked_at(side: XSide, x: XStandIn) -> None:
    x.mention("a_visitor", "A house.", sensitive=True)
    (story,) = side.read()
    assert story.look == "X marks it as possibly sensitive"


def test_the_site_says_who_sees_a_new_one(tmp_path: Path, x: XStandIn) -> None:
    side = XSide(tmp_path, x, ("submissions", "room = false"), ("submissions", "public = false"))
    side.read()
    x.mention("a_visitor", "A house.")
    (story,) = side.read()
    assert (story.room, story.public) == (False, False)
    side.close()


# long, edited, many


def test_the_first_version_that_was_seen_counts(side: XSide, x: XStandIn) -> None:
    first = x.mention("a_visitor", "A blue hose.")
    side.read()
    x.world.edit(first, "@blind_eye A blue house.")
    (story,) = side.read()
    assert (story.source_id, story.text) == (first, "@blind_eye A blue hose.")


def test_an_edited_one_is_known_by_its_first_version(side: XSide, x: XStandIn) -> None:
    first = x.mention("a_visitor", "A blue hose.")
    x.world.edit(first, "@blind_eye A blue house.")
    (story,) = side.read()
    assert (story.source_id, story.text) == (first, "@blind_eye A blue house.")


@pytest.mark.parametrize("vocabulary", ["tweet", "post"])
def test_x_is_understood_in_its_older_and_its_newer_words(tmp_path: Path, vocabulary: str) -> None:
    long = " ".join(f"Phrase number {number} & more." for number in range(40))
    with stand_in(vocabulary=vocabulary, processing_seconds=0.05) as x:
        side = XSide(tmp_path, x)
        side.read()
        first = x.mention("writer", long)
        x.world.reply("a_friend", first, "Nice.")
        edited = x.mention("editor", "A hose.")
        x.world.edit(edited, "@blind_eye A house.")
        stories = side.read()
        assert [(each.author, each.source_id) for each in stories] == [("writer", first), ("editor", edited)]
        assert stories[0].text == f"@blind_eye {long}"
        open_calls = side.calls("/mentions")
        side.read()
        assert side.calls("/mentions") == open_calls + 1
        side.close()


def test_more_than_x_shows_are_told_for_a_week(side: XSide, x: XStandIn) -> None:
    for number in range(805):
        x.mention(f"writer{number}", f"Story {number}.", created=time.time() + number / 10)
    side.later(100.0)
    assert len(side.read()) == 800
    assert "the earliest may have been missed" in side.told()["words"]
    side.begin()
    side.read()
    assert "the earliest may have been missed" in side.told()["words"]
    side.later(8 * 86400.0)
    side.read()
    assert "missed" not in side.told()["words"]


def test_a_first_start_by_a_clock_that_was_ahead_is_made_good(tmp_path: Path, x: XStandIn) -> None:
    side = XSide(tmp_path, x)
    side.later(86400.0)
    with pytest.raises(Refused, match="is in the future"):
        side.desk.take_in(side.ledger)
    side.later(-86400.0)
    x.mention("a_visitor", "A house.")
    assert [each.author for each in side.read()] == ["a_visitor"]
    side.close()


def test_after_days_without_a_network_all_is_taken_in(side: XSide, x: XStandIn) -> None:
    x.mention("before", "A house.")
    side.read()
    x.fault("GET", r"/2/users/\d+/mentions", cut="before", times=3)
    for number in range(3):
        x.mention(f"writer{number}", f"Story {number}.")
        side.later(86400.0)
        with pytest.raises(Busy, match="X cannot be reached"):
            side.read()
    side.later(86400.0)
    assert [each.author for each in side.read()] == ["before", "writer0", "writer1", "writer2"]
    assert "missed" not in side.told()["words"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"[]",
        b'{"data": 5}',
        b'{"data": [{"id": "1"}], "meta": 5}',
        b'{"data": [{"id": "1"}], "includes": {"users": [{}]}}',
        b"<html>",
    ],
)
def test_an_answer_nobody_understands_is_asked_for_again(side: XSide, x: XStandIn, answer: bytes) -> None:
    x.mention("a_visitor", "A house.")
    x.fault("GET", r"/2/users/\d+/mentions", status=200, bare=answer)
    with pytest.raises(Busy, match="was not understood"):
        side.read()
    side.later(10.0)
    assert [each.author for each in side.read()] == ["a_visitor"]


def test_a_post_nobody_understands_is_left_out(side: XSide, x: XStandIn) -> None:
    posts = [None, {}, {"id": "a"}, {"id": "1", "referenced_tweets": 5}, {"id": "2", "text": "A tree."}]
    x.fault("GET", r"/2/users/\d+/mentions", status=200, bare=json.dumps({"data": posts}).encode())
    assert [(each.source_id, each.text) for each in side.read()] == [("2", "A tree.")]


# as few calls as can be


def test_who_we_are_is_asked_once_and_not_at_the_next_start(side: XSide, x: XStandIn) -> None:
    side.begin()
    side.read()
    assert side.calls("/2/users/me") == 1
    assert side.calls("/mentions") == 2


def test_other_keys_are_asked_about(side: XSide, x: XStandIn) -> None:
    x.credentials["access_token"] += "f"
    keys = side.room.folder / "x.toml"
    keys.write_text("".join(f'{name} = "{key}"\n' for name, key in x.credentials.items()))
    side.begin()
    side.read()
    assert side.calls("/2/users/me") == 2


def test_it_reads_every_poll_seconds_and_at_once_when_the_clock_was_turned_back(tmp_path: Path, x: XStandIn) -> None:
    side = XSide(tmp_path, x)
    side.desk.take_in(side.ledger)
    side.desk.take_in(side.ledger)
    assert side.calls("/mentions") == 1
    side.later(-86400.0)
    side.desk.take_in(side.ledger)
    assert side.calls("/mentions") == 2
    side.close()


# opting out


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("@blind_eye #stop", True),
        ("@blind_eye Please #STOP.", True),
        ("“#stop”", True),
        ("@blind_eye stop the car", False),
        ("#stopping is hard", False),
        ("#stop_it", False),
        ("", False),
    ],
)
def test_only_the_whole_word_opts_out(text: str, stops: bool) -> None:
    assert asks_to_stop(text, ["#stop"]) is stops


def test_no_words_no_opting_out() -> None:
    assert not asks_to_stop("#stop", [])


def test_opting_out_takes_everything_back(side: XSide, x: XStandIn) -> None:
    side.made()
    side.send()
    side.made("A tree.", "another")
    x.mention("a_visitor", "A second story.")
    side.read()
    (answer,) = x.world.by_account()
    x.world.reply("a_visitor", answer.id, "#stop please")
    stories = side.read()
    assert [(each.author, each.state) for each in stories] == [
        ("a_visitor", Step.WITHDRAWN),
        ("another", Step.SHELVED),
        ("a_visitor", Step.WITHDRAWN),
    ]
    assert [each.film is not None and each.film.exists() for each in stories] == [False, True, False]
    assert side.ledger.is_silenced("x", x.world.user_id("a_visitor"))
    assert [each.id for each in side.ledger.shelf()] == [2]


def test_a_post_that_opts_out_is_no_story(side: XSide, x: XStandIn) -> None:
    x.mention("a_visitor", "#stop A house by the sea.")
    x.world.publish("fan", "RT @blind_eye: reply #stop", reposts="5")
    assert side.read() == []
    assert side.ledger.is_silenced("x", x.world.user_id("a_visitor"))
    assert not side.ledger.is_silenced("x", x.world.user_id("fan"))
    x.mention("a_visitor", "A tree.")
    assert side.read() == []


def test_what_they_sent_is_not_answered_any_more(side: XSide, x: XStandIn) -> None:
    side.made()
    x.mention("a_visitor", "#stop")
    side.read()
    side.later(10.0)
    side.desk.send(side.ledger)
    assert x.world.by_account() == []
