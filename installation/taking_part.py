"""The tables of site.toml about taking part: ways in and out, pages, who approves, what keeps things from passing."""

from dataclasses import dataclass
from pathlib import Path

from installation.settings import Table, read_host

LONGEST_ADDRESS = 200


@dataclass(frozen=True)
class FolderSettings:
    """Folders through which stories come in and films go out."""

    inbox: Path | None
    outbox: Path | None


@dataclass(frozen=True)
class XSettings:
    """The account on X; `api` is empty for X itself; `since_hours` is how far back the first run looks.

    calls_per_day: our own cap, 0 for none; price_per_call: in the currency of the bill, for the spending told.
    """

    enabled: bool
    account: str
    api: str
    poll_seconds: float
    since_hours: float
    credentials: Path | None
    calls_per_day: int
    price_per_call: float


@dataclass(frozen=True)
class MastodonSettings:
    """The account on a Mastodon server; `since_hours` is how far back the first run looks."""

    enabled: bool
    account: str
    server: str
    poll_seconds: float
    since_hours: float
    credentials: Path | None


@dataclass(frozen=True)
class PageSettings:
    """Where visitors write their stories; `address` is what the QR code on the wall says, empty for host and port."""

    enabled: bool
    host: str
    port: int
    address: str

    @property
    def url(self) -> str:
        """What the QR code says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.address or f"http://{host}:{self.port}/"


@dataclass(frozen=True)
class StaffSettings:
    """Where staff approve; `pin_file` holds the PIN unless systemd brings one."""

    enabled: bool
    host: str
    port: int
    pin_file: Path | None


@dataclass(frozen=True)
class SubmissionSettings:
    """Who approves words and clips, how texts are split, how much of one is made, who sees it, how long it is kept.

    room, public: the two switches a new submission begins with. opt_out: words by which authors take everything back.
    keep_refused_days, keep_answered_days: when author and words are forgotten; 0 is never.
    """

    approve_words: str  # "by hand" or "automatic"
    approve_clips: str
    phrases: str  # "careful" or "artist"
    max_phrases: int
    room: bool
    public: bool
    opt_out: tuple[str, ...]
    keep_refused_days: float
    keep_answered_days: float


@dataclass(frozen=True)
class GateSettings:
    """What keeps strangers' words and pictures from passing by themselves; the lists are files of a phrase a line."""

    blocklist: Path | None
    allowlist: Path | None
    per_author_per_day: int
    waiting_at_most: int
    links: str  # "look", "refuse" or "pass"
    picture_limit: float


def read_folder(table: Table) -> FolderSettings:
    """[folder]"""
    settings = FolderSettings(table.path("inbox"), table.path("outbox"))
    table.finish()
    return settings


def read_x(table: Table) -> XSettings:
    """[x]"""
    settings = XSettings(
        enabled=table.switch("enabled", False),
        account=table.text("account", ""),
        api=table.text("api", ""),
        poll_seconds=table.number("poll_seconds", 60.0, 1.0, 86400.0),
        since_hours=table.number("since_hours", 0.0, 0.0, 168.0),
        credentials=table.path("credentials"),
        calls_per_day=table.whole("calls_per_day", 0, 0, 1_000_000),
        price_per_call=table.number("price_per_call", 0.0, 0.0, 1000.0),
    )
    table.finish()
    return settings


def read_mastodon(table: Table) -> MastodonSettings:
    """[mastodon]"""
    settings = MastodonSettings(
        enabled=table.switch("enabled", False),
        account=table.text("account", ""),
        server=table.text("server", ""),
        poll_seconds=table.number("poll_seconds", 60.0, 1.0, 86400.0),
        since_hours=table.number("since_hours", 0.0, 0.0, 168.0),
        credentials=table.path("credentials"),
    )
    if settings.enabled and not settings.server.startswith(("https://", "http://")):
        raise table.wrong("server", settings.server, 'the address of a server such as "https://mastodon.social"')
    table.finish()
    return settings


def read_page(table: Table) -> PageSettings:
    """[page]"""
    settings = PageSettings(
        enabled=table.switch("enabled", False),
        host=read_host(table),
        port=table.whole("port", 8080, 1, 65535),
        address=table.text("address", ""),
    )
    if settings.address and not settings.address.startswith(("https://", "http://")):
        raise table.wrong("address", settings.address, 'an address such as "http://192.168.4.1:8080/"')
    if len(settings.address) > LONGEST_ADDRESS:
        raise table.wrong("address", settings.address, f"at most {LONGEST_ADDRESS} characters: it is read off the wall")
    table.finish()
    return settings


def read_staff(table: Table) -> StaffSettings:
    """[staff]"""
    settings = StaffSettings(
        enabled=table.switch("enabled", False),
        host=read_host(table),
        port=table.whole("port", 8081, 1, 65535),
        pin_file=table.path("pin_file"),
    )
    table.finish()
    return settings


def read_submissions(table: Table) -> SubmissionSettings:
    """[submissions]"""
    approval = ("by hand", "automatic")
    settings = SubmissionSettings(
        approve_words=table.choice("approve_words", "by hand", approval),
        approve_clips=table.choice("approve_clips", "by hand", approval),
        phrases=table.choice("phrases", "careful", ("careful", "artist")),
        max_phrases=table.whole("max_phrases", 12, 1, 100),
        room=table.switch("room", True),
        public=table.switch("public", True),
        opt_out=table.texts("opt_out", ("#stop",)),
        keep_refused_days=table.number("keep_refused_days", 7.0, 0.0, 3650.0),
        keep_answered_days=table.number("keep_answered_days", 0.0, 0.0, 3650.0),
    )
    table.finish()
    return settings


def read_gates(table: Table) -> GateSettings:
    """[gates]"""
    settings = GateSettings(
        blocklist=table.file("blocklist") if table.has("blocklist") else None,
        allowlist=table.file("allowlist") if table.has("allowlist") else None,
        per_author_per_day=table.whole("per_author_per_day", 3, 1, 1000),
        waiting_at_most=table.whole("waiting_at_most", 200, 1, 100_000),
        links=table.choice("links", "look", ("look", "refuse", "pass")),
        picture_limit=table.number("picture_limit", 0.7, 0.0, 1.0),
    )
    table.finish()
    return settings
