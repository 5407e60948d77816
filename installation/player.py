"""The show: starts everything, runs the frame loop, stops everything in reverse.

| thread | made by | touches |
|---|---|---|
| main | the process | window, shaders, programme, transport, levels; applies every command; pins the status |
| film decoder, one per open film (two at most of each) | show.films.Reel | its own film and queue |
| typesetter | installation.typesetter | the captions that come next |
| osc, line | installation.osc | each its socket, the commands queue, the pinned status (reads) |
| displays | installation.projector | an X connection of its own: reads displays, keeps them on; publishes what it saw |
| reporter | installation.reporter | status and picture files (writes), shelf, desk and maker files (reads) |
| removals | installation.removals | notes of clips taken off the wall (writes) |

Sound, desk and maker are processes of their own: `headphones`, `desk`, `night`.
"""

import gc
import logging
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from types import FrameType
from zoneinfo import ZoneInfo

from installation.children import Child
from installation.commands import CommandQueue
from installation.control import Control
from installation.day import Hours
from installation.end_card import EndCards
from installation.film import film_item, panel_sizes
from installation.headphones import Headphones
from installation.levels_store import SavedLevels
from installation.night import Night, maker_command
from installation.osc import Line, OscServer
from installation.pace import Pace
from installation.performance import Performance
from installation.projector import Projector
from installation.removals import Removals, noted
from installation.reporter import Reporter
from installation.scene import Scene
from installation.site import Site
from installation.slot import Slot
from installation.sounds import prepare_sounds
from installation.state import State
from installation.status import Board, Status
from installation.sync import Sync
from installation.telling import tell
from installation.typesetter import Typesetter
from installation.wall import PREVIEW_SECONDS, Wall, site_mapping
from installation.watchdog import Notifier, Watchdog
from show.captions import load_languages
from show.programme import Programme

log = logging.getLogger(__name__)

SLOW_SECONDS = 1.0  # hours, children, shelf and desk are looked at this often
STATUS_SECONDS = 0.05
FAREWELL_FADE_SECONDS = 0.3
SWITCH_SECONDS = 0.001  # until another thread hands the interpreter over; Python's own 5 ms are a third of a refresh


