"""The memory that the player and the headphones process share: five records, each with a single writer.

| record  | written by           | read by              | holds                                       |
|---------|----------------------|----------------------|---------------------------------------------|
| table   | player               | process, main thread | device, outputs and stems, as JSON          |
| control | player               | sound callback       | course, gains, delays, master level         |
| tick    | sound callback       | player               | the device's clock and counts               |
| words   | process, main thread | player               | sign of life and the state in one sentence  |
| homes   | process, main thread | the next process     | where sound was let out, as JSON            |

The memory is a file without a name: whoever dies, nothing is left behind, and a restarted process finds all of it.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from installation.headphones.course import LONGEST_COURSE, Control, Course, Heard, Identify, Level, Segment, Tick

PLAYING = "playing"
PICTURES_ONLY = "playing pictures only"
STARTING = "starting"
TRIES = 50
MOST_OUTPUTS, MOST_STEMS = 64, 16
GROUP_BYTES = 128

_SEQUENCE = struct.Struct("<Q")
_HEAD = struct.Struct("<II")  # length, CRC
_BODY = _SEQUENCE.size + _HEAD.size
_CONTROL = struct.Struct("<q?dddddd")
_IDENTIFY = struct.Struct("<QHH")
_COUNTS = struct.Struct("<HHH")
_SEGMENT = struct.Struct(f"<H{GROUP_BYTES}sddd")
_HEARD = struct.Struct("<dI")
_GAIN = struct.Struct("<d")
_TICK = struct.Struct("<q?ddQQQ")
_WORDS = struct.Struct("<d")

_SIZES = {"table": 1 << 20, "control": 1 << 14, "tick": 256, "words": 4096, "homes": 1 << 14}


class Record:
    """Bytes of one writer; the sequence is odd while they are written, so that a reader never believes half of them."""

    def __init__(self, memory: mmap.mmap, start: int, size: int) -> None:
        self._memory, self._start, self._size = memory, start, size
        self._whole: bytes | None = None

    @property
    def sequence(self) -> int:
        """Grows with every writing."""
        number: int = _SEQUENCE.unpack_from(self._memory, self._start)[0]
        return number

    def write(self, payload: bytes) -> None:
        """Replace the bytes; ValueError when there are too many."""
        if _BODY + len(payload) > self._size:
            raise ValueError(f"{len(payload)} bytes do not fit into a record of {self._size}")
        odd = self.sequence | 1  # a writer that died half-way left it odd
        body = self._start + _BODY
        _SEQUENCE.pack_into(self._memory, self._start, odd)
        self._memory[body : body + len(payload)] = payload
        _HEAD.pack_into(self._memory, self._start + _SEQUENCE.size, len(payload), zlib.crc32(payload))
        _SEQUENCE.pack_into(self._memory, self._start, odd + 1)

    def read(self) -> bytes | None:
        """The latest whole bytes, older ones while a writer stands half-way; None when nothing was ever written."""
        for _ in range(TRIES):
            sequence = self.sequence
            length, crc = _HEAD.unpack_from(self._memory, self._start + _SEQUENCE.size)
            body = self._start + _BODY
            payload = self._memory[body : body + length]
            if sequence and not sequence & 1 and zlib.crc32(payload) == crc and sequence == self.sequence:
                self._whole = payload
                break
        return self._whole


class Shared:
    """The five records over one piece of memory."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, sum(_SIZES.values()))
        starts = dict(zip(_SIZES, _running_sum(_SIZES.values()), strict=True))
        self.table, self.control, self.tick, self.words, self.homes = (
            Record(self._memory, starts[name], _SIZES[name]) for name in _SIZES
        )

    @classmethod
    def create(cls) -> "Shared":
        """New, empty memory."""
        descriptor = os.memfd_create("headphones")
        os.ftruncate(descriptor, sum(_SIZES.values()))
        return cls(descriptor)

    def close(self) -> None:
        """Let go of the file; the memory itself can be read as long as this object lives."""
        os.close(self.descriptor)


@dataclass(frozen=True)
class Words:
    """The process's last sign of life (monotonic) and its state in one sentence."""

    beat: float
    sentence: str


@dataclass(frozen=True)
class Homes:
    """Where sound was let out: the device chosen, "" for none yet, and the sink on which each was first heard."""

    chosen: str = ""
    sinks: Mapping[str, str] = field(default_factory=dict)


