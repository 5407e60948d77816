"""Signs and short forms as English words, for a voice that knows only letters: $5.50, 5 %, ½, Mr., St., &.

A word of the text stays one word, so that its time stays its own: `JOINT` stands between the words it is said with.
An underscore is such a gap, too.
"""

import re
import unicodedata

from show.making.voices.numbers import WHOLE, cardinal, counted, decimal, ordinal, several

JOINT = "\u2060"  # a word joiner
SHORT = {"Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor"}  # with a full stop, or without as in Britain
STOPPED = {
    "Prof": "Professor", "Rev": "Reverend", "Hon": "Honourable", "Capt": "Captain", "Col": "Colonel", "Gen": "General",
    "Lt": "Lieutenant", "Maj": "Major", "Sgt": "Sergeant", "Jr": "Junior", "Sr": "Senior",
}  # fmt: skip
SIGNS = {
    "&": "and", "%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "+": "plus", "=": "equals", "@": "at",
    "°": "degrees", "×": "times",
}  # fmt: skip
COINS = {"$": ("dollar", "cent", "cents"), "€": ("euro", "cent", "cents"), "£": ("pound", "penny", "pence")}
SCALES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion"}
PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}

DIGIT = re.compile(r"\d")  # of any script
SAINT = re.compile(r"\bSt\.(?=\s*[A-Z])")
STREET = re.compile(r"\bSt\.(?=\s)|\bSt(?=\.\Z)")
TITLE = re.compile(rf"\b(?:(?:{'|'.join(SHORT)})\b\.?|(?:{'|'.join(STOPPED)})\.)")
MONEY = re.compile(
    rf"([$€£])(?:({WHOLE})(?:\.([0-9]+))?|\.([0-9]+))(?:(\s?)(thousand|million|billion)\b|((?i:k|m|bn?))\b)?"
)
FRACTION = re.compile(r"([0-9]*)([¼-¾⅐-⅞]|(?<![\w/.,-])[1-9]/(?:[2-9]|10)(?![\w/]))")
EDGE = re.compile(rf"(?<=[^\w\s{JOINT}]){JOINT}+|{JOINT}+(?=[^\w\s{JOINT}])")  # beside punctuation
SIGN = re.compile(f"[{''.join(SIGNS)}]")


def worded(text: str) -> str:
    """A text with its signs and short forms in words."""
    text = DIGIT.sub(lambda found: str(int(found[0])), text.replace("_", JOINT))
    text = STREET.sub("Street", SAINT.sub(f"Saint{JOINT}", text))
    text = TITLE.sub(lambda found: (SHORT | STOPPED)[found[0].rstrip(".")] + JOINT, text)
    text = FRACTION.sub(_fraction, MONEY.sub(_money, text))
    return EDGE.sub("", SIGN.sub(lambda found: f"{JOINT}{SIGNS[found[0]]}{JOINT}", text))


def _money(found: re.Match[str]) -> str:
    sign, whole, decimals, alone, space, scale, short = found.groups()
    coin, cents = COINS[sign][0], decimals or alone or ""
    if scale or short or len(cents) not in (0, 2):
        amount = decimal(whole, cents) if cents else counted(whole)
        large = f"{space or JOINT}{scale or SCALES[short.lower()]}" if scale or short else ""
        return f"{_joined(amount)}{large}{_joined(f'{coin}s')}"
    return _joined(_coins(whole or "0", int(cents or 0), *COINS[sign]))


def _coins(whole: str, few: int, coin: str, cent: str, cents: str) -> str:
    """So many of the large ones and so few of the small ones, those that there are."""
    large = [f"{counted(whole)} {coin if whole.lstrip('0') == '1' else f'{coin}s'}"]
    small = [f"{counted(str(few))} {cent if few == 1 else cents}"] if few else []
    return " and ".join((large if whole.strip("0,") or not few else []) + small)


def _fraction(found: re.Match[str]) -> str:
    above, below = (int(part) for part in re.split("[⁄/]", unicodedata.normalize("NFKD", found[2])))
    if above >= below:
        return found[0]
    one, more = PARTS.get(below) or (ordinal(cardinal(below)), several(ordinal(cardinal(below))))
    said = f"{cardinal(above)} {one if above == 1 else more}"
    follows = re.search(r"[0-9]\s?\Z", found.string[max(0, found.start(2) - 2) : found.start(2)])
    return _joined(f"{found[1]} and {said}" if follows else said)


def _joined(words: str) -> str:
    """Within one word, and apart from letters beside them."""
    return f"{JOINT}{words.replace(' ', JOINT)}{JOINT}"
