"""The headphones process: opens one device, keeps it open, and tells the player how it is.

| thread         | touches                                                                                     |
|----------------|---------------------------------------------------------------------------------------------|
| main           | device, stems, the table and words records; wakes every few hundredths of a second          |
| sound callback | mixer, clock, the control and tick records; reads the stems' mapping, which main replaces    |
| sound server   | its own connection; replaces the view that main reads, and has the server guard our streams |
"""

import gc
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from installation.children import end_with_parent
from installation.headphones import device as devices
from installation.headphones.callback import Callback
from installation.headphones.course import RATE, Mixing, Output, Tick
from installation.headphones.fades import FADE_FRAMES
from installation.headphones.guard import UNHEARD, mark_streams
from installation.headphones.server import SoundServer
from installation.headphones.shared import (
    PICTURES_ONLY,
    PLAYING,
    STARTING,
    Homes,
    Shared,
    Words,
    pack_homes,
    pack_tick,
    pack_words,
    unpack_control,
    unpack_homes,
    unpack_table,
)
from installation.headphones.stems import Stems

ROUND_SECONDS = 0.02
FIRST_LOOK_SECONDS = 2.0  # a sound server that has not answered by then may come later
FIRST_RETRY_SECONDS = 0.1  # a stall is over soon
LONGEST_RETRY_SECONDS = 10.0  # without news; each look opens and closes all of PortAudio's ways, JACK among them
HELD_LOOK_SECONDS = 0.1  # whether a card is let go of is to be read from a few small files
LEAST_LATENCY_SECONDS = 0.1
ARMED_AFTER_SECONDS = 2.0  # a null sink takes nothing in its first second or two; what has run may not stall at all
UNSEEN_SECONDS = 0.5  # a stream the sound server does not know by then goes elsewhere: to the card itself, or to JACK
DEAF_SECONDS = 3.0  # a sound server that does not answer for so long is not waited for
READ_AHEAD_EVERY_SECONDS = 1.0
PRIORITY = 5  # of the real-time priorities, among the lowest
NICENESS = -11
CARDS = Path("/dev/snd")


def patience_seconds(latency_seconds: float) -> float:
    """How long a device may ask for nothing before it counts as lost."""
    return max(0.5, 3 * latency_seconds)