def pack_table(values: dict[str, Any]) -> bytes:
    """Device, outputs and stems as bytes."""
    return json.dumps(values).encode()


def unpack_table(payload: bytes) -> dict[str, Any]:
    """The same back."""
    values: dict[str, Any] = json.loads(payload)
    return values


def pack_homes(homes: Homes) -> bytes:
    """Homes as bytes; ValueError when there are too many."""
    return json.dumps(asdict(homes)).encode()


def unpack_homes(payload: bytes) -> Homes:
    """The same back."""
    return Homes(**json.loads(payload))


def pack_control(control: Control) -> bytes:
    """A control as bytes; ValueError for a group of more than 128 bytes, or too many outputs or stems."""
    course, level, asked = control.course, control.level, control.identify
    segments, heard = course.segments[-LONGEST_COURSE:], control.heard
    stems = len(heard[0].stems) if heard else 0
    if len(heard) > MOST_OUTPUTS or stems > MOST_STEMS:
        raise ValueError(f"{len(heard)} outputs of {stems} stems are more than {MOST_OUTPUTS} of {MOST_STEMS}")
    motion = (level.start, level.to, level.begin, level.seconds)
    parts = [
        _CONTROL.pack(course.epoch, course.playing, course.anchor, *motion, control.duck),
        _IDENTIFY.pack(asked.request, asked.output, asked.number),
        _COUNTS.pack(len(segments), len(heard), stems),
        *(_pack_segment(segment) for segment in segments),
        *(_pack_heard(each) for each in heard),
    ]
    return b"".join(parts)


def unpack_control(payload: bytes) -> Control:
    """The same back."""
    epoch, playing, anchor, *level, duck = _CONTROL.unpack_from(payload)
    identify = Identify(*_IDENTIFY.unpack_from(payload, _CONTROL.size))
    segments, outputs, stems = _COUNTS.unpack_from(payload, _CONTROL.size + _IDENTIFY.size)
    at = _CONTROL.size + _IDENTIFY.size + _COUNTS.size
    behind, width = at + segments * _SEGMENT.size, _HEARD.size + stems * _GAIN.size
    course = Course(
        epoch, playing, anchor, tuple(_unpack_segment(payload, at + n * _SEGMENT.size) for n in range(segments))
    )
    heard = tuple(_unpack_heard(payload, behind + n * width, stems) for n in range(outputs))
    return Control(course, heard, Level(*level), duck, identify)


def pack_tick(tick: Tick) -> bytes:
    """A tick as bytes."""
    return _TICK.pack(tick.epoch, tick.sounding, tick.anchor, tick.taken, tick.blocks, tick.underflows, tick.faults)


def unpack_tick(payload: bytes) -> Tick:
    """The same back."""
    return Tick(*_TICK.unpack(payload))


def pack_words(words: Words) -> bytes:
    """Words as bytes; a long sentence is cut."""
    return _WORDS.pack(words.beat) + words.sentence.encode()[:2000]


def unpack_words(payload: bytes) -> Words:
    """The same back."""
    return Words(_WORDS.unpack_from(payload)[0], payload[_WORDS.size :].decode(errors="ignore"))


def _pack_segment(segment: Segment) -> bytes:
    name = segment.stem_group.encode()
    if len(name) > GROUP_BYTES:
        raise ValueError(f'"{segment.stem_group}" is longer than {GROUP_BYTES} bytes')
    return _SEGMENT.pack(len(name), name, segment.start, segment.offset, segment.duration)


def _unpack_segment(payload: bytes, at: int) -> Segment:
    length, name, start, offset, duration = _SEGMENT.unpack_from(payload, at)
    return Segment(name[:length].decode(), start, offset, duration)


def _pack_heard(heard: Heard) -> bytes:
    gains = b"".join(map(_GAIN.pack, heard.stems))
    return _HEARD.pack(heard.gain, heard.delay_frames) + gains


def _unpack_heard(payload: bytes, at: int, stems: int) -> Heard:
    gain, delay = _HEARD.unpack_from(payload, at)
    behind = at + _HEARD.size
    gains = tuple(_GAIN.unpack_from(payload, behind + n * _GAIN.size)[0] for n in range(stems))
    return Heard(gain, delay, gains)


def _running_sum(sizes: Any) -> list[int]:
    starts, total = [], 0
    for size in sizes:
        starts.append(total)
        total += size
    return starts
