"""A text as the numbers a Tacotron 2 was trained on: letters, punctuation, and sounds in braces, {HH AH0 L OW1}."""

import re
import unicodedata
from dataclasses import dataclass
from string import ascii_letters

from show.errors import StoryError
from show.making.voices.numbers import spelt
from show.making.voices.signs import JOINT, worded

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (*"BDFGKLMNPRSTVWYZ", "CH", "DH", "HH", "JH", "NG", "SH", "TH", "ZH")
SOUNDS = sorted([*CONSONANTS, *(vowel + stress for vowel in VOWELS for stress in ("", "0", "1", "2"))])
SYMBOLS = (
    "_",
    "-",
    *"!'(),.:;? ",
    *ascii_letters.swapcase(),
    *(f"@{sound}" for sound in SOUNDS),
)  # the published order
NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS)}
TYPED = {"’": "'", "‘": "'", "–": ",", "—": ",", "…": ".", "/": " ", "_": " ", JOINT: " "}
READING = 2  # of numbers, signs and gaps: another makes another sound of the same text
PART = re.compile(r"\{([^{}]*)\}|([^{}]+)")


@dataclass(frozen=True)
class Letters:
    """A text to be spoken: its symbols as numbers, and which word each belongs to; `words` in order."""

    numbers: list[int]
    places: list[int]
    words: list[str]


def letters(text: str) -> Letters:
    """A text in the published symbols; StoryError when nothing of it can be said, or braces hold no sound."""
    numbers: list[int] = []
    places: list[int] = []
    words = text_words(text)
    for place, word in enumerate(text_words(_outside_braces(text))):
        said = [NUMBERS[" "]] * bool(numbers) + _trimmed(_symbols(word))
        numbers += said
        places += [place] * len(said)
    if not any(SYMBOLS[number].lstrip("@").isalnum() for number in numbers):
        raise StoryError(f"the trained voice cannot say {text!r}: it knows Latin letters alone")
    return Letters(numbers, places, words)


def text_words(text: str) -> list[str]:
    """The words of a text; what stands in braces is within one."""
    return re.findall(r"(?:\{[^{}]*\}|[^\s{}])+", text)


def _outside_braces(text: str) -> str:
    return PART.sub(lambda found: worded(found[0]) if found[2] else found[0], text)


def _symbols(word: str) -> list[int]:
    return [number for sounds, plain in PART.findall(word) for number in (_sounds(sounds) if sounds else _plain(plain))]


def _trimmed(symbols: list[int]) -> list[int]:
    """Without the gaps at both ends."""
    heard = [place for place, symbol in enumerate(symbols) if symbol != NUMBERS[" "]]
    return symbols[heard[0] : heard[-1] + 1] if heard else []


def _sounds(text: str) -> list[int]:
    if unknown := [sound for sound in text.split() if sound not in SOUNDS]:
        raise StoryError(f"{{{text}}}: {unknown[0]!r} is no sound of English, such as {', '.join(SOUNDS[1:4])}")
    return [NUMBERS[f"@{sound}"] for sound in text.split()]


def _plain(text: str) -> list[int]:
    typed = "".join(TYPED.get(letter, letter) for letter in text)
    bare = unicodedata.normalize("NFKD", typed).encode("ascii", "ignore").decode().lower()
    said = re.sub(r"\s+", " ", spelt(bare))
    return [NUMBERS[letter] for letter in said if letter in NUMBERS and letter != "_"]
