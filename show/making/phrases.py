"""A stranger's text becomes phrases: cleaned, split after its marks, bounded; its words are never syntax.

Two modes. "careful" splits after the marks of many scripts and at line ends, but not inside numbers, abbreviations,
acronyms or initials. "artist" is the rule of the first showing: after every `.` and `,` and nowhere else.

A phrase is plain text to its end: `|`, `:-1`, `[[ ]]` or `--flag` in it mean themselves, so it must travel to the model
as data and never inside a prompt that is parsed again.
"""

import re
import unicodedata

from show.making.abbreviations import is_abbreviation

MODES = ("careful", "artist")
MAX_PHRASES = 12
MAX_LENGTH = 240  # characters; what the critic reads of a phrase is shorter still
MAX_TEXT = 20_000  # characters looked at; the longest post is far shorter

# Every repetition is bounded or cannot fail, so that no text, however made, keeps the splitter busy.
LINK = re.compile(
    r" ?(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{0,20}://|www\.|(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,20}/)"
    r"[^\s\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]*",
    re.IGNORECASE,
)
HANDLE = r"@[A-Za-z0-9_]+(?:@[A-Za-z0-9.-]+)?"
LEADING_HANDLES = re.compile(rf"\A(?:[\s.]*{HANDLE}[,:;]?)+")
SIGNS = re.compile(r"(?<![\w#@])[#@]+(?=\w)")

MARKS = ".,!?;。、،؛؟۔।॥։።፣፤፧။၊។៕᠂᠃‽།༎፥፦፨෴·"  # full-width forms have become ASCII by then
CLOSERS = ")]}」』】〉》〕"
ANO_TELEIA = "·"  # of Greek; within a word it is Catalan
QUOTES = "\"'“”‘’«»„‹›"  # these close only when nothing follows at once
RUN = re.compile(rf"[{re.escape(MARKS)}]+(?:[{re.escape(CLOSERS + QUOTES)}]*[{re.escape(MARKS)}]+)*")

NEAR = 24  # characters looked at on either side of a mark


def split(
    text: str, mode: str = "careful", max_phrases: int = MAX_PHRASES, max_length: int = MAX_LENGTH
) -> tuple[str, ...]:
    """The phrases of `text` in their order: at most `max_phrases`, each at most `max_length` characters.

    A phrase keeps its closing mark; one without a letter or an emoji is dropped; a longer one is broken between words.
    ValueError for a mode that does not exist.
    """
    if mode not in MODES:
        raise ValueError(f'there is no way of splitting called "{mode}": it must be one of {", ".join(MODES)}')
    pieces = _careful(clean(text)) if mode == "careful" else _artist(clean(text))
    bounded = (part for piece in pieces if _says_something(piece) for part in _broken(piece, max_length))
    return tuple(part for part, _ in zip(bounded, range(max_phrases), strict=False))


def clean(text: str) -> str:
    """The text without what cannot be seen or drawn: NFKC, no invisible characters, links, handles around it, `#`."""
    seen = unicodedata.normalize("NFKC", _visible(text[:MAX_TEXT]))[:MAX_TEXT]
    words = without_handles(LINK.sub(_what_follows_link, _single_spaced(seen)))
    return _single_spaced(SIGNS.sub("", words))


