"""The visitors' page over HTTP: writing, splitting, sending once, the pickup page, floods and hostile texts."""

import itertools
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.pages.codes import LETTERS, code_of, tidied
from installation.desk.pages.limits import Bucket, Buckets, Lockout, household
from installation.desk.pages.listener import FROM_ONE_ADDRESS, Listener
from installation.desk.pages.sheets import OLDEST_SECONDS, Sheets, find_secret
from installation.desk.pages.visitors import LONGEST, Visitors
from installation.desk.trouble import Busy
from installation.site import load_site
from show.ledger import Step
from tests.support.pages import PagesRoom, Visitor, hidden
from tests.support.program import Program
from tests.support.waiting import free_port, wait_until

STORY = "I am walking with my brother. We understand each other, it's a beautiful day."


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> PagesRoom:
    return PagesRoom(tmp_path_factory.mktemp("room"))


@pytest.fixture(scope="module")
def desk(room: PagesRoom) -> Iterator[Program]:
    with room.desk() as desk:
        room.wait_for_pages(desk)
        yield desk


@pytest.fixture
def visitor(room: PagesRoom, desk: Program, request: pytest.FixtureRequest) -> Visitor:
    """Everyone comes from an address of their own, so that no test uses up another's."""
    number = sum(map(ord, request.node.name)) % 200 + 2
    return Visitor(room.page, f"127.0.{len(request.node.name)}.{number}")


# from writing to the film


def test_the_words_come_back_as_numbered_phrases(visitor: Visitor) -> None:
    answer = visitor.post("/phrases", words=STORY, sheet=visitor.sheet())
    items = re.findall(r'<li dir="auto">(.*?)</li>', answer.text)
    assert items == ["I am walking with my brother.", "We understand each other,", "it&#39;s a beautiful day."]


def test_what_is_too_much_is_shown_as_left_out(visitor: Visitor) -> None:
    words = ", ".join(f"phrase number {number}" for number in range(15))
    answer = visitor.post("/phrases", words=words, sheet=visitor.sheet())
    made, left_out = answer.text.split("<h2>Left out</h2>")
    assert made.count("<li dir") == 12
    assert left_out.count("<li dir") == 3


def test_the_preview_gives_the_same_phrases(visitor: Visitor) -> None:
    told = visitor.post("/split", words=STORY, sheet=visitor.sheet()).json()
    assert told["phrases"][1] == "We understand each other,"
    assert told["left_out"] == []


def test_a_story_goes_from_the_form_to_the_film_and_away_again(
    room: PagesRoom, desk: Program, visitor: Visitor
) -> None:
    code = visitor.send(STORY, sheet=room.sheet())
    assert "Your words are in the list" in visitor.get(f"/film/{code}").text
    story = _of(room, code)
    assert (story.source, story.author, story.text, story.room) == ("page", "", STORY, True)
    with room.ledger() as ledger:
        ledger.approve_words(story.id, "test")
    room.make()
    assert visitor.get(f"/film/{code}/film.mp4").status_code == 404  # nobody has looked at it yet
    wait_until(lambda: _of(room, code).state is Step.CHECKED)
    with room.ledger() as ledger:
        ledger.approve_clip(story.id, "test")
    wait_until(lambda: _of(room, code).state is Step.SENT)
    assert "Here is your film" in visitor.get(f"/film/{code}").text
    film = _of(room, code).film
    assert film is not None
    assert visitor.get(f"/film/{code}/film.mp4").content == film.read_bytes()
    assert "It is taken back" in visitor.post(f"/film/{code}/back").text
    assert not film.exists()
    assert visitor.get(f"/film/{code}").status_code == 404
    wait_until(lambda: str(story.id) not in room.state.shelf.read_text())
    assert [(each.id, each.text) for each in room.stories(Step.WITHDRAWN)] == [(story.id, "")]


