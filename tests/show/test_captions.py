"""WebVTT as the wall reads it: who says what, when, and what is wrong with a file."""

from pathlib import Path

import pytest

from show.captions import Captions, Line, load_captions, parse_captions
from show.errors import CaptionError

STORY = """WEBVTT - the story

NOTE written by hand

STYLE
::cue(.prompt) { color: yellow }

first
00:01.000 --> 00:04.000 align:center
<c.prompt>a field of images</c>
<c.narrative>We understand
each other</c>

01:00:02.500 --> 01:00:05.000
<v Jo>Salt &amp; <i>light</i>
"""


def words(captions: Captions, seconds: float) -> list[str]:
    return [line.text for line in captions.at(seconds)]


def test_kinds_line_breaks_and_entities() -> None:
    captions = parse_captions(STORY, "story.vtt")
    prompt, narrative = captions.at(1.0)
    assert prompt == Line("a field of images", "prompt")
    assert narrative == Line("We understand\neach other", "narrative")
    assert captions.at(3603.0) == (Line("Salt & light", "narrative"),)


@pytest.mark.parametrize(("seconds", "count"), [(0.999, 0), (1.0, 2), (3.999, 2), (4.0, 0), (3602.5, 1), (9999, 0)])
def test_shown_from_start_until_just_before_end(seconds: float, count: int) -> None:
    assert len(parse_captions(STORY, "story.vtt").at(seconds)) == count


def test_overlapping_cues_are_shown_together() -> None:
    captions = parse_captions("WEBVTT\n\n00:01.000 --> 00:05.000\na\n\n00:02.000 --> 00:03.000\nb\n", "x")
    assert [words(captions, time) for time in (1.5, 2.5, 3.5)] == [["a"], ["a", "b"], ["a"]]


def test_next_change_visits_every_start_and_end() -> None:
    captions = parse_captions(STORY, "story.vtt")
    seen, time = [], captions.next_change(-1)
    while time is not None:
        seen.append(time)
        time = captions.next_change(time)
    assert seen == [1.0, 4.0, 3602.5, 3605.0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("1\n00:01.000 --> 00:02.000\nx", 1),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx", 4),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\nx", 3),
        ("WEBVTT\n\n00:03.000 --> 00:02.000\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<c.prompt>x", 4),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx</c>", 4),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nfine\n<c.promt>x</c>", 5),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n1 < 2", 4),
    ],
)
def test_malformed_names_file_and_line(text: str, line: int) -> None:
    with pytest.raises(CaptionError, match=rf"^story\.vtt, line {line}: "):
        parse_captions(text, "story.vtt")


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "story.vtt"
    path.write_bytes(b"\xef\xbb\xbf" + STORY.replace("\n", "\r\n").encode())
    assert words(load_captions(path), 2)[0] == "a field of images"


@pytest.mark.parametrize("content", [None, "Stra\xdfe".encode("latin-1")])
def test_unreadable_or_not_utf8_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "story.vtt"
    if content:
        path.write_bytes(content)
    with pytest.raises(CaptionError, match=r"story\.vtt: (cannot be read: no such file|is not UTF-8)"):
        load_captions(path)
