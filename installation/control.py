"""What each command does to the show; the frame loop calls it, a refusal is a ValueError whose sentence goes to the sender."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from installation import commands as c

if TYPE_CHECKING:
    from installation.player import Player

MAX_GAIN_DB, MIN_GAIN_DB = 12.0, -60.0


class Control:
    """Applies commands to a player, on the player's own thread."""

    def __init__(self, player: "Player") -> None:
        self._player = player

    def apply(self, command: c.Command, now: float) -> None:
        """Do it, or raise ValueError with the reason."""
        match command:
            case c.Go(cue):
                self._go(cue, now)
            case c.Pause():
                self._pause(now)
            case c.Resume():
                self._resume(now)
            case c.Seek(seconds):
                self._seek(seconds, now)
            case c.Blackout(on, seconds):
                self._player.light.move(0.0 if on else 1.0, seconds, now)
            case c.Fade(to, seconds):
                self._player.master.move(to, seconds, now)
                self._player.tell_level(seconds)
            case c.PanelOpacity(panel, opacity):
                self._player.panels[_place(panel, self._player.panels, "panel")] = opacity
            case c.HeadphoneGain(output, gain_db):
                self._gain(output, gain_db)
            case c.HeadphoneMute(output, mute):
                self._mute(output, mute)
            case c.Snapshot(path):
                self._player.reporter.save_picture(self._player.projector.read(), path)

    def _go(self, cue: str | None, now: float) -> None:
        self._need_open()
        if cue is not None:
            self._cue(cue, now)
        self._resume(now)

    def _cue(self, cue: str, now: float) -> None:
        player = self._player
        try:
            player.order.go(cue, player.transport.show_time(now))
        except KeyError:
            names = ", ".join(f"{n} {item.name}" for n, item in enumerate(player.programme.round(), 1))
            raise ValueError(f"there is no cue {cue!r}; there are: {names}") from None
        self._jumped()

    def _pause(self, now: float) -> None:
        self._need_open()
        self._player.paused = True
        self._player.transport.pause(now)
        self._player.scene.interrupt()

    def _resume(self, now: float) -> None:
        self._need_open()
        self._player.paused = False
        self._player.scene.interrupt()
        self._player.transport.play(now)

    def _seek(self, seconds: float, now: float) -> None:
        self._need_open()
        player = self._player
        player.order.seek(seconds, player.transport.show_time(now))
        self._jumped()

    def _jumped(self) -> None:
        self._player.transport.jump()
        self._player.scene.interrupt()

    def _need_open(self) -> None:
        if not self._player.open:
            raise ValueError("the house is closed")

    def _gain(self, output: int, gain_db: float) -> None:
        place = _place(output, self._player.outputs, "headphone")
        self._player.headphones.set_gain(output, gain_db)
        self._player.outputs[place] = replace(self._player.outputs[place], gain_db=gain_db)

    def _mute(self, output: int, mute: bool) -> None:
        place = _place(output, self._player.outputs, "headphone")
        self._player.headphones.set_mute(output, mute)
        self._player.outputs[place] = replace(self._player.outputs[place], mute=mute)


def _place(number: int, things: Sequence[object], noun: str) -> int:
    if not 1 <= number <= len(things):
        raise ValueError(f"{noun} {number} does not exist: there are {len(things)}")
    return number - 1