class Process:
    """The main thread's work, in rounds."""

    def __init__(self, shared: Shared, server: SoundServer) -> None:
        self._shared, self._server = shared, server
        self._stems = Stems()
        self._stream: devices.Stream | None = None
        self._callback: Callback | None = None
        self._table_sequence = 0
        self._table: Mapping[str, Any] = {}
        self._sentence = STARTING
        self._asked_at = self._opened_at = self._retry_at = self._read_ahead_at = self._look_at = 0.0
        self._retry_seconds = FIRST_RETRY_SECONDS
        self._tried = self._held = False
        self._news: object = None
        before = shared.homes.read()  # by a process that died
        self._homes = unpack_homes(before) if before else Homes()

    def round(self, now: float) -> None:
        """Look after stems and device, and say how things are."""
        self._read_table()
        if self._stream is None:
            self._try_to_open(now)
        elif why := self._lost(now) or self._astray(now, self._stream.device):
            self._let_go(now, why)
        if now >= self._read_ahead_at:
            self._read_ahead(now)
        self._shared.words.write(pack_words(Words(now, self._sentence)))

    def leave(self) -> None:
        """Fade out, wait until the silence has reached the ear, and let go of the device."""
        if self._stream and self._callback:
            self._callback.leaving = True
            time.sleep(2 * FADE_FRAMES / RATE + self._stream.latency_seconds)
            self._stream.close()
        self._server.leave()

    def _read_ahead(self, now: float) -> None:
        self._read_ahead_at = now + READ_AHEAD_EVERY_SECONDS
        if payload := self._shared.control.read():
            self._stems.read_ahead(unpack_control(payload).course, now)

    def _read_table(self) -> None:
        sequence, payload = self._shared.table.sequence, None
        if sequence != self._table_sequence:
            payload = self._shared.table.read()
        if payload:
            self._table, self._table_sequence = unpack_table(payload), sequence
            self._stems.load(self._table["stems"])

    def _try_to_open(self, now: float) -> None:
        news = (self._server.changes, _cards())
        if not self._table or (now < self._retry_at and news == self._news and not self._freed(now)):
            return
        if news != self._news:  # a card that is plugged in may need a moment
            self._retry_seconds = FIRST_RETRY_SECONDS
        self._news, self._asked_at = news, time.monotonic()
        try:
            self._open()
        except devices.NoSound as error:
            self._let_go(now, str(error))
            self._held = bool(self._table["device"]) and devices.is_held(self._table["device"])
        else:
            self._opened_at = time.monotonic()

    def _freed(self, now: float) -> bool:
        """Whether the card that another program held a moment ago is free."""
        if not self._held or now < self._look_at:
            return False
        self._look_at = now + HELD_LOOK_SECONDS
        self._held = devices.is_held(self._table["device"])
        return not self._held

    def _open(self) -> None:
        if self._tried:
            devices.look_again()
        self._tried = True
        gc.collect()
        pattern, channels = self._table["device"], self._table["channels"]
        self._callback = Callback(self._shared, self._stems, _mixing(self._table))
        before = self._homes.chosen if pattern else self._homes.sinks.get("", "")
        device = devices.find(pattern, channels, self._server.view, before)
        home, view = self._homes.sinks.get(device.name), self._server.view
        if home and view and home not in view.sinks:
            raise devices.NoSound(f'the sound device "{device.name}" is gone')
        latency = max(LEAST_LATENCY_SECONDS, self._table["latency_seconds"])
        sink = device.sink or home or (view.default if view else "")
        self._stream = devices.Stream(device, channels, latency, self._callback, sink)

    def _lost(self, now: float) -> str:
        """Why there is no sound any more, or ""."""
        stream, callback = self._stream, self._callback
        if stream is None or callback is None:
            return "there is no sound device"
        armed = callback.running or now - self._opened_at > ARMED_AFTER_SECONDS
        stalled = armed and now - callback.last > patience_seconds(stream.latency_seconds)
        if not stream.active:
            return f'the sound device "{stream.device.name}" is gone'
        return f'the sound device "{stream.device.name}" takes no sound' if stalled else ""

    def _astray(self, now: float, device: devices.Device) -> str:
        """Let the sound out once it is known to go where it should; why not, when it goes elsewhere."""
        view = self._server.view
        if device.is_hardware or (view is None and not self._server.there):
            return self._let_out(device, {"": self._homes.sinks.get("", device.name)})
        if view is None or view.at < self._asked_at:
            return self._let_out(device, {}) if now > self._opened_at + DEAF_SECONDS else ""
        if not view.ours:  # only a view of later than that tells: the sound may be on a sink that is about to go
            return self._let_out(device, {}) if view.at > self._opened_at + UNSEEN_SECONDS else ""
        if view.ours in UNHEARD:
            return f'the sound device "{device.name}" is gone'
        home = device.sink or self._homes.sinks.get(device.name, view.ours)
        if view.ours != home:
            return f'the sound server plays on "{view.ours}" what belongs on "{home}"'
        there, wanted = view.sinks[home].channels, self._table["channels"]
        if there < wanted:
            return f'the sound device "{home}" has {there} channels and the site asks for {wanted}'
        return self._let_out(device, {device.name: home} | ({} if self._table["device"] else {"": home}))

    def _let_out(self, device: devices.Device, sinks: Mapping[str, str]) -> str:
        """Once the device runs; it was heard then, and what is learned of it stays, also if this process dies."""
        if self._callback and self._callback.running:
            self._callback.hushed = False
            homes = Homes(device.name, {**self._homes.sinks, **sinks})
            if homes != self._homes:
                self._homes = homes
                self._shared.homes.write(pack_homes(homes))
            self._retry_seconds = FIRST_RETRY_SECONDS
            self._sentence = PLAYING
        return ""

    def _let_go(self, now: float, why: str) -> None:
        if self._stream and self._callback:
            self._callback.hushed = True
            self._stream.close()
            self._shared.tick.write(pack_tick(Tick(-1, False, 0.0, now, 0, 0, 0)))
        self._stream = self._callback = None
        self._sentence = f"{why}: {PICTURES_ONLY}"
        self._retry_at = now + self._retry_seconds
        self._retry_seconds = min(2 * self._retry_seconds, LONGEST_RETRY_SECONDS)


def _mixing(table: Mapping[str, Any]) -> Mixing:
    outputs = tuple(Output(tuple(each["channels"]), each["mode"], each["ceiling"]) for each in table["outputs"])
    return Mixing(outputs, tuple(table["names"]), table["attack_frames"], table["release_frames"], table["follows"])


def _cards() -> object:
    """Changes when a sound card is plugged in or out."""
    try:
        return CARDS.stat().st_mtime_ns
    except OSError:
        return None


def hurry() -> None:
    """Go before all ordinary work, as far as the system permits (LimitRTPRIO=, LimitNICE=): late sound is a gap."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))


def run(descriptor: int, player: int) -> None:
    """Play what the shared memory behind the descriptor says, until SIGTERM or the player's (process id) death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the player says when to end
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    end_with_parent()
    hurry()
    shared = Shared(descriptor)
    table = shared.table.read()
    mark_streams(f'blind-eye on "{unpack_table(table)["device"] if table else ""}"')
    server = _server(guards=True)
    process = Process(shared, server)
    gc.freeze()
    gc.disable()
    while not asked and os.getppid() == player:  # it may have died before the kernel was asked to tell
        server.news.clear()
        process.round(time.monotonic())
        server.news.wait(ROUND_SECONDS)
    process.leave()


def listed() -> list[tuple[str, int]]:
    """Name and channels of every output of this PC."""
    return [(device.name, device.channels) for device in devices.outputs(_server().view)]


def found(pattern: str, channels: int) -> tuple[str, str, str, list[str]]:
    """The output that a site means and "", or why there is none; where its sound comes out; what else fits."""
    view = _server().view
    try:
        device, *others = devices.all_fitting(pattern, channels, view)
        devices.try_out(device, channels)
    except devices.NoSound as error:
        return "", str(error), "", []
    return device.name, "", devices.place(device, view), [other.name for other in others]


def _server(guards: bool = False) -> SoundServer:
    server = SoundServer(guards)
    server.start()
    server.looked.wait(FIRST_LOOK_SECONDS)
    return server
