"""The words beside an answered film: the phrases it was made from, within what a post holds."""

import re
from collections.abc import Sequence

LONGEST = 280
LINK_WEIGHT = 23
LINK = re.compile(r"\b[\w-]+(?:\.[a-z]{2,})+\b(?:/\S*)?", re.IGNORECASE)  # what X would make a link of
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


NAMING = re.compile(r"(?<!\w)[@＠](?=\w)")
LINKING = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
LONGEST_ALT_TEXT = 1000


def reply_text(number: int, phrases: Sequence[str], opt_out: str = "") -> str:
    """The answer to submission `number`: always the same for the same film, and unlike every other.

    It tells the opt-out word where there is room for it.
    """
    words = harmless(" / ".join(phrases))
    head = f"Your film, no. {number}: "
    if weight(f"{head}“{words}”") > LONGEST:
        words = _shortened(words, LONGEST - weight(f"{head}“…”")) + "…"
    text = f"{head}“{words}”"
    told = f"{text} To be left alone, reply {opt_out}."
    return told if opt_out and weight(told) <= LONGEST else text


def alt_text(phrases: Sequence[str]) -> str:
    """What the film shows, for those who do not see it."""
    text = f"A short film without sound, made by a machine from these phrases: {' / '.join(phrases)}"
    return text if len(text) <= LONGEST_ALT_TEXT else text[: LONGEST_ALT_TEXT - 1] + "…"


def harmless(words: str) -> str:
    """A stranger's words as we may say them in public: they call nobody and lead nowhere."""
    return LINKING.sub(". ", NAMING.sub("", words))


def weight(text: str) -> int:
    """How much of a post a text takes: 1 or 2 a letter by its alphabet, 23 for what looks like a link."""
    letters = sum(1 if any(low <= ord(each) <= high for low, high in LIGHT) else 2 for each in text)
    return letters + LINK_WEIGHT * len(LINK.findall(text))


def _shortened(words: str, room: int) -> str:
    """As many whole words as there is room for; part of one when the first is too long."""
    while weight(words) > room:
        shorter = words.rpartition(" ")[0]
        words = shorter or words[: max(1, len(words) * 9 // 10)]
        if len(words) == 1:
            break
    return words.rstrip(" /")
