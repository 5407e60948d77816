"""site.toml: one gallery's room, hours, sound, ways in and out, read once at start-up into frozen dataclasses."""

import re
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from installation.day import Hours
from installation.errors import SiteError
from installation.settings import Table, read_host, read_toml
from installation.sound_settings import SoundSettings, read_sound, stem_name
from installation.taking_part import (
    FolderSettings,
    GateSettings,
    MastodonSettings,
    PageSettings,
    StaffSettings,
    SubmissionSettings,
    XSettings,
    read_folder,
    read_gates,
    read_mastodon,
    read_page,
    read_staff,
    read_submissions,
    read_x,
)
from installation.voice_settings import read_voices
from show.end_card import CODE
from show.house_voices import HouseVoices

MOST_PANELS = 16
PLACEHOLDER = re.compile(r"\{\w*\}")
SHORTEST_CARD_SECONDS, LONGEST_CARD_SECONDS = 3.0, 600.0  # in less nobody reads it, and the film is not yet primed


@dataclass(frozen=True)
class FilmSettings:
    """The triptych: a film of all panels side by side, or one for each; captions by language, sound by stem name."""

    films: tuple[Path, ...]
    lengths: str  # of several films: "longest", to which the others are held, or each its "own"
    captions: dict[str, Path]  # one file alone has no name
    stems: dict[str, Path]
    panels: int


@dataclass(frozen=True)
class ProgrammeSettings:
    """What follows what: the film so many times, then so many of the newest approved clips, then the end card.

    end_card: a text for each panel, by language; empty for words of our own. end_card_seconds: 0 for no card.
    """

    film_times: int
    clips: int
    clip_panels: str  # "all" or "centre"
    crossfade_seconds: float  # from one item to another; 0 cuts
    end_card_seconds: float
    end_card: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class DisplaySettings:
    """The projector's display: its name (empty: the first), and whether the picture fills it."""

    name: str
    fullscreen: bool


@dataclass(frozen=True)
class CaptionSettings:
    """Which panels (from 1) carry the yellow prompts and the white narrative; size as a share of the panel's width.

    What the day begins with: whether captions are shown, and in which language ("" where there is one file alone).
    """

    prompt_panels: tuple[int, ...]
    narrative_panels: tuple[int, ...]
    size: float
    enabled: bool = True
    language: str = ""


@dataclass(frozen=True)
class HoursSettings:
    """When the house is open, in the notation of OpenStreetMap's opening_hours."""

    rule: str
    timezone: str
    country: str
    fade_seconds: float
    maker_stops_before_seconds: float


@dataclass(frozen=True)
class OscSettings:
    """Where OSC is heard, who may speak, where replies go (port 0: the sender's own)."""

    host: str
    port: int
    reply_port: int
    allow: tuple[str, ...]
    prefix: str
    per_second: int


@dataclass(frozen=True)
class MakingSettings:
    """How clips are made; `vqgan` and `critic` are None for the bundled pair."""

    images_per_phrase: int
    checkpoint_every: int
    iterations: int
    width: int
    height: int
    vqgan: Path | None
    critic: Path | None


@dataclass(frozen=True)
class Site:
    """Everything one site.toml says."""

    path: Path
    show: FilmSettings
    programme: ProgrammeSettings
    display: DisplaySettings
    mapping: Path
    captions: CaptionSettings
    sound: SoundSettings
    hours: HoursSettings
    osc: OscSettings
    folder: FolderSettings
    x: XSettings
    mastodon: MastodonSettings
    page: PageSettings
    staff: StaffSettings
    submissions: SubmissionSettings
    gates: GateSettings
    making: MakingSettings
    voices: HouseVoices

    @property
    def folder_path(self) -> Path:
        """The folder the site lies in; relative paths start there."""
        return self.path.parent

    @property
    def page_url(self) -> str:
        """What the QR code of the visitors' page says; empty where the site has none."""
        return self.page.url if self.page.enabled else ""

    @property
    def takes_part(self) -> bool:
        """Whether there is any way in, or a page for those who decide: then there is work for the desk."""
        ways = (self.x, self.mastodon, self.page, self.staff)
        return bool(self.folder.inbox) or any(way.enabled for way in ways)


def load_site(path: Path) -> Site:
    """Read and check a site; SiteError names file, key, value and range."""
    path = Path(path).resolve()
    root = read_toml(path)
    show = _show(root.table("show"))
    site = Site(
        path=path,
        show=show,
        programme=_programme(root.table("programme"), show),
        display=_display(root.table("display")),
        mapping=_mapping(root.table("mapping")),
        captions=_captions(root.table("captions"), tuple(show.captions)),
        sound=read_sound(root.table("sound"), frozenset(show.stems)),
        hours=_hours(root.table("hours")),
        osc=_osc(root.table("osc")),
        folder=read_folder(root.table("folder")),
        x=read_x(root.table("x")),
        mastodon=read_mastodon(root.table("mastodon")),
        page=read_page(root.table("page")),
        staff=read_staff(root.table("staff")),
        submissions=read_submissions(root.table("submissions")),
        gates=read_gates(root.table("gates")),
        making=_making(root.table("making")),
        voices=read_voices(root.table("voices")),
    )
    root.finish()
    if site.page.enabled and site.staff.enabled and site.page.port == site.staff.port:
        raise SiteError(f"{path}: [page] port and [staff] port are both {site.page.port}: each page needs its own")
    return site


