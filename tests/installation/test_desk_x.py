"""The real desk against the stand-in X: one mention, one answer, whatever dies or breaks in between."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.credentials import Keys
from installation.desk.outbox_x import XOutbox
from installation.desk.x_account import XAccount
from installation.rehearsal.x_stand_in import XStandIn
from show.ledger import Change, Step
from tests.support.desk import DeskRoom, clip, grey, kill, stand_in
from tests.support.waiting import wait_until

TWEET = (
    "I am walking with my brother on a field of one thousand images."
    " We understand each other, the sun is shining, it's a beautiful day."
)
POST = ("POST", "/2/tweets")


@pytest.fixture
def x() -> Iterator[XStandIn]:
    with stand_in(processing_seconds=0.1) as running:
        yield running


@pytest.fixture
def room(tmp_path: Path, x: XStandIn) -> DeskRoom:
    return DeskRoom(tmp_path, x)


def mention_made(room: DeskRoom, x: XStandIn, text: str = TWEET) -> str:
    """A mention that was taken in and made into a clip by a desk and a maker now gone; the mention's id."""
    mention = x.mention("a_visitor", text)
    with room.ledger() as ledger:
        ledger.receive("x", mention, "a_visitor", x.world.posts[mention].text)
        ledger.approve_words(1, "site")
    assert room.make() == 1
    return mention


def answered(room: DeskRoom) -> None:
    """A desk runs until the answer is written down."""
    with room.desk() as desk:
        room.wait_for(Step.SENT)
        wait_until(lambda: room.told().get("sent"), "desk.json to tell")
        assert desk.stop() == 0


def test_one_mention_is_answered_once_and_never_again(room: DeskRoom, x: XStandIn) -> None:
    with room.desk() as desk:
        desk.wait_for("connected to X")
        mention = x.mention("a_visitor", TWEET)
        room.wait_for(Step.WORDS_APPROVED)
        assert room.make() == 1
        room.wait_for(Step.SENT)
        assert desk.stop() == 0
    with room.desk() as desk:
        asked = len(x.calls)
        wait_until(lambda: sum("mentions" in call for call in x.calls[asked:]) > 1, "two looks at the mentions")
        assert desk.stop() == 0
    (answer,) = x.replies(mention)
    assert answer.text == (
        "Your film, no. 1: “I am walking with my brother on a field of one thousand images."
        " / We understand each other, / the sun is shining, / it's a beautiful day.” To be left alone, reply #stop."
    )
    assert answer.made_with_ai
    assert x.film(answer.media_ids[0]) == (room.state.clips / "1.mp4").read_bytes()
    assert [story.reply for story in room.stories()] == [answer.id]
    assert x.refused == []


@pytest.mark.parametrize(
    ("method", "path", "when"),
    [
        ("GET", r"/2/tweets/\d+", "after"),
        ("POST", "/2/media/upload/initialize", "after"),
        ("POST", r"/2/media/upload/\d+/append", "after"),
        ("POST", r"/2/media/upload/\d+/finalize", "after"),
        ("GET", "/2/media/upload", "after"),
        ("POST", "/2/media/metadata", "after"),
        (*POST, "before"),
        (*POST, "after"),
    ],
)
def test_killed_at_any_step_it_answers_once(room: DeskRoom, x: XStandIn, method: str, path: str, when: str) -> None:
    mention = mention_made(room, x)
    fault = x.fault(method, path, hold=when)
    with room.desk() as desk:
        assert fault.reached.wait(20)
        kill(desk)
    fault.release.set()
    assert room.stories()[0].state is (Step.SENDING if path == POST[1] else Step.SHELVED)
    answered(room)
    assert len(x.replies(mention)) == 1


