"""The levels page over a running show: by HTTP, in a browser on a phone, and in the ear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.osc import Sender
from tests.support.pages import CHROMIUM, PIN, Clerk, hidden
from tests.support.priority import first_in_line
from tests.support.program import Program, running
from tests.support.room import build_room, change
from tests.support.sink import Recording, Sink
from tests.support.waiting import free_port, wait_until

HOSTILE = "<i>left</i>"
PHONE = {"width": 390, "height": 844}
STAFF = '[staff]\nenabled = true\nport = {port}\npin_file = "pin"\n'


@dataclass
class Evening:
    """A running show with a staff page, and what it plays."""

    program: Program
    base: str
    state: Path
    sender: Sender
    recording: Recording

    def ask(self, address: str) -> object:
        return self.sender.ask(address)[1][0]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    folder, port = tmp_path_factory.mktemp("room"), free_port(1)
    site = change(build_room(folder), '"left"', f'"{HOSTILE}"')
    change(site, "[show.stems]", '[show.stems]\nmurmur = "voice.wav"')
    (folder / "pin").write_text(PIN)
    site.write_text(site.read_text() + STAFF.format(port=port))
    card, sender = Sink(6), Sender(int(re.findall(r"(?m)^port = (\d+)", site.read_text())[0]))
    card.plug_in()
    command = ("play", "--headless", "--site", site, "--state", folder / "state")
    with (
        card.record() as recording,
        running(*command, env=card.env) as program,
        first_in_line(program.process.pid),
    ):
        program.wait_for("the picture is up")
        program.wait_for("staff page: at")
        wait_until(lambda: recording.loudness(0.2).all(), "sound on every channel", 30)
        yield Evening(program, f"http://127.0.0.1:{port}", folder / "state", sender, recording)
    sender.close()
    card.close()


@pytest.fixture
def clerk(evening: Evening) -> Iterator[Clerk]:
    """Who leaves the levels as the site has them."""
    clerk = Clerk(evening.base)
    clerk.come_in()
    yield clerk
    while "nothing to undo" not in press(clerk, "headphone/undo").text:
        pass


def press(clerk: Clerk, what: str, **form: str) -> requests.Response:
    return clerk.post(f"/levels/{what}", token=hidden(clerk.get("/levels"), "token"), **form)


def test_a_step_is_heard_at_once_and_shown_as_not_saved(evening: Evening, clerk: Clerk) -> None:
    answer = press(clerk, "headphone/2/gain", step="-1.0")
    assert answer.url == f"{evening.base}/levels#headphone-2"
    assert evening.ask("/show/headphone/2/gain") == -1.0
    assert "middle: gain -1 dB, saved 0 dB" in answer.text
    assert "1 not saved" in answer.text


@pytest.mark.parametrize(
    ("what", "typed", "heard"),
    [
        ("headphone/3/gain", "-7,5", -7.5),
        ("headphone/1/delay", "40", 40.0),
        ("narration/gain", "\N{MINUS SIGN}3", -3.0),
        ("murmur/duck", "-20", -20.0),
        ("narration/mute", "1", 1),
    ],
)
def test_what_is_typed_is_heard(evening: Evening, clerk: Clerk, what: str, typed: str, heard: float) -> None:
    assert "1 not saved" in press(clerk, what, value=typed).text
    assert evening.ask(f"/show/{what}") == heard


def test_a_stem_joins_a_headphone_and_goes_down_in_it_alone(evening: Evening, clerk: Clerk) -> None:
    answer = press(clerk, "headphone/2/stem/murmur/heard", value="1")
    assert answer.url == f"{evening.base}/levels#headphone-2"
    assert "middle: stems murmur + narration, saved narration" in answer.text
    wait_until(lambda: against_the_first(evening.recording, 2) > 1.2, "the same voice once more")
    press(clerk, "headphone/2/stem/murmur/gain", value="-30")
    wait_until(lambda: 1.0 < against_the_first(evening.recording, 2) < 1.1, "it to go down")
    answer = press(clerk, "headphone/2/stem/narration/gain", step="-1.0")
    assert evening.ask("/show/headphone/2/stem/narration/gain") == -1.0
    assert "middle: stems murmur -30 dB + narration -1 dB, saved narration" in answer.text
    press(clerk, "headphone/2/stem/narration/heard", value="0")
    wait_until(lambda: against_the_first(evening.recording, 2) < 0.1, "the murmur alone")


def against_the_first(recording: Recording, channel: int) -> float:
    """How many times as loud as the first channel another one was in the last fifth of a second."""
    loudness = recording.loudness(0.2)
    return float(loudness[channel] / loudness[0])


def test_saved_then_undone(evening: Evening, clerk: Clerk) -> None:
    press(clerk, "headphone/1/gain", value="-6")
    assert "All saved" in press(clerk, "headphone/save").text
    assert len(list((evening.state / "levels").iterdir())) == 1
    press(clerk, "headphone/1/gain", value="3")
    assert "All saved" in press(clerk, "headphone/undo").text
    assert evening.ask("/show/headphone/1/gain") == -6.0
    answer = press(clerk, "headphone/undo")
    assert "&lt;i&gt;left&lt;/i&gt;: gain 0 dB, saved -6 dB" in answer.text
    assert HOSTILE not in answer.text
    press(clerk, "headphone/save")


@pytest.mark.parametrize(
    ("what", "form", "sentence"),
    [
        ("headphone/1/gain", {"value": "90"}, "Not done: gain = 90 is outside -60..12 dB."),
        ("headphone/1/delay", {"step": "-5"}, "Not done: delay = -5 is outside 0..500 ms."),
        ("headphone/1/gain", {"value": "<b>"}, "Not done: &#34;&lt;b&gt;&#34; is no number."),
        ("headphone/1/gain", {"value": "nan"}, "Not done: &#34;nan&#34; is no number."),
        ("headphone/1/stem/song/heard", {"value": "1"}, "Not done: there is no stem &#34;song&#34;; there are"),
        ("headphone/1/stem/murmur/gain", {"value": "0"}, "Not done: headphone 1 does not hear &#34;murmur&#34;."),
        ("headphone/9/mute", {"value": "1"}, "Not done: there is no headphone 9; they are counted from 1 to 3."),
    ],
)
def test_what_cannot_be_is_refused_with_its_range(clerk: Clerk, what: str, form: dict[str, str], sentence: str) -> None:
    answer = press(clerk, what, **form)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert "All saved" in answer.text


@pytest.mark.parametrize(
    "what",
    [
        "blackout",
        "clips/remove",
        "headphone/1/stem",
        "headphone/*/mute",
        "headphone/1/gain/",
        "headphone/1/stem/*/gain",
    ],
)
def test_no_other_cue_goes_through_the_page(clerk: Clerk, what: str) -> None:
    assert press(clerk, what, value="1").status_code == 404


def test_a_form_without_its_token_changes_nothing(evening: Evening, clerk: Clerk) -> None:
    assert clerk.post("/levels/headphone/1/mute", value="1").status_code == 403
    assert evening.ask("/show/headphone/1/mute") == 0


def test_mute_silences_exactly_its_channels(evening: Evening, clerk: Clerk) -> None:
    press(clerk, "headphone/2/mute", value="1")
    wait_until(lambda: not evening.recording.loudness(0.2)[2:4].any(), "silence in headphone 2")
    assert evening.recording.loudness(0.2)[[0, 1, 4, 5]].all()
    refused = press(clerk, "headphone/2/identify")
    assert "Not done: headphone 2 is muted." in refused.text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        yield browser
        browser.close()


def open_page(browser: Browser, base: str, scripts: bool) -> Page:
    context = browser.new_context(viewport=PHONE, java_script_enabled=scripts, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(base)
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("link", name="Levels").click()
    return page


def look_at(page: Page) -> None:
    """Axe finds nothing, and nothing is wider than the phone."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_by_keyboard_on_a_phone_the_page_stays_where_it_is(evening: Evening, browser: Browser, clerk: Clerk) -> None:
    page = open_page(browser, evening.base, scripts=True)
    look_at(page)
    page.evaluate("document.body.dataset.same = 1")
    page.get_by_role("button", name="Gain of headphone 2: 1 dB less").focus()
    for pressed in (1, 2):
        page.keyboard.press("Enter")
        page.get_by_text(f"middle: gain -{pressed} dB, saved 0 dB").wait_for()
    page.get_by_label("Gain of headphone 2,").fill("90")
    page.keyboard.press("Enter")
    page.get_by_text("gain = 90 is outside -60..12 dB").wait_for()
    assert page.evaluate("document.activeElement.id") == "problem"
    look_at(page)
    page.get_by_role("button", name="Undo").press("Space")
    page.get_by_text("All saved").wait_for()
    assert page.evaluate("document.body.dataset.same") == "1"
    page.context.close()


def test_what_another_hand_turns_is_shown_by_itself(evening: Evening, browser: Browser, clerk: Clerk) -> None:
    page = open_page(browser, evening.base, scripts=True)
    evening.sender.ask("/show/headphone/3/gain", -4.0)
    page.get_by_text("right: gain -4 dB, saved 0 dB").wait_for()
    page.context.close()


def test_without_scripts_it_is_all_the_same(evening: Evening, browser: Browser, clerk: Clerk) -> None:
    page = open_page(browser, evening.base, scripts=False)
    page.get_by_role("button", name="Mute headphone 1").click()
    assert page.get_by_text("mute on, saved off").is_visible()
    page.get_by_role("button", name="Unmute headphone 1").click()
    assert page.get_by_text("All saved").is_visible()
    page.get_by_role("button", name="With murmur in headphone 3").click()
    assert page.get_by_text("It hears murmur + narration.").is_visible()
    page.get_by_role("button", name="murmur in headphone 3: 1 dB less").click()
    assert page.get_by_text("right: stems murmur -1 dB + narration, saved narration").is_visible()
    page.context.close()


def test_nothing_went_wrong_on_the_way(evening: Evening) -> None:
    assert "Traceback" not in evening.program.output
