"""`blind-eye calibrate`: the technicians' editor on the projection itself, and the way back to earlier mappings."""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from PIL import Image

from calibration import outlines, store
from calibration.editing import Editor
from calibration.errors import MappingError
from calibration.mapping import Mapping, default_mapping
from installation import handles
from installation.errors import SiteError
from installation.film import film_item, panel_sizes
from installation.pattern import pattern
from installation.projector import Crop, Look, Projector, side_by_side
from installation.site import Site, load_site
from installation.state import State
from installation.technician import Technician, View
from show.errors import FilmError
from show.films import FilmInfo, Frame, Reel

log = logging.getLogger(__name__)

ROUND_SECONDS = 1 / 60
STILL_AT = 1 / 3  # of the film
STILL_WAIT_SECONDS = 10.0
PORTRAIT = (576, 1024)  # a panel of the house, when there is no film to tell


def run_command(options: argparse.Namespace) -> int:
    """`calibrate [restore|export]` of the command line."""
    site, state = load_site(options.site), State.find(options.state)
    if options.action == "restore":
        return restore(site, state, options.backup)
    if options.action == "export":
        return export(site, state, options.out)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    with _screen_free(state):
        return calibrate(site, state, options.headless or None, options.seconds)


@contextmanager
def _screen_free(state: State) -> Iterator[None]:
    """Show and editor would hide each other, and the show reads the mapping only when it starts."""
    with ExitStack() as held:
        try:
            held.enter_context(state.locked())
        except SiteError:
            raise SiteError(f"a show runs with the state folder {state.root}: stop it, then calibrate") from None
        yield


def restore(site: Site, state: State, backup: str | None) -> int:
    """Bring an earlier mapping back: the named or numbered one, else the newest that differs from the present one.

    `site` is the site's own, from before the first save.
    """
    if backup == "site":
        store.put_away(state.mapping, state.mapping_backups, at=datetime.now().astimezone())
        print(f"the site's own mapping, {site.mapping}, is in use again; the show takes it at its next start")
        return 0
    chosen = store.restore(state.mapping, state.mapping_backups, backup, at=datetime.now().astimezone())
    print(f"{state.mapping} is now {chosen.name}; the show takes it at its next start")
    return 0


def export(site: Site, state: State, out: Path) -> int:
    """Write the panels' outlines as SVG."""
    mapping, _ = _mappings(site, state)
    try:
        out.write_text(outlines.svg(mapping), encoding="utf-8")
    except OSError as wrong:
        raise MappingError(f"{out} cannot be written: {wrong.strerror or wrong}") from wrong
    print(f"{out} holds the outlines of {len(mapping.surfaces)} panels in {mapping.width}x{mapping.height} px")
    return 0


def calibrate(site: Site, state: State, headless: bool | None = None, seconds: float | None = None) -> int:
    """The editor, until the technician leaves, SIGTERM, or so many seconds."""
    mapping, first = _mappings(site, state)
    projector = Projector(
        mapping.width,
        mapping.height,
        display=site.display.name,
        fullscreen=site.display.fullscreen,
        headless=headless,
    )
    log.info("calibrating %s", projector.where)
    try:
        wall = Wall(projector, mapping, site)
        technician = Technician(Editor(mapping), first, lambda kept: _keep(kept, state), wall.has_film)
        _session(wall, technician, seconds)
        if projector.headless:
            log.info("what it shows is in %s", wall.picture(state.preview / "calibrate.png"))
    finally:
        projector.close()
    return 0


