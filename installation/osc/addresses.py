"""The table of addresses: what each takes, answers and does. Handlers and OSC.md both follow it."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from installation.commands import (
    Blackout,
    CaptionLanguage,
    Command,
    Fade,
    Go,
    HeadphoneDelay,
    HeadphoneGain,
    HeadphoneIdentify,
    HeadphoneMute,
    HeadphoneStem,
    MurmurDuck,
    NarrationGain,
    NarrationMute,
    PanelOpacity,
    Pause,
    PauseMaking,
    PlayClip,
    Rate,
    RemoveClip,
    Resume,
    ResumeMaking,
    SaveLevels,
    Seek,
    ShowCaptions,
    StemGain,
    StemHeard,
    UndoLevels,
)
from installation.levels import as_json
from installation.osc.arguments import Argument, Number, Refusal, Switch, Text, Whole
from installation.osc.packets import Value
from installation.status import Status

NEXT_FRAME = "at the next frame"
AT_ONCE = "at once"
STATUS = "/status"
PANEL, HEADPHONE, STEM = "{panel}", "{headphone}", "{stem}"


@dataclass(frozen=True)
class Row:
    """One address below the prefix; {panel} and {headphone} stand for a number counted from 1, {stem} for a name."""

    path: str
    does: str
    arguments: tuple[Argument, ...] = ()
    optional: int = 0  # how many of the last arguments may be left out
    command: Callable[..., Command] | None = None  # takes what stands for the signs of the path, then the arguments
    read: Callable[..., Value | None] | None = None  # takes the status, then the same
    effect: str = NEXT_FRAME
    missing: str = "there is no value now"  # what is answered where `read` finds none
    reach: bool = False  # whether patterns may set it; nothing else is ever set by one

    @property
    def triggers(self) -> bool:
        """Whether it acts without an argument."""
        return self.command is not None and len(self.arguments) == self.optional


@dataclass(frozen=True)
class Place:
    """A row at one full address, with what stands in it for the signs of the row's path."""

    address: str
    row: Row
    named: tuple[int | str, ...] = ()

    def order(self, values: tuple[Value, ...]) -> tuple[Command, tuple[Value, ...]]:
        """The command and the values as they were understood. Raises Refusal."""
        row = self.row
        if row.command is None:
            raise Refusal("this address can only be read; send it without arguments")
        most, least = len(row.arguments), len(row.arguments) - row.optional
        if not least <= len(values) <= most:
            wanted = f"{least} to {most}" if row.optional else str(most)
            raise Refusal(f"{len(values)} arguments came where {wanted} belong")
        taken = tuple(argument.take(value) for argument, value in zip(row.arguments, values, strict=False))
        return row.command(*self.named, *taken), taken

    def reading(self, status: Status) -> Value | None:
        """The value it answers with; None when it has none yet. Raises Refusal where nothing can be read."""
        if self.row.read is None:
            raise Refusal("this address needs arguments")
        return self.row.read(status, *self.named)


def _state(name: str, does: str, read: Callable[[Status], Value | None]) -> Row:
    return Row(f"{STATUS}/{name}", does, read=read, effect=AT_ONCE)


def _levels(status: Status) -> str | None:
    if status.levels is None or status.saved_levels is None:
        return None
    heard, saved = as_json(status.levels), as_json(status.saved_levels)
    known = {"stems": status.stems, "can_undo": status.can_undo_levels, "uptime": status.uptime}
    return json.dumps({"heard": heard, "saved": saved, **known})


def _stem_gain(status: Status, number: int, stem: str) -> float | None:
    return status.levels.outputs[number - 1].stems.get(stem) if status.levels else None


def _hears(status: Status, number: int, stem: str) -> bool:
    return _stem_gain(status, number, stem) is not None


def _restarts(status: Status) -> int:
    return sum(status.restarts.values())


CUE = Text("cue")
CLIP = Whole("clip")
RATE = Number("rate", 0.25, 4)
POSITION = Number("position", 0, math.inf, "s")
LEVEL = Number("to", 0, 1)
OPACITY = Number("opacity", 0, 1)
GAIN = Number("gain", -60, 12, "dB")
DELAY = Number("delay", 0, 500, "ms")
DUCK = Number("duck", -60, 0, "dB")
WITHIN = Number("seconds", 0, 3600, "s")

