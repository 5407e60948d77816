"""The end card as an item of the programme: what it says, in each language."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from installation.site import Site
from show.end_card import CODE, end_card, is_read
from show.films import still_film
from show.programme import Item

NAME = "end card"
WRITE = "Write a story.\n\nOne phrase\nor many,\nin your own words."
WAIT = "When the doors close,\neach phrase becomes\nimages."
HANG = "\n\nThen they hang here,\nand come to you."
COME = "\n\nThen they come\nto you."


class EndCards:
    """The site's end card in each of its languages, drawn once for panels of these `sizes`, width and height in px."""

    def __init__(self, site: Site, sizes: Sequence[tuple[int, int]]) -> None:
        self._cards = {language: _drawn(site, texts, sizes) for language, texts in card_texts(site).items()}

    def of(self, language: str) -> Item | None:
        """The card in a language, or where there is none in it, in the first; None where there is no card."""
        return self._cards.get(language) or next(iter(self._cards.values()), None)


def card_texts(site: Site) -> dict[str, tuple[str, ...]]:
    """A text for each panel, by language; nothing where the site wants no card, or nothing is to be read on it."""
    if not site.programme.end_card_seconds:
        return {}
    texts = site.programme.end_card or ({"": _own_words(site)} if _ways_in(site) else {})
    return {language: said for language, said in texts.items() if any(is_read(text, site.page_url) for text in said)}


def _drawn(site: Site, texts: Sequence[str], sizes: Sequence[tuple[int, int]]) -> Item:
    stills = tuple(end_card(text, *size, site.page_url) for text, size in zip(texts, sizes, strict=True))
    films = tuple(still_film(NAME, still, site.programme.end_card_seconds) for still in stills)
    return Item(NAME, films[0], films=films, stills=stills)


def _own_words(site: Site) -> tuple[str, ...]:
    """In the middle where to send a story, to the left of it what, to the right what becomes of it."""
    where, panels = _ways_in(site), site.show.panels
    if panels == 1:
        return (f"Write a story.\n\n{where}",)
    before = panels // 2
    return (WRITE,) * before + (where,) + (WAIT + (HANG if site.submissions.room else COME),) * (panels - before - 1)


def _ways_in(site: Site) -> str:
    """The accounts and the page, a paragraph each; empty where nobody could find the way in."""
    ways = []
    if site.x.enabled and site.x.account:
        ways.append(f"on X to\n{_handle(site.x.account)}")
    if site.mastodon.enabled and site.mastodon.account:
        ways.append(f"on Mastodon to\n{_handle(site.mastodon.account)}\n@{urlsplit(site.mastodon.server).netloc}")
    if site.page_url:
        ways.append(f"on this page:\n{CODE}")
    return "\n\n".join(f"{'Or' if number else 'Send it'} {way}" for number, way in enumerate(ways))


def _handle(account: str) -> str:
    return f"@{account.removeprefix('@')}"