def test_parts_of_a_film_can_be_asked_for(room: PagesRoom, visitor: Visitor) -> None:
    code, film = _finished(room, visitor)
    for asked, status, part in (
        ("bytes=0-1", 206, film[:2]),
        ("bytes=10-", 206, film[10:]),
        ("bytes=-5", 206, film[-5:]),
        (f"bytes={len(film)}-", 416, b""),
        ("lines=1-2", 200, film),
        ("bytes=nonsense", 200, film),
    ):
        answer = visitor.get(f"/film/{code}/film.mp4", headers={"Range": asked})
        assert (answer.status_code, answer.content) == (status, part), asked
    assert visitor.get(f"/film/{code}/film.mp4?save").headers["Content-Disposition"].startswith("attachment")


def test_only_for_me_keeps_it_out_of_the_room(room: PagesRoom, visitor: Visitor) -> None:
    story = _of(room, visitor.send("A red house that is mine.", who="me", sheet=room.sheet()))
    assert story.room is False
    with room.ledger() as ledger:
        assert ledger.changes(story.id)[-1].note or ledger.changes(story.id)[-2].note


def test_who_may_see_it_must_be_said(room: PagesRoom, visitor: Visitor) -> None:
    answer = visitor.post("/send", words="A house without a choice.", sheet=visitor.sheet())
    assert answer.status_code == 400
    assert "Please say who may see your film" in answer.text
    assert "A house without a choice." in answer.text


def test_the_same_form_sent_twice_is_one_story(room: PagesRoom, visitor: Visitor) -> None:
    sheet = visitor.sheet()
    first = visitor.send("A story sent twice.", sheet=sheet)
    assert visitor.send("A story sent twice.", sheet=sheet) == first
    assert len([each for each in room.stories() if each.text == "A story sent twice."]) == 1


def test_a_second_story_is_known_to_be_of_the_same_visitor(room: PagesRoom, visitor: Visitor) -> None:
    code = visitor.send("The first of two.", sheet=visitor.sheet())
    other = visitor.send("The second of two.", sheet=visitor.sheet(f"/?from={code}"))
    assert _of(room, code).author_id == _of(room, other).author_id != ""


def test_after_three_stories_a_day_there_is_a_kind_no(room: PagesRoom, visitor: Visitor) -> None:
    code = visitor.send("One of many.", sheet=room.sheet())
    for number in (2, 3):
        visitor.send(f"Number {number} of many.", sheet=room.sheet(_of(room, code).author_id))
    sheet = room.sheet(_of(room, code).author_id)
    answer = visitor.post("/send", words="One too many.", who="room", sheet=sheet)
    assert answer.status_code == 429
    assert "enough for one day" in answer.text
    assert "One too many." in answer.text


# what goes wrong


@pytest.mark.parametrize("path", ["/phrases", "/send", "/write"])
@pytest.mark.parametrize("sheet", ["", "nonsense", "WyIwIl0.abc", "\0"])
def test_without_a_sheet_the_words_are_kept(visitor: Visitor, path: str, sheet: str) -> None:
    answer = visitor.post(path, words="Keep <me>.", who="room", sheet=sheet)
    assert "Keep &lt;me&gt;." in answer.text
    assert hidden(answer, "sheet") not in {"", sheet}


