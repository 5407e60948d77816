"""The real desk against the stand-in Mastodon server: one mention, one answer, whatever dies or breaks in between."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from installation.rehearsal.mastodon_stand_in import MastodonStandIn
from show.ledger import Change, Step, Submission
from tests.support.desk import kill
from tests.support.mastodon import MastodonRoom, hand_desk, mastodon_stand_in
from tests.support.waiting import wait_until

TOOT = (
    "I am walking with my brother on a field of one thousand images."
    " We understand each other, the sun is shining, it's a beautiful day."
)
POST = ("POST", "/api/v1/statuses")
NOTICES = "/api/v1/notifications"
CONTEXT = r"/api/v1/statuses/\d+/context"


@pytest.fixture
def server() -> Iterator[MastodonStandIn]:
    with mastodon_stand_in(processing_seconds=0.1) as running:
        yield running


@pytest.fixture
def room(tmp_path: Path, server: MastodonStandIn) -> MastodonRoom:
    return MastodonRoom(tmp_path, server)


def mention_made(room: MastodonRoom, author: str = "a_visitor", text: str = TOOT, **more: str) -> str:
    """A mention that was taken in and made into a clip by a desk and a maker now gone; the mention's id."""
    mention = room.server.mention(author, text, **more)
    with room.ledger() as ledger:
        ledger.receive("mastodon", mention, author, text, author_id=room.server.world.people[author])
        ledger.approve_words(1, "site")
    assert room.make() == 1
    return mention


def ended(room: MastodonRoom, state: Step) -> Submission:
    """A desk runs until the story is in this state."""
    with hand_desk(room) as desk:
        desk.until(lambda: room.stories()[0].state is state, f"submission 1 to be {state}")
    return room.stories()[0]


def answered(room: MastodonRoom) -> str:
    """A desk runs until the answer is written down; its id."""
    return ended(room, Step.SENT).reply


def changes(room: MastodonRoom) -> list[Change]:
    with room.ledger() as ledger:
        return ledger.changes(1)


def texts(room: MastodonRoom) -> list[str]:
    """What was taken in and passed the gate, whether a person must look at it or not."""
    passed = {Step.WAITING, Step.WORDS_APPROVED}
    return [story.text for story in room.stories() if story.state in passed]


# answering


def test_one_mention_is_answered_once_and_never_again(room: MastodonRoom, server: MastodonStandIn) -> None:
    with room.desk() as desk:
        desk.wait_for("connected to Mastodon")
        mention = server.mention("a_visitor@far.example", TOOT)
        room.wait_for(Step.WORDS_APPROVED)
        assert room.make() == 1
        room.wait_for(Step.SENT)
        assert desk.stop() == 0
        assert server.token not in desk.output
    with hand_desk(room) as again:
        again.rounds(5)
    (answer,) = server.replies(mention)
    assert answer.text == (
        "@a_visitor@far.example Your film, no. 1: “I am walking with my brother on a field of one thousand images."
        " / We understand each other, / the sun is shining, / it's a beautiful day.”"
        "\n\nTo be left alone, reply #stop."
    )
    assert (answer.visibility, answer.warning) == ("public", "")
    (medium,) = (server.world.media[id] for id in answer.media_ids)
    assert medium.film == (room.state.clips / "1.mp4").read_bytes()
    assert medium.description.startswith("A short film that a machine made from these words: I am walking")
    assert [story.reply for story in room.stories()] == [answer.id]
    assert server.refused == []


@pytest.mark.parametrize(
    ("method", "path", "when"),
    [
        ("GET", r"/api/v1/statuses/\d+", "after"),
        ("POST", "/api/v2/media", "after"),
        ("GET", r"/api/v1/media/\d+", "after"),
        (*POST, "before"),
        (*POST, "after"),
    ],
)
def test_killed_at_any_step_it_answers_once(room: MastodonRoom, method: str, path: str, when: str) -> None:
    mention = mention_made(room)
    fault = room.server.fault(method, path, hold=when)
    with room.desk() as desk:
        assert fault.reached.wait(20)
        kill(desk)
    fault.release.set()
    assert room.stories()[0].state is (Step.SENDING if path == POST[1] else Step.SHELVED)
    answered(room)
    assert len(room.server.replies(mention)) == 1


