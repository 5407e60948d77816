"""Calls that end in time, whatever a server does."""

import pytest
import requests

from show import timely
from show.timely import Timely
from tests.support.dripping import dripping

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n"
BODY = b"x" * 200


def session(seconds: float) -> requests.Session:
    session = requests.Session()
    session.mount("http://", Timely(seconds))
    return session


@pytest.mark.parametrize("at_once", [HEAD + b"\r\n", HEAD + b"Connection: close\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_answer_that_drips_is_given_up(at_once: bytes) -> None:
    with dripping(at_once, BODY) as address, session(0.3) as calls, pytest.raises(requests.RequestException) as error:
        calls.get(address, timeout=2.0)
    assert isinstance(error.value, requests.Timeout | requests.ConnectionError)


def test_an_answer_in_time_is_whole() -> None:
    with dripping(HEAD + b"\r\n" + BODY, b"") as address, session(2.0) as calls:
        assert calls.get(address, timeout=2.0).content == BODY


def test_a_long_question_has_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timely, "SLOWEST_BYTES", 1000)
    with dripping(HEAD + b"\r\n", BODY) as address, session(0.3) as calls:
        assert calls.post(address, data=bytes(5000), timeout=2.0).content == BODY


def test_an_answer_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timely, "LONGEST_ANSWER_BYTES", 100)
    at_once, too_long = HEAD + b"\r\n" + BODY, pytest.raises(requests.RequestException, match="longer than 100 bytes")
    with dripping(at_once, b"") as address, session(2.0) as calls, too_long:
        calls.get(address, timeout=2.0)
