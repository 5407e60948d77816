from pathlib import Path

import pytest

import show
from show.captions import parse_captions
from show.errors import StoryError
from show.making.bundled import BUNDLED
from show.making.reading import cues, read_aloud
from show.making.story import load_story
from show.making.subtitles import spoken, webvtt
from show.making.voices.speaker import Speaker
from tests.show.making.stories import write_story


def test_a_story(tmp_path):
    story = load_story(write_story(tmp_path))
    lantern, sea = story.phrases
    assert lantern.wish.prompts.weights(1) == (1, 0.5, -1)
    assert lantern.wish.angle.at(1.75) == pytest.approx(1.025)
    assert (sea.wish.angle, sea.wish.zoom, sea.prompt) == (None, None, "the sea")
    assert story.seconds == pytest.approx(8 / 12)
    assert story.vqgan == tmp_path / "vqgan.safetensors"


def test_the_bundled_pair_by_default(tmp_path):
    story = load_story(write_story(tmp_path, ('vqgan = "vqgan.safetensors"\n', "")))
    assert story.vqgan == BUNDLED / "vqgan.safetensors"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("images_per_phrase = 4", "images_per_phrase = 1", r"story.toml: \[story\] images_per_phrase = 1 .*2..5000"),
        ("cuts = 2", 'cuts = "2"', r"\[making\] cuts = '2' must be a number"),
        ("cuts = 2", "cut = 2", r"\[making\] cut is not a key"),
        ("panel_width = 64", "panel_width = 65", "panel_width = 65 is not an even number"),
        ("seeds = [5, 6, 7]", "seeds = [5, -6]", "seeds"),
        ('title = "A test"', "", r"\[story\] title is missing"),
        ("4: (1.02)", "4: (9)", r"story.toml: \[\[phrase\]\] 1 ZOOM = 9 is outside 0.5..2"),
        ("2.5: (1.05)", "2.5: 1.05", r"\[\[phrase\]\] 1 ANGLE"),
        ("the sea: 1", "the sea: 0", r"\[\[phrase\]\] 2 TEXT asks for nothing"),
        ("[story]", "[story", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, sentence):
    with pytest.raises(StoryError, match=sentence):
        load_story(write_story(tmp_path, (old, new)))


def test_a_story_that_is_not_there(tmp_path):
    with pytest.raises(StoryError, match="cannot be read"):
        load_story(tmp_path / "none.toml")


def test_not_utf_8(tmp_path):
    (tmp_path / "story.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(StoryError, match="not UTF-8 at byte 9"):
        load_story(tmp_path / "story.toml")


def test_lines_share_their_phrase_by_length(tmp_path):
    first, second = spoken(load_story(write_story(tmp_path)))
    assert (first.start, second.end) == pytest.approx((0, 4 / 12))
    assert first.end == second.start == pytest.approx(4 / 12 * 25 / 39)


def test_webvtt(tmp_path):
    text = webvtt(load_story(write_story(tmp_path, ("images_per_phrase = 4", "images_per_phrase = 900"))))
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert "00:00:00.000 --> 00:01:15.000\n<c.prompt>a lantern &amp; its &lt; night</c>" in text
    assert "00:01:15.000 --> 00:02:30.000\n<c.prompt>the sea</c>" in text
    assert "--> 00:01:15.000\n<c.narrative>It lit itself.</c>" in text


def test_the_demo_s_captions_are_those_of_its_story_as_it_is_spoken():
    demo = Path(show.__file__).parent / "demo"
    story = load_story(demo / "story.toml")
    lines = read_aloud(story, Speaker(story.narration.manner))
    assert webvtt(story, cues(lines)) == (demo / "film" / "triptych.vtt").read_text()


def test_an_empty_line_does_not_end_a_caption(tmp_path):
    story = load_story(write_story(tmp_path, ('"It lit itself."', '"It lit\\n\\n itself."')))
    lines = [line.text for cue in parse_captions(webvtt(story), "story").cues for line in cue.lines]
    assert "It lit\n itself." in lines
