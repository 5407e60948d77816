"""Texts and the phrases they become."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from show.making.phrases import MODES, clean, split
from show.making.prompts import plain

EXAMPLE = (
    "@jo____gr I am walking with my brother on a field of one thousand images. We understand each other, the sun is"
    " shining, it's a beautiful day."
)
FOUR = (
    "I am walking with my brother on a field of one thousand images.",
    "We understand each other,",
    "the sun is shining,",
    "it's a beautiful day.",
)


@pytest.mark.parametrize("mode", ["careful", "artist"])
def test_the_artworks_example_becomes_four_phrases(mode: str) -> None:
    assert split(EXAMPLE, mode) == FOUR


CAREFUL = {
    # marks
    "One. Two! Three? Four; five, six": ["One.", "Two!", "Three?", "Four;", "five,", "six"],
    "No mark at all": ["No mark at all"],
    "What?! No... Yes": ["What?!", "No...", "Yes"],
    "wait…what": ["wait...", "what"],
    "A dark room… then light": ["A dark room...", "then light"],
    "red,green,blue": ["red,", "green,", "blue"],
    "hello , world .": ["hello ,", "world ."],
    "a beautiful day.The sun is out": ["a beautiful day.", "The sun is out"],
    "first line\nsecond line\r\nthird": ["first line", "second line", "third"],
    "one\u2028two\x0bthree": ["one", "two", "three"],
    # numbers
    "It weighs 3.5 kilos, or 10,000 grams.": ["It weighs 3.5 kilos,", "or 10,000 grams."],
    "1.000,50 euros. Really": ["1.000,50 euros.", "Really"],
    "At 10.30 we met": ["At 10.30 we met"],
    "born in 1984. It rained": ["born in 1984.", "It rained"],
    "In 2020, we danced": ["In 2020,", "we danced"],
    "about .5 of it": ["about .5 of it"],
    "version 1.2.3. Done": ["version 1.2.3.", "Done"],
    "1. Wake up 2. Walk out": ["Wake up 2.", "Walk out"],
    # abbreviations, acronyms, initials
    "Dr. Who met Mrs. Smith. They ran": ["Dr. Who met Mrs. Smith.", "They ran"],
    "St. Mary, by night": ["St. Mary,", "by night"],
    "birds, e.g. owls, i.e. quiet ones": ["birds,", "e.g. owls,", "i.e. quiet ones"],
    "owls etc. and foxes": ["owls etc. and foxes"],
    "owls, foxes etc. Then day": ["owls,", "foxes etc.", "Then day"],
    "at 5 p.m. we left": ["at 5 p.m. we left"],
    "at 5 p.m. We left": ["at 5 p.m.", "We left"],
    "No. 5 is alive": ["No. 5 is alive"],
    "She said no. 5 birds flew": ["She said no. 5 birds flew"],
    "She said no. Birds flew": ["She said no.", "Birds flew"],
    "cats vs. dogs": ["cats vs. dogs"],
    "the U.S.A. from above": ["the U.S.A. from above"],
    "J. S. Bach at night. A fugue": ["J. S. Bach at night.", "A fugue"],
    "my brother and I. We walk": ["my brother and I.", "We walk"],
    "plan B. we walk": ["plan B.", "we walk"],
    "z.B. ein Haus. Ein Baum": ["z.B. ein Haus.", "Ein Baum"],
    "ein Haus, ein Baum usw. Dann Nacht": ["ein Haus,", "ein Baum usw.", "Dann Nacht"],
    # quotes and brackets
    'He said "go." Then night': ['He said "go."', "Then night"],
    '"Hello," she said': ['"Hello,"', "she said"],
    'he said,"go on" twice': ["he said,", '"go on" twice'],
    "(It rained.) We stayed": ["(It rained.)", "We stayed"],
    "« Bonjour ! » dit-elle": ["« Bonjour ! »", "dit-elle"],
    "„Komm.“ Sie ging": ["„Komm.“", "Sie ging"],
    "it's, isn't it": ["it's,", "isn't it"],
    # other scripts
    "我和哥哥走在田野上，太阳照着。今天很美！": ["我和哥哥走在田野上,", "太阳照着。", "今天很美!"],
    "兄と歩く、空は青い。「いい日だ。」と言う": ["兄と歩く、", "空は青い。", "「いい日だ。」", "と言う"],
    "오늘은 맑다. 형과 걷는다": ["오늘은 맑다.", "형과 걷는다"],
    "أمشي مع أخي، الشمس مشرقة؛ هل ترى؟ نعم": ["أمشي مع أخي،", "الشمس مشرقة؛", "هل ترى؟", "نعم"],
    "یہ خوبصورت دن ہے۔ ہم چلتے ہیں": ["یہ خوبصورت دن ہے۔", "ہم چلتے ہیں"],
    "मैं चल रहा हूँ। सूरज चमक रहा है॥ सुंदर": ["मैं चल रहा हूँ।", "सूरज चमक रहा है॥", "सुंदर"],
    "Περπατώ με τον αδελφό μου; Ναι": ["Περπατώ με τον αδελφό μου;", "Ναι"],
    "ሰላም። ዓለም፣ ቀን": ["ሰላም።", "ዓለም፣", "ቀን"],
    "Я иду с братом. Солнце": ["Я иду с братом.", "Солнце"],
    "¿Qué ves? ¡Nada!": ["¿Qué ves?", "¡Nada!"],
    "می\u200cخواهم بروم": ["می\u200cخواهم بروم"],
    # emoji and what says nothing
    "A day. 🌞 Night": ["A day.", "🌞 Night"],
    "🌞, 🌚": ["🌞,", "🌚"],
    "👨\u200d👩\u200d👧 at sea": ["👨\u200d👩\u200d👧 at sea"],
    "one. 2, 3! --- . four": ["one.", "four"],
    "...": [],
    "": [],
    "  \n\t ": [],
    "12, 13, 14": [],
    # handles, hashtags, links
    "@a @b: we walk": ["we walk"],
    ".@a, we walk": ["we walk"],
    "@a@example.social we walk": ["we walk"],
    "we walk @a @b": ["we walk"],
    "we walk with @anna home": ["we walk with anna home"],
    "@a我们走": ["我们走"],
    "@a": [],
    "the #sun and #月亮, #1": ["the sun and 月亮,"],
    "in C# minor": ["in C# minor"],
    "look https://t.co/Ab1, then go": ["look,", "then go"],
    "look https://t.co/Ab1": ["look"],
    "HTTPS://EXAMPLE.ORG/a?b=c,d here": ["here"],
    "(see www.example.org) we go": ["(see) we go"],
    "at t.co/abc. Bye": ["at.", "Bye"],
    "看https://t.co/abc这里": ["看 这里"],
    "write to me at a@b.org now": ["write to me at a@b.org now"],
    # what cannot be seen
    "a\u200bb\u2060c\ufeffd\u00ade": ["abcde"],
    "\u202eabc\u202c \u2066def\u2069\u200f": ["abc def"],
    "a\x00b\x07c\td": ["abc d"],
    "one\ud800 two": ["one two"],
    "ﬁne Ｗｉｄｅ　ｄａｙ．Next": ["fine Wide day.", "Next"],
    "Cafe\u0301": ["Café"],
    "a\U000e0041b": ["ab"],
}


@pytest.mark.parametrize("text", CAREFUL)
def test_careful(text: str) -> None:
    assert list(split(text)) == CAREFUL[text]


ARTIST = {
    "One. Two! Three? Four; five, six": ["One.", "Two! Three? Four; five,", "six"],
    "Dr. Who. He ran, then": ["Dr.", "Who.", "He ran,", "then"],
    "wait... what": ["wait...", "what"],
    "two\nlines": ["two lines"],
    "@jo____gr #sun https://t.co/x": ["sun"],
    "3.5 kilos": ["5 kilos"],
}


@pytest.mark.parametrize("text", ARTIST)
def test_the_artists_rule(text: str) -> None:
    assert list(split(text, "artist")) == ARTIST[text]


SYNTAX = [
    "people: 0 | writing: 1 | photorealistic: -1",
    "TEXT: 150:( someone is writing a story: 1 )",
    "a [[dream]] {x} <b>bold</b> $(rm -rf) `ls` --flag ')",
    "a:-1",
    "Robert'); DROP TABLE submissions",
]


# the corpus beside this file

CORPUS = Path(__file__).with_name("phrases.txt")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


def corpus() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Mode, text and phrases of every line."""
    mode = ""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line[:1] == "[" and line[1:-1] in MODES:
            mode = line[1:-1]
        elif line and not line.startswith("# "):
            text, _, after = line.partition(" => ")
            pieces = [piece.strip() for piece in unescaped(after or text).split("¦")]
            yield (
                mode,
                unescaped(text.replace("¦", "")),
                tuple(each for each in pieces if each not in ("", "(nothing)")),
            )


