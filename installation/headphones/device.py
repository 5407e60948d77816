"""The sound devices of this PC; nothing else in the project imports sounddevice.

A device is one that PortAudio lists, or a sink of the sound server, which PortAudio reaches through its "pulse" device.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import sounddevice

from installation.headphones.course import RATE
from installation.headphones.server import View

Callback = Callable[[Any, int, Any, Any], None]

SERVERS = ("pulse", "pipewire")  # ALSA's ways to a sound server
DEFAULT = "default"  # ALSA's, which leads to the sound server's default sink where there is one
CARDS = Path("/proc/asound")
CARD = re.compile(r"(?m)^ *(\d+) \[(\S+) *\]: (.*)$")  # number, id and name
CHOSEN_SINK = "PULSE_SINK"  # read by the sound server's library when a stream is opened
NO_SINK = "the sound server has no sound device"
REASONS = {
    "Invalid sample rate": f"it does not play {RATE} samples a second",
    "Invalid number of channels": "it does not have so many channels",
    "Device unavailable": "another program holds it",
}


class NoSound(Exception):
    """There is no device to play through; the message says so in one sentence."""


@dataclass(frozen=True)
class Device:
    """An output device; `sink` is the sound server's name of it, if it was chosen by that."""

    index: int
    name: str
    channels: int
    sink: str = ""
    title: str = ""

    @property
    def is_hardware(self) -> bool:
        """Whether nothing stands between it and the card that could lead the sound elsewhere."""
        return "(hw:" in self.name


def look_again() -> None:
    """Forget the list of devices and make it anew; PortAudio never does so by itself. No stream may be open."""
    sounddevice._terminate()
    sounddevice._initialize()


def outputs(view: View | None = None) -> list[Device]:
    """Every device that plays."""
    found = [
        Device(int(each["index"]), str(each["name"]), int(each["max_output_channels"]))
        for each in sounddevice.query_devices()
    ]
    found = [device for device in found if device.channels > 0]
    return found + _sinks(found, view)


def _sinks(devices: list[Device], view: View | None) -> list[Device]:
    """The sound server's outputs that have no device of their own name."""
    ways = [device.index for device in sorted(devices, key=_first_pulse) if device.name in SERVERS]
    names = {device.name for device in devices}
    sinks = view.sinks.values() if view and ways else ()
    return [
        Device(ways[0], each.name, each.channels, each.name, each.title) for each in sinks if each.name not in names
    ]


def _first_pulse(device: Device) -> bool:
    """ALSA's way of that name obeys CHOSEN_SINK, PipeWire's own does not."""
    return device.name != SERVERS[0]


def find(pattern: str, channels: int, view: View | None = None, home: str = "") -> Device:
    """The first device that fits."""
    return all_fitting(pattern, channels, view, home)[0]


def all_fitting(pattern: str, channels: int, view: View | None = None, home: str = "") -> list[Device]:
    """The devices of this name, ALSA card, part of a name or pattern with enough channels; NoSound without one.

    An empty pattern is the default device. Once sound was heard from a device, called `home`, it is that or none:
    what else the pattern fits stands where nobody expects the sound.
    """
    devices = outputs(view)
    if not devices and not pattern:
        raise NoSound("this PC has no sound device")
    fitting = _fitting(pattern, devices) if pattern else _default(devices, view, home)
    if pattern and fitting and _leads_nowhere(fitting[0], devices, view):
        raise NoSound(NO_SINK)
    if pattern and home and fitting:
        fitting = _same(home, fitting)
    if not fitting:
        if is_held(pattern):
            raise NoSound(f'the sound device "{pattern}" cannot be opened ({REASONS["Device unavailable"]})')
        there = ", ".join(f'"{device.name}"' for device in devices) or "none"
        raise NoSound(f'no sound device matches "{pattern}" (there are: {there})')
    wide = [device for device in fitting if device.channels >= channels]
    if not wide:
        raise NoSound(_too_narrow(fitting[0].name, fitting[0].channels, channels))
    return wide


def _too_narrow(name: str, there: int, wanted: int) -> str:
    return f'the sound device "{name}" has {there} channels and the site asks for {wanted}'


def _default(devices: list[Device], view: View | None, home: str) -> list[Device]:
    """Never another one than before, `home`: the sound would be heard where nobody expects it."""
    ways = sorted((device for device in devices if device.name in SERVERS), key=_first_pulse)
    name = home or (view.default if view else "")
    if home and home not in (view.sinks if view else ()) and any(_is_same(home, device) for device in devices):
        return _same(home, devices)  # it was heard before there was a sound server
    if view and ways:
        if not name:
            raise NoSound(NO_SINK)
        sink = view.sinks.get(name)
        if sink is None:
            raise NoSound(f'the sound device "{name}" is gone')
        return [Device(ways[0].index, name, sink.channels, name)]
    if home:
        return _same(home, devices)
    index = sounddevice.default.device[1]
    return [device for device in devices if device.index == index] or devices[:1]


