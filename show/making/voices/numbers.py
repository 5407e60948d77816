"""Numbers as English words, for a voice that knows only letters."""

import re

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten",
    "eleven",
    "twelve",
    *(f"{root}teen" for root in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
TENS = ("", "ten", *(f"{root}ty" for root in ("twen", "thir", "for", "fif", "six", "seven", "eigh", "nine")))
SMALL = ONES + TEENS
LARGE = (("billion", 10**9), ("million", 10**6), ("thousand", 1000), ("hundred", 100))
ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
YEARS = range(1100, 2000)
NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+)|(st|nd|rd|th)\b)?")


def spelt(text: str) -> str:
    """A text with its numbers in words."""
    return NUMBER.sub(_words, text)


def _words(found: re.Match[str]) -> str:
    whole, decimals, ordinal = found.groups()
    value = int(whole.replace(",", ""))
    if ordinal:
        return _ordinal(cardinal(value))
    if decimals:
        return " ".join([cardinal(value), "point", *(SMALL[int(digit)] for digit in decimals)])
    if value in YEARS and len(whole) == 4 and value % 100 >= 10:
        return f"{cardinal(value // 100)} {cardinal(value % 100)}"
    return cardinal(value)


def cardinal(value: int) -> str:
    """A whole number in words; digit by digit from a thousand billion."""
    if value < 20:
        return SMALL[value]
    if value >= 1000 * LARGE[0][1]:
        return " ".join(SMALL[int(digit)] for digit in str(value))
    for name, size in LARGE:
        if value >= size:
            rest = f" {cardinal(value % size)}" if value % size else ""
            return f"{cardinal(value // size)} {name}{rest}"
    return TENS[value // 10] + (f" {SMALL[value % 10]}" if value % 10 else "")


def _ordinal(words: str) -> str:
    *before, last = words.split()
    regular = last[:-1] + "ieth" if last.endswith("y") else last.replace("twelve", "twelf") + "th"
    return " ".join([*before, ORDINALS.get(last, regular)])
