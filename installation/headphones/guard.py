"""Keeping what we play from sinks it is not meant for; the sound server would move it there before anybody is told.

When a sink goes, PulseAudio moves its streams to the default one. It asks module-intended-roles first: a stream whose
role another sink is meant for goes there. So our streams have a role of their own, and a null sink that is meant for
it. When another sink becomes the default, the streams of the one before follow, but for those that prefer theirs: so
ours are said to, to module-stream-restore. PipeWire is asked not to move them at all.
"""

import os
from typing import Any

NOWHERE = "blind-eye-nowhere"
UNHEARD = (NOWHERE, "auto_null")  # and the server's own, which stands in where there is no sink
ROLE = "blind-eye-silence"
STREAM_ID = "module-stream-restore.id"
ROLES_MODULE, SINK_MODULE, RESTORE_MODULE = "module-intended-roles", "module-null-sink", "module-stream-restore"
ROLES = "on_hotplug=no"  # a sink that comes changes nothing for streams that play already
RESTORE = "restore_volume=no restore_muted=no"  # where the server did without, nothing else is remembered
SINK = (  # of the lowest priority there is, a modem's: it is the default only where there is no other sink
    f"sink_name={NOWHERE} channels=2 rate=48000 "
    f"sink_properties='device.intended_roles={ROLE} device.class=modem device.description=\"blind-eye: nowhere\"'"
)
NO_NOWHERE = (
    "the sound server loads no modules: when a device goes, a moment of its sound may be heard on another; "
    "a PulseAudio that allows modules to be loaded ends this"
)
NO_PIN = (
    "the sound server loads no module-stream-restore: when another device becomes the default, a moment may be "
    "heard there; `load-module module-stream-restore` in its default.pa ends this"
)


def mark_streams(name: str) -> None:
    """Give all streams this process will open the role, and a name to be remembered by. The sound server's library
    reads the environment whenever it connects, so this comes before any other thread.
    """
    marks = {"media.role": ROLE, STREAM_ID: name, "node.dont-reconnect": "true"}
    os.environ.update({f"PULSE_PROP_{key}": value for key, value in marks.items()})


class Guard:
    """Over one connection to the sound server. `lacks` are sentences about what it refuses."""

    def __init__(self, pulse: Any) -> None:
        self.lacks: list[str] = []
        self._pulse = pulse
        self._pinned: set[int] = set()

    def keep(self) -> None:
        """See to all of it, as often as anything may have changed; PulseError when the server goes."""
        from pulsectl import PulseError

        if "PipeWire" in self._pulse.server_info().server_name:
            return
        for duty, lack in ((self._keep_nowhere, NO_NOWHERE), (self._pin, NO_PIN)):
            try:
                if lack not in self.lacks:
                    duty()
            except PulseError:
                if not self._pulse.connected:
                    raise
                self.lacks.append(lack)

    def _keep_nowhere(self) -> None:
        """Have the null sink and what sends our streams there, also where another process of ours is at it."""
        if all(sink.name != NOWHERE for sink in self._pulse.sink_list()):
            for name, arguments in ((ROLES_MODULE, ROLES), (SINK_MODULE, SINK)):
                self._load(name, arguments)

    def _pin(self) -> None:
        """Have this process's streams stay where they are, whatever becomes the default."""
        sinks = {sink.index: sink.name for sink in self._pulse.sink_list() if sink.name not in UNHEARD}
        for stream in own_streams(self._pulse):
            if STREAM_ID in stream.proplist and stream.sink in sinks and stream.index not in self._pinned:
                self._load(RESTORE_MODULE, RESTORE)
                self._remember(stream, sinks[stream.sink])
                self._pinned.add(stream.index)

    def _remember(self, stream: Any, sink: str) -> None:
        """The sink is the one that the stream prefers; what is remembered of its volume stays."""
        from pulsectl import PulseVolumeInfo

        name, before = stream.proplist[STREAM_ID], self._pulse.stream_restore_list()
        volume, places = PulseVolumeInfo([]), None  # without channels: not to be changed
        for each in before:
            if each.name == name and each.volume.values:
                volume, places = each.volume, each.channel_list
        state = {"volume": volume, "channel_list": places, "mute": stream.mute, "device": sink}
        self._pulse.stream_restore_write(name, mode="replace", apply_immediately=True, **state)

    def leave(self) -> None:
        """Unload what `keep` loaded, in whichever process, unless a stream of another one is open."""
        from pulsectl import PulseOperationFailed

        streams = [stream for stream in self._pulse.sink_input_list() if stream.proplist.get("media.role") == ROLE]
        if len(streams) > len(own_streams(self._pulse)):
            return
        for module in filter(_is_ours, reversed(self._pulse.module_list())):
            try:
                self._pulse.module_unload(module.index)
            except PulseOperationFailed:  # another process was faster
                continue

    def _load(self, name: str, arguments: str) -> None:
        from pulsectl import PulseError

        if not self._there(name):
            try:
                self._pulse.module_load(name, arguments)
            except PulseError:
                if not self._there(name):  # it was not another process that was faster
                    raise

    def _there(self, name: str) -> bool:
        """Whether the module is loaded; of the null sinks, ours."""
        modules = [each for each in self._pulse.module_list() if each.name == name]
        return any(name != SINK_MODULE or _is_ours(each) for each in modules)


def _is_ours(module: Any) -> bool:
    """Also what an earlier version left."""
    if module.name == SINK_MODULE:
        return f"sink_name={NOWHERE} " in (module.argument or "")
    return (module.name, module.argument) in ((ROLES_MODULE, ROLES), (RESTORE_MODULE, RESTORE))


def own_streams(pulse: Any) -> list[Any]:
    """What the sound server plays of this process."""
    pid = str(os.getpid())
    return [each for each in pulse.sink_input_list() if each.proplist.get("application.process.id") == pid]
