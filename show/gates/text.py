"""The gate for words: what is refused, what a person should look at and why, and what passes.

It reads a text as it was sent, before anything is taken out of it, and gives one reason: the gravest, in a sentence for
staff that quotes no more than the word in question.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from show.gates.normal import LONGEST_TEXT, read
from show.gates.terms import Grade
from show.gates.words import WordLists
from show.making.phrases import LINK, split, without_handles

LONG_TEXT = 3000  # characters; more than twelve full phrases
LONGEST_QUOTE = 40
LINK_GRADES = {"pass": Grade.PASS, "look": Grade.LOOK, "refuse": Grade.REFUSE}

# Every repetition is bounded or cannot fail, so that no text, however made, keeps the gate busy.
BARE_LINK = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,4}(?:com|org|net|info|biz|xyz|shop|app|dev|io|gg|example)(?![\w-])"
    r"|\bdot (?:com|org|net)\b",
    re.IGNORECASE,
)
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@| ?[\[(]at[\])] ?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w.@])@\w{2,}")
NUMBER = re.compile(r"(?<![\w.,])(?:\+|\(?0|\d)[\d ()./-]{6,24}\d(?![\w.,]\d)")
NOT_A_TELEPHONE = re.compile(
    r"\d{1,3}(?:[ .,]\d{3})+"  # a large number
    r"|\d+\.\d+|\d+/\d+"
    r"|\d{1,4}[./ -]\d{1,2}[./ -]\d{1,4}(?: .*)?"  # a date
    r"|\d{4} ?[-/] ?\d{2,4}"  # years
)

FLOOD_LETTERS, FLOOD_WORDS = 24, 10
DRAWN_OUT = re.compile(r"(\S{1,4}?)\1{29}")


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a text, and why; the reason is empty when it passes."""

    grade: Grade
    reason: str = ""


PASS = Verdict(Grade.PASS)


def judge(text: str, words: WordLists, links: str = "look", mode: str = "careful") -> Verdict:
    """The verdict on a text; `links` is what a link asks for, `mode` how the text is split into phrases."""
    if not split(text, mode):
        return Verdict(Grade.REFUSE, "There is no phrase in it.")
    found = list(_verdicts(text, words, LINK_GRADES[links]))
    return max(found, key=lambda verdict: verdict.grade, default=PASS)


def _verdicts(text: str, words: WordLists, links: Grade) -> Iterator[Verdict]:
    """Every verdict there is, the likeliest to matter first."""
    if match := words.find(read(text)):
        yield Verdict(match.grade, f'It holds {match.kind}: "{match.shown[:LONGEST_QUOTE]}".')
    seen = text[:LONGEST_TEXT]
    if links and _has_link(seen):
        yield Verdict(links, "There is a link in it.")
    for is_there, reason in LOOKS:
        if is_there(seen):
            yield Verdict(Grade.LOOK, reason)
    if _is_flood(seen):
        yield Verdict(Grade.REFUSE, "It says the same thing over and over.")
    if len(text) > LONG_TEXT:
        yield Verdict(Grade.LOOK, f"It is {len(text)} characters long, far more than a film of it can tell.")


def _has_link(text: str) -> bool:
    return bool(LINK.search(text) or BARE_LINK.search(text))


def _has_telephone_number(text: str) -> bool:
    for found in NUMBER.finditer(text):
        number = found.group().strip(" ()./-")
        digits = sum(letter.isdecimal() for letter in number)
        begins = number.startswith(("+", "0")) and digits >= 8
        if (begins or digits >= 10) and digits <= 16 and not NOT_A_TELEPHONE.fullmatch(number):
            return True
    return False


def _names_others(text: str) -> bool:
    """Whether a handle stands within the text; those before and behind it only address it."""
    return "@" in text and bool(HANDLE.search(without_handles(" ".join(text.split()))))


def _is_hidden_under_marks(text: str) -> bool:
    return bool(re.search("[\u0300-\u036f\u20d0-\u20ff]{4}", text))


LOOKS: tuple[tuple[Callable[[str], object], str], ...] = (
    (MAIL.search, "There is an e-mail address in it."),
    (_has_telephone_number, "There is what may be a telephone number in it."),
    (_names_others, "It names someone else's account."),
    (_is_hidden_under_marks, "Its letters are hidden under marks."),
)


def _is_flood(text: str) -> bool:
    """The same letter, sign or word over and over, and little else."""
    letters = Counter(letter for letter in text if not letter.isspace())
    if letters.total() >= FLOOD_LETTERS and letters.most_common(1)[0][1] > letters.total() * 0.5:
        return True
    if DRAWN_OUT.search(text):
        return True
    words = Counter(text.casefold().split())
    if words.total() < FLOOD_WORDS:
        return False
    return words.most_common(1)[0][1] > words.total() * 0.6 or len(words) * 5 < words.total() ** 0.9
