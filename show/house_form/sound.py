"""A movie's sound on its way into house form."""

from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from show.house_form.plan import KEPT_SOUND


class Sound:
    """Copied where an MP4 can hold it, else packed without loss."""

    def __init__(self, made: OutputContainer, given: AudioStream, start_seconds: float) -> None:
        self.given = given
        self._made = made
        self._start = round(start_seconds / (given.time_base or Fraction(1, given.rate)))
        self._copied = given.codec_context.name in KEPT_SOUND
        self._stream = made.add_stream_from_template(given) if self._copied else _alac(made, given)

    def take(self, packet: "av.Packet[Any]") -> None:
        """One more packet, the empty one too that is the last."""
        if packet.pts is not None:
            packet.pts -= self._start
            packet.dts = packet.pts
        if not self._copied:
            self._made.mux(self._packed(packet))
        elif packet.size and packet.pts is not None and packet.pts >= 0:
            packet.stream = self._stream
            self._made.mux(packet)

    def _packed(self, packet: "av.Packet[Any]") -> "list[av.Packet[Any]]":
        try:
            frames = self.given.codec_context.decode(packet)
        except av.FFmpegError:
            frames = []
        done = [each for frame in frames for each in self._stream.encode(frame)]
        return done if packet.size else [*done, *self._stream.encode(None)]


def _alac(made: OutputContainer, given: AudioStream) -> AudioStream:
    form = "s32p" if given.format.bits > 16 else "s16p"
    layout = {1: "mono", 2: "stereo"}.get(given.channels, given.layout.name)  # some files only count their channels
    return made.add_stream("alac", given.rate, layout=layout, format=form)
