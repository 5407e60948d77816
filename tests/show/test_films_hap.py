"""HAP: every way of packing comes out as the same blocks, and damage is told, whatever it is."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from show.errors import FilmError
from show.films import FilmInfo, Frame, Reel, hap, probe
from show.films.source import opened
from tests.support.footage import numbered_film, to_hap
from tests.support.waiting import wait_until

FRAMES = 12
SIZE = (576, 320)
BLOCKS = 144 * 80


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", FRAMES, SIZE)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def unpacked(packet: bytes) -> list[bytes]:
    return content(hap.frame(memoryview(packet), 0, *SIZE))


@pytest.mark.parametrize(("form", "size"), [("hap", 8), ("hap_q", 16), ("hap_alpha", 16)])
def test_every_packing_holds_the_same_blocks(film: Path, form: str, size: int) -> None:
    plain = [unpacked(each) for each in packets(to_hap(film, form, "none"))]
    assert [len(each[0]) for each in plain] == [BLOCKS * size] * FRAMES
    assert len(set(map(str, plain))) == FRAMES
    for chunks in (1, 4):
        assert [unpacked(each) for each in packets(to_hap(film, form, "snappy", chunks))] == plain


def test_frames_come_in_order_and_are_found_again(film: Path) -> None:
    path = to_hap(film)
    info = probe(path)
    assert (info.width, info.height, info.fps, info.frames) == (*SIZE, 12, FRAMES)
    wanted = [unpacked(each) for each in packets(path)]
    reel = Reel(info)
    assert [content(exact(reel, index)) for index in range(FRAMES)] == wanted
    reel.seek(5)
    assert content(exact(reel, 5)) == wanted[5]
    reel.close()


def exact(reel: Reel, index: int) -> Frame:
    return wait_until(lambda: (f := reel.at(index)) and f.index == index and f, f"frame {index}")


def content(frame: Frame) -> list[bytes]:
    return [blocks.data.tobytes() for blocks in frame.blocks]


def section(kind: int, contents: bytes, long: bool = False) -> bytes:
    size = len(contents)
    head = bytes(3) + bytes([kind]) + size.to_bytes(4, "little") if long else size.to_bytes(3, "little") + bytes([kind])
    return head + contents


@pytest.mark.parametrize("long", [False, True])
def test_colour_and_alpha_may_be_two_textures(long: bool) -> None:
    colour, alpha = bytes(range(256)) * (BLOCKS // 16), bytes(range(1, 129)) * (BLOCKS // 16)
    packet = section(0x0D, section(0xAF, colour, long) + section(0xA1, alpha, long), long)
    frame = hap.frame(memoryview(packet), 3, *SIZE)
    assert (frame.form, frame.index) == ("ycocg_alpha", 3)
    assert [(each.kind, each.data.tobytes()) for each in frame.blocks] == [("dxt5", colour), ("rgtc1", alpha)]


def test_chunks_may_lie_in_any_order() -> None:
    halves = [bytes([n]) * (BLOCKS * 4) for n in (1, 2)]
    places = (BLOCKS * 4).to_bytes(4, "little") + bytes(4)
    sizes = (BLOCKS * 4).to_bytes(4, "little") * 2
    said = section(0x01, section(0x02, b"\x0a\x0a") + section(0x03, sizes) + section(0x04, places))
    assert unpacked(section(0xCB, said + halves[1] + halves[0])) == [halves[0] + halves[1]]


def damaged(packet: bytes) -> Iterator[bytes]:
    chance = random.Random(5)
    yield b""
    yield from (packet[:length] for length in (1, 3, 4, 5, 7, 8, 20, len(packet) // 2, len(packet) - 1))
    for _ in range(400):
        changed = bytearray(packet)
        for _ in range(chance.randrange(1, 6)):
            changed[chance.randrange(min(len(packet), chance.choice((8, 60, len(packet)))))] = chance.randrange(256)
        yield bytes(changed)


@pytest.mark.parametrize("chunks", [1, 4])
def test_a_damaged_packet_is_told_in_a_few_words(film: Path, chunks: int) -> None:
    told = set()
    for packet in damaged(packets(to_hap(film, "hap", "snappy", chunks))[3]):
        try:
            unpacked(packet)
        except hap.HapError as error:
            told.add(str(error))
    assert "a HAP packet is cut short" in told
    assert len(told) > 3


def test_a_film_packed_in_a_way_that_nobody_here_knows_is_one_sentence(film: Path) -> None:
    path = to_hap(film)
    path.write_bytes(path.read_bytes().replace(b"Hap1", b"Hap7"))
    with pytest.raises(FilmError, match="how its pictures are packed is not known here$"):
        probe(path)


def spoil(info: FilmInfo, indexes: list[int]) -> None:
    data = bytearray(info.path.read_bytes())
    with av.open(str(info.path)) as container:
        places = [entry.pos for entry in container.streams.video[0].index_entries]
    for index in indexes:
        data[places[index] : places[index] + 8] = b"\xff" * 8
    info.path.write_bytes(data)


def test_the_frame_before_a_damaged_one_is_held(film: Path) -> None:
    info = probe(to_hap(film, "hap_q"))
    spoil(info, [4, 5])
    reel = Reel(info)
    exact(reel, 3)
    wait_until(lambda: len(reel._queue) > 2)
    held = reel.at(5)
    assert held
    assert held.index == 3
    exact(reel, 6)
    assert reel.error
    assert reel.error.startswith(f"{info.path}: 2 part(s) of the film could not be decoded: a HAP packet is cut short")
    reel.close()


def test_the_film_is_known_by_its_first_picture_that_is_whole(film: Path) -> None:
    info = probe(to_hap(film, "hap_alpha"))
    spoil(info, [0])
    assert replace(probe(info.path), state=info.state) == info
    with opened(info.path) as source:
        assert np.array([source.frame(picture, 0) is not None for picture in source.pictures()]).sum() == FRAMES - 1