TRANSPORT = (
    Row("/go", "Play: the cue from its start, or on from where the show stands.", (CUE,), 1, Go),
    Row("/pause", "Hold the picture and silence the narration.", command=Pause),
    Row("/resume", "Go on from where the show was paused.", command=Resume),
    Row(
        "/seek",
        "Move picture and sound to a position of the current item.",
        (POSITION,),
        command=Seek,
        read=lambda status: status.position,
    ),
    Row(
        "/rate",
        "Play so many times as fast as the film is meant; at any rate but 1 without sound. A new day begins at 1.",
        (RATE,),
        command=Rate,
        read=lambda status: status.rate,
    ),
    Row(
        "/blackout",
        "Black picture while show and narration run on, or back; at once, or within the seconds.",
        (Switch("on"), WITHIN),
        optional=1,
        command=Blackout,
        read=lambda status: status.blackout,
    ),
    Row(
        "/fade",
        "Bring picture and sound together to a level within the seconds.",
        (LEVEL, WITHIN),
        command=Fade,
        read=lambda status: status.brightness,
    ),
)

PARTS = (
    Row(
        f"/panel/{PANEL}/opacity",
        "Opacity of one panel.",
        (OPACITY,),
        command=PanelOpacity,
        read=lambda status, number: status.panels[number - 1],
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/gain",
        "Gain of one headphone output.",
        (GAIN,),
        command=HeadphoneGain,
        read=lambda status, number: status.headphones[number - 1].gain_db,
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/mute",
        "Silence one headphone output, or let it be heard again.",
        (Switch("mute"),),
        command=HeadphoneMute,
        read=lambda status, number: status.headphones[number - 1].mute,
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/delay",
        "How much later one headphone output is heard.",
        (DELAY,),
        command=HeadphoneDelay,
        read=lambda status, number: status.headphones[number - 1].delay_ms,
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/stem",
        "Let one headphone output hear this stem alone, at its gain there or at 0 dB: narration, murmur, a language.",
        (Text("stem", "the name of a stem"),),
        command=HeadphoneStem,
        read=lambda status, number: status.headphones[number - 1].stem,
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/stem/{STEM}/heard",
        "Let one headphone output hear this stem beside its others, at its gain in the site or at 0 dB, or no more.",
        (Switch("heard"),),
        command=StemHeard,
        read=_hears,
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/stem/{STEM}/gain",
        "Gain of one stem in one headphone output that hears it.",
        (GAIN,),
        command=StemGain,
        read=_stem_gain,
        missing="this headphone does not hear this stem",
        reach=True,
    ),
    Row(
        f"/headphone/{HEADPHONE}/identify",
        "Say the number of one headphone output in it, then left and right, also while the show is paused or closed.",
        command=HeadphoneIdentify,
    ),
    Row(
        "/headphone/save",
        "Keep gains, mutes, delays and stems as they are now; the show begins with them from then on. "
        "Answered when the disk has them.",
        command=SaveLevels,
    ),
    Row(
        "/headphone/undo",
        "Back to the levels saved last; when nothing has changed since, to those saved before, and to the site's own.",
        command=UndoLevels,
    ),
    Row(
        "/headphone/levels",
        "All levels as JSON: as heard, as saved, the stems there are, whether there is something to undo, and when "
        "(`uptime`).",
        read=_levels,
        effect=AT_ONCE,
    ),
    Row(
        "/narration/gain",
        "Gain of the narration in every headphone that hears it.",
        (GAIN,),
        command=NarrationGain,
        read=lambda status: status.narration_gain_db,
    ),
    Row(
        "/narration/mute",
        "Silence the narration in every headphone, or let it be heard again.",
        (Switch("mute"),),
        command=NarrationMute,
        read=lambda status: status.narration_mute,
    ),
    Row(
        "/murmur/duck",
        "How far the murmur goes down while the narration speaks; 0 leaves it as it is.",
        (DUCK,),
        command=MurmurDuck,
        read=lambda status: status.duck_db,
    ),
)

