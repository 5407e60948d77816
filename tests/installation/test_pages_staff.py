"""The staff's page over HTTP: the door, the list, every decision, and what must not happen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.decisions import NOT_IN_THE_ROOM
from installation.desk.pages.staff import Staff
from installation.site import load_site
from show.ledger import Step
from tests.support.pages import PIN, Clerk, PagesRoom, Visitor, hidden
from tests.support.program import Program
from tests.support.waiting import wait_until

HOSTILE = '<img src=x onerror=alert(1)> {{ 7 * 7 }}, "hello".'


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> PagesRoom:
    return PagesRoom(tmp_path_factory.mktemp("room"), each=1000)


@pytest.fixture(scope="module")
def desk(room: PagesRoom) -> Iterator[Program]:
    with room.desk() as desk:
        room.wait_for_pages(desk)
        yield desk


@pytest.fixture
def clerk(room: PagesRoom, desk: Program) -> Clerk:
    clerk = Clerk(room.staff)
    assert "To decide" in clerk.come_in().text
    return clerk


def put_in(room: PagesRoom, text: str, until: Step = Step.WAITING) -> int:
    """A story from X that has come this far."""
    with room.ledger() as ledger:
        id = ledger.receive("x", f"post {len(ledger.list())}", "someone", text)
        assert id is not None
        ledger.pass_words(id)
        if until is not Step.WAITING:
            ledger.approve_words(id, "test")
    if until is not Step.WAITING:
        room.make()
        wait_until(lambda: state_of(room, id) is Step.CHECKED)
    return id


def state_of(room: PagesRoom, id: int) -> Step:
    with room.ledger() as ledger:
        return ledger.get(id).state


def actor_of(room: PagesRoom, id: int) -> str:
    with room.ledger() as ledger:
        return ledger.changes(id)[-1].actor


# the door


@pytest.mark.parametrize("path", ["/", "/all", "/levels", "/submission/1", "/submission/1/film.mp4", "/nothing"])
def test_without_the_pin_there_is_only_the_door(room: PagesRoom, desk: Program, path: str) -> None:
    answer = Clerk(room.staff).get(path)
    assert 'name="pin"' in answer.text
    assert "To decide" not in answer.text


def test_without_the_pin_nothing_is_done(room: PagesRoom, desk: Program) -> None:
    id = put_in(room, "A house without a door.")
    answer = Clerk(room.staff).post(f"/submission/{id}/approve", token="", state="waiting")
    assert answer.status_code == 401
    assert state_of(room, id) is Step.WAITING


@pytest.mark.parametrize("pin", ["", "000000", "٤٨٢٩١٣", PIN + "1", "\0", "x" * 1000])
def test_a_wrong_pin_does_not_open(room: PagesRoom, desk: Program, pin: str) -> None:
    number = len(pin) % 200 + 2
    answer = Clerk(room.staff, f"127.0.3.{number}").come_in(pin)
    assert answer.status_code == 403
    assert "That is not the PIN." in answer.text


def test_after_five_wrong_ones_even_the_right_one_waits(room: PagesRoom, desk: Program) -> None:
    clerk = Clerk(room.staff, "127.0.4.1")
    for _ in range(5):
        clerk.come_in("111111")
    answer = clerk.come_in()
    assert answer.status_code == 429
    assert "Please wait 30 s" in answer.text
    assert "To decide" in Clerk(room.staff, "127.0.4.2").come_in().text


def test_the_session_is_in_a_cookie_no_script_can_read(clerk: Clerk) -> None:
    [cookie] = clerk.session.cookies
    assert cookie.name == "staff"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"


def test_whoever_logs_out_is_out(clerk: Clerk) -> None:
    clerk.post("/logout", token=hidden(clerk.get("/"), "token"))
    assert 'name="pin"' in clerk.get("/").text


def test_a_forged_cookie_is_none(room: PagesRoom, desk: Program) -> None:
    clerk = Clerk(room.staff)
    clerk.session.cookies.set("staff", "eyJiYWRnZSI6IngiLCJzaW5jZSI6MX0.aaaa.bbbb")
    assert 'name="pin"' in clerk.get("/").text


def test_a_new_pin_or_a_long_day_ends_the_session(room: PagesRoom, desk: Program) -> None:
    site, secret, now = load_site(room.site), b"s" * 32, [1e9]
    first = Staff(site, room.state, "123456", secret, lambda: now[0]).app.test_client()
    sheet = re.search(r'name="sheet" value="([^"]+)"', first.get("/").text)
    assert sheet is not None
    assert first.post("/login", data={"pin": "123456", "sheet": sheet[1]}).status_code == 303
    assert "To decide" in first.get("/").text
    cookie = first.get_cookie("staff")
    assert cookie is not None
    other = Staff(site, room.state, "654321", secret, lambda: now[0]).app.test_client()
    other.set_cookie("staff", cookie.value)
    assert 'name="pin"' in other.get("/").text
    now[0] += 13 * 3600
    assert 'name="pin"' in first.get("/").text


@pytest.mark.parametrize("token", ["", "nonsense", "ä"])
def test_a_form_from_elsewhere_does_nothing(room: PagesRoom, clerk: Clerk, token: str) -> None:
    id = put_in(room, "A house from elsewhere.")
    assert clerk.post(f"/submission/{id}/approve", token=token, state="waiting").status_code == 403
    assert state_of(room, id) is Step.WAITING


@pytest.mark.parametrize("pin", [None, "12345\n", "12345x\n", "\n", b"\xff\xfe12345"])
def test_without_a_good_pin_the_page_does_not_start_and_says_so(tmp_path: Path, pin: str | bytes | None) -> None:
    room = PagesRoom(tmp_path)
    if pin is None:
        (tmp_path / "pin").unlink()
    else:
        (tmp_path / "pin").write_bytes(pin.encode() if isinstance(pin, str) else pin)
    with room.desk() as desk:
        wait_until(lambda: str(room.told().get("words")).startswith("staff page: no PIN"))
        assert Visitor(room.page).get("/").status_code == 200
        (tmp_path / "pin").write_text("765432")
        desk.wait_for("staff page: at")
        assert "To decide" in Clerk(room.staff).come_in("765432").text


# looking


def test_what_waits_is_shown_with_its_phrases_and_the_reason(room: PagesRoom, clerk: Clerk) -> None:
    with room.ledger() as ledger:
        id = ledger.receive("x", "look", "someone", "The sea is a letter, nobody opened it.")
        assert id is not None
        ledger.pass_words(id, "a word that may hurt")
    page = clerk.get("/").text
    assert "Please look: a word that may hurt" in page
    assert '<li dir="auto">nobody opened it.</li>' in page


def test_hostile_words_are_shown_as_words(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, HOSTILE)
    for path in ("/", "/all", f"/submission/{id}"):
        page = clerk.get(path).text
        assert "<img" not in page
        assert "onerror=alert(1)&gt;" in page


def test_the_list_can_be_narrowed_and_turned_over(room: PagesRoom, clerk: Clerk) -> None:
    ids = [put_in(room, f"House number {number}.") for number in range(30)]
    first = clerk.get("/all?state=waiting").text
    assert f'/submission/{ids[-1]}"' in first
    assert f'/submission/{ids[0]}"' not in first
    older = re.search(r'href="(/all\?state=waiting&amp;before=\d+)"', first)
    assert older is not None
    assert f'/submission/{ids[0]}"' in clerk.get(older[1].replace("&amp;", "&")).text
    with room.ledger() as ledger:
        for id in ids:
            ledger.refuse(id, "test")


@pytest.mark.parametrize(
    "path", ["/all?state=nonsense&before=x", "/all?before=99999999999999999999999", "/all?before=-1"]
)
def test_nonsense_in_the_address_is_no_trouble(clerk: Clerk, path: str) -> None:
    assert clerk.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/submission/99999", "/submission/99999999999999999999999", "/submission/x", "/x"])
def test_what_is_not_there_is_404(clerk: Clerk, path: str) -> None:
    assert clerk.get(path).status_code == 404


def test_troubles_and_the_show_are_told(room: PagesRoom, clerk: Clerk) -> None:
    assert "The show has not said anything yet." in clerk.get("/").text


def test_levels_are_not_to_be_had_without_a_show(clerk: Clerk) -> None:
    answer = clerk.get("/levels")
    assert answer.status_code == 503
    assert "No show answers: levels are set while it runs." in answer.text


# deciding


def test_words_then_clip_are_approved_and_it_goes_on_the_shelf(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A red house that is approved.")
    assert clerk.decide(id, "approve", "waiting").status_code == 200
    assert (state_of(room, id), actor_of(room, id)) == (Step.WORDS_APPROVED, "staff page")
    room.make()
    wait_until(lambda: state_of(room, id) is Step.CHECKED)
    film = clerk.get(f"/submission/{id}/film.mp4", headers={"Range": "bytes=0-9"})
    assert (film.status_code, len(film.content)) == (206, 10)
    clerk.decide(id, "approve", "checked")
    wait_until(lambda: f'"id": {id},' in room.state.shelf.read_text())


def test_a_button_of_an_old_page_does_nothing(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house that moved on.", Step.CHECKED)
    answer = clerk.decide(id, "approve", "waiting")
    assert answer.status_code == 409
    assert "has changed meanwhile" in answer.text
    assert state_of(room, id) is Step.CHECKED


def test_what_the_gate_does_meanwhile_is_in_nobodys_way(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house just past the gate.")
    assert clerk.decide(id, "approve", "received").status_code == 200
    assert state_of(room, id) is Step.WORDS_APPROVED
    assert clerk.decide(id, "remove", "waiting").status_code == 200
    assert state_of(room, id) is Step.WITHDRAWN


def test_rejecting(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house nobody may see.")
    clerk.decide(id, "reject", "waiting")
    assert state_of(room, id) is Step.REFUSED
    assert "Approve after all" in clerk.get(f"/submission/{id}").text
    clerk.decide(id, "approve", "refused")
    assert state_of(room, id) is Step.WORDS_APPROVED


def test_remove_now_takes_it_from_shelf_and_disk(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house to be removed.", Step.CHECKED)
    clerk.decide(id, "approve", "checked")
    wait_until(lambda: f'"id": {id},' in room.state.shelf.read_text())
    clerk.decide(id, "remove", str(state_of(room, id)))
    assert (state_of(room, id), actor_of(room, id)) == (Step.WITHDRAWN, "staff page")
    assert not (room.state.clips / f"{id}.mp4").exists()
    wait_until(lambda: f'"id": {id},' not in room.state.shelf.read_text())
    assert '<form method="post" action="/submission' not in clerk.get(f"/submission/{id}").text


def test_the_switches(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house with two switches.")
    for act, now in (("room-off", (False, True)), ("public-off", (False, False)), ("room-on", (True, False))):
        clerk.decide(id, act, "waiting")
        with room.ledger() as ledger:
            assert (ledger.get(id).room, ledger.get(id).public) == now


def test_nobody_puts_into_the_room_what_its_author_keeps_out(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house of my own.")
    with room.ledger() as ledger:
        ledger.set_audience(id, "page", room=False)
        ledger.note(id, "page", NOT_IN_THE_ROOM)
    assert "Show it in the room" not in clerk.get(f"/submission/{id}").text
    assert clerk.decide(id, "room-on", "waiting").status_code == 409
    with room.ledger() as ledger:
        assert ledger.get(id).room is False


@pytest.mark.parametrize(("act", "after"), [("answered", Step.SENT), ("again", Step.SHELVED)])
def test_uncertain_ones_are_decided_by_whoever_looked(room: PagesRoom, clerk: Clerk, act: str, after: Step) -> None:
    id = put_in(room, f"A house perhaps {act}.", Step.CHECKED)
    with room.ledger() as ledger:
        ledger.approve_clip(id, "test")
    wait_until(lambda: state_of(room, id) is Step.SHELVED)
    with room.ledger() as ledger:
        ledger.start_sending(id)
        ledger.uncertain(id, "the line was cut")
    assert "the line was cut" in clerk.get("/").text
    clerk.decide(id, act, "uncertain")
    assert state_of(room, id) is after


def test_what_failed_is_tried_again(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house that failed.")
    with room.ledger() as ledger:
        ledger.approve_words(id, "test")
        ledger.start_making(id)
        ledger.failed(id, "the disk was full")
    assert "the disk was full" in clerk.get("/").text
    clerk.decide(id, "approve", "failed")
    assert state_of(room, id) is Step.WORDS_APPROVED


def test_what_cannot_be_done_is_said_in_a_sentence(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house that cannot be answered.")
    assert clerk.decide(id, "answered", "waiting").status_code == 409
    assert clerk.decide(id, "nonsense", "waiting").status_code == 404
    assert state_of(room, id) is Step.WAITING


def test_the_log_says_who_did_what(room: PagesRoom, clerk: Clerk) -> None:
    id = put_in(room, "A house with a history.")
    clerk.decide(id, "approve", "waiting")
    log = clerk.get(f"/submission/{id}").text.split("What befell it")[1]
    assert "words approved" in log
    assert "staff page" in log


def test_nothing_went_wrong_on_the_way(desk: Program) -> None:
    assert "Traceback" not in desk.output
    assert "hello" not in desk.output