class Wall:
    """Brings a technician's view onto the wall, drawing only what changed."""

    def __init__(self, projector: Projector, mapping: Mapping, site: Site) -> None:
        self.projector = projector
        self._size = mapping.width, mapping.height
        self._shown: View | None = None
        shown = [panel % site.show.panels for panel in mapping.panels]
        panels, alone = max(mapping.panels) + 1, len(site.show.films) > 1
        crops = side_by_side(site.show.panels)
        self._crops = tuple(Crop() if alone else crops[panel % len(crops)] for panel in range(panels))
        self._films = tuple(panel % site.show.panels for panel in range(panels)) if alone else ()
        self._stills, shapes = _stills(site)
        for film, still in enumerate(self._stills):
            projector.upload(still, film)
        self._patterns = [
            pattern(surface.name, i, *_pattern_size(surface.longest_sides, shapes[panel]))
            for i, (surface, panel) in enumerate(zip(mapping.surfaces, shown, strict=True), 1)
        ]

    @property
    def has_film(self) -> bool:
        """Whether there is a film to show instead of the pattern."""
        return bool(self._stills)

    def show(self, view: View) -> bool:
        """Bring the wall up to date; True when something was drawn."""
        if view == self._shown:
            return False
        if self._shown is None or view.pattern != self._shown.pattern:
            for index, picture in enumerate(self._patterns):
                self.projector.set_pattern(index, picture if view.pattern else None)
        if self._shown is None or view.mapping != self._shown.mapping:
            self.projector.set_mapping(view.mapping)
        self.projector.overlay(handles.marks(view, *self._size))
        self.projector.draw(Look(0.0 if view.black else 1.0, (1.0,) * len(self._crops), self._crops, self._films))
        self.projector.flip()
        self._shown = view
        return True

    def picture(self, path: Path) -> Path:
        """Write what is on the wall as a PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(self.projector.read()).save(path)
        return path


def _session(wall: Wall, technician: Technician, seconds: float | None) -> None:
    begun = time.monotonic()
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    while not (technician.leaving or stopped or wall.projector.lost):
        now = time.monotonic()
        if seconds is not None and now - begun >= seconds:
            return
        _take_in(wall.projector, technician, now)
        wall.show(technician.view)
        time.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - now)))


def _take_in(projector: Projector, technician: Technician, now: float) -> None:
    for press in projector.events():
        technician.press(press, now)
    for move in projector.pointer(technician.marks):
        if move.kind == "press":
            technician.take((move.x, move.y))
        elif move.kind == "drag":
            technician.drag((move.x, move.y))
        else:
            technician.drop()


def _mappings(site: Site, state: State) -> tuple[Mapping, Mapping]:
    """The mapping to edit, and the one that a reset brings: the site's own where it fits."""
    if not state.mapping.exists():
        mapping = store.load(site.mapping)
        return mapping, mapping
    mapping = store.load(state.mapping, state.mapping_backups)
    try:
        first = store.load(site.mapping)
    except MappingError:
        first = default_mapping(mapping.width, mapping.height)
    return mapping, first if _alike(first, mapping) else mapping


def _alike(one: Mapping, other: Mapping) -> bool:
    return (one.width, one.height, len(one.surfaces)) == (other.width, other.height, len(other.surfaces))


def _keep(mapping: Mapping, state: State) -> str:
    kept = store.save(mapping, state.mapping, state.mapping_backups, at=datetime.now().astimezone())
    return f"Saved, and kept as {kept.name}."


def _stills(site: Site) -> tuple[list[Frame], tuple[tuple[int, int], ...]]:
    """A picture of each film, none when one cannot be read; and width and height of what each panel shows."""
    try:
        item = film_item(site.show)
    except FilmError as wrong:
        log.warning("%s", wrong)
        return [], (PORTRAIT,) * site.show.panels
    stills = [still for film in item.parts if (still := _frame(film))]
    return stills if len(stills) == len(item.parts) else [], panel_sizes(item, site.show.panels)


def _frame(info: FilmInfo) -> Frame | None:
    index = int(info.frames * STILL_AT)
    reel = Reel(info, start_frame=index)
    try:
        reel.wait_ready(STILL_WAIT_SECONDS)
        return reel.at(index)
    finally:
        reel.close()


def _pattern_size(longest_sides: tuple[int, int], shape: tuple[int, int]) -> tuple[int, int]:
    """As sharp as the wall can show it, in the true shape of a panel."""
    height = max(longest_sides[1], round(longest_sides[0] * shape[1] / shape[0]))
    return max(1, round(height * shape[0] / shape[1])), height