class Player:
    """One gallery's show; `wall` tells the aware time, `output` is a file descriptor for the children's words."""

    def __init__(
        self,
        site: Site,
        state: State,
        *,
        headless: bool | None = None,
        wall: Callable[[], datetime] | None = None,
        output: int | None = None,
    ) -> None:
        self.site, self.state, self.board = site, state, Board()
        self.commands = CommandQueue()
        self.stopping = False
        self._errors, self._last_error = 0, ""
        self._wall = wall or (lambda: datetime.now(ZoneInfo(site.hours.timezone)))
        self._hours = Hours(site.hours.rule, site.hours.timezone, site.hours.country)
        self._notifier = Notifier()
        self._watchdog = Watchdog.from_environment()
        mapping = site_mapping(site, state)
        film = film_item(site.show)
        languages = load_languages(site.show.captions)
        stems, troubles = prepare_sounds(site, state.stems)
        for trouble in troubles:
            self._trouble(trouble)

        self.projector = Projector(
            mapping.width,
            mapping.height,
            display=site.display.name,
            fullscreen=site.display.fullscreen,
            headless=headless,
        )
        self.projector.set_mapping(mapping)
        self.projector.warm(film.parts, fading=site.programme.crossfade_seconds > 0)
        shapes = [height / width for width, height in panel_sizes(film, site.show.panels)]
        sizes = [self.projector.caption_size(panel, shape) for panel, shape in enumerate(shapes)]
        order, cards = site.programme, EndCards(site, sizes)
        programme = Programme(film, order.film_times, order.clips, cards.of(site.captions.language))
        self.performance = Performance(programme, site.show.panels, site.hours.fade_seconds)
        self.typesetter = Typesetter(languages, site.captions, sizes, site.page_url)
        self.scene = Scene(
            self.projector, site.show.panels, self.typesetter, order.clip_panels, order.crossfade_seconds
        )
        self.headphones = Headphones(site.sound, stems, output)
        self.sync = Sync(self.performance, self.headphones)
        self.osc = OscServer(site.osc, self.commands, self.board)
        self.line = Line(state.line, self.commands, self.board)
        self.reporter = Reporter(state, self.board, site.sound.loudness_lufs)
        folders = ("--site", str(site.path), "--state", str(state.root))
        self.desk = Child("desk", [sys.executable, "-m", "installation.desk", *folders], output)
        self.night = Night(maker_command(site, state), site.hours.maker_stops_before_seconds, output)
        self.removals = Removals(state.removals)
        self.levels = SavedLevels(state.levels, self.headphones, self.reporter.soon, self._wall)
        self.control = Control(
            self.performance, self.typesetter, cards, self.headphones, self.levels, self.night, self.removals
        )
        self.performance.removed.update(map(str, noted(state.removals)))

        delay = site.sound.av_offset_ms / 1000
        self.picture = Wall(self.projector, self.scene, self.performance, self.reporter, state.preview, delay)
        self._slow_at = self._status_at = 0.0
        self._begun = time.monotonic()
        self._said: dict[str, str] = {}
        self._complaining: Slot | None = None

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the current round; may be called from a signal handler or another thread."""
        self.stopping = True

    def ask_for_picture(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Save what is on the wall after the current round; may be called from a signal handler."""
        self.picture.snapshot_wanted = True

    def run(self, seconds: float | None = None) -> Status:
        """Play until stopped, or for so many seconds; returns the last status."""
        try:
            self._start()
            self._loop(seconds)
        finally:
            self._close()
        return self.board.latest

    def _start(self) -> None:
        self._say("picture", self.projector.where)
        if self.projector.headless:
            log.info("a picture of the wall is written every %.0f s to %s", PREVIEW_SECONDS, self.state.preview)
        self.headphones.start()
        if not self.osc.start():
            self._trouble(f"OSC is not heard: {self.osc.trouble}")
        if not self.line.start():
            self._trouble(self.line.trouble)
        self.reporter.start()
        if self.site.takes_part:
            self.desk.start(time.monotonic())
        self._look_at_hours(time.monotonic())
        gc.freeze()  # what is there stays: looking through all of it takes more than two refreshes
        sys.setswitchinterval(SWITCH_SECONDS)

    def _loop(self, seconds: float | None) -> None:
        pace = Pace(1 / self.projector.refresh_hz, doze=self.commands.wait, free=not self.projector.vsync)
        end = time.monotonic() + seconds if seconds is not None else float("inf")
        drawn = False
        while not self.stopping and not self.projector.lost:
            now = pace.wait(drawn)
            if now >= end:
                break
            flip_at = now + pace.period if self.projector.vsync else pace.coming + self._slack
            drawn = self._round(now, flip_at, partial(pace.hold, flip_at))
            pace.period = 1 / self.projector.refresh_hz

    @property
    def _slack(self) -> float:
        """Seconds from a refresh to the flip: a film that moves at every other one at most leaves so much more time."""
        refresh_hz, performance = self.projector.refresh_hz, self.performance
        moving = float(performance.order.current.film.fps) * performance.transport.rate
        return 0.5 / refresh_hz if 2 * moving <= refresh_hz else 0.0

    def _round(self, now: float, flip_at: float, hold: Callable[[], None]) -> bool:
        """One round, whose picture belongs on the wall at `flip_at`, which `hold` waits for; True when it was drawn."""
        seen = flip_at + 0.5 / self.projector.refresh_hz  # half a refresh more chooses the frame nearest to it
        self.projector.events()
        requests = self.commands.drain()
        for request in requests:
            self.control.apply(request, seen)
        if now >= self._slow_at:
            self._slow_at = now + SLOW_SECONDS
            self._slow(now, seen)
        self.sync.lean()
        # A cue is not kept waiting.
        drawn = self.picture.bring(now, seen, None if any(request.is_seen for request in requests) else hold)
        self.sync.tell()
        if now >= self._status_at:
            self._status_at = now + STATUS_SECONDS
            self.board.latest = self._status(now)
        self._feed_watchdog(now)
        return drawn

    def _slow(self, now: float, seen: float) -> None:
        self._look_at_hours(seen)
        self._listen_again()
        self.headphones.poll()
        self.desk.poll(now)
        papers, performance = self.reporter.papers, self.performance
        self.headphones.shelve(papers.sounds)
        performance.shelve(papers.clips, seen)
        self.picture.catch_up(seen)
        self.night.tick(now, performance.dark(seen), self._hours.until_open(self._wall()), papers.to_make)
        self._look_at_display()
        self._say("sound", self.headphones.state)
        self._keep_removals()
        self._notifier.status(tell(self.board.latest.as_json()).partition("\n")[0])
        self.sync.tell_again()

    def _listen_again(self) -> None:
        """A network card may come up after the show."""
        if self.osc.trouble and self.osc.start():
            log.info("OSC is heard now")
            self._last_error = "" if self._last_error.startswith("OSC") else self._last_error

    def _keep_removals(self) -> None:
        self.removals.poll()
        if self.removals.trouble and self.removals.trouble != self._last_error:
            self._trouble(self.removals.trouble)

    @property
    def _away(self) -> str:
        return self.projector.trouble if self.performance.open else ""

    def _look_at_display(self) -> None:
        """A projector that is switched off for the night is no trouble; one in visiting hours is."""
        self._say("picture", self.projector.where)
        away = self._away
        if away and self._said.get("away") != away:
            self._trouble(f"no picture: {away}")
        self._said["away"] = away

    def _look_at_hours(self, now: float) -> None:
        open_now = self._hours.is_open(self._wall())
        if open_now and not self.performance.open:
            log.info("the house opens")
            self.night.paused = False
            self.performance.open_house(now)
        elif self.performance.open and not open_now:
            log.info("the house closes: picture and sound fade")
            self.performance.close_house(now)

    def _feed_watchdog(self, now: float) -> None:
        intended = not self.performance.open or (self.scene.started and not self.picture.stalled(now))
        if intended and not self._said.get("ready"):
            self._said["ready"] = "yes"
            up = "the picture is up" if self.scene.started else "the house is closed: the wall is black"
            self._notifier.ready(up)
            log.info("%s", up)
        if self._watchdog.round(now, intended):
            self._notifier.ping()

    def _say(self, about: str, sentence: str) -> None:
        """Log a sentence when it differs from the last one about the same thing."""
        if self._said.get(about) != sentence:
            self._said[about] = sentence
            log.info("%s: %s", about, sentence)

    def _trouble(self, sentence: str) -> None:
        self._errors += 1
        self._last_error = sentence
        log.warning("%s", sentence)

    def _mind_damage(self, slot: Slot) -> None:
        """A pass of a damaged film is one trouble, however many of its parts turn out to be damaged."""
        if slot.error and slot is self._complaining:
            self._last_error = slot.error
        elif slot.error:
            self._complaining = slot
            self._trouble(slot.error)

    def _status(self, now: float) -> Status:
        performance, counts, papers = self.performance, self.scene.counts, self.reporter.papers
        slot = performance.order.current
        self._mind_damage(slot)
        return Status(
            state=self._state(now),
            open=performance.open,
            position=max(0.0, slot.position(performance.show_time(now))),
            duration=slot.film.duration,
            cue=slot.item.name,
            fps=float(slot.film.fps),
            rate=performance.transport.rate,
            frames_shown=counts.frames_shown,
            late=counts.late,
            dropped=counts.dropped,
            loops=performance.order.loops,
            worst_seam_ms=round(counts.worst_seam_ms, 2),
            av_offset_ms=self.sync.offset_ms,
            errors=self._errors,
            last_error=self._last_error,
            refused_packets=self.osc.refused,
            restarts={"headphones": self.headphones.restarts, "desk": self.desk.restarts, "maker": self.night.restarts},
            picture=self.projector.where,
            away=self._away,
            sound=self.headphones.state,
            panels=tuple(performance.panels),
            captions=self.typesetter.shown,
            language=self.typesetter.language,
            blackout=performance.blackout,
            brightness=performance.master(now),
            headphones=self.headphones.outputs,
            stems=self.headphones.known,
            narration_gain_db=self.headphones.levels.narration_gain_db,
            narration_mute=self.headphones.levels.narration_mute,
            duck_db=self.headphones.levels.duck_db,
            levels=self.headphones.levels,
            saved_levels=self.levels.kept,
            can_undo_levels=self.levels.can_undo,
            uptime=now - self._begun,
            clips=len(performance.order.programme.clips),
            waiting=papers.waiting,
            to_approve_words=papers.to_approve_words,
            to_approve_clips=papers.to_approve_clips,
            uncertain=papers.uncertain,
            making=papers.making if self.night.making else self.night.trouble,
            making_paused=self.night.paused,
            estimate=papers.estimate,
            limits=papers.limits,
            desk=papers.desk,
        )

    def _state(self, now: float) -> str:
        if self.performance.dark(now):
            return "closed"
        if self.performance.paused:
            return "paused"
        return "playing" if self.scene.started else "starting"

    def _close(self) -> None:
        """Silence first, then everything in reverse; after a fault too, whatever one of them may raise."""
        with ExitStack() as parts:
            for inner in (self.projector, self.typesetter, self.performance.order, self.removals):
                parts.callback(inner.close)
            for outer in (self.headphones, self.osc, self.line, self.reporter, self.desk, self.night):
                parts.callback(outer.stop)
            parts.callback(gc.unfreeze)
            self._notifier.stopping()
            self.headphones.set_level(0.0, FAREWELL_FADE_SECONDS)
            self.board.latest = self._status(time.monotonic())
