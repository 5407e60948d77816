"""`blind-eye check`: everything the show needs, looked at before the doors open, a line each."""

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import metadata
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import av

from calibration.errors import MappingError
from calibration.mapping import Mapping
from calibration.store import load as load_mapping
from installation.day import EARLIEST, Hours
from installation.desk.credentials import find_keys, find_token
from installation.desk.pin import find_pin
from installation.desk.trouble import Trouble
from installation.end_card import card_texts
from installation.errors import NoDisplay
from installation.film import film_item, panel_sizes
from installation.headphones import Found, find_output, list_outputs
from installation.reach import is_of_this_pc, is_reachable
from installation.site import Site, load_site
from installation.sound_settings import FILM
from installation.state import State
from show.errors import FilmError, ShowError
from show.films import FilmInfo
from show.stems import has_sound, opened

LEAST_FREE_BYTES = 2 * 10**9  # a night of clips with their images
GENERATORS = ("torch", "clip-anytorch", "taming-transformers-rom1504")
FONTS = "fonts-noto-core and fonts-noto-cjk have most scripts"
MOST_STRETCH = 1.4
CREDENTIAL_STORE = Path("/etc/credstore")
CONNECTORS = Path("/sys/class/drm")


class Fault(Exception):
    """One sentence on what is missing or wrong."""


@dataclass(frozen=True)
class Result:
    """What one look found."""

    name: str
    ok: bool
    sentence: str


def run_command(options: argparse.Namespace) -> int:
    """The command line's `check`; 1 when anything fails."""
    results = run_checks(load_site(options.site), State.find(options.state))
    for result in results:
        print(f"{'✓' if result.ok else '✗'} {result.name:11} {result.sentence}")
    return 0 if all(result.ok for result in results) else 1


def run_checks(site: Site, state: State) -> list[Result]:
    """Look at everything, also after a fault."""
    return [_look(name, partial(look, site, state)) for name, look in CHECKS.items()]


def _look(name: str, look: Callable[[], str]) -> Result:
    try:
        return Result(name, True, look())
    except (Fault, Trouble, ShowError, MappingError, NoDisplay) as fault:
        return Result(name, False, str(fault))


def _film(site: Site, _: State) -> str:
    item = film_item(site.show)
    told = ", ".join(_told(film) for film in item.parts)
    apart = [film for film in item.parts if film.duration < item.film.duration - 0.5 / item.film.fps]
    if not apart or item.looping:
        return told
    held = ", ".join(f"{film.path.name} for {item.film.duration - film.duration:.1f} s" for film in apart)
    return f"{told}; the last picture is held of {held}"


def _told(film: FilmInfo) -> str:
    rate = "at a varying rate" if film.times else f"at {float(film.fps):g} pictures a second"
    return f"{film.width}x{film.height}, {film.duration:.1f} s {rate}"


def _captions(site: Site, _: State) -> str:
    from show.captions import load_captions

    for path in site.show.captions.values():
        _find_fonts(path, "".join(line.text for cue in load_captions(path).cues for line in cue.lines))
    return ", ".join(path.name for path in site.show.captions.values()) or "the site has none"


def _find_fonts(path: Path, text: str) -> None:
    from show.typefaces import missing

    if lacking := ", ".join(missing(text)):
        raise Fault(f"{path} holds {lacking}, for which no font is installed: it would be left out; {FONTS}")


def _end_card(site: Site, _: State) -> str:
    cards = card_texts(site)
    _find_fonts(site.path, "".join(text for texts in cards.values() for text in texts))
    if not cards:
        return "none" if not site.programme.end_card_seconds else "none: it would name no way to take part, or is empty"
    languages = " in " + ", ".join(cards) if all(cards) else ""
    return f"{site.programme.end_card_seconds:g} s after each round{languages}"


def _narration(site: Site, _: State) -> str:
    film = film_item(site.show).film
    for name, path in site.show.stems.items():
        seconds = _sound_seconds(path)
        if seconds > film.duration + 1 / film.fps:
            raise Fault(f"{name} lasts {seconds:.1f} s and the film {film.duration:.1f} s: {path} would be cut off")
    sounding, is_heard = next(filter(has_sound, site.show.films), None), FILM in site.sound.stems
    if is_heard and FILM not in site.show.stems and not sounding:
        raise Fault(f"a headphone is to hear the film's own sound, and {site.show.films[0]} has none")
    unheard = f"; {sounding.name} has sound of its own, which no headphone hears" if sounding and not is_heard else ""
    return (", ".join(site.show.stems) or "the site has none") + unheard


