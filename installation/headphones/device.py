"""The sound devices of this PC; nothing else in the project imports sounddevice."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import sounddevice

from installation.headphones.course import RATE

Callback = Callable[[Any, int, Any, Any], None]


class NoSound(Exception):
    """There is no device to play through; the message says so in one sentence."""


@dataclass(frozen=True)
class Device:
    """An output device as PortAudio lists it."""

    index: int
    name: str
    channels: int


def look_again() -> None:
    """Forget the list of devices and make it anew; PortAudio never does so by itself. No stream may be open."""
    sounddevice._terminate()
    sounddevice._initialize()


def outputs() -> list[Device]:
    """Every device that plays."""
    found = [
        Device(int(each["index"]), str(each["name"]), int(each["max_output_channels"]))
        for each in sounddevice.query_devices()
    ]
    return [device for device in found if device.channels > 0]


def find(pattern: str, channels: int) -> Device:
    """The device of this name, part of a name or pattern ("" for the default) with enough channels; else NoSound."""
    devices = outputs()
    if not devices and not pattern:
        raise NoSound("this PC has no sound device")
    fitting = _fitting(pattern, devices)
    if not fitting:
        there = ", ".join(f'"{device.name}"' for device in devices) or "none"
        raise NoSound(f'no sound device matches "{pattern}" (there are: {there})')
    wide = [device for device in fitting if device.channels >= channels]
    if not wide:
        device = fitting[0]
        raise NoSound(
            f'the sound device "{device.name}" has {device.channels} channels and the site asks for {channels}'
        )
    return wide[0]


def _fitting(pattern: str, devices: list[Device]) -> list[Device]:
    if not pattern:
        default = sounddevice.default.device[1]
        return [device for device in devices if device.index == default] or devices[:1]
    wanted = pattern.lower()
    by_name = [device for device in devices if device.name.lower() == wanted]
    by_part = [device for device in devices if wanted in device.name.lower()]
    return by_name or by_part or [device for device in devices if fnmatchcase(device.name.lower(), wanted)]


class Stream:
    """A device that asks `callback` for blocks of float32 at 48 kHz from the moment it is opened."""

    def __init__(self, device: Device, channels: int, latency_seconds: float, callback: Callback) -> None:
        self.device = device
        try:
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
            reason = str(error.args[0]).removeprefix("Error opening OutputStream: ").split(" [")[0]
            raise NoSound(f'the sound device "{device.name}" cannot be opened ({reason})') from error

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