@pytest.mark.parametrize("words", ["", "  \n ", "... !!", "x" * (LONGEST + 1)])
def test_what_cannot_be_a_story_is_told_in_a_sentence(room: PagesRoom, visitor: Visitor, words: str) -> None:
    before = len(room.stories())
    for path in ("/phrases", "/send"):
        answer = visitor.post(path, words=words, sheet=visitor.sheet())
        assert answer.status_code == 400
    assert 'role="alert"' in visitor.post("/phrases", words=words, sheet=visitor.sheet()).text
    assert len(room.stories()) == before


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script> hello.",
        '"><img src=x onerror=alert(1)> hello.',
        "</textarea><h1>hello</h1>",
        "{{ config }} {% for x in y %} hello",
        "'; DROP TABLE submissions; -- hello",
        "$(reboot) `reboot` hello",
        "a null \0 byte, a bell \a and \u202e backwards\u202c.",
        "\u200b\u200c\u200d hello \ufeff",
        "😀" * 2900,
        "مرحبا، كيف حالك؟ אני הולך.",
        "cat:-1 | dog: 2 | [[x]] --steps 9 )",
    ],
)
def test_hostile_words_come_back_as_words(room: PagesRoom, desk: Program, visitor: Visitor, words: str) -> None:
    answers = [visitor.post("/phrases", words=words, sheet=visitor.sheet())]
    code = visitor.send(words, sheet=room.sheet())
    answers += [visitor.get(f"/film/{code}"), visitor.post("/write", words=words, sheet="")]
    for answer in answers:
        assert answer.status_code in {200, 409}
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert answer.text.count("<h1>") == 1
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert _of(room, code).text == words.replace("\0", "\ufffd")
    assert words[:20] not in desk.output
    assert "Traceback" not in desk.output


def test_more_than_a_page_takes_is_refused(visitor: Visitor) -> None:
    assert visitor.post("/phrases", words="x" * 400_000, sheet="").status_code == 413
    kept = visitor.post("/phrases", words="😀" * 10_000, sheet=visitor.sheet())
    assert kept.status_code == 400
    assert "😀" * 10_000 in kept.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/film/abc", "/film/CFH-JKM-PRTV", "/film?code=%00", "/film/../../etc/passwd"]
)
def test_what_is_not_there_is_said_calmly(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_where_a_code_is_typed_there_is_no_mistake_yet(visitor: Visitor) -> None:
    answer = visitor.get("/film")
    assert answer.status_code == 200
    assert "alert" not in answer.text


def test_nobody_may_frame_or_guess_what_kind_of_server_it_is(visitor: Visitor) -> None:
    answer = visitor.get("/")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_guessing_codes_ends_soon(room: PagesRoom, visitor: Visitor) -> None:
    code = visitor.send("Nobody finds me by guessing.", sheet=room.sheet())
    for number in range(30):
        visitor.get(f"/film/{code_of(b'guess', str(number))}")
    assert visitor.get(f"/film/{code}").status_code == 429
    assert Visitor(room.page, "127.0.0.2").get(f"/film/{code}").status_code == 200


def test_a_pace_nobody_writes_at_is_slowed_down(room: PagesRoom, visitor: Visitor) -> None:
    answer = visitor.post("/send", words="Too fast.", who="room", sheet=visitor.sheet())
    assert answer.status_code == 429
    assert "Too fast." in answer.text
    assert answer.headers["Retry-After"]


def test_one_address_cannot_fill_the_list(room: PagesRoom, visitor: Visitor) -> None:
    """Thirty sheets, well aged, sent at once; others still get in."""
    sheets = [room.sheet() for _ in range(30)]
    visitor.send("The first of thirty.", sheet=sheets[0])
    answers = [visitor.post("/send", words="One of thirty.", who="room", sheet=sheet) for sheet in sheets[1:]]
    refused = [each for each in answers if each.status_code == 429]
    assert 5 < len(refused) < 29
    assert all("One of thirty." in each.text for each in refused)
    Visitor(room.page, "127.0.0.77").send("From somewhere else.", sheet=room.sheet())


def test_one_address_cannot_take_all_connections(room: PagesRoom, desk: Program) -> None:
    host, port = "127.0.0.1", int(room.page.rpartition(":")[2])
    held = [socket.create_connection((host, port), 5, ("127.9.9.9", 0)) for _ in range(FROM_ONE_ADDRESS + 20)]
    try:
        for each in held:
            each.send(b"POST /send HTTP/1.1\r\nContent-Length: 100\r\n\r\nwords=")
        assert Visitor(room.page, "127.9.9.8").get("/").status_code == 200
        wait_until(lambda: _is_closed(held[-1]), "the last one to be turned away")
    finally:
        for each in held:
            each.close()


def _is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0.2)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