def test_killed_while_answering_it_finds_its_own_answer(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    fault = x.fault(*POST, hold="after")
    with room.desk() as desk:
        assert fault.reached.wait(20)
        kill(desk)
    posts = x.calls.count("POST /2/tweets")
    answered(room)
    assert x.calls.count("POST /2/tweets") == posts
    assert room.stories()[0].reply == x.replies(mention)[0].id


def test_an_answer_that_arrives_late_is_refused_after_the_second_try(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    late = x.fault(*POST, hold="before")
    with room.desk() as desk:
        assert late.reached.wait(20)
        kill(desk)
    answered(room)
    late.release.set()
    wait_until(lambda: any("duplicate" in refused for refused in x.refused), "the late one to be refused")
    assert len(x.replies(mention)) == 1


def test_an_answer_that_arrives_just_after_we_looked_is_found(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    late = x.fault(*POST, hold="before")
    with room.desk() as desk:
        assert late.reached.wait(20)
        kill(desk)
    look = x.fault("GET", r"/2/users/\d+/tweets", hold="after")
    with room.desk() as desk:
        assert look.reached.wait(20)
        late.release.set()
        wait_until(lambda: x.replies(mention), "the late answer")
        look.release.set()
        room.wait_for(Step.SENT)
        assert desk.stop() == 0
    assert len(x.replies(mention)) == 1
    assert "duplicate" in x.refused[-1]


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_cut_line_leaves_one_answer(room: DeskRoom, x: XStandIn, cut: str) -> None:
    mention = mention_made(room, x)
    x.fault(*POST, cut=cut)
    answered(room)
    assert len(x.replies(mention)) == 1


def test_an_unclear_answer_is_given_its_time_after_the_time_out(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    x.fault(*POST, cut="before")
    account = XAccount(Keys(**x.credentials), x.base)
    start = time.time()
    outbox = XOutbox(room.state, 30.0, (), lambda: time.time() + (100.0 if "POST /2/tweets" in x.calls else 0))
    with room.ledger() as ledger:
        ledger.approve_clip(1, "site")
        ledger.shelve(1, "desk")
        id = account.who()[0]
        wait_until(lambda: outbox.round(ledger, account, id) or ledger.get(1).state is Step.SENDING)
        assert ledger.get(1).due >= start + 130.0
    outbox.close()
    account.close()


def test_trouble_inside_x_leaves_one_answer(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    x.fault(*POST, status=503)
    answered(room)
    assert len(x.replies(mention)) == 1
    assert [change.after for change in _changes(room)][-4:] == ["sending", "shelved", "sending", "sent"]


def test_what_cannot_be_found_out_is_left_to_a_person(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    x.fault(*POST, cut="before")
    x.fault("GET", r"/2/users/\d+/tweets", status=403, times=9, detail="You may not see this.")
    with room.desk() as desk:
        (story,) = room.wait_for(Step.UNCERTAIN)
        wait_until(lambda: room.told()["uncertain"] == 1)
        assert desk.stop() == 0
    assert "You may not see this." in _changes(room)[-1].note
    assert x.replies(mention) == []
    assert story.tries == 1


def test_too_many_calls_wait_for_their_time(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    x.fault(*POST, status=429, headers={"x-rate-limit-reset": "0"})
    with room.desk() as desk:
        wait_until(lambda: "takes no more calls" in str(room.told().get("words")))
        room.wait_for(Step.SENT)
        wait_until(lambda: room.told()["words"] == "")
        assert desk.stop() == 0
    assert len(x.replies(mention)) == 1


def test_nothing_else_waits_while_x_looks_at_a_film(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    x.world.media.processing_seconds = 3600.0
    with room.desk() as desk:
        wait_until(lambda: any("finalize" in call for call in x.calls), "the film to be up")
        room.drop("story.txt", "A tree.")
        room.wait_for(Step.WORDS_APPROVED)
        wait_until(lambda: room.told()["limits"]["X"]["by_kind"].get("films", 0) >= 4, "the calls to be told")
        assert room.told()["words"] == ""
        assert desk.stop() == 0


def test_a_long_film_being_fitted_does_not_hold_up_the_end(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    grey(room.state.clips / "1.mp4", (64, 64), 60 * 139)
    (room.state.root / "outgoing").mkdir()
    with room.desk() as desk:
        wait_until(lambda: list((room.state.root / "outgoing").iterdir()), "the fitting to begin")
        assert desk.stop() == 0
    assert list((room.state.root / "outgoing").iterdir()) == []


def test_a_deleted_post_gets_no_answer_and_its_film_goes(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    x.world.delete(mention)
    with room.desk() as desk:
        room.wait_for(Step.WITHDRAWN)
        assert desk.stop() == 0
    assert not (room.state.clips / "1.mp4").exists()
    assert POST[1] not in [call.split()[1] for call in x.calls]


def test_a_final_no_is_final(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    x.fault(*POST, status=403, detail="The author does not want to hear from you.")
    with room.desk() as desk:
        room.wait_for(Step.FAILED)
        assert desk.stop() == 0
    assert _changes(room)[-1].note == "X: The author does not want to hear from you."


def test_a_film_that_x_would_refuse_is_made_to_fit(room: DeskRoom, x: XStandIn, tmp_path: Path) -> None:
    mention = mention_made(room, x, "A tall screen in a church.")
    tall = clip(tmp_path / "tall.mp4", (64, 244))
    (room.state.clips / "1.mp4").write_bytes(tall.read_bytes())
    answered(room)
    medium = x.world.media[x.replies(mention)[0].media_ids[0]]
    assert medium.problems == []
    assert not list((room.state.root / "outgoing").iterdir())


def test_a_film_that_is_none_is_told(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    (room.state.clips / "1.mp4").write_bytes(b"no film")
    with room.ledger() as ledger:
        ledger.approve_clip(1, "anna")  # who did not look
    with room.desk() as desk:
        room.wait_for(Step.FAILED)
        assert desk.stop() == 0
    assert _changes(room)[-1].note.startswith("X: ")


def test_a_film_that_is_too_long_runs_faster(room: DeskRoom, x: XStandIn, tmp_path: Path) -> None:
    mention = mention_made(room, x)
    grey(room.state.clips / "1.mp4", (64, 64), 12 * 150)
    answered(room)
    assert x.world.media[x.replies(mention)[0].media_ids[0]].problems == []


def test_a_film_that_is_too_long_at_any_speed_is_told(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    grey(room.state.clips / "1.mp4", (32, 32), 60 * 140 + 1)
    with room.desk() as desk:
        room.wait_for(Step.FAILED)
        assert desk.stop() == 0
    assert _changes(room)[-1].note == "X: its 8401 images are more than X shows in 140 s"


def test_a_full_disk_is_not_the_films_fault(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    grey(room.state.clips / "1.mp4", (64, 64), 12 * 150)
    (room.state.root / "outgoing").mkdir()
    (room.state.root / "outgoing" / "1.mp4").symlink_to("/dev/full")
    with room.desk() as desk:
        wait_until(lambda: "No space left" in str(room.told().get("words")))
        assert desk.stop() == 0
    assert (room.stories()[0].state, x.replies(mention)) == (Step.SHELVED, [])


def _changes(room: DeskRoom) -> list[Change]:
    with room.ledger() as ledger:
        return ledger.changes(1)


# taking in


def test_only_stories_are_taken_and_from_now_on(room: DeskRoom, x: XStandIn) -> None:
    x.mention("early", "Before the desk ever ran.", created=time.time() - 60)
    with room.desk() as desk:
        desk.wait_for("connected to X")
        x.world.publish("blind_eye", "We, @blind_eye, invite you.")
        x.world.publish("fan", "RT @blind_eye: yes", reposts="5")
        x.mention("a_visitor", "A &lt;red&gt; house & a tree.")
        (story,) = room.wait_for(Step.WORDS_APPROVED)
        assert desk.stop() == 0
    assert (story.author, story.text) == ("a_visitor", "@blind_eye A &lt;red&gt; house & a tree.")
    assert len(room.stories()) == 1


def test_long_posts_and_edited_posts_are_one_story_each(room: DeskRoom, x: XStandIn) -> None:
    long = " ".join(f"Phrase number {number}." for number in range(40))
    with room.desk() as desk:
        desk.wait_for("connected to X")
        x.mention("writer", long)
        first = x.mention("editor", "A blue hose.")
        room.wait_for(Step.WORDS_APPROVED, 2)
        x.world.edit(first, "@blind_eye A blue house.")
        x.mention("last", "The end.")
        stories = room.wait_for(Step.WORDS_APPROVED, 3)
        assert desk.stop() == 0
    assert [story.author for story in stories] == ["writer", "editor", "last"]
    assert stories[0].text.endswith("Phrase number 39.")


def test_many_mentions_come_over_several_pages(room: DeskRoom, x: XStandIn) -> None:
    room.say("gates", "waiting_at_most = 1000")
    with room.desk() as desk:
        desk.wait_for("connected to X")
        hold = x.fault("GET", r"/2/users/\d+/mentions", hold="before")
        assert hold.reached.wait(10)
        for number in range(230):
            x.mention(f"writer{number}", f"Story {number}.")
        hold.release.set()
        stories = room.wait_for(Step.WORDS_APPROVED, 230)
        assert desk.stop() == 0
    assert [story.text for story in stories] == [f"@blind_eye Story {number}." for number in range(230)]


def test_thanks_under_our_answer_are_no_story(room: DeskRoom, x: XStandIn) -> None:
    mention = mention_made(room, x)
    answered(room)
    x.mention("a_visitor", "thank you, it is lovely", replies_to=x.replies(mention)[0].id)
    x.mention("another", "A new story.")
    with room.desk() as desk:
        room.wait_for(Step.WORDS_APPROVED)
        assert desk.stop() == 0
    assert [story.author for story in room.stories()] == ["a_visitor", "another"]


@pytest.mark.parametrize("status", [429, 503, 402])
def test_a_refusing_x_is_asked_again_later(room: DeskRoom, x: XStandIn, status: int) -> None:
    x.fault("GET", "/2/users/me", status=status)
    with room.desk() as desk:
        wait_until(lambda: room.told().get("words"))
        x.mention("a_visitor", "A story.")
        room.wait_for(Step.WORDS_APPROVED)
        assert desk.stop() == 0


def test_trouble_with_reading_lasts_until_reading_works(room: DeskRoom, x: XStandIn) -> None:
    """The next look is due only after poll_seconds: until then nothing is well again."""
    room.site.write_text(room.site.read_text().replace("poll_seconds = 1.0", "poll_seconds = 3600"))
    x.fault("GET", r"/2/users/\d+/mentions", status=503, times=2)
    with room.desk() as desk:
        desk.wait_for("connected to X")
        x.mention("a_visitor", "A story.")
        room.wait_for(Step.WORDS_APPROVED)
        assert sum("/mentions" in call for call in x.calls) == 3
        wait_until(lambda: room.told()["words"] == "")
        assert desk.output.count("well again") == 1
        assert desk.stop() == 0


def test_wrong_keys_are_told_and_the_rest_goes_on(room: DeskRoom, x: XStandIn) -> None:
    keys = room.folder / "x.toml"
    keys.write_text(keys.read_text().replace('consumer_secret = "', 'consumer_secret = "0'))
    with room.desk() as desk:
        wait_until(lambda: "does not accept the account's keys" in str(room.told().get("words")))
        room.drop("story.txt", "A house.")
        room.wait_for(Step.WORDS_APPROVED)
        assert desk.stop() == 0
    assert "the signature is wrong" in x.refused[0]


def test_missing_keys_are_told(room: DeskRoom) -> None:
    (room.folder / "x.toml").write_text('consumer_key = "a"\n')
    with room.desk() as desk:
        wait_until(lambda: "lack consumer_secret, access_token, access_token_secret" in str(room.told().get("words")))
        assert desk.stop() == 0


def test_keys_of_another_account_are_not_used(room: DeskRoom) -> None:
    room.site.write_text(room.site.read_text().replace('account = "blind_eye"', 'account = "other"'))
    with room.desk() as desk:
        wait_until(lambda: "the keys belong to @blind_eye, but [x] account is @other" in str(room.told().get("words")))
        assert desk.stop() == 0


def test_keys_never_reach_the_log(room: DeskRoom, x: XStandIn) -> None:
    mention_made(room, x)
    x.fault(*POST, status=400)
    with room.desk() as desk:
        room.wait_for(Step.FAILED)
        assert desk.stop() == 0
        assert not [key for key in x.credentials.values() if key in desk.output]
