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
LONGEST = 12  # digits that are read as one number
ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
YEARS = range(1100, 2000)
DECADES = range(2010, 2100)  # "twenty tens", though a year is "two thousand ten"
WHOLE = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+"
NUMBER = re.compile(rf"({WHOLE})(?:\.([0-9]+)|(st|nd|rd|th|s)\b)?|(?<![\w.])\.([0-9]+)")


def spelt(text: str) -> str:
    """A text with its numbers in words."""
    return NUMBER.sub(_apart, text)


def _apart(found: re.Match[str]) -> str:
    """In words, with a gap to a letter beside it."""
    start, end, text = found.start(), found.end(), found.string
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return " " * before.isalpha() + _words(found) + " " * after.isalpha()


def _words(found: re.Match[str]) -> str:
    whole, decimals, ending, alone = found.groups()
    if alone or decimals:
        return decimal(whole, alone or decimals)
    value = int(whole) if re.fullmatch("[0-9]{4}", whole) else 0
    if ending == "s":
        return several(_year(value) if value in YEARS or value in DECADES else counted(whole))
    if ending:
        return ordinal(counted(whole))
    return _year(value) if value in YEARS else counted(whole)


def _year(value: int) -> str:
    century, year = divmod(value, 100)
    if year == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if year < 10 else ''}{cardinal(year)}"


def counted(whole: str) -> str:
    """Digits, which commas may part, as a whole number in words; digit by digit where there are many."""
    digits = whole.replace(",", "")
    return cardinal(int(digits)) if len(digits) <= LONGEST else _one_by_one(digits)


def decimal(whole: str | None, decimals: str) -> str:
    """A number with decimals, in words."""
    return f"{counted(whole)} point {_one_by_one(decimals)}" if whole else f"point {_one_by_one(decimals)}"


def _one_by_one(digits: str) -> str:
    return " ".join(SMALL[int(digit)] for digit in digits)


def cardinal(value: int) -> str:
    """A whole number below a thousand billion, in words."""
    if value < 20:
        return SMALL[value]
    for name, size in LARGE:
        if value >= size:
            rest = f" {cardinal(value % size)}" if value % size else ""
            return f"{cardinal(value // size)} {name}{rest}"
    return TENS[value // 10] + (f" {SMALL[value % 10]}" if value % 10 else "")


def ordinal(words: str) -> str:
    """A place in a row, of a number in words."""
    *before, last = words.split()
    regular = last[:-1] + "ieth" if last.endswith("y") else last.replace("twelve", "twelf") + "th"
    return " ".join([*before, ORDINALS.get(last, regular)])


def several(words: str) -> str:
    """More than one of a number or a part: nineties, sixes, thirds."""
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")