def test_killed_while_answering_it_finds_its_own_answer(room: MastodonRoom, server: MastodonStandIn) -> None:
    mention = mention_made(room)
    fault = server.fault(*POST, hold="after")
    with room.desk() as desk:
        assert fault.reached.wait(20)
        kill(desk)
    answer = answered(room)
    assert server.calls.count("POST /api/v1/statuses") == 1
    assert [post.id for post in server.replies(mention)] == [answer]


def test_an_answer_that_arrives_after_the_second_try_is_the_same_answer(
    room: MastodonRoom, server: MastodonStandIn
) -> None:
    mention = mention_made(room)
    late = server.fault(*POST, hold="before")
    with room.desk() as desk:
        assert late.reached.wait(20)
        kill(desk)
    answer = answered(room)
    late.release.set()
    wait_until(lambda: server.answered.count("POST /api/v1/statuses") == 2, "the late one to be taken")
    assert [post.id for post in server.replies(mention)] == [answer]


@pytest.mark.parametrize("how", [{"cut": "before"}, {"cut": "after"}, {"status": 503}, {"status": 200}])
def test_an_unclear_answer_leaves_one(room: MastodonRoom, how: dict[str, object]) -> None:
    mention = mention_made(room)
    room.server.fault(*POST, **how)
    answer = answered(room)
    assert [post.id for post in room.server.replies(mention)] == [answer]
    assert [change.after for change in changes(room)].count("sending") == (1 if how == {"cut": "after"} else 2)


def test_what_cannot_be_found_out_is_left_to_a_person(room: MastodonRoom) -> None:
    mention = mention_made(room)
    room.server.fault(*POST, cut="before")
    room.server.fault("GET", CONTEXT, status=422, times=9, detail="You may not see this.")
    assert ended(room, Step.UNCERTAIN).tries == 1
    assert "You may not see this." in changes(room)[-1].note
    assert room.server.replies(mention) == []


def test_no_more_than_a_few_tries(room: MastodonRoom) -> None:
    mention_made(room)
    room.server.fault(*POST, cut="before", times=99)
    story = ended(room, Step.UNCERTAIN)
    assert (story.tries, changes(room)[-1].note) == (5, "no answer is to be found after 5 tries")


def test_a_deleted_post_gets_no_answer_and_its_film_goes(room: MastodonRoom) -> None:
    mention = mention_made(room)
    room.server.world.delete(mention)
    ended(room, Step.WITHDRAWN)
    assert not (room.state.clips / "1.mp4").exists()
    assert "POST /api/v2/media" not in room.server.calls


def test_a_post_deleted_while_its_film_goes_up_gets_no_answer(room: MastodonRoom) -> None:
    mention = mention_made(room)
    with hand_desk(room) as desk:
        desk.until(lambda: "POST /api/v2/media" in room.server.calls)
        room.server.world.delete(mention)
        desk.until(lambda: room.stories(Step.WITHDRAWN))
    assert f"{POST[0]} {POST[1]}" not in room.server.calls


def test_a_post_deleted_while_we_answer_takes_its_film_along(room: MastodonRoom) -> None:
    mention = mention_made(room)
    room.server.fault(*POST, cut="before")
    with hand_desk(room) as desk:
        desk.until(lambda: room.stories(Step.SENDING))
        room.server.world.delete(mention)
        desk.until(lambda: room.stories(Step.WITHDRAWN))
    assert changes(room)[-1].note == "the post was deleted; whether it had been answered is not known"
    assert not (room.state.clips / "1.mp4").exists()


def test_a_page_that_is_not_mastodon_deletes_nothing(room: MastodonRoom) -> None:
    mention = mention_made(room)
    room.server.fault("GET", r"/api/v1/statuses/\d+", status=404, detail="", times=2)
    answered(room)
    assert len(room.server.replies(mention)) == 1