def unescaped(text: str) -> str:
    """With the characters that its escapes stand for."""
    return re.sub(r"\\(?:u([0-9a-f]{4})|([nrt\\]))", lambda m: chr(int(m[1], 16)) if m[1] else ESCAPES[m[2]], text)


@pytest.mark.parametrize(("mode", "text", "phrases"), list(corpus()))
def test_the_corpus(mode: str, text: str, phrases: tuple[str, ...]) -> None:
    assert split(text, mode, 100) == phrases


def test_the_corpus_is_large_and_no_text_stands_there_twice() -> None:
    texts = [(mode, text) for mode, text, _ in corpus()]
    texts += [("careful", text) for text in CAREFUL] + [("artist", text) for text in ARTIST]
    assert len(set(texts)) >= 350
    assert len({text for _, text in texts}) >= 340


@pytest.mark.parametrize("text", SYNTAX)
def test_a_visitors_words_stay_words(text: str) -> None:
    assert " ".join(split(text)) == text


def test_another_mode_is_named() -> None:
    with pytest.raises(ValueError, match='called "wild": it must be one of careful, artist'):
        split("a", "wild")


def test_no_more_phrases_than_asked_for_and_the_first_ones() -> None:
    assert split("a, b, c, d", max_phrases=2) == ("a,", "b,")


