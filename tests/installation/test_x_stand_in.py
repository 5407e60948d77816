"""The stand-in X: it must refuse what X refuses, or what passes against it proves nothing."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import tweepy

from installation.desk.credentials import Keys
from installation.desk.trouble import Busy, Duplicate, Gone, Refused, Unknown
from installation.desk.x_account import Door, XAccount
from installation.desk.x_troubles import Malformed
from installation.desk.x_upload import PIECE_BYTES
from installation.rehearsal.x_film_rules import problems
from installation.rehearsal.x_signature import HOST, Signatures
from installation.rehearsal.x_stand_in import XStandIn
from installation.rehearsal.x_world import weight
from tests.support.desk import bring_up, clip, grey, stand_in
from tests.support.dripping import dripping
from tests.support.footage import noise, write_film

CREDENTIALS = {  # of the worked example in X's own guide to signing
    "consumer_key": "xvz1evFS4wEEPTGEFPHBog",
    "consumer_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    "access_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    "access_token_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
}


@pytest.fixture
def x() -> Iterator[XStandIn]:
    with stand_in(processing_seconds=0.1) as running:
        yield running


@pytest.fixture
def account(x: XStandIn) -> Iterator[XAccount]:
    account = XAccount(Keys(**x.credentials), x.base)
    yield account
    account.close()


def client(x: XStandIn, **changed: str) -> tweepy.Client:
    keys = x.credentials | changed
    client = tweepy.Client(return_type=dict, **keys)
    client.session.mount(HOST, Door(x.base))
    return client


# signatures


def test_the_worked_example_of_x_is_verified() -> None:
    sent = {
        "oauth_consumer_key": CREDENTIALS["consumer_key"],
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": CREDENTIALS["access_token"],
        "oauth_version": "1.0",
    }
    form = b"status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21"
    path = "/1.1/statuses/update.json"
    signature = Signatures(CREDENTIALS)._signature("POST", path, "include_entities=true", form, sent)
    assert signature == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="


@pytest.mark.parametrize("name", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
def test_a_wrong_key_is_refused(x: XStandIn, name: str) -> None:
    with pytest.raises(tweepy.Unauthorized):
        client(x, **{name: "wrong"}).get_me(user_auth=True)


def test_no_signature_is_refused(x: XStandIn) -> None:
    answer = requests.get(f"{x.base}/2/users/me", headers={"Authorization": "Bearer abc"}, timeout=5)
    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")


def test_a_signature_holds_for_its_own_request_and_once(x: XStandIn) -> None:
    sender = client(x)
    sender.get_me(user_auth=True)
    signed = requests.Request("GET", f"{HOST}/2/users/me", auth=tweepy.OAuth1UserHandler(*_four(x)).apply_auth())
    prepared = signed.prepare()
    headers = {"Authorization": prepared.headers["Authorization"]}

    def again(path: str) -> int:
        return requests.get(x.base + path, headers=headers, timeout=5).status_code

    assert again("/2/users/me?user.fields=id") == 401
    assert again("/2/users/me") == 200
    assert again("/2/users/me") == 401
    assert "the nonce was used before" in x.refused[-1]


def test_an_old_signature_is_refused(x: XStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauthlib.common.generate_timestamp", lambda: str(int(time.time()) - 600))
    monkeypatch.setattr("oauthlib.oauth1.rfc5849.generate_timestamp", lambda: str(int(time.time()) - 600))
    with pytest.raises(tweepy.Unauthorized):
        client(x).get_me(user_auth=True)
    assert "the timestamp is out of bounds" in x.refused[-1]


def _four(x: XStandIn) -> list[str]:
    return [x.credentials[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")]


# shapes and rules


@pytest.mark.parametrize("asked", [{"max_results": 4}, {"since_id": "a"}, {"tweet_fields": "colour"}])
def test_a_malformed_question_is_refused(x: XStandIn, asked: dict[str, Any]) -> None:
    with pytest.raises(tweepy.BadRequest):
        client(x).get_users_mentions(x.world.account_id, user_auth=True, **asked)


def test_only_fields_that_were_asked_for_are_given(x: XStandIn) -> None:
    x.mention("a", "A house.")
    (post,) = client(x).get_users_mentions(x.world.account_id, user_auth=True)["data"]
    assert set(post) == {"id", "text", "edit_history_tweet_ids"}


def test_a_duplicate_is_refused(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    first, second = x.mention("a", "A house."), x.mention("b", "A house.")
    media = bring_up(account, clip(tmp_path / "a.mp4"))
    account.answer(first, "Your film", media)
    with pytest.raises(Duplicate):
        account.answer(second, "Your film", media)


def test_an_answer_needs_a_mention(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    stranger = x.world.publish("a", "Nothing about you.").id
    media = bring_up(account, clip(tmp_path / "a.mp4"))
    with pytest.raises(Refused, match="not been mentioned"):
        account.answer(stranger, "Your film", media)


def test_an_answer_to_nothing_is_refused(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    media = bring_up(account, clip(tmp_path / "a.mp4"))
    with pytest.raises(Refused, match="deleted or not visible"):
        account.answer("12345", "Your film", media)
    with pytest.raises(Gone, match="Could not find tweet"):
        account.look_at("12345")


def test_a_medium_must_be_known_and_ready(x: XStandIn, account: XAccount) -> None:
    mention = x.mention("a", "A house.")
    with pytest.raises(Refused, match="media IDs are invalid"):
        account.answer(mention, "Your film", "5")


def test_too_long_a_text_is_refused(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    mention = x.mention("a", "A house.")
    with pytest.raises(Refused, match="counts 282"):
        account.answer(mention, "家" * 141, bring_up(account, clip(tmp_path / "a.mp4")))


def test_the_hundred_and_first_post_must_wait(x: XStandIn, account: XAccount) -> None:
    for _ in range(100):
        with pytest.raises(Refused):
            account.answer("1", "A house.", "2")
    with pytest.raises(Busy, match="takes no more calls") as caught:
        account.answer("1", "A house.", "2")
    assert caught.value.until == pytest.approx(time.time() + 900, abs=30)


def test_links_and_wide_letters_weigh_more() -> None:
    assert weight("abc") == 3
    assert weight("家é") == 3
    assert weight("see a.co now") == 4 + 23 + 4
    assert weight("“…” — 🏠") == 4 + 1 + 1 + 1 + 2


# films


def test_a_film_goes_up_in_pieces(x: XStandIn, account: XAccount, tmp_path: Path) -> None:
    film = write_film(tmp_path / "noise.mp4", [noise(1280, 720)] * 8, crf="1", g="1")
    assert film.stat().st_size > 8 * 1024 * 1024
    media = bring_up(account, film)
    assert x.film(media) == film.read_bytes()
    assert sum("append" in call for call in x.calls) == -(-film.stat().st_size // PIECE_BYTES)


def test_a_film_x_cannot_use_fails_after_its_processing(account: XAccount, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="X does not take the film"):
        bring_up(account, grey(tmp_path / "tall.mp4", (64, 256), 24))


@pytest.mark.parametrize(
    ("size", "frames", "fps", "said"),
    [
        ((64, 244), 24, 12, "narrower than 1:3"),
        ((256, 64), 24, 12, "wider than 3:1"),
        ((30, 64), 24, 12, "outside 32x32"),
        ((1320, 900), 12, 12, "outside 32x32 to 1280x1024"),
        ((64, 64), 5, 12, "0.42 s is outside 0.5 to 140 s"),
        ((64, 64), 1700, 12, "141.67 s is outside"),
        ((64, 64), 90, 90, "90 frames a second"),
    ],
)
def test_films_outside_the_limits(tmp_path: Path, size: tuple[int, int], frames: int, fps: int, said: str) -> None:
    (problem,) = problems(grey(tmp_path / "a.mp4", size, frames, fps).read_bytes())
    assert said in problem


def test_too_few_key_frames_and_no_film_at_all(tmp_path: Path) -> None:
    options = {"g": "9999", "sc_threshold": "0"}
    (problem,) = problems(clip(tmp_path / "a.mp4", (64, 64), 600, **options).read_bytes())
    assert "600 frames without a key frame" in problem
    assert "cannot be read" in problems(b"no film")[0]
    assert problems(clip(tmp_path / "b.mp4").read_bytes()) == []


# the account's view of trouble


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"status": 503}, Unknown),
        ({"cut": "before"}, Unknown),
        ({"cut": "after"}, Unknown),
        ({"status": 429}, Busy),
        ({"status": 401}, Busy),
        ({"status": 402}, Busy),
        ({"status": 404}, Busy),
        ({"status": 400}, Malformed),
        ({"status": 403, "detail": "You are not allowed to create a Tweet with duplicate content."}, Duplicate),
        ({"status": 403, "detail": "Your account is suspended."}, Busy),
        ({"status": 403, "detail": "You may not reply to this conversation."}, Refused),
        ({"status": 502, "bare": b"<html>Bad Gateway</html>"}, Unknown),
        ({"form": "rate limit"}, Busy),
        ({"form": "rate limit", "headers": {"x-rate-limit-reset": "soon"}}, Busy),
        ({"form": "usage cap"}, Busy),
        ({"form": "credits"}, Busy),
        ({"form": "spend cap"}, Busy),
        ({"form": "suspended"}, Busy),
        ({"form": "locked"}, Busy),
        ({"form": "automated"}, Busy),
        ({"form": "permissions"}, Busy),
        ({"form": "not enrolled"}, Busy),
        ({"form": "not permitted"}, Refused),
        ({"form": "duplicate"}, Duplicate),
        ({"form": "reply"}, Refused),
        ({"form": "media"}, Malformed),
        ({"form": "overloaded"}, Unknown),
    ],
)
def test_what_each_refusal_of_an_answer_means(
    x: XStandIn, account: XAccount, how: dict[str, Any], kind: type[Exception]
) -> None:
    x.fault("POST", "/2/tweets", **how)
    with pytest.raises(kind) as caught:
        account.answer("1", "text", "2")
    assert type(caught.value) is kind


def test_an_answer_nobody_understands_may_have_been_posted(x: XStandIn, account: XAccount) -> None:
    x.fault("POST", "/2/tweets", status=200)
    with pytest.raises(Unknown):
        account.answer("1", "text", "2")


def test_x_out_of_reach_is_no_crash() -> None:
    keys = Keys("a", "b", "c", "d")
    account = XAccount(keys, "http://127.0.0.1:9")
    with pytest.raises(Busy, match="cannot be reached"):
        account.who()
    account.close()
    assert "consumer" not in repr(keys)


def test_a_slow_x_is_not_waited_for_for_ever(x: XStandIn, account: XAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.desk.x_account.TIMEOUT_SECONDS", (1.0, 0.3))
    fault = x.fault("GET", "/2/users/me", hold="before")
    with pytest.raises(Busy, match="cannot be reached"):
        account.who()
    fault.release.set()


# by itself


def test_it_serves_from_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "installation.rehearsal.x_stand_in", "--account", "someone"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.stdin.write("visitor A house by the sea.\n")
        process.stdin.flush()
        mention = json.loads(process.stdout.readline())["mention"]
        account = XAccount(Keys(**told["credentials"]), told["base"])
        id, name = account.who()
        (seen,), _ = account.mentions(id, "", time.time() - 60)
        assert (name, seen.id, seen.author, seen.text) == (
            "someone",
            mention,
            "visitor",
            "@someone A house by the sea.",
        )
        account.close()
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_server_whose_answer_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.desk.x_account.LONGEST_SECONDS", 0.3)
    us = json.dumps({"data": {"id": "1", "username": "us", "fill": 99 * "."}}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(us)}\r\n\r\n".encode()
    with dripping(head, us) as address, pytest.raises(Busy, match="cannot be reached"):
        XAccount(Keys("a", "b", "c", "d"), address).who()
