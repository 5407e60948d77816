"""The show as it is being performed: what is on, how bright, open or closed, paused or not; time is handed in.

No equipment here: the player brings picture, levels and course to projector and headphones. A refusal is a ValueError
whose sentence goes to the sender.
"""

from collections.abc import Sequence

from installation.commands import Blackout, Fade, Go, PanelOpacity, Pause, PlayClip, Rate, RemoveClip, Resume, Seek
from installation.running_order import RunningOrder
from show.fades import Fader
from show.programme import Item, Programme
from show.transport import Transport

Move = Go | Pause | Resume | Seek | Rate | PlayClip
Cue = Move | RemoveClip | Blackout | Fade | PanelOpacity


class Performance:
    """Starts closed and dark; `interruptions` counts pauses, seeks and cues, after which a changed frame is no seam."""

    def __init__(self, programme: Programme, panels: int, house_fade_seconds: float) -> None:
        self.order = RunningOrder(programme)
        self.transport = Transport()
        self.panels = [1.0] * panels
        self.open = self.paused = False
        self.interruptions = 0
        self.removed: set[str] = set()  # clips that never come back, whatever shelf is brought
        self._house_fade_seconds = house_fade_seconds
        self._house, self._master, self._light = Fader(0.0), Fader(1.0), Fader(1.0)
        self.level_fade_seconds = 0.0
        self.fades = 0  # also to the level that was asked for before: it takes its seconds anew

    @property
    def level(self) -> float:
        """Where the level of picture and sound is going, 0-1; it gets there in `level_fade_seconds`."""
        return self._house.target * self._master.target

    @property
    def blackout(self) -> bool:
        """Whether the picture is blacked out, or about to be."""
        return self._light.target == 0.0

    def brightness(self, now: float) -> float:
        """The picture's brightness at a moment, 0-1."""
        return self._house.level(now) * self._master.level(now) * self._light.level(now)

    def master(self, now: float) -> float:
        """The operator's level at a moment, 0-1."""
        return self._master.level(now)

    def dark(self, now: float) -> bool:
        """Whether the house is closed and the last fade is over."""
        return not self.open and self._house.resting(now)

    def show_time(self, now: float) -> float:
        """Seconds played since the start."""
        return self.transport.show_time(now)

    def picture_time(self, now: float, ahead: float) -> float:
        """The show time to be seen, so many seconds ahead of the sound; where the show stands, exactly that."""
        return self.show_time(now) + ahead * self.transport.playing

    def open_house(self, now: float) -> None:
        """Begin the day at the film's own rate, with the programme's beginning unless the last fade-out still runs."""
        self.transport.run_at(1.0, now)
        if not self.transport.playing:
            self.order.rewind(self.show_time(now))
        self.open, self.paused = True, False
        self._resume(now)
        self._fade_house(1.0, now)

    def close_house(self, now: float) -> None:
        """End the day: picture and sound fade; the show runs on until it is dark."""
        self.open = False
        self._fade_house(0.0, now)

    def rest(self, now: float) -> None:
        """Stand still for the night."""
        self.transport.pause(now)

    def shelve(self, clips: Sequence[Item], now: float) -> None:
        """Replace the clips on the shelf, newest first; one that was removed stays away."""
        self.order.programme.shelve([clip for clip in clips if clip.clip_id not in self.removed])
        if self.order.drop_missing_clips(self.show_time(now)):
            self._jumped()

    def change_card(self, card: Item | None) -> None:
        """Another end card from now on, also on the wall."""
        self.interruptions += self.order.change_card(card)

    def take(self, cue: Cue, now: float) -> None:
        """Act on a command, or raise ValueError with the reason."""
        match cue:
            case Go() | Pause() | Resume() | Seek() | Rate() | PlayClip():
                self._move(cue, now)
            case RemoveClip(clip):
                self._remove(clip, now)
            case Blackout(on, seconds):
                self._light.move(0.0 if on else 1.0, seconds, now)
            case Fade(to, seconds):
                self._master.move(to, seconds, now)
                self.level_fade_seconds = seconds
                self.fades += 1
            case PanelOpacity(panel, opacity):
                self._set_opacity(panel, opacity)

    def _move(self, cue: Move, now: float) -> None:
        if not self.open:
            raise ValueError("the house is closed")
        match cue:
            case Go(name):
                self._go(name, now)
            case Pause():
                self.paused = True
                self.interruptions += 1
                self.transport.pause(now)
            case Resume():
                self._resume(now)
            case Seek(seconds):
                self.order.seek(seconds, self.show_time(now))
                self._jumped()
            case Rate(rate):
                self.transport.run_at(rate, now)
                self.interruptions += 1
            case PlayClip(clip):
                self.order.play(self._clip(clip), self.show_time(now))
                self._jumped()
                self._resume(now)

    def _remove(self, number: int, now: float) -> None:
        """Removing twice is no mistake: whoever asks wants to be sure."""
        if str(number) not in self.removed:
            self.removed.add(self._clip(number).clip_id)
        self.shelve(self.order.programme.clips, now)

    def _clip(self, number: int) -> Item:
        clips = {clip.clip_id: clip for clip in self.order.programme.clips}
        if str(number) not in clips:
            raise ValueError(f"there is no clip {number} on the shelf; there are: {', '.join(clips) or 'none'}")
        return clips[str(number)]

    def _go(self, name: str | None, now: float) -> None:
        if name is not None:
            self._cue(name, now)
        self._resume(now)

    def _cue(self, name: str, now: float) -> None:
        try:
            self.order.go(name, self.show_time(now))
        except KeyError:
            known = ", ".join(f"{n} {item.name}" for n, item in enumerate(self.order.programme.round(), 1))
            raise ValueError(f'there is no cue "{name}"; there are: {known}') from None
        self._jumped()

    def _resume(self, now: float) -> None:
        self.paused = False
        self.interruptions += 1
        self.transport.play(now)

    def _jumped(self) -> None:
        self.interruptions += 1
        self.transport.jump()

    def _fade_house(self, to: float, now: float) -> None:
        self._house.move(to, self._house_fade_seconds, now)
        self.level_fade_seconds = self._house_fade_seconds
        self.fades += 1

    def _set_opacity(self, panel: int, opacity: float) -> None:
        if not 1 <= panel <= len(self.panels):
            raise ValueError(f"panel {panel} does not exist: there are {len(self.panels)}")
        self.panels[panel - 1] = opacity
