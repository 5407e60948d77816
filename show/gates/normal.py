"""A text as the word lists read it: every word, with all that it may be meant to be read as.

Letters of other alphabets that look Latin, digits and signs in place of letters, accents, invisible characters, letters
drawn out or set apart are undone, each as one more way to read a word, so that a word also stays what it is. Words keep
their bounds: Scunthorpe is one word, and it is none of the words within it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_TEXT = 20_000  # characters looked at: as many as are ever made into phrases

UNSEEN = {"Cf", "Cs", "Co", "Cn"}
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs that show nothing
MARKS = r"\u0300-\u036f\ufe00-\ufe0f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"  # and points of vowels
PLAIN = str.maketrans("øłđıħŧ", "oldiht")

# Letters that look like Latin ones, each above the one it looks like.
LOOK_ALIKE = str.maketrans(
    "авсԁеѐһіїјкӏмпорԛѕтհսոօցԝхуӱғзьЬαβεηικμνορτυχγωᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩʋ",
    "abcdeehiijklmnopqsthunogwxyyfzbbabenikuvoptuxywabcdefghijklmnoprstuvwyzagiv",
)
LOOK_CYRILLIC = str.maketrans("abcehikmnoptuxy", "авсенікмпортиху")
SQUARED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)  # 🄰, 🅐, 🅰 and 🇦, the first of their alphabets
DRAWN = str.maketrans({chr(first + place): chr(97 + place) for first in SQUARED for place in range(26)})

SIGNS = "@$€£!|+"
INSTEAD = str.maketrans("013456789@$€£!|+", "oieasgtbgaselilt")
OR_ELSE = str.maketrans("1|", "ll")
VOWELS = set("aeiouyäöüåæøáéíóúàèìòùâêîôûãõ")
SELDOM_TWICE = re.compile(r"([acfhijkquvwxyz])\1")  # in few words, so that one with them is rather drawn out
SHORT_WORDS = set("mr mrs ms dr st nd rd th vs km cm mm kg ml tv dj pm hr bzw str nr".split())  # noqa: SIM905

VOWEL_SIGNS = r"\u0900-\u0dff\u0e31-\u0e4e"  # of India and Thailand; for Python they are no letters
WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{VOWEL_SIGNS}])*")
TOKEN = re.compile(rf"[\w{VOWEL_SIGNS}{re.escape(SIGNS)}]+")
MASKED = re.compile(r"(?<![\w*#])[^\W\d_]{1,20}(?:[*#]{1,12}[^\W\d_]{1,20}|[*#]{2,12}(?![\w*#]))")
APART = re.compile(r"[^\W\d_]{1,20}(?:(?:[^\w\s'’]|_){1,3}[^\W\d_]{1,20}){1,20}")


@dataclass(frozen=True)
class Word:
    """One word: as it stands in the text, all it may be read as, and what else it may be where accents mean nothing."""

    shown: str
    readings: frozenset[str]
    bare: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """words: one after the other. hidden: put together from what stood apart. masked: with stars for letters."""

    words: tuple[Word, ...]
    hidden: tuple[Word, ...]
    masked: tuple[str, ...]


def read(text: str) -> Reading:
    """All the words of a text's first 20,000 characters, the hidden ones as well."""
    seen = visible(text)
    chunks = seen.split()
    has_latin = any("a" <= letter <= "z" for letter in seen)
    words = tuple(word for chunk in chunks for word in _words(chunk, has_latin))
    hidden = (*_within_chunks(chunks), *_spaced_out(chunks), *_broken_up(chunks))
    masked = tuple(found for chunk in chunks if "*" in chunk or "#" in chunk for found in MASKED.findall(chunk))
    return Reading(words, hidden, masked)


def visible(text: str) -> str:
    """The text in small letters without what cannot be seen; NFKC, so that styled and wide letters are plain ones."""
    kept = "".join(letter for letter in text[:LONGEST_TEXT] if _is_seen(letter))
    small = unicodedata.normalize("NFKC", kept.translate(DRAWN))[:LONGEST_TEXT].casefold()
    return re.sub(f"[{MARKS}]+", "", unicodedata.normalize("NFC", small))  # what joins no letter is decoration


def _is_seen(letter: str) -> bool:
    return letter < "\x7f" or (unicodedata.category(letter) not in UNSEEN and letter not in BLANKS)


def unaccented(word: str) -> str:
    """The word without accents."""
    apart = re.sub(f"[{MARKS}]", "", unicodedata.normalize("NFD", word))
    return unicodedata.normalize("NFC", apart).translate(PLAIN)