@pytest.mark.parametrize(
    ("visibility", "answered_to"),
    [("public", "public"), ("unlisted", "unlisted"), ("private", "direct"), ("direct", "direct")],
)
def test_an_answer_is_never_seen_by_more_than_the_post(room: MastodonRoom, visibility: str, answered_to: str) -> None:
    mention = mention_made(room, visibility=visibility, warning="a dog dies")
    answered(room)
    (answer,) = room.server.replies(mention)
    assert (answer.visibility, answer.warning) == (answered_to, "a dog dies")


def test_one_that_is_not_to_be_answered_is_not(room: MastodonRoom) -> None:
    mention = mention_made(room)
    with room.ledger() as ledger:
        ledger.set_audience(1, "staff page", public=False)
    with hand_desk(room) as desk:
        desk.rounds(5)
    assert (room.server.replies(mention), room.stories()[0].state) == ([], Step.SHELVED)


def test_a_long_text_is_shortened_to_what_the_server_takes(tmp_path: Path) -> None:
    with mastodon_stand_in(processing_seconds=0.0, most_characters=120) as server:
        room = MastodonRoom(tmp_path, server)
        mention = mention_made(room)
        answered(room)
        assert server.replies(mention)[0].text == (
            "@a_visitor Your film, no. 1:"
            " “I am walking with my brother on a field of one thousand images. / We understand each…”"
        )


@pytest.mark.parametrize(
    ("film", "said"),
    [
        (b"\0\0\0\0ftypnothing", "Mastodon: Error processing thumbnail for uploaded media"),
        (b"nothing", "Mastodon: Validation failed: File content type is invalid, File is invalid"),
        (None, "Mastodon: [Errno 2] No such file"),
    ],
)
def test_a_film_the_server_cannot_use_is_told(room: MastodonRoom, film: bytes | None, said: str) -> None:
    mention_made(room)
    clip = room.state.clips / "1.mp4"
    clip.write_bytes(film) if film else clip.unlink()
    with room.ledger() as ledger:
        ledger.approve_clip(1, "anna")  # who did not look
    ended(room, Step.FAILED)
    assert changes(room)[-1].note.startswith(said)


def test_a_film_the_server_lost_is_brought_up_again(room: MastodonRoom) -> None:
    mention = mention_made(room)
    room.server.fault("GET", r"/api/v1/media/\d+", status=404, detail="Record not found")
    answered(room)
    assert room.server.calls.count("POST /api/v2/media") == 2
    assert len(room.server.replies(mention)) == 1


def test_the_desk_goes_on_while_the_server_works_on_a_film(tmp_path: Path) -> None:
    with mastodon_stand_in(processing_seconds=3600.0) as server:
        room = MastodonRoom(tmp_path, server)
        mention_made(room)
        with hand_desk(room) as desk:
            desk.rounds(3)
            server.mention("another", "A house.")
            desk.until(lambda: texts(room) == ["A house."])
        assert room.stories()[0].state is Step.SHELVED
        assert server.calls.count("POST /api/v2/media") == 1


def test_too_many_calls_wait_for_their_time(room: MastodonRoom) -> None:
    mention = mention_made(room)
    room.server.fault(*POST, status=429, headers={"X-RateLimit-Reset": "2020-01-01T00:00:00.000Z"})
    with hand_desk(room) as desk:
        desk.until(lambda: "takes no more calls" in room.told()["words"])
        desk.until(lambda: room.stories(Step.SENT))
        desk.until(lambda: room.told()["words"] == "")
    assert len(room.server.replies(mention)) == 1


# taking in


def test_only_stories_are_taken_and_from_now_on(room: MastodonRoom, server: MastodonStandIn) -> None:
    server.mention("early", "Before the desk ever ran.", created=time.time() - 60)
    with hand_desk(room) as desk:
        invitation = server.world.publish("blind_eye", "We, @blind_eye, invite you.").id
        server.world.notify("favourite", "fan", invitation)
        server.world.notify("reblog", "fan", invitation)
        server.mention("a_visitor", "A <red> house & a tree.\nhttps://example.org/a/long/way/to/a/picture #sea")
        desk.until(lambda: texts(room))
    (story,) = room.stories()
    assert (story.author, story.author_id) == ("a_visitor", server.world.people["a_visitor"])
    assert story.text == "A <red> house & a tree.\nhttps://example.org/a/long/way/to/a/picture #sea"


