"""Signs and short forms as English words, for a voice that knows only letters: $5.50, 5 %, ½, Mr., St., &.

A word of the text stays one word, so that its time stays its own: `JOINT` stands between the words it is said with.
"""

import re
import unicodedata

from show.making.voices.numbers import WHOLE, cardinal, ordinal, several, spelt

JOINT = "_"
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
PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}

SAINT = re.compile(r"\bSt\.(?=\s+[A-Z])")
STREET = re.compile(r"\bSt\.(?=\s)|\bSt(?=\.\Z)")
TITLE = re.compile(rf"\b(?:(?:{'|'.join(SHORT)})\b\.?|(?:{'|'.join(STOPPED)})\.)")
MONEY = re.compile(rf"([$€£])({WHOLE})(?:\.(\d+))?(?:(\s)(thousand|million|billion)\b)?")
FRACTION = re.compile(r"(\d*)([¼-¾⅐-⅞])")
EDGE = re.compile(rf"(?<![^\W{JOINT}]){JOINT}|{JOINT}(?![^\W{JOINT}])")
SIGN = re.compile(f"[{''.join(SIGNS)}]")


def worded(text: str) -> str:
    """A text with its signs and short forms in words."""
    text = STREET.sub("Street", SAINT.sub("Saint", text.replace(JOINT, "")))
    text = TITLE.sub(lambda found: (SHORT | STOPPED)[found[0].rstrip(".")], text)
    text = FRACTION.sub(_fraction, MONEY.sub(_money, text))
    return EDGE.sub("", SIGN.sub(lambda found: f"{JOINT}{SIGNS[found[0]]}{JOINT}", text))


def _money(found: re.Match[str]) -> str:
    sign, whole, decimals, space, scale = found.groups()
    many, (coin, cent, cents) = int(whole.replace(",", "")), COINS[sign]
    if scale:
        return f"{_joined(spelt(found[0][1:].split()[0]))}{space}{scale}{JOINT}{coin}s"
    if decimals and len(decimals) != 2:
        return _joined(f"{spelt(f'{many}.{decimals}')} {coin}s")
    few = int(decimals or 0)
    said = [f"{cardinal(many)} {coin if many == 1 else f'{coin}s'}"] if many or not few else []
    said += [f"{cardinal(few)} {cent if few == 1 else cents}"] if few else []
    return _joined(" and ".join(said))


def _fraction(found: re.Match[str]) -> str:
    above, below = (int(part) for part in unicodedata.normalize("NFKD", found[2]).split("⁄"))
    one, more = PARTS.get(below) or (ordinal(below), several(ordinal(below)))
    said = f"{cardinal(above)} {one if above == 1 else more}"
    return _joined(f"{found[1]} and {said}" if found[1] else said)


def _joined(words: str) -> str:
    return words.replace(" ", JOINT)
