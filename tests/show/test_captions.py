"""WebVTT as the wall reads it: who says what, when, and what is wrong with a file."""

from pathlib import Path

import pytest

from show.caption_places import Place
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
    assert prompt == Line("a field of images", "prompt", Place("center"))
    assert narrative == Line("We understand\neach other", "narrative", Place("center"))
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
        ("WEBVTT\nLanguage: en\n\n00:01.000 --> 00:02.000 algin:start\nx", 4),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 line:101%\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 position:50%,top\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 size:0%\nx", 3),
        ("WEBVTT\n\n" + "9" * 400 + ":00:01.000 --> 00:02.000\nx", 3),
        ("WEBVTT\n\n00:01.000 --> " + "9" * 5000 + ":00:02.000\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na\u2028b\n\n00:03.000", 6),
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


PLAYERS = """WEBVTT FILE
Kind: captions
Language: nl

REGION
id:bottom

00:01.000 --> 00:02.000 align:start position:0%
<00:00:01.500><c.yellow.bg_black>a prompt</c><br><i>slanted</i> and <b>bold</b> <lang nl>woorden</lang>

1:00:00.000 --> 1:00:01.000 region:bottom vertical:rl line:-2
\u6f22<ruby>\u5b57<rt>zi</rt></ruby>&nbsp;&rlm;&#8226;<c.lime>green</c>
"""


def test_what_players_write_is_read() -> None:
    captions = parse_captions(PLAYERS, "players")
    prompt, rest = captions.at(1.5)
    assert (prompt.text, prompt.kind) == ("a prompt", "prompt")
    assert rest == Line("slanted and bold woorden", "narrative", Place("start", position=0.0))
    (ruby,) = captions.at(3600.5)
    assert ruby.text == "\u6f22\u5b57 (zi)\xa0\u200f\u2022green"
    assert ruby.place == Place(row=-2)


def test_a_cue_may_follow_the_heading_at_once() -> None:
    captions = parse_captions("WEBVTT\nname\n00:01.000 --> 00:02.000\nwords", "x")
    assert words(captions, 1) == ["words"]


@pytest.mark.parametrize(
    ("settings", "span"),
    [
        ("", (0.0, 1.0)),
        ("align:start", (0.0, 1.0)),
        ("align:middle size:50%", (0.25, 0.75)),
        ("align:start position:30%", (0.3, 1.0)),
        ("align:right position:80% size:50%", (0.3, 0.8)),
        ("position:75%", (0.5, 1.0)),
        ("position:75%,line-left size:10%", (0.75, 0.85)),
        ("align:left position:100%", (1.0, 1.0)),
    ],
)
def test_settings_name_a_part_of_the_width(settings: str, span: tuple[float, float]) -> None:
    (line,) = parse_captions(f"WEBVTT\n\n00:01.000 --> 00:02.000 {settings}\nx", "x").at(1)
    assert line.place.span == pytest.approx(span)