def _leads_nowhere(device: Device, devices: list[Device], view: View | None) -> bool:
    """Whether it is a way to a sound server that has no output."""
    server = device.name in SERVERS or (device.name == DEFAULT and any(each.name in SERVERS for each in devices))
    return server and view is not None and not view.default


def _same(home: str, devices: list[Device]) -> list[Device]:
    """The device of this name, whatever number its card has got this time."""
    same = [device for device in devices if _is_same(home, device)]
    if not same:
        raise NoSound(f'the sound device "{home}" is gone')
    return same


def _is_same(home: str, device: Device) -> bool:
    return device.name.partition(" (hw:")[0] == home.partition(" (hw:")[0]


def _fitting(pattern: str, devices: list[Device]) -> list[Device]:
    wanted = pattern.lower()
    card = f"(hw:{_card(pattern)},"
    looks: list[Callable[[Device], bool]] = [
        lambda device: device.name.lower() == wanted,
        lambda device: card in device.name,
        lambda device: wanted in device.name.lower() or wanted in device.title.lower(),
        lambda device: fnmatchcase(device.name.lower(), wanted) or fnmatchcase(device.title.lower(), wanted),
    ]
    return next((fitting for look in looks if (fitting := list(filter(look, devices)))), [])


def _card(pattern: str) -> str:
    """The number of the ALSA card of this id, such as "2" for "USB"; "-" when there is none."""
    link = CARDS / pattern
    if pattern.isidentifier() and link.is_symlink():
        return os.readlink(link).removeprefix("card")
    return "-"


def is_held(pattern: str) -> bool:
    """Whether all outputs of an ALSA card of this id, or part of its name, are in use: PortAudio does not list it."""
    try:
        cards = CARD.findall((CARDS / "cards").read_text())
    except OSError:
        return False
    wanted = pattern.lower()
    meant = [number for number, *names in cards if any(_is_meant(wanted, name.lower()) for name in names)]
    states = [_state(path) for number in meant for path in CARDS.glob(f"card{number}/pcm*p/sub*/status")]
    return bool(states) and "closed" not in states


def _is_meant(wanted: str, name: str) -> bool:
    return wanted in name or fnmatchcase(name, wanted)


def _state(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:  # it was unplugged just now
        return "closed"


def place(device: Device, view: View | None) -> str:
    """Where a device's sound comes out: two names may lead to one sink."""
    if device.name in (*SERVERS, DEFAULT) and view:
        return view.default
    return device.sink or device.name


def try_out(device: Device, channels: int) -> None:
    """NoSound where a device cannot be opened as the show would; a chosen sink takes what it is given."""
    if device.sink:
        return
    try:
        sounddevice.check_output_settings(device.index, channels, "float32", samplerate=RATE)
    except sounddevice.PortAudioError as error:
        raise _unopened(device, error) from error


def _unopened(device: Device, error: Exception) -> NoSound:
    reason = str(error.args[0]).removeprefix("Error opening OutputStream: ").split(" [")[0]
    return NoSound(f'the sound device "{device.name}" cannot be opened ({REASONS.get(reason, reason)})')


class Stream:
    """A device that asks `callback` for blocks of float32 at 48 kHz from the moment it is opened.

    `sink`: the sound server's to go to, where the device is a way to the server that names none itself.
    """

    def __init__(self, device: Device, channels: int, latency_seconds: float, callback: Callback, sink: str) -> None:
        self.device = device
        try:
            with _through(sink):
                self._stream = sounddevice.OutputStream(
                    samplerate=RATE,
                    device=device.index,
                    channels=channels,
                    dtype="float32",
                    latency=latency_seconds,
                    callback=callback,
                )
                self._stream.start()
        except sounddevice.PortAudioError as error:
            raise _unopened(device, error) from error

    @property
    def active(self) -> bool:
        """Whether it still asks."""
        return bool(self._stream.active)

    @property
    def latency_seconds(self) -> float:
        """From a block to its sound, as the device promises."""
        return float(self._stream.latency)

    def close(self) -> None:
        """Stop at once."""
        try:
            self._stream.abort(ignore_errors=True)
        finally:
            self._stream.close(ignore_errors=True)


@contextmanager
def _through(sink: str) -> Iterator[None]:
    """Have the sound server's library open a stream on this very sink, or not at all."""
    before = os.environ.get(CHOSEN_SINK)
    if sink:
        os.environ[CHOSEN_SINK] = sink
    try:
        yield
    finally:
        if sink:
            os.environ.pop(CHOSEN_SINK)
        if before is not None:
            os.environ[CHOSEN_SINK] = before
