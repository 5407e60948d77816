"""What is taken from the network, and what never gets as far as python-osc."""

import random
import struct
from contextlib import suppress

import pytest

from installation.osc.packets import Message, PacketError, pack, unpack
from tests.support.osc import HANGING, bundle, message, read, text


def test_every_type_that_is_taken() -> None:
    packet = text("/a") + text(",ifhdsTF") + struct.pack(">ifqd", 7, 0.5, 1 << 40, 0.1) + text("Grüße")
    assert unpack(packet) == [Message("/a", (7, 0.5, 1 << 40, 0.1, "Grüße", True, False))]


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert unpack(text("/show/pause")) == [Message("/show/pause")]
    assert unpack(message("/show/pause")) == [Message("/show/pause")]


def test_bundles_in_bundles_keep_their_order() -> None:
    packet = bundle(message("/a", 1), bundle(message("/b"), bundle()), message("/c", 2.5))
    assert [each.address for each in unpack(packet)] == ["/a", "/b", "/c"]


def test_a_time_tag_in_the_year_2036_is_not_waited_for() -> None:
    assert unpack(bundle(message("/a"), time=2**64 - 1)) == [Message("/a")]


def test_eight_levels_of_bundles_and_no_more() -> None:
    packet = message("/a")
    for _ in range(8):
        packet = bundle(packet)
    assert unpack(packet) == [Message("/a")]
    with pytest.raises(PacketError, match="nested deeper than 8"):
        unpack(bundle(packet))


@pytest.mark.timeout(5)
@pytest.mark.parametrize("size", [-4, -(2**31), 0, 3, 5, 8, 2**31 - 1])
def test_no_element_size_is_believed(size: int) -> None:
    with pytest.raises(PacketError, match=f"an element of {size} bytes"):
        unpack(text("#bundle") + struct.pack(">Qi", 1, size) + b"/a\0\0")


@pytest.mark.timeout(5)
def test_the_packet_that_hangs_python_osc() -> None:
    assert len(HANGING) == 20
    with pytest.raises(PacketError, match="an element of -4 bytes"):
        unpack(HANGING)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "starts neither"),
        (b"GET / HTTP/1.1\r\n\r\n", "starts neither"),
        (b"/show/pause", "cut off"),
        (text("/a") + b",i\0", "cut off"),
        (text("/a") + text(",i"), "do not fill the message"),
        (text("/a") + text(",f") + b"\0\0", "do not fill the message"),
        (text("/a") + text(",i") + bytes(8), "do not fill the message"),
        (text("/a") + text(",s") + b"word", "cut off"),
        (text("/a") + struct.pack(">i", 5), "without type tags"),
        (text("/a") + text(",I"), "type tag 'I' is not taken"),
        (text("/a") + text(",cf") + bytes(8), "type tag 'c'"),
        (text("/a") + text(",S") + text("x"), "type tag 'S'"),
        (text("/a") + text(",b") + struct.pack(">i", -1), "type tag 'b'"),
        (text("/a") + text("," + "[" * 200), "type tag '\\['"),
        (text("/a") + text(",s") + text(b"\xff\xfe"), "not UTF-8"),
        (text("/ü".encode()), "not plain ASCII"),
        (text("/" + "a" * 300), "too long"),
        (text("/a") + text(",s") + text("x" * 300), "longer than 255"),
        (text("/a") + text(",f") + struct.pack(">f", float("nan")), "nan is not a number"),
        (text("/a") + text(",d") + struct.pack(">d", float("-inf")), "-inf is not a number"),
        (text("/a") + text(",d") + struct.pack(">d", 1e300), "1e\\+300 is not a number"),
        (text("#bundle") + bytes(4), "cut off in its time tag"),
        (bundle(message("/a")) + b"\0\0", "an element of 0 bytes"),
        (bytes(20000), "longer than 16384"),
    ],
)
def test_refused_with_a_reason(packet: bytes, reason: str) -> None:
    with pytest.raises(PacketError, match=reason):
        unpack(packet)


def test_one_bad_message_refuses_its_whole_bundle() -> None:
    with pytest.raises(PacketError):
        unpack(bundle(message("/show/pause"), text("/a") + text(",I")))


@pytest.mark.timeout(60)
def test_noise_is_refused_and_nothing_else() -> None:
    noise = random.Random(5)
    seeds = [message("/show/seek", 1.5), message("/show/go", "film"), bundle(message("/a", 1, True), bundle()), HANGING]
    for _ in range(20000):
        packet = bytearray(noise.choice(seeds))
        for _ in range(noise.randrange(1, 4)):
            packet[noise.randrange(len(packet))] = noise.randrange(256)
        with suppress(PacketError):
            assert all(isinstance(each, Message) for each in unpack(bytes(packet[: noise.randrange(1, 99)])))


def test_answers_are_written_in_types_that_every_receiver_reads() -> None:
    assert read(pack("/reply/show/open", True)) == ("/reply/show/open", (1,))
    assert read(pack("/reply/x", 0.5, 7, 1 << 40, "Grüße")) == ("/reply/x", (0.5, 7, 1 << 40, "Grüße"))
