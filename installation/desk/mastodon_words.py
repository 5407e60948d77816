"""From Mastodon's HTML to a visitor's plain words, and from a film's phrases to the words of our answer."""

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

BREAKS = {"p", "br", "div", "li", "blockquote", "ul", "ol", "pre"}
EMPTY = {"br", "hr", "img", "wbr"}
NEVER_SHOWN = {"script", "style"}
LONGEST_CONTENT = 100_000  # characters; other servers allow long posts, and some no limit
CALLING = re.compile(r"[@#](?=\w)")  # would call a stranger, or gather under a tag
UNCLOSED = re.compile(r"<(?=[^<>]*(?:<|\Z))")  # over many of these the standard library's parser never ends


@dataclass(frozen=True)
class Words:
    """What a post says. text: plain, a line for each of its own. named: the addresses it mentions behind other words.

    Mentions that stand before every other word are left out of both: in an answer the reader's program puts them there.
    """

    text: str
    named: tuple[str, ...]


def read_html(content: str) -> Words:
    """The words of a post, whatever server wrote them: links and tags as text, quoted posts left out."""
    reader = _Reader()
    reader.feed(UNCLOSED.sub("&lt;", content[:LONGEST_CONTENT]))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.written).split("\n"))
    return Words("\n".join(line for line in lines if line), tuple(reader.named))


@dataclass(frozen=True)
class _Element:
    """An element that is open: whether what is in it is left out, and whether it mentions someone."""

    tag: str
    is_left_out: bool
    is_mention: bool


class _Reader(HTMLParser):
    """Collects text, and the mentions behind its first word."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.named: list[str] = []
        self._open: list[_Element] = []
        self._tags: Counter[str] = Counter()
        self._left_out = self._mentions = 0
        self._has_begun = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break_line(tag)
        if tag in EMPTY:
            return
        given = {name: value or "" for name, value in attrs}
        kinds = given.get("class", "").split()
        is_mention = tag == "a" and "mention" in kinds and "hashtag" not in kinds
        element = _Element(tag, tag in NEVER_SHOWN or "quote-inline" in kinds, is_mention)
        self._count(element, 1)
        self._open.append(element)
        if is_mention and self._has_begun and not self._left_out:
            self.named.append(given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        self._break_line(tag)
        while self._tags[tag]:
            closed = self._open.pop()
            self._count(closed, -1)
            if closed.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._left_out or (self._mentions and not self._has_begun):
            return
        self.written.append(data)
        self._has_begun = self._has_begun or not data.isspace()

    def _count(self, element: _Element, by: int) -> None:
        self._tags[element.tag] += by
        self._left_out += by * element.is_left_out
        self._mentions += by * element.is_mention

    def _break_line(self, tag: str) -> None:
        if tag in BREAKS:
            self.written.append("\n")


def answer_words(number: int, author: str, phrases: Sequence[str], characters: int, opt_out: str = "") -> str:
    """The answer to submission `number`, unlike every other, in at most so many characters; it names the author."""
    head, words = f"@{author} Your film, no. {number}: ", CALLING.sub("", " / ".join(phrases))
    farewell = f"\n\nTo be left alone, reply {opt_out}." if opt_out else ""
    room = characters - len(head) - 2
    if len(words) > room - len(farewell):
        farewell = ""
    return f"{head}“{_shortened(words, room)}”{farewell}"


def described(phrases: Sequence[str], characters: int) -> str:
    """What the film is, for those who cannot see it."""
    start = "A short film that a machine made from these words: "
    return start + _shortened(" / ".join(phrases), characters - len(start))


def _shortened(words: str, room: int) -> str:
    """As many whole words as there is room for; part of one when the first is too long."""
    if len(words) <= room:
        return words
    shorter = textwrap.shorten(words, max(room, 1), placeholder="…")
    return shorter if len(shorter) > 1 else words[: max(room - 1, 0)] + "…"
