"""The memory between player and headphones process, whoever dies while writing."""

import subprocess
import sys

import pytest

from installation.headphones.course import Control, Course, Heard, Identify, Level, Segment, Tick
from installation.headphones.shared import (
    Record,
    Shared,
    Words,
    pack_control,
    pack_tick,
    pack_words,
    unpack_control,
    unpack_tick,
    unpack_words,
)
from tests.support.waiting import wait_until

WRITER = """
import sys, itertools
from installation.headphones.shared import Shared
control = Shared(int(sys.argv[1])).control
for number in itertools.count():
    control.write(bytes([number % 256]) * (100 + number % 900))
"""


@pytest.fixture
def shared():
    memory = Shared.create()
    yield memory
    memory.close()


def test_a_control_comes_back_as_it_was() -> None:
    segments = (Segment("film", 0.1, 0.2, 24.25), Segment("clip-ä", 24.35, 0.0, 1 / 3))
    heard = (Heard(1.0, 0, (1.0, 0.5)), Heard(0.0, 4800, (0.0, 1 / 3)))
    level, asked = Level(0.2, 0.8, 99.5, 3.0), Identify(3, 1, 12)
    control = Control(Course(7, True, 1234.5678, segments), heard, level, 0.25, asked)
    assert unpack_control(pack_control(control)) == control


def test_of_a_long_course_the_latest_segments_are_kept() -> None:
    segments = tuple(Segment("film", float(n), 0.0, 1.0) for n in range(12))
    assert unpack_control(pack_control(Control(Course(segments=segments)))).course.segments == segments[-8:]


def test_ticks_and_words_come_back_as_they_were() -> None:
    tick = Tick(3, True, 12.5, 13.5, 4, 5, 6)
    assert unpack_tick(pack_tick(tick)) == tick
    assert unpack_words(pack_words(Words(1.5, "schön"))) == Words(1.5, "schön")


def test_nothing_written_is_nothing_read(shared: Shared) -> None:
    assert shared.tick.read() is None


def test_records_lie_apart(shared: Shared) -> None:
    for name in ("table", "control", "tick", "words"):
        getattr(shared, name).write(name.encode() * 10)
    for name in ("table", "control", "tick", "words"):
        assert getattr(shared, name).read() == name.encode() * 10


def test_what_does_not_fit_is_refused(shared: Shared) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        shared.tick.write(bytes(300))


def test_a_writer_that_died_half_way_is_not_believed_and_its_successor_is(shared: Shared) -> None:
    memory = bytearray(256)
    record = Record(memory, 0, 256)  # type: ignore[arg-type]
    record.write(b"whole")
    assert record.read() == b"whole"
    memory[0], memory[20] = memory[0] | 1, 0
    assert record.read() == b"whole"
    record.write(b"next")
    assert record.read() == b"next"


def test_a_reader_never_sees_half_a_writing_of_another_process(shared: Shared) -> None:
    memory = shared.descriptor
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(memory)], pass_fds=[memory])
    read: set[bytes] = set()
    try:
        wait_until(shared.control.read)
        wait_until(lambda: read.update(shared.control.read() for _ in range(100)) or len(read) > 15)
    finally:
        writer.kill()
        writer.wait()
    assert all(len(set(each)) == 1 for each in read)
