"""What the stand-in X insists on: published shapes, limits told on every answer, films as ffprobe sees them, people."""

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import requests
import tweepy

from installation.desk.credentials import Keys
from installation.desk.trouble import Busy, Refused
from installation.desk.x_account import XAccount
from installation.rehearsal.x_faults import Weather
from installation.rehearsal.x_film_facts import NoFilm, by_ffprobe, by_pyav
from installation.rehearsal.x_film_rules import problems
from installation.rehearsal.x_limits import WINDOW_SECONDS, Limits
from installation.rehearsal.x_schema import wrong, wrong_text
from installation.rehearsal.x_shapes import POST
from installation.rehearsal.x_signature import HOST
from installation.rehearsal.x_stand_in import XStandIn
from tests.support.desk import bring_up, clip, grey, stand_in
from tests.support.footage import noise, write_film


@pytest.fixture
def x() -> Iterator[XStandIn]:
    with stand_in(processing_seconds=0.05) as running:
        yield running


@pytest.fixture
def account(x: XStandIn) -> Iterator[XAccount]:
    account = XAccount(Keys(**x.credentials), x.base)
    yield account
    account.close()


def ask(x: XStandIn, method: str, route: str, **what: Any) -> requests.Response:
    """A signed request, whatever is in it."""
    auth = tweepy.OAuth1UserHandler(**x.credentials)
    prepared = requests.Request(method, HOST + route, auth=auth.apply_auth(), **what).prepare()
    assert prepared.url is not None
    prepared.url = x.base + prepared.url.removeprefix(HOST)
    with requests.Session() as session:
        return session.send(prepared, timeout=5)


# shapes


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": "a", "colour": "red"}, "`body.colour` is not one of"),
        ({"text": 5}, "`body.text` is no string"),
        ({"text": "a", "made_with_ai": "yes"}, "`body.made_with_ai` is no boolean"),
        ({"text": "a", "made_with_ai": 1}, "`body.made_with_ai` is no boolean"),
        ({"reply": {}}, "`body.reply` lacks `in_reply_to_tweet_id`"),
        ({"reply": {"in_reply_to_tweet_id": 5}}, "`body.reply.in_reply_to_tweet_id` is no string"),
        ({"reply": {"in_reply_to_tweet_id": "5a"}}, "does not match"),
        ({"media": {"media_ids": []}}, "has 0 items, not 1 to 4"),
        ({"media": {"media_ids": ["1"] * 5}}, "has 5 items, not 1 to 4"),
        ({"reply_settings": "nobody"}, "is not one of [following,mentionedUsers,subscribers,verified]"),
        ([], "`body` is no object"),
    ],
)
def test_a_body_out_of_shape_is_told_where(body: object, said: str) -> None:
    assert said in wrong(body, POST, "body")


def test_a_body_in_shape_passes() -> None:
    whole = {"text": "a", "reply": {"in_reply_to_tweet_id": "5"}, "media": {"media_ids": ["6"]}, "made_with_ai": True}
    assert wrong(whole, POST, "body") == ""


def test_parameters_are_numbers_and_lists_in_texts() -> None:
    number = {"type": "integer", "minimum": 5, "maximum": 100}
    assert wrong_text("5", number, "n") == ""
    assert "is not between 5 and 100" in wrong_text("101", number, "n")
    assert "is not a number" in wrong_text("5.0", number, "n")
    listed = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": ("id", "text")}}
    assert wrong_text("id,text", listed, "f") == ""
    assert "is not one of [id,text]" in wrong_text("id,,text", listed, "f")


@pytest.mark.parametrize(
    ("method", "route", "what"),
    [
        ("GET", "/2/users/me?user.fields=shoe_size", {}),
        ("GET", "/2/users/1000/mentions?since_id=-1", {}),
        ("GET", "/2/users/1000/mentions?start_time=yesterday", {}),
        ("GET", "/2/users/1000/mentions?pagination_token=nonsense", {}),
        ("GET", "/2/users/1000/mentions?post.fields=text", {}),
        ("GET", "/2/media/upload?command=STATUS", {}),
        ("GET", "/2/media/upload?media_id=5&command=INIT", {}),
        ("POST", "/2/tweets", {"data": "text=a"}),
        ("POST", "/2/tweets", {"json": ["a"]}),
        ("POST", "/2/media/upload/initialize", {"json": {"media_type": "video/avi"}}),
        ("POST", "/2/media/upload/initialize", {"json": {"media_type": "image/png", "media_category": "tweet_image"}}),
        ("POST", "/2/media/upload/5/append", {"files": {"media": b"a"}}),
        ("POST", "/2/media/upload/5/append", {"files": {"media": b"a"}, "data": {"segment_index": "1000"}}),
        ("POST", "/2/media/upload/5/append", {"json": {"segment_index": 1}}),
        ("POST", "/2/media/upload/5/finalize", {"json": {"force": True}}),
        ("POST", "/2/media/metadata", {"json": {"metadata": {"alt_text": {"text": "a"}}}}),
        ("POST", "/2/media/metadata", {"json": {"id": "5", "metadata": {"alt_text": {"text": "a" * 1001}}}}),
    ],
)
def test_requests_out_of_shape_are_refused(x: XStandIn, method: str, route: str, what: dict[str, Any]) -> None:
    answer = ask(x, method, route, **what)
    assert (answer.status_code, answer.json()["title"]) == (400, "Invalid Request")