CAPTIONS = (
    Row(
        "/captions/enabled",
        "Show the film's captions, or none.",
        (Switch("on"),),
        command=ShowCaptions,
        read=lambda status: status.captions,
    ),
    Row(
        "/captions/language",
        "Go on with the film's captions in another language of the site.",
        (Text("language", "a name"),),
        command=CaptionLanguage,
        read=lambda status: status.language,
    ),
)

CLIPS = (
    Row("/clips/play", "Show a clip of the shelf now, then go on with the programme.", (CLIP,), command=PlayClip),
    Row(
        "/clips/remove",
        "Take a clip off the wall, the shelf and the disk, for good.",
        (CLIP,),
        command=RemoveClip,
    ),
    Row("/clips/pause", "Make no clips until the house next opens, or `resume`.", command=PauseMaking),
    Row("/clips/resume", "Make clips again while the house is closed.", command=ResumeMaking),
    Row("/clips/waiting", "Submissions that wait to be made.", read=lambda status: status.waiting, effect=AT_ONCE),
)

READINGS = (
    Row(
        "/ping",
        "Seconds since the show started; when they no longer grow, the show hangs.",
        read=lambda status: status.uptime,
        effect=AT_ONCE,
    ),
    Row("/version", "Version of the program.", read=lambda _status: version("blind-eye"), effect=AT_ONCE),
    _state("state", "What the show does: starting, playing, paused or closed.", lambda s: s.state),
    _state("open", "1 within the opening hours, else 0.", lambda s: s.open),
    _state("position", "Seconds into the current item.", lambda s: s.position),
    _state("duration", "Seconds the current item lasts.", lambda s: s.duration),
    _state("cue", "Name of the current item.", lambda s: s.cue),
    _state("fps", "Frames a second of the current item.", lambda s: s.fps),
    _state("rate", "How many times as fast as meant it plays.", lambda s: s.rate),
    _state("shown", "Frames shown since the show started.", lambda s: s.frames_shown),
    _state("late", "Frames that came late.", lambda s: s.late),
    _state("dropped", "Frames that were never shown.", lambda s: s.dropped),
    _state("loops", "How often the programme has come round.", lambda s: s.loops),
    _state("seam", "Milliseconds of the longest hold between two items.", lambda s: s.worst_seam_ms),
    _state(
        "offset", "Milliseconds between sound and picture; refused while there is no sound.", lambda s: s.av_offset_ms
    ),
    _state("errors", "Troubles since the show started.", lambda s: s.errors),
    _state("error", "The latest trouble, in a sentence.", lambda s: s.last_error),
    _state("refused", "OSC packets and messages refused.", lambda s: s.refused_packets),
    _state("restarts", "How often a part of the show was started again.", _restarts),
    _state("picture", "Where the picture goes.", lambda s: s.picture),
    _state("sound", "How the sound is doing.", lambda s: s.sound),
    _state("panels", "How many panels there are.", lambda s: len(s.panels)),
    _state("headphones", "How many headphone outputs there are.", lambda s: len(s.headphones)),
    _state("captions", "1 while captions are shown, else 0.", lambda s: s.captions),
    _state("language", "Language of the captions; empty where the site has one file alone.", lambda s: s.language),
    _state("blackout", "1 while blacked out, else 0.", lambda s: s.blackout),
    _state("brightness", "Brightness of the whole picture, 0 to 1.", lambda s: s.brightness),
    _state("uptime", "Seconds since the show started.", lambda s: s.uptime),
    _state("clips", "Visitors' clips on the shelf.", lambda s: s.clips),
    _state("waiting", "Submissions that wait to be made.", lambda s: s.waiting),
    _state("to_approve_words", "Stories whose words a person must look at.", lambda s: s.to_approve_words),
    _state("to_approve_clips", "Clips that a person must look at.", lambda s: s.to_approve_clips),
    _state("uncertain", "Answers of which nobody knows whether they went out.", lambda s: s.uncertain),
    _state("making", "What is being made, or why nothing is.", lambda s: s.making),
    _state("making_paused", "1 while making is paused, else 0.", lambda s: s.making_paused),
    _state("estimate", "When what waits will have been made, in words.", lambda s: s.estimate),
    _state("limits", "What the services still allow and what was spent on them, in words.", lambda s: s.limits),
    _state("desk", "How the desk is doing.", lambda s: s.desk),
)

ROWS = TRANSPORT + PARTS + CAPTIONS + CLIPS + READINGS