def _words(chunk: str, has_latin: bool) -> Iterator[Word]:
    """The words of what stands between two spaces; one with digits or signs in it is one word."""
    if chunk.isalpha():
        yield _word(chunk, (chunk,), has_latin)
        return
    end = 0
    for found in TOKEN.finditer(chunk):
        token = found.group()
        yield from _plain_words(chunk[end : found.start()], has_latin)
        end = found.end()
        spelt = _spelt(token)
        if spelt:
            yield _word(token, spelt, has_latin)
        else:
            # a mark may stand inside what only looked like one word, as in "go!stop"
            yield from _plain_words(token, has_latin)
    yield from _plain_words(chunk[end:], has_latin)


def _plain_words(text: str, has_latin: bool) -> Iterator[Word]:
    return (_word(word, (word,), has_latin) for word in WORD.findall(text))


def _word(shown: str, spelt: Iterable[str], has_latin: bool) -> Word:
    readings = frozenset(each for word in spelt for each in _readings(word, has_latin))
    if shown.isascii():
        return Word(shown, readings)
    return Word(shown, readings, frozenset(unaccented(each) for each in readings) - readings)


def _spelt(token: str) -> tuple[str, ...]:
    """What a token with digits and signs for letters spells, in both ways a 1 can be read; empty when it has none."""
    core = token.strip("!+|_")
    letters = sum(letter.isalpha() for letter in core)
    stand_ins = sum(letter in SIGNS or letter.isdecimal() for letter in core)
    if not stand_ins or letters < (1 if set(core) & set("@$") else 2) or letters + stand_ins > 40:
        return ()
    spelt = {core.translate(INSTEAD), core.translate(OR_ELSE).translate(INSTEAD), core.strip("0123456789")}
    return tuple(word for word in sorted(spelt) if word.isalpha())


def _readings(word: str, has_latin: bool) -> frozenset[str]:
    found = {word} if word.isascii() else {word, latin(word, has_latin), cyrillic(word)} - {""}
    return frozenset(found | {each for form in found for each in _squeezed(form)})


def latin(word: str, has_latin: bool) -> str:
    """The word in the Latin letters it looks like; empty when it is a word of another alphabet."""
    folded = word.translate(LOOK_ALIKE)
    is_mixed = has_latin or any("a" <= letter <= "z" for letter in word)
    return folded if is_mixed and folded != word and folded.isascii() else ""


def cyrillic(word: str) -> str:
    """The word in the Cyrillic letters it looks like; empty when it is in one alphabet only."""
    is_mixed = any("а" <= letter <= "я" for letter in word) and any("a" <= letter <= "z" for letter in word)
    folded = word.translate(LOOK_CYRILLIC) if is_mixed else ""
    return "" if any("a" <= letter <= "z" for letter in folded) else folded


def _squeezed(word: str) -> Iterator[str]:
    """The word with its drawn-out letters once, and twice."""
    if re.search(r"(.)\1\1", word):
        yield re.sub(r"(.)\1{2,}", r"\1\1", word)
        yield re.sub(r"(.)\1{2,}", r"\1", word)
        yield re.sub(r"(.)\1+", r"\1", word)
    elif SELDOM_TWICE.search(word):
        yield SELDOM_TWICE.sub(r"\1", word)


def _within_chunks(chunks: list[str]) -> Iterator[Word]:
    """f.u.c.k, fu-ck"""
    for chunk in chunks:
        for found in APART.finditer(chunk) if not chunk.isalpha() else ():
            yield _hidden(found.group(), re.sub(r"[\W\d_]+", "", found.group()))


def _spaced_out(chunks: list[str]) -> Iterator[Word]:
    """f u c k, and n 1 c e: at least three single letters in a row, at every place where one may begin."""
    run: list[str] = []
    for chunk in [*chunks, "  "]:
        letter = chunk.strip(".,-_*'\"").translate(INSTEAD)
        if len(letter) == 1 and letter.isalpha():
            run.append(letter)
            continue
        yield from _tails(run)
        run = []


def _tails(run: list[str]) -> Iterator[Word]:
    for start in range(max(0, len(run) - 2)):
        part = run[start : start + 20]
        yield _hidden(" ".join(part), "".join(part))


def _broken_up(chunks: list[str]) -> Iterator[Word]:
    """fu ck: two or three pieces in a row, one of which can be no word, for it has no vowel."""
    pieces = [chunk.strip(".,!?;:\"'") for chunk in chunks]
    for start in range(len(pieces)):
        for number in (2, 3):
            part = pieces[start : start + number]
            if len(part) == number and all(len(each) <= 5 and each.isalpha() for each in part) and _is_broken(part):
                yield Word(" ".join(part), frozenset({"".join(part)}))


def _is_broken(part: list[str]) -> bool:
    return any(each.isascii() and not VOWELS & set(each) and each not in SHORT_WORDS for each in part)


def _hidden(shown: str, joined: str) -> Word:
    return Word(shown, frozenset({joined, *_squeezed(joined)}))