# the process


def test_a_full_list_says_so_and_keeps_the_words(tmp_path: Path) -> None:
    room = PagesRoom(tmp_path, most=2)
    with room.desk() as desk:
        room.wait_for_pages(desk)
        visitors = [Visitor(room.page, f"127.0.0.{number}") for number in (2, 3, 4)]
        for each in visitors[:2]:
            each.send("There is room for me.", sheet=room.sheet())
        answer = visitors[2].post("/send", words="And for me?", who="room", sheet=room.sheet())
        assert answer.status_code == 503
        assert "And for me?" in answer.text
        assert desk.stop() == 0


def test_it_ends_at_once_though_people_are_connected(tmp_path: Path) -> None:
    room = PagesRoom(tmp_path)
    with room.desk() as desk:
        room.wait_for_pages(desk)
        port = int(room.page.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as half, socket.create_connection(("127.0.0.1", port)):
            half.send(b"POST /send HTTP/1.1\r\nContent-Length: 100\r\n\r\nwords=")
            desk.process.send_signal(signal.SIGTERM)
            assert desk.process.wait(5) == 0
        assert "Traceback" not in desk.output


def test_a_taken_port_is_told_and_tried_again(tmp_path: Path) -> None:
    room = PagesRoom(tmp_path)
    with socket.create_server(("127.0.0.1", int(room.page.rpartition(":")[2]))) as taken, room.desk() as desk:
        wait_until(lambda: "visitor page: it cannot listen" in str(room.told().get("words")))
        room.drop("a.txt", "A red house.")
        room.wait_for(Step.WAITING)
        taken.close()
        desk.wait_for("visitor page: at")
        wait_until(lambda: room.told()["words"] == "")
        assert Visitor(room.page).get("/").status_code == 200


def test_a_damaged_ledger_leaves_the_page_polite(tmp_path: Path) -> None:
    room = PagesRoom(tmp_path)
    room.state.ledger.write_bytes(b"damage" * 1000)
    with room.desk() as desk:
        room.wait_for_pages(desk)
        visitor = Visitor(room.page)
        answer = visitor.post("/send", words="Into the void.", who="room", sheet=room.sheet())
        assert answer.status_code == 503
        assert "Into the void." in answer.text
        assert "Traceback" not in desk.output


def test_sheets_are_good_after_a_restart(tmp_path: Path) -> None:
    room = PagesRoom(tmp_path)
    with room.desk() as desk:
        room.wait_for_pages(desk)
        sheet = Visitor(room.page).sheet()
        assert desk.stop() == 0
    with room.desk() as desk:
        room.wait_for_pages(desk)
        Visitor(room.page).send("Written before the power cut.", sheet=sheet)


# parts


def test_codes_are_readable_and_their_own() -> None:
    codes = {code_of(b"secret", str(number)) for number in range(1000)}
    assert len(codes) == 1000
    assert all(tidied(code) == code for code in codes)
    assert not set(LETTERS) & set("AEIOUBDGLNQSZ0125680")
    code = code_of(b"secret", "1")
    assert tidied(f" {code.lower().replace('-', ' ')} ") == code
    assert tidied("CFH-JKM-PRT") == tidied("CFH-JKM-PRTVX") == tidied("OOO-OOO-OOOO") == tidied("") == ""


def test_sheets_of_others_of_old_and_of_later_are_not_read() -> None:
    now = [1000.0]
    sheets = Sheets(b"secret", "visitor", lambda: now[0])
    text = sheets.new()
    assert sheets.read(text) is not None
    assert Sheets(b"other", "visitor", lambda: now[0]).read(text) is None
    assert Sheets(b"secret", "login", lambda: now[0]).read(text) is None
    now[0] += OLDEST_SECONDS + 2
    assert sheets.read(text) is None
    now[0] = 900.0
    assert sheets.read(text) is None


def test_the_secret_stays_the_same_and_is_nobody_elses_business(tmp_path: Path) -> None:
    path = tmp_path / "pages.key"
    secret = find_secret(path)
    assert find_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"cut sho")
    assert len(find_secret(path)) == 32


