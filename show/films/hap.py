"""HAP: every packet is a picture that is already compressed for the graphics card; unpacked here, never decoded.

A packet is a section: its length in 3 bytes (or, when they are 0, in 4 after the type), its type in 1, its contents.
The type's low half names the texture, the high half how it is packed. Source: Vidvox, HapVideoDRAFT.
"""

from collections.abc import Iterator
from itertools import accumulate

import cramjam
import numpy as np

from show.films.frame import BLOCK_BYTES, Blocks, Form, Frame, Kind

KINDS: dict[int, Kind] = {0xB: "dxt1", 0xE: "dxt5", 0xF: "dxt5", 0x1: "rgtc1"}
FORMS: dict[tuple[int, ...], Form] = {(0xB,): "rgb", (0xE,): "rgba", (0xF,): "ycocg", (0xF, 0x1): "ycocg_alpha"}
PLAIN, SNAPPY, IN_CHUNKS = 0xA, 0xB, 0xC  # how a texture is packed
SEVERAL = 0x0D  # a section of textures
INSTRUCTIONS, PACKINGS, SIZES, OFFSETS = 0x01, 0x02, 0x03, 0x04  # sections that say where the chunks lie

NOTHING = memoryview(b"")


class HapError(Exception):
    """A packet that is no picture; the message is for the middle of a sentence."""


def frame(packet: memoryview, index: int, width: int, height: int) -> Frame:
    """The picture of a packet, for a film of that size; HapError when it is damaged or of a kind nobody knows."""
    kind, contents, _ = _section(packet)
    textures = list(_sections(contents)) if kind == SEVERAL else [(kind, contents)]
    form = FORMS.get(tuple(kind & 0xF for kind, _ in textures))
    if form is None:
        raise HapError("a kind of HAP that is not known here")
    blocks = [_blocks(kind, contents, -(-width // 4) * -(-height // 4)) for kind, contents in textures]
    return Frame.of_blocks(index, form, blocks, width, height)


def _section(data: memoryview) -> tuple[int, memoryview, memoryview]:
    """Type and contents of a section, and what comes after it."""
    head = 4 if any(data[:3]) else 8
    end = head + int.from_bytes(data[:3] if head == 4 else data[4:8], "little")
    if len(data) < max(head, end):
        raise HapError("a HAP packet is cut short")
    return data[3], data[head:end], data[end:]


def _sections(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    while data:
        kind, contents, data = _section(data)
        yield kind, contents


def _blocks(kind: int, contents: memoryview, count: int) -> Blocks:
    texture = KINDS[kind & 0xF]
    data = np.empty(count * BLOCK_BYTES[texture], np.uint8)
    if kind >> 4 == IN_CHUNKS:
        _unpack_chunks(contents, data.data)
    elif _unpack(kind >> 4, contents, data.data) != data.size:
        raise HapError("a HAP picture has another size than its film")
    return Blocks(texture, data)


def _unpack(packing: int, contents: memoryview, out: memoryview) -> int:
    """Fill the beginning of `out`; how many bytes that were."""
    if packing not in (PLAIN, SNAPPY):
        raise HapError("a HAP packet is packed in a way that is not known here")
    try:
        size = len(contents) if packing == PLAIN else cramjam.snappy.decompress_raw_len(contents)
        if size > len(out):
            raise HapError("a HAP picture has another size than its film")
        if packing == PLAIN:
            out[:size] = contents
        elif cramjam.snappy.decompress_raw_into(contents, out[:size]) != size:
            raise HapError("a HAP packet is cut short")
    except cramjam.DecompressionError as error:
        raise HapError("a HAP packet cannot be unpacked") from error
    return size


def _unpack_chunks(contents: memoryview, out: memoryview) -> None:
    done = 0
    for packing, chunk in _chunks(contents):
        done += _unpack(packing, chunk, out[done:])
    if done != len(out):
        raise HapError("a HAP picture has another size than its film")


def _chunks(contents: memoryview) -> Iterator[tuple[int, memoryview]]:
    """How each chunk is packed, and its bytes."""
    kind, said, chunks = _section(contents)
    tables = dict(_sections(said)) if kind == INSTRUCTIONS else {}
    packings, sizes = tables.get(PACKINGS, NOTHING), _numbers(tables.get(SIZES, NOTHING))
    starts = _numbers(tables[OFFSETS]) if OFFSETS in tables else [0, *accumulate(sizes)][: len(sizes)]
    if not packings or not len(packings) == len(sizes) == len(starts):
        raise HapError("a HAP packet does not say where its parts lie")
    for packing, size, start in zip(packings, sizes, starts, strict=True):
        if start + size > len(chunks):
            raise HapError("a HAP packet is cut short")
        yield packing, chunks[start : start + size]


def _numbers(table: memoryview) -> list[int]:
    """Whole numbers of 4 bytes each."""
    return [int.from_bytes(table[at : at + 4], "little") for at in range(0, len(table), 4)]
