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
DECADES = range(2010, 2100)  # "twenty tens", though a year is "two thousand ten"
WHOLE = r"\d{1,3}(?:,\d{3})+|\d+"
NUMBER = re.compile(rf"({WHOLE})(?:\.(\d+)|(st|nd|rd|th|s)\b)?")


def spelt(text: str) -> str:
    """A text with its numbers in words."""
    return NUMBER.sub(_words, text)


def _words(found: re.Match[str]) -> str:
    whole, decimals, ending = found.groups()
    value = int(whole.replace(",", ""))
    if ending == "s":
        return several(_year(value) if value in YEARS or value in DECADES else cardinal(value))
    if ending:
        return ordinal(value)
    if decimals:
        return " ".join([cardinal(value), "point", *(SMALL[int(digit)] for digit in decimals)])
    return _year(value) if value in YEARS and len(whole) == 4 else cardinal(value)


def _year(value: int) -> str:
    century, year = divmod(value, 100)
    if year == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if year < 10 else ''}{cardinal(year)}"


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


def ordinal(value: int) -> str:
    """A place in a row, in words."""
    *before, last = cardinal(value).split()
    regular = last[:-1] + "ieth" if last.endswith("y") else last.replace("twelve", "twelf") + "th"
    return " ".join([*before, ORDINALS.get(last, regular)])


def several(words: str) -> str:
    """More than one of a number or a part: nineties, sixes, thirds."""
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")
