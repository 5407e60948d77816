"""Word-level vocabulary of the small pair: splitting, light stemming, reporting what is unknown."""

import re
from collections.abc import Iterable, Mapping

FILLER = frozenset(
    "a an the on in of at and with to under over by is it its i am my we s this that before among from for each".split()  # noqa: SIM905
)

_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("ly", ""),
    ("er", ""),
)


def split_words(text: str) -> list[str]:
    """Lower-case words of `text`, letters and digits only."""
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", ""))


def every_word(text: str) -> list[str]:
    """Lower-case words of `text` in any alphabet; for English the same as `split_words`."""
    return re.findall(r"[^\W_]+", text.lower().replace("’", "'").replace("'", ""))


def known_form(word: str, known: Mapping[str, int]) -> str | None:
    """`word` or its nearest stem that `known` has ("hearts" -> "heart", "shone" -> None)."""
    for form in _forms(word):
        if form in known:
            return form
    return None


def _forms(word: str) -> Iterable[str]:
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word[: -len(ending)] + instead
    yield word + "s"
    yield word + "ing"


def content(text: str) -> frozenset[str]:
    """The words that carry the meaning of a caption or prompt, plural endings removed."""
    return frozenset(w.rstrip("s") if len(w) > 3 else w for w in split_words(text) if w not in FILLER)