def test_the_vocabularies_are_not_mixed() -> None:
    with stand_in(vocabulary="post") as x:
        x.mention("a", "A house.")
        refused = ask(x, "GET", f"/2/users/{x.world.account_id}/mentions?tweet.fields=created_at")
        assert refused.status_code == 400
        told = ask(x, "GET", f"/2/users/{x.world.account_id}/mentions?expansions=edit_history_post_ids").json()
        assert set(told["data"][0]) == {"id", "text", "edit_history_post_ids"}


# limits


def test_every_answer_tells_what_is_left(x: XStandIn) -> None:
    answers = [ask(x, "GET", f"/2/users/{x.world.account_id}/mentions?max_results={n}") for n in (5, 1)]
    assert [answer.headers["x-rate-limit-remaining"] for answer in answers] == ["299", "298"]
    assert answers[0].headers["x-rate-limit-limit"] == "300"
    media = ask(x, "POST", "/2/media/upload/5/finalize")
    assert (media.status_code, media.headers["x-rate-limit-limit"]) == (400, "1875")


def test_a_window_opens_again_after_a_quarter_of_an_hour() -> None:
    time = [1000.0]
    limits = Limits(lambda: time[0])
    assert [limits.spend("posts", 2)[0] for _ in range(3)] == [True, True, False]
    assert limits.spend("posts", 2)[1] == {
        "x-rate-limit-limit": "2",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(1000 + WINDOW_SECONDS) + 1),
    }
    time[0] += WINDOW_SECONDS
    assert limits.spend("posts", 2)[0]


def test_only_the_last_800_mentions_are_shown(x: XStandIn, account: XAccount) -> None:
    for number in range(803):
        x.world.publish("a", f"@blind_eye {number}", created=1.7e9 + number)
    found, are_all = account.mentions(x.world.account_id, "1", 0.0)
    assert (len(found), are_all, found[0].text) == (800, False, "@blind_eye 3")


# people and posts


def test_a_reply_begins_with_those_above_and_says_where_its_own_words_begin(x: XStandIn) -> None:
    first = x.mention("á_writer", "😀 A house.")
    below = x.world.reply("a_friend", first, "Hello @blind_eye!")
    told = ask(x, "GET", f"/2/tweets/{below.id}?tweet.fields=display_text_range,entities,conversation_id").json()[
        "data"
    ]
    assert told["text"] == "@á_writer @blind_eye Hello @blind_eye!"
    assert told["display_text_range"] == [21, 38]
    assert [(each["start"], each["username"]) for each in told["entities"]["mentions"]][-1] == (27, "blind_eye")
    assert told["conversation_id"] == first


def test_places_in_a_text_are_counted_in_utf_16_units(x: XStandIn) -> None:
    id = x.world.publish("a", "😀😀 @blind_eye").id
    told = ask(x, "GET", f"/2/tweets/{id}?tweet.fields=entities").json()["data"]
    assert told["entities"]["mentions"] == [
        {"start": 5, "end": 15, "username": "blind_eye", "id": x.world.account_id},
    ]


def test_all_versions_of_an_edited_post_tell_of_each_other_and_go_together(x: XStandIn) -> None:
    first = x.mention("a", "A hose.")
    second = x.world.edit(first, "@blind_eye A house.").id
    for id in (first, second):
        assert ask(x, "GET", f"/2/tweets/{id}").json()["data"]["edit_history_tweet_ids"] == [first, second]
    x.world.delete(second)
    assert ask(x, "GET", f"/2/tweets/{first}").json()["errors"][0]["title"] == "Not Found Error"