def test_a_bucket_fills_with_time_and_not_with_a_clock_that_goes_back() -> None:
    bucket = Bucket(2, 0.5, 100.0)
    assert [bucket.take(100.0) for _ in range(3)] == [True, True, False]
    assert not bucket.take(50.0)
    assert [bucket.take(52.0) for _ in range(2)] == [True, False]


def test_addresses_are_told_apart_but_not_those_of_one_household() -> None:
    assert household("2001:db8::1") == household("2001:db8::2:1") != household("2001:db8:0:1::1")
    assert household("::ffff:10.0.0.1") == household("10.0.0.1") != household("10.0.0.2")
    assert household("fe80::1%eth0") == household("fe80::2")
    buckets = Buckets(1, 0.0, lambda: 0.0)
    assert [buckets.take(address) for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2")] == [True, False, True]


def test_buckets_do_not_grow_for_ever() -> None:
    buckets = Buckets(1, 0.0, lambda: 0.0)
    for number in range(10_000):
        buckets.take(f"10.0.{number // 256}.{number % 256}")
    assert len(buckets._buckets) <= 4096


def test_wrong_guesses_wait_longer_each_time() -> None:
    now = [0.0]
    lockout = Lockout(lambda: now[0])
    waits = []
    for _ in range(9):
        lockout.wrong("10.0.0.1")
        waits.append(lockout.seconds_left("10.0.0.1"))
        now[0] += waits[-1]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480]
    assert lockout.seconds_left("10.0.0.2") == 0
    lockout.right("10.0.0.1")
    assert lockout.seconds_left("10.0.0.1") == 0
    for number in range(100):
        lockout.wrong(f"10.0.1.{number}")
    assert lockout.seconds_left("10.0.0.3") > 0


def test_a_listener_that_is_closed_lets_go_of_its_port(tmp_path: Path) -> None:
    room, port = PagesRoom(tmp_path), free_port(1)
    visitors = Visitors(load_site(room.site), room.state, b"s" * 32)
    for _ in range(2):
        listener = Listener("page", visitors.app, "127.0.0.1", port)
        listener.round()
        assert Visitor(f"http://127.0.0.1:{port}").get("/").status_code == 200
        listener.close()
    wrong = Listener("page", visitors.app, "192.0.2.1", port)
    with pytest.raises(Busy, match="page: it cannot listen on 192.0.2.1 port"):
        wrong.round()


def test_a_listener_that_died_listens_again(tmp_path: Path) -> None:
    room, port = PagesRoom(tmp_path), free_port(1)
    visitors = Visitors(load_site(room.site), room.state, b"s" * 32)
    listener = Listener("page", visitors.app, "127.0.0.1", port, itertools.count(0.0, 10.0).__next__)
    listener.round()
    assert listener._server is not None
    listener._server.close()  # as waitress does when an error comes up in it
    listener.round()
    assert Visitor(f"http://127.0.0.1:{port}").get("/").status_code == 200
    listener.close()


def _of(room: PagesRoom, code: str):
    with room.ledger() as ledger:
        story = ledger.by_code(code)
    assert story is not None
    return story


def _finished(room: PagesRoom, visitor: Visitor) -> tuple[str, bytes]:
    code = visitor.send("A film to be read in parts.", sheet=room.sheet())
    with room.ledger() as ledger:
        ledger.approve_words(_of(room, code).id, "test")
    room.make()
    wait_until(lambda: _of(room, code).state is Step.CHECKED)
    with room.ledger() as ledger:
        ledger.approve_clip(_of(room, code).id, "test")
    wait_until(lambda: _of(room, code).state is Step.SENT)
    film = _of(room, code).film
    assert film is not None
    return code, film.read_bytes()