def _show(table: Table) -> FilmSettings:
    films, panels = _films(table)
    captions = table.named_files("captions")
    stems_table = table.table("stems")
    stems = {stem_name(stems_table, name): stems_table.file(name) for name in stems_table.unread()}
    settings = FilmSettings(films, table.choice("lengths", "longest", ("longest", "own")), captions, stems, panels)
    table.finish()
    return settings


def _films(table: Table) -> tuple[tuple[Path, ...], int]:
    """The film that all panels share or the film of each, and how many panels there are."""
    if not table.has("films"):
        return (table.file("film"),), table.whole("panels", 3, 1, MOST_PANELS)
    if table.has("film"):
        raise SiteError(f"{table.source}: [show] names both film and films: it must be one of them")
    films = table.files("films")
    panels = table.whole("panels", len(films), 1, MOST_PANELS)
    if len(films) != panels:
        raise table.wrong("films", [film.name for film in films], f"a list of {panels} films, one for each panel")
    return films, panels


def _programme(table: Table, show: FilmSettings) -> ProgrammeSettings:
    settings = ProgrammeSettings(
        film_times=table.whole("film_times", 1, 1, 1000),
        clips=table.whole("clips", 1, 0, 100),
        clip_panels=table.choice("clip_panels", "all", ("all", "centre")),
        crossfade_seconds=table.number("crossfade_seconds", 0.0, 0.0, 10.0),
        end_card_seconds=table.number("end_card_seconds", 8.0, 0.0, LONGEST_CARD_SECONDS),
        end_card=_end_card(table, show),
    )
    if 0 < settings.end_card_seconds < SHORTEST_CARD_SECONDS:
        allowed = f"0, for none, or a number from {SHORTEST_CARD_SECONDS:g} to {LONGEST_CARD_SECONDS:g}"
        raise table.wrong("end_card_seconds", settings.end_card_seconds, allowed)
    table.finish()
    return settings


def _end_card(table: Table, show: FilmSettings) -> dict[str, tuple[str, ...]]:
    cards = table.named_texts("end_card")
    for language, texts in cards.items():
        key = f"end_card.{language}" if language else "end_card"
        if language and language not in show.captions:
            languages = ", ".join(filter(None, show.captions)) or "which has none: one card is written end_card = [...]"
            raise table.wrong(key, list(texts), f"in a language of [show.captions], {languages}")
        if len(texts) != show.panels:
            raise table.wrong(key, list(texts), f"a list of {show.panels} texts, one for each panel")
        rows = [row.strip() for text in texts for row in text.splitlines()]
        if odd := next((row for row in rows if row != CODE and PLACEHOLDER.search(row)), None):
            raise table.wrong(key, odd, f"texts whose only word in braces is {CODE}, in a row of its own")
    return cards


def _display(table: Table) -> DisplaySettings:
    settings = DisplaySettings(table.text("name", ""), table.switch("fullscreen", True))
    table.finish()
    return settings


def _mapping(table: Table) -> Path:
    file = table.file("file", "mapping.json")
    table.finish()
    return file


def _captions(table: Table, languages: tuple[str, ...]) -> CaptionSettings:
    settings = CaptionSettings(
        prompt_panels=table.wholes("prompt_panels", (1, 3), 1, 16),
        narrative_panels=table.wholes("narrative_panels", (2,), 1, 16),
        size=table.number("size", 0.085, 0.02, 0.5),
        enabled=table.switch("enabled", True),
        language=table.choice("language", languages[0] if languages else "", languages or ("",)),
    )
    table.finish()
    return settings


def _hours(table: Table) -> HoursSettings:
    settings = HoursSettings(
        rule=table.text("open", ""),
        timezone=table.text("timezone", "Europe/Amsterdam"),
        country=table.text("country", ""),
        fade_seconds=table.number("fade_seconds", 3.0, 0.0, 60.0),
        maker_stops_before_seconds=table.number("maker_stops_before_seconds", 300.0, 0.0, 7200.0),
    )
    table.finish()
    try:
        Hours(settings.rule, settings.timezone, settings.country)
    except SiteError as error:
        raise SiteError(f"{table.source}: {error}") from error
    return settings


def _osc(table: Table) -> OscSettings:
    settings = OscSettings(
        host=read_host(table),
        port=table.whole("port", 9000, 0, 65535),
        reply_port=table.whole("reply_port", 0, 0, 65535),
        allow=table.texts("allow", ()),
        prefix=table.text("prefix", "/show"),
        per_second=table.whole("per_second", 2000, 1, 100000),
    )
    if not re.fullmatch(r"(/[A-Za-z0-9_.-]+)+", settings.prefix):
        raise table.wrong("prefix", settings.prefix, 'an address such as "/show", of plain letters and digits')
    for sender in settings.allow:
        if not _is_network(sender):
            raise table.wrong("allow", sender, 'addresses or networks such as "192.168.1.0/24"')
    table.finish()
    return settings


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _making(table: Table) -> MakingSettings:
    settings = MakingSettings(
        images_per_phrase=table.whole("images_per_phrase", 500, 2, 10000),
        checkpoint_every=table.whole("checkpoint_every", 50, 1, 10000),
        iterations=table.whole("iterations", 6, 1, 1000),
        width=table.whole("width", 144, 16, 4096),
        height=table.whole("height", 256, 16, 4096),
        vqgan=table.file("vqgan") if table.has("vqgan") else None,
        critic=table.file("critic") if table.has("critic") else None,
    )
    table.finish()
    return settings
