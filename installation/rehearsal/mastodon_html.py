"""A post's words as Mastodon writes them into HTML: paragraphs, mentions, tags and shortened links."""

import html
import re
from collections.abc import Mapping

TOKEN = re.compile(r"(?P<link>https?://\S+)|(?P<mention>@[\w.-]+(?:@[\w.-]+\w)?)|(?P<tag>#\w+)")
SHOWN_OF_A_LINK = 30


def to_html(text: str, people: Mapping[str, str], host: str) -> str:
    """The HTML of a text; `people` gives the address of everyone whose mention is known."""
    paragraphs = [part for part in re.split(r"\n{2,}", text) if part.strip()]
    return "".join(f"<p>{_lines(part, people, host)}</p>" for part in paragraphs)


def mentioned(text: str) -> list[str]:
    """The names that a text mentions, each once, without the sign."""
    return list(dict.fromkeys(each["mention"][1:] for each in TOKEN.finditer(text) if each["mention"]))


def _lines(part: str, people: Mapping[str, str], host: str) -> str:
    written, place = [], 0
    for found in TOKEN.finditer(part):
        written += [html.escape(part[place : found.start()], quote=False), _marked_up(found, people, host)]
        place = found.end()
    return "".join([*written, html.escape(part[place:], quote=False)]).replace("\n", "<br>")


def _marked_up(found: re.Match[str], people: Mapping[str, str], host: str) -> str:
    if found["link"]:
        return _link(found["link"])
    if found["tag"]:
        word = found["tag"][1:]
        return f'<a href="{host}/tags/{word}" class="mention hashtag" rel="tag">#<span>{word}</span></a>'
    name = found["mention"][1:]
    if name not in people:
        return html.escape(found["mention"])
    shown = html.escape(name.partition("@")[0])
    address = html.escape(people[name])
    return f'<span class="h-card"><a href="{address}" class="u-url mention">@<span>{shown}</span></a></span>'


def _link(address: str) -> str:
    start, _, rest = address.partition("://")
    shown, hidden = html.escape(rest[:SHOWN_OF_A_LINK]), html.escape(rest[SHOWN_OF_A_LINK:])
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{html.escape(address)}" rel="nofollow noopener" target="_blank">'
        f'<span class="invisible">{start}://</span><span class="{kind}">{shown}</span>'
        f'<span class="invisible">{hidden}</span></a>'
    )