def test_the_first_run_reaches_back_as_far_as_it_is_told(room: MastodonRoom, server: MastodonStandIn) -> None:
    room.change("server = ", "since_hours = 1\nserver = ")
    server.mention("early", "Long ago.", created=time.time() - 7200)
    for number in range(100):
        server.mention(f"author_{number}", f"Story {number}.", created=time.time() - 1800 + number)
    with hand_desk(room) as desk:
        desk.until(lambda: len(texts(room)) == 100)
    assert texts(room) == [f"Story {number}." for number in range(100)]


def test_many_mentions_come_over_several_pages(room: MastodonRoom, server: MastodonStandIn) -> None:
    server.mention("first", "The first.")
    with hand_desk(room) as desk:
        for number in range(170):
            server.mention(f"author_{number}", f"Story {number}.")
        before = sum(NOTICES in call for call in server.calls)
        desk.rounds(1)
        assert sum(NOTICES in call for call in server.calls) - before == 3
        desk.until(lambda: len(texts(room)) == 170)
    assert texts(room) == [f"Story {number}." for number in range(170)]


def test_a_crash_between_two_pages_loses_nothing(room: MastodonRoom, server: MastodonStandIn) -> None:
    server.mention("first", "The first.")
    with hand_desk(room) as desk:
        for number in range(170):
            server.mention(f"author_{number}", f"Story {number}.")
        server.fault("GET", NOTICES, cut="never", times=1)
        server.fault("GET", NOTICES, cut="before")
        desk.until(lambda: len(texts(room)) == 80)
    with hand_desk(room) as desk:
        desk.until(lambda: len(texts(room)) == 170)
    assert texts(room) == [f"Story {number}." for number in range(170)]


def test_talk_is_no_story(room: MastodonRoom, server: MastodonStandIn) -> None:
    mention = mention_made(room)
    answered(room)
    with hand_desk(room) as desk:
        server.mention("a_visitor", "thank you, it is lovely", replies_to=server.replies(mention)[0].id)
        server.mention("a_friend", "@a_visitor how nice", replies_to=mention)
        server.mention("a_friend", "@a_visitor You too? A house, @blind_eye, and a tree.", replies_to=mention)
        server.mention("a_visitor", "And a second house.", replies_to=mention)
        invitation = server.world.publish("blind_eye", "Write us a story.").id
        server.mention("another", "A new story.", replies_to=invitation)
        desk.until(lambda: len(texts(room)) == 3)
    assert texts(room) == ["You too? A house, @blind_eye, and a tree.", "And a second house.", "A new story."]


def test_an_edited_post_is_one_story_in_its_first_words(room: MastodonRoom, server: MastodonStandIn) -> None:
    with hand_desk(room) as desk:
        first = server.mention("editor", "A blue hose.")
        desk.until(lambda: texts(room))
        server.world.edit(first, "@blind_eye A blue house.")
        server.mention("last", "The end.")
        desk.until(lambda: len(texts(room)) == 2)
    assert texts(room) == ["A blue hose.", "The end."]


def test_a_warning_is_for_a_person_to_look_at_and_a_private_word_stays_off_the_wall(
    room: MastodonRoom, server: MastodonStandIn
) -> None:
    room.change('approve_words = "automatic"', 'approve_words = "by hand"')
    with hand_desk(room) as desk:
        server.mention("one", "A dog by the sea.", warning="a dog dies")
        server.mention("two", "A cat by the sea.", visibility="direct")
        desk.until(lambda: len(room.stories(Step.WAITING)) == 2)
    first, second = room.stories()
    assert (first.look, first.room) == ("its author put a warning before it: “a dog dies”", True)
    assert (second.look, second.room, second.public) == ("", False, True)


def test_one_word_takes_everything_back(room: MastodonRoom, server: MastodonStandIn) -> None:
    mention_made(room)
    answered(room)
    with hand_desk(room) as desk:
        server.mention("a_visitor", "Another story.")
        desk.until(lambda: texts(room))
        server.mention("a_visitor", "Please #STOP.")
        server.mention("a_visitor", "A third story.")
        server.mention("another", "#stopover in a town.")
        desk.until(lambda: texts(room) == ["#stopover in a town."])
    assert {story.state for story in room.stories() if story.author == "a_visitor"} == {Step.WITHDRAWN}
    assert not (room.state.clips / "1.mp4").exists()
    assert json.loads(room.state.shelf.read_text()) == []