def test_a_long_phrase_is_broken_between_words() -> None:
    assert split("one two three four", max_length=9) == ("one two", "three", "four")
    assert split("abcdefghij", max_length=4) == ("abcd", "efgh", "ij")


HOSTILE = [
    " ",
    "@a",
    "@a@a ",
    "#",
    "a.",
    "a. ",
    '."',
    "http://",
    "www.a",
    "a.b-",
    "\ufdfa",
    "e\u0301\u0301",
    "😀\u200d",
    "🌊",
    "\x00",
    "\u202e",
    "\u200b.",
    "<b>a</b>",
    "'; DROP TABLE submissions; --",
    "$(ls) `ls` ",
    "d. h. ",
    "a. b",
    "1. Januar ",
    "? » ",
]


@pytest.mark.timeout(30)  # a splitter that goes back over what it read takes hours; this one far less than a second
@pytest.mark.parametrize("part", HOSTILE)
def test_no_text_keeps_the_splitter_busy(part: str) -> None:
    for mode in ("careful", "artist"):
        split(part * 100_000 + "x", mode)


TEXTS = st.text(max_size=300) | st.text("ab AI.,!?;:…\"')(\n15，。،।@#-|", max_size=120)
MANY = 10**6
EXAMPLES = settings(database=None, deadline=None, derandomize=True, max_examples=200)


def has_no_signs(text: str) -> bool:
    """Without handles, hashtags and links, of which letters may go."""
    seen = unicodedata.normalize("NFKC", text).lower()
    return not any(sign in seen for sign in ("@", "#", "/", "www"))


PLAIN = TEXTS.filter(has_no_signs)


def letters(text: str) -> str:
    """Its letters, taken apart, so that it does not matter which accents had joined theirs."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if letter.isalpha())


@EXAMPLES
@given(PLAIN, st.sampled_from(["careful", "artist"]), st.integers(8, 80))
def test_no_word_is_lost_or_invented(text: str, mode: str, max_length: int) -> None:
    phrases = split(text, mode, MANY, max_length)
    visible = "".join(letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"})
    assert letters("".join(phrases)) == letters(visible)


@EXAMPLES
@given(PLAIN, st.sampled_from(["careful", "artist"]))
def test_whole_words_stay_whole(text: str, mode: str) -> None:
    spoken = clean(text).split()
    for word in " ".join(split(text, mode, MANY, MANY)).split():
        assert any(word in each for each in spoken)


@EXAMPLES
@given(TEXTS, st.sampled_from(["careful", "artist"]), st.integers(1, 20), st.integers(1, 100))
def test_phrases_are_bounded_and_say_something(text: str, mode: str, number: int, length: int) -> None:
    phrases = split(text, mode, number, length)
    assert len(phrases) <= number
    for phrase in phrases:
        assert 0 < len(phrase) <= length
        assert phrase == phrase.strip()
        assert "\n" not in phrase
        assert split(phrase, mode), f"{phrase!r} says nothing by itself"


@EXAMPLES
@given(TEXTS)
def test_nothing_unseen_is_left(text: str) -> None:
    cleaned = clean(text)
    unseen = {"Cc", "Cf", "Cs", "Co"}
    assert not [each for each in cleaned if unicodedata.category(each) in unseen and each not in "\n\u200c\u200d"]
    assert clean(text) == "\n".join(" ".join(line.split()) for line in cleaned.split("\n"))


SIGNS = ("|", ":", ":-1", ": 0", "(", ")", "[[", "]]", "150:(", "--seed", "3", "TEXT:", ",", "{", "}", "a whale")
NOTATION = st.lists(st.sampled_from(SIGNS), max_size=30).map(" ".join)


@EXAMPLES
@given(NOTATION, st.sampled_from(["careful", "artist"]))
def test_a_visitors_words_never_become_notation(text: str, mode: str) -> None:
    for phrase in split(text, mode, MANY):
        prompts = plain(phrase)
        assert prompts.texts == (phrase,)
        assert prompts.weights(1) == prompts.weights(500) == (1.0,)
    said = [word for word in re.findall(r"[a-zA-Z]+", text) if word != "TEXT"]
    assert [word for word in re.findall(r"[a-zA-Z]+", " ".join(split(text, mode, MANY))) if word != "TEXT"] == said
