import av
import numpy as np
import pytest

from show.captions import load_captions
from show.errors import FilmError, StoryError
from show.making.film import _chains, frames, render
from show.making.story import load_story
from tests.show.making.stories import write_story

IMAGES, PANEL = 4, 64


@pytest.fixture
def rendered(story_path, tmp_path):
    return render(story_path, tmp_path / "film", say=lambda line: None)


def test_the_film_and_its_captions(rendered):
    with av.open(str(rendered)) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (3 * PANEL, 128, 12)
        assert sum(1 for _ in film.decode(stream)) == 2 * IMAGES
    lines = load_captions(rendered.with_suffix(".vtt")).at(0.1)
    assert {(line.kind, line.text) for line in lines} == {
        ("prompt", "a lantern & its < night"),
        ("narrative", "I wrote the word lantern."),
    }


def test_seamless_panels_that_differ(story_path, tmp_path):
    story = load_story(story_path)
    chains = _chains(story, tmp_path / "work", lambda line: None)
    for chain in chains:
        list(chain.run())
    pictures = list(frames(story, chains))
    assert np.array_equal(pictures[IMAGES - 1], pictures[IMAGES])
    assert not np.array_equal(pictures[IMAGES], pictures[IMAGES + 1])
    one, two, three = np.split(pictures[-1].astype(int), 3, axis=1)
    assert min(np.abs(one - two).mean(), np.abs(two - three).mean(), np.abs(one - three).mean()) > 1


def test_render_goes_on_where_it_was(story_path, tmp_path, capsys):
    render(story_path, tmp_path / "film.mp4", tmp_path / "work", say=lambda line: None)
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith(": 100 %, 8 of 8")]
    assert sorted(line[:7] for line in told) == ["panel 1", "panel 2", "panel 3"]
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").rglob("*.png")}
    again = render(story_path, tmp_path / "film.mp4", tmp_path / "work", say=lambda line: None)
    assert len(times) == 3 * 2 * IMAGES
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert again.with_suffix(".vtt").is_file()


def test_a_wrong_story_makes_nothing(tmp_path):
    with pytest.raises(StoryError):
        render(write_story(tmp_path, ("cuts = 2", "cuts = 0")), tmp_path / "film")
    assert not (tmp_path / "film").exists()


def test_a_film_that_cannot_be_written_is_known_before_it_is_made(story_path, tmp_path):
    (tmp_path / "film").write_text("in the way")
    with pytest.raises(FilmError, match=r"triptych\.mp4 cannot be made: File exists"):
        render(story_path, tmp_path / "film", tmp_path / "work")
    assert not (tmp_path / "work").exists()
