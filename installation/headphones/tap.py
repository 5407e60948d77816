"""Stems along a course: what of a stem sounds from a place in show time on, with fades where it is cut."""

from collections.abc import Mapping

import numpy as np

from installation.headphones.course import Course, Segment
from installation.headphones.fades import FADE_FRAMES, Gain, Sound

CLICK = 0.01  # a stem that begins or ends louder (-40 dBFS) would be heard to be switched


def tap(course: Course, stem: str, stems: Mapping[str, Sound], position: int, frames: int) -> Sound | None:
    """So many frames (frames, 1 or 2) of a stem from a show time in samples on; None where it is silent."""
    heard = None
    for segment in course.segments:
        begin, end = max(position, segment.first), min(position + frames, segment.end)
        sound = stems.get(f"{segment.stem_group}/{stem}")
        if begin >= end or sound is None:
            continue
        source = segment.source + begin - segment.first
        piece = sound[source : source + end - begin]
        if len(piece):
            piece = piece * _edges(course, segment, begin, len(piece), sound)
            heard = _placed(heard, piece, begin - position, frames)
    return heard


def _placed(heard: Sound | None, piece: Sound, at: int, frames: int) -> Sound:
    """A piece at its place among what is heard already."""
    if heard is None and len(piece) == frames:
        return piece
    both = np.zeros((frames, 2), np.float32)
    if heard is not None:
        both += heard
    both[at : at + len(piece)] += piece
    return both


def _edges(course: Course, segment: Segment, begin: int, frames: int, stem: Sound) -> Gain:
    """1, or a fade where the segment cuts into its stem or the stem itself begins or ends with a click."""
    at, length = begin - segment.first, segment.end - segment.first
    last = min(length, len(stem) - segment.source)  # where it falls silent
    rising = at < FADE_FRAMES and not _is_led_into(course, segment) and _clicks(stem, segment.source)
    falling = at + frames > last - FADE_FRAMES and not _leads_on(course, segment)
    falling = falling and _clicks(stem, segment.source + last - 1)
    if not (rising or falling):
        return 1.0
    places = np.arange(at, at + frames)[:, np.newaxis]  # whole: float32 counts to six minutes
    up = (places + 1) / FADE_FRAMES if rising else 1.0
    down = (last - places) / FADE_FRAMES if falling else 1.0
    edges: Sound = np.clip(np.minimum(up, down), 0.0, 1.0).astype(np.float32)
    return edges


def _is_led_into(course: Course, segment: Segment) -> bool:
    return any(other.leads_into(segment) for other in course.segments)


def _leads_on(course: Course, segment: Segment) -> bool:
    return any(segment.leads_into(other) for other in course.segments)


def _clicks(stem: Sound, place: int) -> bool:
    """Whether silence beside this frame of a stem would be heard: inside it always, as what follows is not known."""
    if 0 < place < len(stem) - 1:
        return True
    return bool(np.abs(stem[place]).max() > CLICK)