def test_another_server_cannot_say_when_a_story_came(room: MastodonRoom, server: MastodonStandIn) -> None:
    with hand_desk(room) as desk:
        before = time.time() - 60
        id = server.mention("a_visitor", "A story.")
        server.world.posts[id] = replace(server.world.posts[id], created=before - 1e8)
        desk.until(lambda: texts(room))
    assert room.stories()[0].received >= before


def test_a_crash_while_taking_back_leaves_nothing_behind(
    room: MastodonRoom, server: MastodonStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    mention_made(room)
    with hand_desk(room) as desk, monkeypatch.context() as patched:
        patched.setattr("show.ledger.Ledger.withdraw", lambda *_: sys.exit("killed"))
        server.mention("a_visitor", "#stop")
        with pytest.raises(SystemExit):
            desk.rounds(3)
    with hand_desk(room) as desk:
        desk.until(lambda: room.stories(Step.WITHDRAWN))
    assert not (room.state.clips / "1.mp4").exists()


def test_a_post_in_a_shape_nobody_knows_keeps_no_other_back(room: MastodonRoom, server: MastodonStandIn) -> None:
    with hand_desk(room) as desk:
        broken = server.mention("broken", "A story.")
        server.world.posts[broken] = replace(server.world.posts[broken], visibility="")
        server.mention("a_visitor", "A house.")
        desk.until(lambda: texts(room) == ["A house."])
        assert room.told()["words"] == ""


# trouble


@pytest.mark.parametrize("status", [429, 503, 404, 403, 200])
def test_a_refusing_server_is_asked_again_later(room: MastodonRoom, status: int) -> None:
    room.server.fault("GET", "/api/v1/accounts/verify_credentials", status=status)
    with hand_desk(room) as desk:
        assert "Mastodon" in room.told()["words"]
        room.server.mention("a_visitor", "A story.")
        desk.until(lambda: texts(room))
        desk.until(lambda: room.told()["words"] == "")


def test_a_wrong_token_is_told_and_the_rest_goes_on(room: MastodonRoom) -> None:
    (room.folder / "mastodon.toml").write_text('access_token = "wrong"\n')
    room.drop("story.txt", "A house.")
    with hand_desk(room) as desk:
        assert room.told()["words"] == "Mastodon does not accept the account's token"
        desk.until(lambda: texts(room))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('token = "a"', "mastodon.toml lack access_token"),
        ("[", "mastodon.toml are not a TOML file"),
        ('access_token = "ä"', "mastodon.toml lack access_token"),
    ],
)
def test_a_missing_token_is_told(room: MastodonRoom, content: str, said: str) -> None:
    (room.folder / "mastodon.toml").write_text(content)
    with hand_desk(room):
        assert room.told()["words"] == f"Mastodon: the credentials in {room.folder}/{said}"


def test_a_token_of_another_account_is_not_used(room: MastodonRoom) -> None:
    room.change('account = "blind_eye"\nserver', 'account = "other"\nserver')
    with hand_desk(room):
        said = "Mastodon: the token belongs to @blind_eye, but [mastodon] account is @other; nothing is done"
        assert room.told()["words"] == said
    assert not any(NOTICES in call for call in room.server.calls)


def test_a_clock_that_was_set_back_does_not_stop_the_reading(room: MastodonRoom) -> None:
    with hand_desk(room) as desk:
        desk.time -= 86400.0
        room.server.mention("a_visitor", "A house.")
        desk.until(lambda: texts(room))


def test_what_the_server_still_takes_is_told_and_the_token_is_not(room: MastodonRoom) -> None:
    with hand_desk(room):
        limits = room.told()["limits"]["Mastodon"]
    assert room.server.token not in room.state.desk.read_text()
    assert limits["limit"] == 300
    assert 200 < limits["remaining"] < 300
    assert limits["words"] == f"Mastodon takes {limits['remaining']} more calls until {limits['reset'][11:16]} UTC"