def _single_spaced(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _what_follows_link(link: re.Match[str]) -> str:
    """The marks that stand behind a link and end the sentence, not the link."""
    found = link.group()
    return found[len(found.rstrip(MARKS + CLOSERS + QUOTES + ":")) :] or " "


def without_handles(text: str) -> str:
    """The text without the handles that address it, before it and behind it."""
    words = LEADING_HANDLES.sub("", text)
    while parts := words.rsplit(maxsplit=1):
        if not re.fullmatch(HANDLE, parts[-1]):
            break
        words = parts[0] if len(parts) > 1 else ""
    return words


def _visible(text: str) -> str:
    unbroken = "\n".join(text.splitlines())
    return "".join(_seen(unbroken, place) for place in range(len(unbroken)))


def _seen(text: str, place: int) -> str:
    """The character at `place`, a space for a control, nothing for a format, surrogate or private character."""
    letter = text[place]
    category = unicodedata.category(letter)
    if letter in "\u200c\u200d":
        return letter if _joins(text[place - 1 : place], text[place + 1 : place + 2]) else ""
    if letter != "\n" and category == "Cc":
        return " " if letter in "\t\x1f" else ""
    return "" if category in {"Cf", "Cs", "Co"} else letter


def _joins(before: str, after: str) -> bool:
    """Whether a joiner between these is spelling (Persian, Indic scripts) or part of one emoji."""
    written = all("\u0600" <= each <= "\u0dff" and each.isalnum() for each in (before, after) if each)
    drawn = all(_is_drawn(each) for each in (before, after) if each)
    return bool(before and after) and (written or drawn)


def _is_drawn(letter: str) -> bool:
    return unicodedata.category(letter) == "So" or letter == "\ufe0f" or "\U0001f3fb" <= letter <= "\U0001f3ff"


def _says_something(piece: str) -> bool:
    return any(letter.isalpha() or _is_emoji(letter) for letter in piece)


def _is_emoji(letter: str) -> bool:
    return unicodedata.category(letter) == "So" or letter >= "\U0001f000"


def _broken(piece: str, length: int) -> list[str]:
    """The piece in parts of at most `length` characters, broken at spaces where it has any."""
    parts = []
    while len(piece) > length:
        space = piece.rfind(" ", 1, length + 1)
        cut = space if space > 0 else length
        parts.append(piece[:cut].rstrip())
        piece = piece[cut:].lstrip()
    return [part for part in (*parts, piece) if _says_something(part)]


def _artist(text: str) -> list[str]:
    return [piece.strip() for piece in re.findall(r"[^.,]*[.,]+|[^.,]+", text.replace("\n", " "))]


def _careful(text: str) -> list[str]:
    return [piece.strip() for line in text.split("\n") for piece in _cut(line)]


def _cut(line: str) -> list[str]:
    pieces, start = [], 0
    for run in RUN.finditer(line):
        end = _past_closers(line, run.start(), run.end())
        if _ends_phrase(line, run.start(), run.group(), end):
            pieces.append(line[start:end])
            start = end
    return [*pieces, line[start:]]


def _past_closers(line: str, start: int, end: int) -> int:
    """Behind the brackets and quotes that close what the marks from `start` to `end` ended."""
    while end < len(line) and line[end] in CLOSERS:
        end += 1
    if line[end : end + 2] == " »" and (end + 2 == len(line) or not line[end + 2].isalnum()):
        return end + 2
    if end < len(line) and line[end] in "”’" and _has_no_spaces(line[max(0, start - 1) : start]):
        return end + 1
    quotes = end
    while quotes < len(line) and line[quotes] in QUOTES + CLOSERS:
        quotes += 1
    return quotes if quotes == len(line) or line[quotes].isspace() else end


def _ends_phrase(line: str, start: int, run: str, end: int) -> bool:
    before, after = line[max(0, start - NEAR) : start], line[end : end + NEAR]
    if run == ANO_TELEIA:
        return after[:1].isspace()
    if set(run) - set(".,"):
        return True
    if not after or after[0].isspace():
        return run != "." or not is_abbreviation(before, after.lstrip())
    if before[-1:].isdigit() and after[0].isdigit():
        return False
    if _has_no_spaces(before[-1:]) or _has_no_spaces(after[0]):
        return True
    return _ends_without_space(before, run, after)


def _ends_without_space(before: str, run: str, after: str) -> bool:
    """A mark with a letter right behind it: a comma or an ellipsis still ends, a full stop between "day" and "The"."""
    if run != ".":
        return bool(before) and not before[-1].isspace()
    return len(before) > 1 and before[-2].islower() and before[-1].islower() and after[0].isupper()


def _has_no_spaces(letter: str) -> bool:
    """Whether the letter is of a script written without spaces, where a mark ends a phrase without one too."""
    return "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" or letter >= "\U00020000"