def _sound_seconds(path: Path) -> float:
    try:
        with opened(path) as file:
            return sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
    except (OSError, av.FFmpegError, IndexError) as error:
        raise Fault(f"{path} holds no sound that can be read") from error


def _mapping(site: Site, state: State) -> str:
    path = state.mapping if state.mapping.exists() else site.mapping
    mapping = load_mapping(path, state.mapping_backups)
    if not mapping.fits(site.show.panels):
        raise Fault(f"{path} hangs {max(mapping.panels) + 1} panels and the film has {site.show.panels}")
    told = f"{len(set(mapping.panels))} panels on {mapping.width}x{mapping.height}, from {path}"
    return "; ".join([told, *_stretched(site, mapping)])


def _stretched(site: Site, mapping: Mapping) -> Iterator[str]:
    """Of the surfaces on which all would look too thin or too broad, by more than a slanted view explains."""
    try:
        film = film_item(site.show)
    except FilmError:  # that is told of the film
        return
    shapes = [height / width for width, height in panel_sizes(film, site.show.panels)]
    for surface, panel in zip(mapping.surfaces, mapping.panels, strict=True):
        thinner = surface.panel_shape / shapes[panel % len(shapes)]
        if not 1 / MOST_STRETCH <= thinner <= MOST_STRETCH:
            by = f"{thinner:.1f} times too thin" if thinner > 1 else f"{1 / thinner:.1f} times too broad"
            yield f"the film is {by} on {surface.name}"


def _display(site: Site, _: State) -> str:
    from installation.projector import Aim, list_displays

    displays = list_displays()
    if not displays:
        return _connected(site)
    place = Aim(site.display.name).find(displays)
    there = [each for each in displays if each.there]
    told = "; ".join(f"{number}: {each.described}" for number, each in enumerate(there, 1))
    return f"the picture comes on {' and '.join(place.connectors)} (there are: {told})"


def _connected(site: Site) -> str:
    """Without an X server to ask: what the graphics card says is plugged in."""
    plugged = [path.parent.name.partition("-")[2] for path in CONNECTORS.glob("*/status") if _says_connected(path)]
    if not plugged:
        raise Fault("no display is connected and none answers: the show would draw off-screen")
    return f"plugged in: {', '.join(sorted(plugged))} (the screen's own service is not asked)"


def _says_connected(path: Path) -> bool:
    return path.read_text().strip() == "connected"


def _sound(site: Site, _: State) -> str:
    devices = site.sound.devices
    if not devices:
        return "the site asks for none"
    there = ", ".join(f'"{name}" with {count}' for name, count in list_outputs()) or "none"
    found = {device: find_output(device, channels) for device, channels in devices.items()}
    for each in found.values():
        if each.why_not:
            why_not = each.why_not.partition(" (there are: ")[0]  # the channels are to be read here too
            lost = "the show would play pictures only" if len(found) == 1 else "its headphones would be silent"
            raise Fault(f"{why_not}: {lost} (there are, by channels: {there})")
    _find_shared_channels(site, found)
    fits = "; ".join(_device(site, device, each) for device, each in found.items())
    return f"{fits} (there are, by channels: {there})"


def _device(site: Site, device: str, found: Found) -> str:
    channels, outputs = site.sound.devices[device], len(site.sound.on(device))
    others = f' (the first of those that "{device}" fits: also {", ".join(found.others)})' if found.others else ""
    return f"{found.name}{others}, {channels} channels for {outputs} headphone{'s' if outputs > 1 else ''}"


def _find_shared_channels(site: Site, found: dict[str, Found]) -> None:
    """Two names of one device: what either plays on a channel would add up above the ceilings."""
    for one, other in combinations(found, 2):
        both = _channels(site, one) & _channels(site, other)
        if found[one].place == found[other].place and both:
            raise Fault(
                f'{site.path}: [sound] device "{one}" and device "{other}" are one and the same,'
                f' "{found[one].place}", and both play on channel {min(both)}: give each headphone channels of its own'
            )


def _channels(site: Site, device: str) -> set[int]:
    return {channel for number in site.sound.on(device) for channel in site.sound.outputs[number].channels}


def _disk(_: Site, state: State) -> str:
    free = shutil.disk_usage(state.root).free
    if not os.access(state.root, os.W_OK):
        raise Fault(f"{state.root} cannot be written")
    if free < LEAST_FREE_BYTES:
        raise Fault(f"{free / 1e9:.1f} GB free at {state.root}: a night needs {LEAST_FREE_BYTES / 1e9:.0f} GB")
    return f"{free / 1e9:.0f} GB free at {state.root}"


