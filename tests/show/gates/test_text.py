"""The verdict on a text."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from show.errors import GateError
from show.gates.normal import read
from show.gates.terms import Grade
from show.gates.text import Verdict, judge
from show.gates.words import WordLists
from tests.show.gates.labelled import HALVES, labelled, measure

LISTS = WordLists.load()


def stops(text: str) -> bool:
    return judge(text, LISTS).grade is not Grade.PASS


def test_there_are_enough_labelled_texts_and_no_two_the_same() -> None:
    texts = [each.text for each in labelled(*HALVES)]
    assert len(texts) == len(set(texts)) >= 320
    assert len(labelled("held-out")) >= 100
    assert len({each.language for each in labelled(*HALVES)}) >= 12


@pytest.mark.parametrize(("half", "recall", "precision"), [("held-out", 0.92, 0.9), ("tuned", 0.95, 0.95)])
def test_what_should_not_pass_does_not_and_little_else_is_stopped(half: str, recall: float, precision: float) -> None:
    figures = measure(labelled(half), stops)
    assert figures.recall >= recall
    assert figures.precision >= precision


def test_what_no_gallery_shows_is_refused_and_nothing_harmless_ever_is() -> None:
    refused = [each for each in labelled(*HALVES) if judge(each.text, LISTS).grade is Grade.REFUSE]
    worst = [each for each in labelled(*HALVES) if each.verdict == "refuse"]
    assert [each.text for each in refused if each.verdict == "pass"] == []
    assert len([each for each in worst if each in refused]) >= 0.9 * len(worst)


# one by one

LONG = " ".join("".join(letters) for letters in product("bdlm", "aeou", "nprt", "aeio", "mnst"))
LOOKS = {
    "f u c k this": 'It holds swearing: "f u c k".',
    "b!tch": 'It holds swearing: "b!tch".',
    "ѕhіt in foreign letters": 'It holds swearing: "ѕhіt".',
    "write to a.b@example.org": "There is an e-mail address in it.",
    "ring me, 020 7946 0958": "There is what may be a telephone number in it.",
    "I saw @anna_k there": "It names someone else's account.",
    "see https://example.org now": "There is a link in it.",
    "see example.com now": "There is a link in it.",
    "a t\u0336\u0337\u0338\u0334\u0335e\u0336xt": "Its letters are hidden under marks.",
    LONG: f"It is {len(LONG)} characters long, far more than a film of it can tell.",
}


@pytest.mark.parametrize("text", LOOKS)
def test_why_a_person_should_look(text: str) -> None:
    assert judge(text, LISTS) == Verdict(Grade.LOOK, LOOKS[text])


REFUSED = {
    "12, 13": "There is no phrase in it.",
    "": "There is no phrase in it.",
    "a" * 50: "It says the same thing over and over.",
    "no " * 20: "It says the same thing over and over.",
    "buy my shoes now " * 20: "It says the same thing over and over.",
    "🍆" * 40: "It says the same thing over and over.",
    "I will kill you, shit": 'It holds a threat: "i will kill you".',
}


@pytest.mark.parametrize("text", REFUSED)
def test_why_it_is_refused(text: str) -> None:
    assert judge(text, LISTS) == Verdict(Grade.REFUSE, REFUSED[text])


HARMLESS = [
    "Nooooooooooooo, said the child.",
    "A rose is a rose is a rose is a rose.",
    "row row row your boat, gently down the stream",
    "In 1939-1945, on 12.05.1984, at 10:30, of 1 000 000 000 stars, 3.14159265358979",
    "@museum @blind_eye a house of moss @blind_eye",
    "I love it 😍😍😍😍😍",
    "word* and *word* and (*)",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert judge(text, LISTS) == Verdict(Grade.PASS)


def test_a_word_counts_only_in_the_language_in_which_it_is_bad() -> None:
    assert judge("Det var slut på dagen och vi gick hem.", LISTS).grade is Grade.PASS
    assert judge("She is a slut and you know it.", LISTS).grade is Grade.LOOK


def test_what_stands_between_innocent_words_is_still_seen() -> None:
    assert judge("Moby Dick, the cock crowed, fuck.", LISTS).reason == 'It holds swearing: "fuck".'


# lists


def lists(folder: Path, block: bytes = b"", allow: bytes = b"") -> WordLists:
    """The shipped lists with two of the house's own."""
    (folder / "block.txt").write_bytes(block)
    (folder / "allow.txt").write_bytes(allow)
    return WordLists.load(folder / "block.txt", folder / "allow.txt")


def test_the_houses_own_words(tmp_path: Path) -> None:
    own = lists(
        tmp_path, "# no critics\nthe critic*  # nor their friends\nМосква\n村上\n".encode(), b"holy shit falls\n"
    )
    assert judge("I met the critics.", own).reason == 'It holds what the house\'s own list keeps out: "the critics".'
    assert judge("Москва зимой", own).grade is Grade.REFUSE
    assert judge("私は村上さんを見た", own).grade is Grade.REFUSE
    assert judge("Holy Shit Falls are high.", own).grade is Grade.PASS
    assert judge("Holy shit, falls are high. Shit.", own).grade is Grade.LOOK


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"fine\ncaf\xe9\n", "is not UTF-8 text (byte 8)"),
        (b"fine\n\n 12 \n", "line 3 has no word in it: '12'"),
        (b"x" * 1_000_001, "is longer than 1000 kB: it must be a phrase a line"),
    ],
)
def test_a_list_that_is_wrong_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(GateError) as error:
        lists(tmp_path, content)
    assert str(error.value) == f"{tmp_path / 'block.txt'} {sentence}".replace("block.txt line", "block.txt: line")


def test_a_list_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="none.txt cannot be read: No such file or directory"):
        WordLists.load(tmp_path / "none.txt")


def test_a_shipped_list_needs_its_heads(tmp_path: Path) -> None:
    (tmp_path / "xx.txt").write_text("word\n")
    with pytest.raises(GateError, match="xx.txt: line 1 must be a head"):
        WordLists.load(folder=tmp_path)


# hostile

HOSTILE = [
    "a", "a ", "fu ck ", "f u ", "f.u.", "1a", "a1@", "😀", "\u202eabc ", "f\u200b", "\x00", "e\u0301", "<b>x</b> ",
    "'; DROP TABLE submissions; -- ", "$(rm -rf /) `ls` ", "http://a.b/", "a.b-", "@a ", "@a@", "f*a*", "##", "(at)",
    "12 ", "+", "0.", "(0", "\ufdfa", "i will kill ", "中", "ه\u064b", "\u0915\u094d", "www.", "a@b.", "ha", "\n", "_",
    "com.", "|:-1 [[ ]] --flag ) ", "\ud800", "\u3164", "aa b ", "fuck",
]  # fmt: skip


@pytest.mark.timeout(60)  # one that goes back over what it read takes hours; this one a second at most
@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_keeps_the_gate_busy(part: str) -> None:
    verdict = judge((part * 100_000)[:100_000], LISTS)
    assert verdict.grade is not Grade.PASS
    assert len(verdict.reason) < 120


@settings(database=None, deadline=None, derandomize=True, max_examples=300)
@given(st.text(max_size=200) | st.text("fuck shit.@$1!*#-_ 👍й\u0301\u200b", max_size=80))
def test_every_text_gets_a_verdict(text: str) -> None:
    verdict = judge(text, LISTS)
    assert (verdict.grade is Grade.PASS) == (verdict.reason == "")
    assert all(word.shown and word.readings for word in read(text).words)
