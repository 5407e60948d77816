"""The stand-in Mastodon server: it must refuse what Mastodon refuses, or what passes against it proves nothing."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from installation.desk.mastodon_account import MastodonAccount, Original, Us
from installation.desk.trouble import Busy, Gone, Refused, Unknown
from installation.rehearsal.mastodon_film_rules import processing_problem
from installation.rehearsal.mastodon_stand_in import MastodonStandIn, recalled, remember
from tests.support.desk import clip, grey
from tests.support.dripping import dripping
from tests.support.mastodon import mastodon_stand_in
from tests.support.waiting import wait_until

ORIGINAL = Original("a_visitor", "public", "")


@pytest.fixture
def server() -> Iterator[MastodonStandIn]:
    with mastodon_stand_in(processing_seconds=0.05) as running:
        yield running


@pytest.fixture
def account(server: MastodonStandIn) -> Iterator[MastodonAccount]:
    account = MastodonAccount(server.base, server.token)
    yield account
    account.close()


def ask(server: MastodonStandIn, method: str, path: str, token: str = "", **how: Any) -> tuple[int, Any]:
    """A request past the library."""
    headers = {"Authorization": f"Bearer {token or server.token}", **how.pop("headers", {})}
    answer = requests.request(method, server.base + path, headers=headers, timeout=5, **how)
    return answer.status_code, answer.json()


def uploaded(account: MastodonAccount, film: Path) -> str:
    """A film that the server has done with."""
    media = account.upload(film, "A film.")
    wait_until(lambda: account.is_ready(media))
    return media


# the token, limits


def test_only_the_token_opens_it(server: MastodonStandIn) -> None:
    refused = (401, {"error": "The access token is invalid"})
    assert ask(server, "GET", "/api/v1/accounts/verify_credentials", token="wrong") == refused
    assert ask(server, "GET", "/api/v1/notifications", token="wrong") == refused
    assert ask(server, "GET", "/api/v1/instance/", token="wrong")[0] == 200


def test_it_says_who_we_are_and_what_it_takes(server: MastodonStandIn, account: MastodonAccount) -> None:
    assert account.who() == Us(server.world.people["blind_eye"], "blind_eye", f"{server.base}/@blind_eye")
    allowed = account.allowed()
    assert (allowed.characters, allowed.description_characters) == (500, 1500)
    assert allowed.film_bytes == 99 * 1024 * 1024


def test_every_answer_tells_what_is_left_and_then_it_is_refused(
    server: MastodonStandIn, account: MastodonAccount
) -> None:
    for number in range(300):
        assert ask(server, "GET", "/api/v1/accounts/verify_credentials")[0] == 200, number
    with pytest.raises(Busy, match="takes no more calls") as caught:
        account.who()
    assert caught.value.until == pytest.approx(time.time() + 300, abs=60)
    assert account.left()["remaining"] == 0


# notifications


def test_pages_go_forward_from_an_id_and_back_from_the_newest(
    server: MastodonStandIn, account: MastodonAccount
) -> None:
    for number in range(170):
        server.mention("someone", f"Story {number}.")
    newest = account.mentions_before("")
    assert [mention.text for mention in newest.mentions] == [f"Story {number}." for number in range(90, 170)]
    assert newest.is_full
    assert account.mentions_before(newest.oldest).mentions[-1].text == "Story 89."
    first = account.mentions_after("1")
    assert first.mentions[0].text == "Story 0."
    assert account.mentions_after(first.newest).mentions[0].text == "Story 80."
    assert account.mentions_after(newest.newest).mentions == ()


def test_only_the_kinds_asked_for_are_given_with_links_to_more(server: MastodonStandIn) -> None:
    post = server.mention("someone", "A story.")
    server.world.notify("favourite", "someone", post)
    asked = {"types[]": ["mention"], "limit": "1"}
    status, (notice,) = ask(server, "GET", "/api/v1/notifications", params=asked)
    assert (status, notice["type"], notice["status"]["id"]) == (200, "mention", post)
    status, both = ask(server, "GET", "/api/v1/notifications", params={"exclude_types[]": ["follow"]})
    assert [each["type"] for each in both] == ["favourite", "mention"]


@pytest.mark.parametrize("asked", [{"max_results": "4"}, {"since_id": "a"}, {"limit": "-1"}])
def test_a_malformed_question_is_refused(server: MastodonStandIn, asked: dict[str, str]) -> None:
    assert ask(server, "GET", "/api/v1/notifications", params=asked)[0] == 400


def test_a_deleted_post_takes_its_notification_along(server: MastodonStandIn, account: MastodonAccount) -> None:
    post = server.mention("someone", "A story.")
    server.world.delete(post)
    assert account.mentions_before("").mentions == ()
    with pytest.raises(Gone):
        account.look_at(post)


# films


def test_a_film_is_worked_on_before_it_can_be_posted(tmp_path: Path) -> None:
    with mastodon_stand_in(processing_seconds=60.0) as server:
        account = MastodonAccount(server.base, server.token)
        media = account.upload(clip(tmp_path / "a.mp4"), "A film.")
        assert not account.is_ready(media)
        with pytest.raises(Busy, match="not finished processing"):
            account.answer(ORIGINAL, server.mention("a_visitor", "A house."), "text", media, "key")
        account.close()


def test_a_film_in_a_post_is_no_longer_ours_to_post(
    server: MastodonStandIn, account: MastodonAccount, tmp_path: Path
) -> None:
    mention, media = server.mention("a_visitor", "A house."), uploaded(account, clip(tmp_path / "a.mp4"))
    account.answer(ORIGINAL, mention, "text", media, "key")
    with pytest.raises(Gone):
        account.is_ready(media)
    with pytest.raises(Refused, match="already attached"):
        account.answer(ORIGINAL, mention, "text", media, "another key")


def test_what_is_no_film_is_refused(account: MastodonAccount, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(Refused, match="content type is invalid"):
        account.upload(tmp_path / "a.mp4", "A film.")
    with pytest.raises(Refused, match="Description is too long"):
        account.upload(clip(tmp_path / "b.mp4"), "A" * 1501)


def test_films_beyond_the_limits(tmp_path: Path) -> None:
    assert processing_problem(clip(tmp_path / "a.mp4").read_bytes()) == ""
    assert "more than 8294400 pixels" in processing_problem(grey(tmp_path / "b.mp4", (4096, 2048), 1).read_bytes())
    assert "too many" in processing_problem(grey(tmp_path / "c.mp4", (64, 64), 130, 130).read_bytes())


# posting


def test_the_same_key_is_the_same_post_for_an_hour(
    server: MastodonStandIn, account: MastodonAccount, tmp_path: Path
) -> None:
    mention, film = server.mention("a_visitor", "A house."), clip(tmp_path / "a.mp4")
    first = account.answer(ORIGINAL, mention, "text", uploaded(account, film), "key")
    assert account.answer(ORIGINAL, mention, "other words", "5", "key") == first
    server.world.keys["key"] = (first, time.time() - 3601)
    assert account.answer(ORIGINAL, mention, "text", uploaded(account, film), "key") != first


def test_our_answer_is_found_below_the_post(server: MastodonStandIn, account: MastodonAccount, tmp_path: Path) -> None:
    us, mention = account.who(), server.mention("a_visitor", "A house.")
    assert account.find_answer(us, mention) == ""
    server.world.publish("another", "How nice", replies_to=mention)
    answer = account.answer(ORIGINAL, mention, "text", uploaded(account, clip(tmp_path / "a.mp4")), "key")
    assert account.find_answer(us, mention) == answer
    with pytest.raises(Gone):
        account.find_answer(us, "5")


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"status": " "}, 422, "Text can't be blank"),
        ({"status": "a" * 501}, 422, "character limit of 500 exceeded"),
        ({"status": "a" * 495, "spoiler_text": "a dog dies"}, 422, "character limit of 500 exceeded"),
        ({"status": "@" + "a" * 490 + "@far.example"}, 200, ""),
        ({"status": "a", "visibility": "some"}, 422, "Visibility is not included in the list"),
        ({"status": "a", "in_reply_to_id": "5"}, 404, "does not appear to exist"),
        ({"status": "a", "media_ids[]": ["1", "2", "3", "4", "5"]}, 422, "more than 4 files"),
        ({"status": "a", "media_ids[]": ["1"]}, 422, "not found or already attached"),
        ({"status": "a", "colour": "red"}, 400, "is not one of"),
    ],
)
def test_what_is_no_post_is_refused(server: MastodonStandIn, form: dict[str, Any], status: int, said: str) -> None:
    found, answer = ask(server, "POST", "/api/v1/statuses", data=form)
    assert found == status, answer
    assert said in answer.get("error", "")


# the account's view of trouble


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"status": 503}, Unknown),
        ({"status": 500}, Unknown),
        ({"cut": "before"}, Unknown),
        ({"cut": "after"}, Unknown),
        ({"status": 200}, Unknown),
        ({"status": 429}, Busy),
        ({"status": 401}, Busy),
        ({"status": 403}, Busy),
        ({"status": 404}, Gone),
        ({"status": 404, "detail": ""}, Busy),
        ({"status": 410}, Gone),
        ({"status": 413}, Refused),
        ({"status": 422, "detail": "Validation failed: Text is odd"}, Refused),
    ],
)
def test_what_each_refusal_of_an_answer_means(
    server: MastodonStandIn, account: MastodonAccount, how: dict[str, Any], kind: type[Exception]
) -> None:
    server.fault("POST", "/api/v1/statuses", **how)
    with pytest.raises(kind) as caught:
        account.answer(ORIGINAL, server.mention("a_visitor", "A house."), "text", "2", "key")
    assert type(caught.value) is kind


def test_a_server_out_of_reach_is_no_crash() -> None:
    account = MastodonAccount("http://127.0.0.1:9", "token")
    with pytest.raises(Busy, match="cannot be reached"):
        account.who()
    account.close()


def test_a_slow_server_is_not_waited_for_for_ever(server: MastodonStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.desk.mastodon_account.TIMEOUT_SECONDS", (1.0, 0.3))
    account = MastodonAccount(server.base, server.token)
    fault = server.fault("GET", "/api/v1/accounts/verify_credentials", hold="before")
    with pytest.raises(Busy, match="cannot be reached"):
        account.who()
    fault.release.set()
    account.close()


# over night


def test_a_second_stand_in_remembers_the_first(server: MastodonStandIn, tmp_path: Path) -> None:
    mention = server.mention("a_visitor", "A house.")
    server.world.post_by_account("key", "text", mention, [])
    remember(server, tmp_path / "mastodon.json")
    again = recalled(tmp_path / "mastodon.json", "blind_eye")
    assert [post.text for post in again.replies(mention)] == ["text"]
    assert (again.token, again.world.people) == (server.token, server.world.people)
    assert [notice.post_id for notice in again.world.notices] == [mention]
    again.start()
    again.stop()


def test_a_server_whose_answer_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.desk.mastodon_account.LONGEST_SECONDS", 0.3)
    us = json.dumps({"id": "1", "username": "us", "url": "https://m/@us", "fill": 99 * "."}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(us)}\r\n\r\n".encode()
    with dripping(head, us) as address, pytest.raises(Busy, match="cannot be reached"):
        MastodonAccount(address, "token").who()