def _clock(site: Site, _: State) -> str:
    now = datetime.now(ZoneInfo(site.hours.timezone))
    if now < EARLIEST:
        raise Fault(f"it shows {now:%Y-%m-%d}, which cannot be: the show would always be open")
    hours = Hours(site.hours.rule, site.hours.timezone, site.hours.country)
    change = hours.next_change(now)
    state = "open" if hours.is_open(now) else "closed"
    until = f" until {change:%A %H:%M}" if change else ""
    return f"{now:%A %H:%M} in {site.hours.timezone}, {state}{until}"


def _folders(site: Site, _: State) -> str:
    folders = [folder for folder in (site.folder.inbox, site.folder.outbox) if folder]
    for folder in folders:
        if folder.exists() and not os.access(folder, os.W_OK):
            raise Fault(f"{folder} cannot be written")
    return ", ".join(map(str, folders)) or "the site has none"


def _keys(site: Site, _: State) -> str:
    if not site.x.enabled:
        return "the site does not speak to X"
    if os.path.exists(CREDENTIAL_STORE / "x.toml"):
        return f"{CREDENTIAL_STORE / 'x.toml'}, for the service"
    find_keys(site)
    return "all four are there"


def _pages(site: Site, _: State) -> str:
    page, staff = site.page, site.staff
    if site.staff.enabled and not os.path.exists(CREDENTIAL_STORE / "staff-pin"):
        find_pin(site)
    if page.enabled and not page.address and not is_reachable(page.host):
        raise Fault(f"no phone reaches {page.url}: [page] address must say what the QR code on the wall says")
    for table, each in (("page", page), ("staff", staff)):
        if each.enabled and not is_of_this_pc(each.host):
            raise Fault(f"[{table}] host = {each.host} is no address of this PC just now")
    places = [f"visitors at {page.host} port {page.port}"] if page.enabled else []
    places += [f"staff at {staff.host} port {staff.port}"] if staff.enabled else []
    return ", ".join(places) or "the site has none"


def _token(site: Site, _: State) -> str:
    if not site.mastodon.enabled:
        return "the site does not speak to Mastodon"
    if os.path.exists(CREDENTIAL_STORE / "mastodon.toml"):
        return f"{CREDENTIAL_STORE / 'mastodon.toml'}, for the service"
    find_token(site)
    return f"it is there, for {site.mastodon.server}"


def _gates(site: Site, _: State) -> str:
    from show.gates.picture import check_classifier
    from show.gates.words import WordLists

    lists = WordLists.load(site.gates.blocklist, site.gates.allowlist)
    check_classifier()
    return f"{len(lists)} words and phrases are looked for, and the classifier of pictures is there"


def _weights(site: Site, _: State) -> str:
    from show.making.bundled import model_path

    found = (model_path(getattr(site.making, kind), kind) for kind in ("vqgan", "critic"))
    return ", ".join(_tensors(path, "no clips would be made") for path in found)


def _tensors(path: Path, otherwise: str) -> str:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            count = len(file.keys())
    except (OSError, SafetensorError) as error:
        raise Fault(f"{path} cannot be read: {otherwise} ({error})") from error
    return f"{path.name} ({count} tensors)"


def _voices(site: Site, _: State) -> str:
    voices = site.voices
    for one, other, names in (
        (voices.project, voices.voice, "[voices.resemble] project and voice"),
        (voices.tacotron, voices.waveglow, "[voices.trained] tacotron and waveglow"),
    ):
        if bool(one) != bool(other):
            raise Fault(f"{site.path}: {names} go together, and one of them is missing")
    if voices.key and not (voices.key.is_file() and os.access(voices.key, os.R_OK)):
        raise Fault(f"{voices.key} is no file that can be read: `narrate` would not speak by Resemble")
    told = ["an account with Resemble"] if voices.project else []
    told += [_tensors(file, "the trained voice would not speak") for file in (voices.tacotron, voices.waveglow) if file]
    return ", ".join(told) or "the site has none of its own"


def _generators(_: Site, __: State) -> str:
    return ", ".join(f"{name} {version}" for name, version in _versions())


def _versions() -> Iterator[tuple[str, str]]:
    for name in GENERATORS:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError as error:
            raise Fault(f"{name} is not installed: no clips would be made; script/show installs it") from error


CHECKS: dict[str, Callable[[Site, State], str]] = {
    "film": _film,
    "captions": _captions,
    "end card": _end_card,
    "narration": _narration,
    "mapping": _mapping,
    "display": _display,
    "sound": _sound,
    "disk": _disk,
    "clock": _clock,
    "folders": _folders,
    "keys": _keys,
    "token": _token,
    "pages": _pages,
    "gates": _gates,
    "weights": _weights,
    "voices": _voices,
    "generators": _generators,
}
