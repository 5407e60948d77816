"""Mastodon's HTML and a visitor's words; phrases and the words of our answer."""

import pytest

from installation.desk.mastodon_account import Us
from installation.desk.mastodon_words import answer_words, described, read_html
from installation.rehearsal.mastodon_html import to_html

ANCHOR = '<a href="https://here.example/@blind_eye" class="u-url mention">@<span>blind_eye</span></a>'
US = f'<span class="h-card">{ANCHOR}</span>'
BOB = '<a href="https://far.example/users/bob" class="mention">@bob</a>'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"<p>{US} A house.</p>", "A house."),
        (f"<p>{US} {BOB}</p><p>A house.<br>A tree.</p><p>The sea.</p>", "A house.\nA tree.\nThe sea."),
        (f"<p>A house for {BOB} and {US}</p>", "A house for @bob and @blind_eye"),
        ("<p>a &lt;b&gt; &amp; c &#39;d&#39;</p>", "a <b> & c 'd'"),
        ("<p>A house.</p><script>alert(1)</script><style>p {}</style>", "A house."),
        ('<p class="quote-inline">RE: <a href="https://a.example/1">a.example/1</a></p><p>A house.</p>', "A house."),
        ("<p>A <em>red<strong> house", "A red house"),
        ("A house.</p></a></span></p> A tree.", "A house.\nA tree."),
        ('<p><a class="mention" href="x">@nobody', ""),
        (
            '<p>A house by the <a href="https://h/tags/sea" class="mention hashtag">#<span>sea</span></a></p>',
            "A house by the #sea",
        ),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("", ""),
        ("<", "<"),
        ("<!-- hidden --><p>seen</p><![CDATA[x]]>", "seen"),
    ],
)
def test_html_becomes_plain_words(content: str, text: str) -> None:
    assert read_html(content).text == text


def test_only_those_named_in_the_middle_are_told() -> None:
    assert read_html(f"<p>{US} A house for {BOB}.</p>").named == ("https://far.example/users/bob",)


def test_a_name_is_recognised_however_its_server_writes_it() -> None:
    us = Us("1", "blind_eye", "https://here.example/@blind_eye")
    assert us.is_named_in(["https://HERE.example/users/Blind_Eye"])
    assert us.is_named_in(["https://far.example/@bob", "https://here.example/@blind_eye/"])
    assert not us.is_named_in(["https://far.example/@blind_eye", "https://here.example/@blind", "http://[", ""])


@pytest.mark.parametrize(
    "text",
    ["A house.", "A <b>house</b> & more", "one\ntwo\n\nthree", "https://example.org/" + "a" * 80 + "?b=c&d", "#sea"],
)
def test_what_the_stand_in_writes_is_read_back(text: str) -> None:
    people = {"blind_eye": "https://here.example/@blind_eye"}
    read = read_html(to_html(f"@blind_eye {text}", people, "https://here.example")).text
    assert read == text.replace("\n\n", "\n")


@pytest.mark.parametrize(
    "content", ["<a>" * 40_000 + "</b>" * 40_000, "<p>" * 100_000, "<a " * 60_000, "&" * 200_000, "\0\x1b"]
)
def test_hostile_html_is_only_words(content: str) -> None:
    assert len(read_html(content).text) <= 100_000


def test_an_answer_says_its_words_and_how_to_stop() -> None:
    said = answer_words(7, "bob@far.example", ["A house.", "A tree."], 500, "#stop")
    assert said == ("@bob@far.example Your film, no. 7: “A house. / A tree.”\n\nTo be left alone, reply #stop.")
    assert answer_words(7, "bob", ["A house for @eve #sea."], 500) == "@bob Your film, no. 7: “A house for eve sea.”"


@pytest.mark.parametrize("phrases", [["word " * 200], ["鳥" * 600], ["a" * 600, "b"], []])
@pytest.mark.parametrize("characters", [120, 500])
def test_an_answer_never_is_too_long(phrases: list[str], characters: int) -> None:
    said = answer_words(7, "bob", phrases, characters, "#stop")
    assert len(said) <= characters
    assert said.startswith("@bob Your film, no. 7: “")
    assert len(described(phrases, 100)) <= 100
