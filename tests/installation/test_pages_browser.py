"""Both pages in a real browser at phone size: by keyboard alone, without scripts, and before axe."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from show.ledger import Step
from tests.support.pages import CHROMIUM, PIN, PagesRoom
from tests.support.waiting import wait_until

PHONE = {"width": 390, "height": 844}
STORY = "I am walking with my brother. We understand each other, it's a beautiful day."


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesRoom]:
    room = PagesRoom(tmp_path_factory.mktemp("room"))
    with room.desk() as desk:
        room.wait_for_pages(desk)
        yield room


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone, on which nothing may complain and nothing may be loaded from elsewhere."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else complaints.append(asked.url))
    yield page
    context.close()
    assert [each for each in complaints if not each.startswith(("data:", "Failed to load resource"))] == []


def look_at(page: Page) -> None:
    """Axe finds nothing serious, and nothing is wider than the phone."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on what is called so."""
    said = "(e => e === document.body ? '' : e.labels?.[0]?.innerText || e.innerText)(document.activeElement)"
    for _ in range(30):
        if words in str(page.evaluate(said)):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {words!r}")


def write(page: Page, base: str, words: str) -> None:
    page.goto(base)
    page.fill("#words", words)
    page.get_by_role("button", name="See how it will be split").click()


def test_by_keyboard_alone_from_the_opening_to_the_code(room: PagesRoom, page: Page) -> None:
    page.goto(room.page)
    look_at(page)
    tab_to(page, "Your words")
    page.keyboard.type(STORY)
    page.get_by_text("3 phrases").wait_for(state="attached")
    look_at(page)
    tab_to(page, "See how it will be split")
    page.keyboard.press("Enter")
    page.wait_for_url("**/phrases")
    look_at(page)
    tab_to(page, "Everyone in this room")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/film/" in url or "/send" in url)
    while page.url.endswith("/send"):  # quicker than a person: the words were kept
        tab_to(page, "See how it will be split")
        page.keyboard.press("Enter")
        page.wait_for_url("**/phrases")
        tab_to(page, "Everyone in this room")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/film/" in url or "/send" in url)
    assert page.get_by_role("heading", level=1).inner_text() == "Your words are in the list"
    assert page.get_by_role("heading", name="Your code").is_visible()
    look_at(page)


def test_a_mistake_is_told_and_focused(room: PagesRoom, page: Page) -> None:
    write(page, room.page, STORY)
    page.evaluate("document.querySelectorAll('[required]').forEach(each => each.removeAttribute('required'))")
    page.get_by_role("button", name="I agree").click()
    assert page.title().startswith("Please look again")
    assert page.evaluate("document.activeElement.id") == "problem"
    look_at(page)


def test_without_scripts_it_is_all_the_same(room: PagesRoom, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    write(page, room.page, STORY)
    page.locator("input[name=sheet]").last.evaluate("(field, sheet) => { field.value = sheet }", room.sheet())
    page.get_by_label("Only I, on a page of my own").check()
    page.get_by_role("button", name="I agree").click()
    assert "Your words are in the list" in page.content()
    context.close()


@pytest.mark.parametrize(
    "words",
    ["أمشي مع أخي. نفهم بعضنا، إنه يوم جميل.", "x" * 700, "😀" * 2900, "<script>alert(1)</script> hello."],
    ids=["arabic", "one long word", "emoji", "script"],
)
def test_no_words_break_the_page(room: PagesRoom, page: Page, words: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    write(page, room.page, words)
    assert page.get_by_role("heading", level=1).inner_text() == "This is how it will be split"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_arabic_is_written_from_the_right(room: PagesRoom, page: Page) -> None:
    write(page, room.page, "أمشي مع أخي.")
    assert page.locator(".phrases li").first.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_the_film_is_found_by_its_code_and_plays(room: PagesRoom, page: Page) -> None:
    with room.ledger() as ledger:
        id = ledger.receive("page", "film", "", STORY, code="CFH-JKM-PRTV")
        assert id is not None
        ledger.approve_words(id, "test")
    room.make()
    wait_until(lambda: room.stories(Step.CHECKED))
    with room.ledger() as ledger:
        ledger.approve_clip(id, "test")
    wait_until(lambda: room.stories(Step.SENT))
    page.goto(f"{room.page}/film")
    look_at(page)
    page.get_by_label("Your code").fill("cfh jkm prtv")
    page.get_by_role("button", name="Find it").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Here is your film"
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    look_at(page)
    page.get_by_role("link", name="Take it back").click()
    look_at(page)
    page.get_by_role("button", name="Yes, delete everything").click()
    assert page.get_by_role("heading", level=1).inner_text() == "It is taken back"
    look_at(page)


def test_the_staff_decides_on_a_phone(room: PagesRoom, page: Page) -> None:
    for number, look in enumerate(("", "a word that may hurt")):
        with room.ledger() as ledger:
            id: Any = ledger.receive("x", f"post {number}", "someone", STORY)
            ledger.pass_words(id, look)
    page.goto(room.staff)
    look_at(page)
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="To decide").wait_for()
    look_at(page)
    page.get_by_role("button", name=f"Approve the words (submission {id})").click()
    page.goto(f"{room.staff}/submission/{id}")
    look_at(page)
    assert "words approved" in page.content()
    page.goto(f"{room.staff}/all")
    look_at(page)