def test_an_answer_to_who_quotes_us_is_allowed(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    ours = x.world.publish("blind_eye", "A film.")
    quoting = x.world.publish("a", "Look at this.", quotes=ours.id).id
    media = bring_up(account, clip(tmp_path / "a.mp4"))
    assert account.answer(quoting, "Your film", media)


def test_a_film_is_forgotten_after_its_time(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    mention = x.mention("a", "A house.")
    media = bring_up(account, clip(tmp_path / "a.mp4"))
    x.world.media.life_seconds = -1.0
    with pytest.raises(Refused, match="media IDs are invalid"):
        account.answer(mention, "Your film", media)
    with pytest.raises(Refused, match="is not known"):
        account.processing(media)


# films


def with_sound(path: Path, codec: str = "aac", layout: str = "stereo") -> Path:
    """A film with a second of silence."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=12)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream(codec, rate=48000, layout=layout)
        for number in range(12):
            frame = av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), format="yuv420p")
            frame.pts = number
            container.mux(picture.encode(frame))
        channels = sound.codec_context.layout.nb_channels
        silence = av.AudioFrame.from_ndarray(np.zeros((channels, 48000), np.float32), format="fltp", layout=layout)
        silence.sample_rate = 48000
        container.mux(sound.encode(silence))
        container.mux([*picture.encode(), *sound.encode()])
    return path


def films(folder: Path) -> dict[str, Path]:
    """One of every kind that matters."""
    moving = [noise(64, 64), *([noise(64, 64)] * 3)] * 12
    return {
        "good": clip(folder / "good.mp4"),
        "tall": grey(folder / "tall.mp4", (64, 244), 24),
        "fast": grey(folder / "fast.mp4", (64, 64), 90, 90),
        "slow": grey(folder / "slow.mp4", (64, 64), 12, 5),
        "long groups": clip(folder / "long.mp4", (64, 64), 520, g="9999", sc_threshold="0"),
        "open groups": write_film(
            folder / "open.mp4", moving, g="8", bf="3", keyint_min="8", **{"x264-params": "open-gop=1:scenecut=0"}
        ),
        "interlaced": write_film(folder / "interlaced.mp4", moving, **{"x264-params": "interlaced=1"}),
        "oblong": write_film(folder / "oblong.mp4", moving, **{"x264-params": "sar=4/3"}),
        "sounding": with_sound(folder / "sounding.mp4"),
        "surround": with_sound(folder / "surround.mp4", layout="5.1"),
        "mp3": with_sound(folder / "mp3.mp4", "libmp3lame"),
    }


SAID = {
    "good": [],
    "tall": ["64x244 is narrower than 1:3 or wider than 3:1"],
    "fast": ["90 frames a second are more than 60"],
    "slow": [],
    "long groups": ["520 frames without a key frame are more than 512"],
    "open groups": ["its groups of pictures are open"],
    "interlaced": ["it is interlaced"],
    "oblong": ["its pixels are not square"],
    "sounding": [],
    "surround": ["its sound has 6 channels, more than two"],
    "mp3": ["its sound is mp3, not AAC-LC"],
}


def test_films_are_taken_and_refused_as_x_does(tmp_path: Path) -> None:
    assert {name: problems(film.read_bytes()) for name, film in films(tmp_path).items()} == SAID


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="there is no ffprobe to compare with")
def test_ffprobe_and_pyav_tell_the_same(tmp_path: Path) -> None:
    for name, film in films(tmp_path).items():
        assert by_ffprobe(film) == by_pyav(film), name
    (tmp_path / "none.mp4").write_bytes(b"no film")
    for read in (by_ffprobe, by_pyav):
        with pytest.raises(NoFilm, match="it cannot be read"):
            read(tmp_path / "none.mp4")


def test_without_ffprobe_the_rules_hold_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert problems(grey(tmp_path / "a.mp4", (64, 244), 24).read_bytes()) == SAID["tall"]
    assert by_pyav(clip(tmp_path / "b.mp4")).rate == Fraction(12)


# faults and weather


def test_weather_is_the_same_for_the_same_seed() -> None:
    def days(seed: int) -> list[str]:
        weather = Weather(seed, 0.5)
        faults = [weather.fault("GET", "/2/users/me") for _ in range(40)]
        return [f"{fault.form}{fault.status}{fault.cut}{fault.slow_seconds}" if fault else "" for fault in faults]

    assert days(1) == days(1)
    assert days(1) != days(2)
    assert 5 < days(1).count("") < 35


def test_in_bad_weather_some_calls_fail_and_in_good_none(x: XStandIn, account: XAccount) -> None:
    x.weather(Weather(3, 1.0, slow_seconds=0.01))
    failed = 0
    for _ in range(20):
        try:
            account.who()
        except Busy:
            failed += 1
    assert failed > 10
    x.weather(None)
    assert account.who()[1] == "blind_eye"


def test_a_slow_answer_took_effect(x: XStandIn, account: XAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.desk.x_account.TIMEOUT_SECONDS", (1.0, 0.2))
    x.fault("POST", "/2/media/upload/initialize", slow_seconds=0.6)
    with pytest.raises(Busy, match="cannot be reached"):
        account.announce(1000)
    assert len(x.world.media) == 1
