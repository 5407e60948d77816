"""The wall: what the performance asks for is brought there, and pictures of it into files."""

from collections.abc import Callable
from pathlib import Path

from calibration.mapping import Mapping
from calibration.store import load as load_mapping
from installation.errors import SiteError
from installation.performance import Performance
from installation.projector import Projector
from installation.reporter import Reporter
from installation.scene import Moment, Scene
from installation.site import Site
from installation.state import State

PREVIEW_SECONDS = 5.0
STALL_SECONDS = 5.0
BEHIND_SECONDS = 1.0


class Wall:
    """Projector and scene, obeying one performance; the picture runs `delay_seconds` ahead of the sound."""

    def __init__(
        self,
        projector: Projector,
        scene: Scene,
        performance: Performance,
        reporter: Reporter,
        preview: Path,
        delay_seconds: float,
    ) -> None:
        self.snapshot_wanted = False
        self._projector, self._scene, self._performance = projector, scene, performance
        self._reporter, self._preview, self._delay_seconds = reporter, preview, delay_seconds
        self._interruptions = 0
        self._unsaved, self._save_at = False, 0.0

    def bring(self, now: float, seen: float, hold: Callable[[], object] | None = None) -> bool:
        """Bring up to date what will be seen at `seen` (monotonic); off-screen, a picture of it every few seconds.

        True when something was drawn. A picture that is ready waits for `hold`.
        """
        drawn = self._draw(seen, hold)
        self._unsaved |= drawn
        if self._unsaved and self._projector.headless and now >= self._save_at:
            self._unsaved, self._save_at = False, now + PREVIEW_SECONDS
            self._save("wall.png")
        if self.snapshot_wanted:
            self.snapshot_wanted = False
            self._save("snapshot.png")
        return drawn

    def stalled(self, now: float) -> bool:
        """Whether frames have stayed away while the film should move and its decoder complains of nothing."""
        slot, transport = self._performance.order.current, self._performance.transport
        if not transport.playing or transport.rate > 1 or slot.error or slot.ended:
            return False  # at a higher rate than a film can be decoded at `catch_up` sees to it
        return self._scene.behind(slot, transport.show_time(now)) > STALL_SECONDS

    def catch_up(self, seen: float) -> None:
        """A film that cannot be decoded as fast as it is asked for goes on from where it should be."""
        slot, transport = self._performance.order.current, self._performance.transport
        show_time = transport.show_time(seen)
        if transport.rate > 1 and slot.ready and self._scene.behind(slot, show_time) > BEHIND_SECONDS:
            slot.seek(show_time)

    def _draw(self, seen: float, hold: Callable[[], object] | None) -> bool:
        """True when something was drawn."""
        performance, scene = self._performance, self._scene
        if performance.dark(seen):
            performance.rest(seen)
            return scene.blacken()
        show_time = performance.picture_time(seen, self._delay_seconds)
        if performance.transport.playing:
            performance.order.advance(show_time)
        slot, frames = performance.order.current, performance.order.frames(show_time)
        if self._interruptions != performance.interruptions:
            self._interruptions = performance.interruptions
            scene.interrupt()
        scene.forget(performance.order.is_gone)
        rate = performance.transport.rate
        moment = Moment(seen, show_time, performance.brightness(seen), tuple(performance.panels), rate, hold)
        return scene.show(slot, frames, moment)

    def _save(self, name: str) -> None:
        self._reporter.save_picture(self._projector.read(), self._preview / name)


def site_mapping(site: Site, state: State) -> Mapping:
    """The technicians' mapping, or the site's own until there is one; it shows the site's panels."""
    path = state.mapping if state.mapping.exists() else site.mapping
    mapping = load_mapping(path, state.mapping_backups)
    if not mapping.fits(site.show.panels):
        raise SiteError(
            f"{site.path}: [show] panels = {site.show.panels} is wrong: it must be {max(mapping.panels) + 1},"
            f" the number of panels in {path}"
        )
    return mapping
