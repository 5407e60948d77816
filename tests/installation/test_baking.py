"""The baked movie: what is in it, against what a running show has on the wall."""

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from calibration.homography import project
from calibration.mapping import default_mapping
from installation.baking.movie import Movie
from installation.baking.wall import Wall
from installation.site import load_site
from installation.state import State
from show.films import probe
from tests.support.footage import numbered, read_number, write_film
from tests.support.osc import Sender
from tests.support.program import COMMAND, blind_eye, running
from tests.support.room import build_room, change, tone, write_voice
from tests.support.sweep import RATE, place, sweep
from tests.support.waiting import wait_until

FRAMES, FPS = 25, 12
SIZE = (640, 400)
CAPTIONS = """WEBVTT

00:00.000 --> 00:01.000
<c.prompt>a moon over the sea</c>

00:01.000 --> 00:02.000
I wrote: a moon.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    site = build_room(folder, frames=FRAMES, fps=FPS, output_size=SIZE, voice=sweep(1.5))
    (folder / "film.vtt").write_text(CAPTIONS)
    return change(site, 'film = "film.mp4"', 'film = "film.mp4"\ncaptions = "film.vtt"')


@pytest.fixture(scope="module")
def pictures(site: Path, tmp_path_factory: pytest.TempPathFactory) -> list[NDArray[np.uint8]]:
    wall = Wall(load_site(site), State.find(tmp_path_factory.mktemp("state")))
    try:
        return [picture.copy() for picture in wall.pictures()]
    finally:
        wall.close()


def numbers(picture: NDArray[np.uint8]) -> list[int | None]:
    surfaces = default_mapping(*SIZE).surfaces
    return [read_number(picture, lambda u, v, s=s: tuple(project(s.to_output, np.array([u, v])))) for s in surfaces]


def decoded(movie: Path) -> Iterator[NDArray[np.uint8]]:
    with av.open(str(movie)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def heard(movie: Path) -> NDArray[np.float32]:
    """What a player plays, (samples, 2): without what the file says to leave out at its beginning."""
    with av.open(str(movie)) as container:
        blocks = [(frame.pts, frame.to_ndarray()) for frame in container.decode(audio=0)]
    samples = np.concatenate([block if len(block) == 2 else block.reshape(-1, 2).T for _, block in blocks], axis=1)
    scaled = samples / 32768 if samples.dtype == np.int16 else samples
    return scaled.T[max(0, -blocks[0][0]) :].astype(np.float32)


def bake(site: Path, out: Path, *more: str) -> Path:
    done = blind_eye("film", "bake", "--site", site, out, *more)
    assert done.returncode == 0, done.stderr
    return out


def test_it_holds_every_picture_once_and_a_voice_of_the_same_length(site: Path, tmp_path: Path) -> None:
    movie = bake(site, tmp_path / "wall.mp4")
    assert [numbers(picture) for picture in decoded(movie)] == [[number] * 3 for number in range(FRAMES)]
    info = probe(movie)
    assert (info.frames, info.fps, info.width, info.height) == (FRAMES, FPS, *SIZE)
    with av.open(str(movie)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.duration * video.time_base == audio.duration * audio.time_base == Fraction(FRAMES, FPS)
        assert (video.codec_context.colorspace, video.codec_context.color_range) == (1, 1)
        assert video.start_time == audio.start_time == 0
    for seconds in (0.3, 1.2):
        middle = round(seconds * RATE)
        for channel in (0, 1):
            told = place(heard(movie)[middle - 960 : middle + 960, channel])
            assert told is not None
            assert abs(told - seconds) < 0.002


@pytest.mark.parametrize("form", ["--prores", "--hap"])
def test_other_forms_hold_the_same(site: Path, tmp_path: Path, form: str) -> None:
    movie = bake(site, tmp_path / "wall.mov", form)
    assert [numbers(picture) for picture in decoded(movie)] == [[number] * 3 for number in range(FRAMES)]
    assert len(heard(movie)) == FRAMES * RATE // FPS


def test_with_every_pixels_own_colour_it_is_nearly_what_was_drawn(
    site: Path, tmp_path: Path, pictures: list[NDArray[np.uint8]]
) -> None:
    movie = bake(site, tmp_path / "wall.mp4", "--444")
    assert probe(movie).frames == FRAMES
    for drawn, seen in zip(pictures, decoded(movie), strict=True):
        assert np.abs(drawn.astype(int) - seen).mean() < 1


def test_its_pictures_are_those_on_the_wall(site: Path, tmp_path: Path, pictures: list[NDArray[np.uint8]]) -> None:
    """The real program, sought to a moment and held there, asked for what it shows."""
    state, sender = tmp_path / "state", Sender(load_site(site).osc.port)
    with (
        running("play", "--site", site, "--state", state, "--headless", env={"PULSE_SERVER": "/nowhere"}) as show,
        closing(sender),
    ):
        show.wait_for("the picture is up")
        for index in (3, FRAMES - 1):
            sender.send("/show/pause")
            sender.send("/show/seek", (index + 0.4) / FPS)
            sender.wait_for_ping()
            wait_until(lambda: snapshot(state) == index, f"picture {index}")  # noqa: B023
            wait_until(lambda: np.abs(wall(state).astype(int) - pictures[index]).max() <= 2, "its captions")  # noqa: B023
            sender.send("/show/resume")


def wall(state: Path) -> NDArray[np.uint8]:
    out = state / "seen.png"
    wait_until(lambda: blind_eye("snapshot", out, "--state", state).returncode == 0, "a snapshot")
    return np.asarray(Image.open(io.BytesIO(out.read_bytes())).convert("RGB"))


def snapshot(state: Path) -> int | None:
    return numbers(wall(state))[0]


def test_the_last_picture_leads_into_the_first_as_on_the_wall(pictures: list[NDArray[np.uint8]]) -> None:
    assert numbers(pictures[0]) == [0] * 3
    assert numbers(pictures[-1]) == [FRAMES - 1] * 3
    assert all(np.any(one != other) for one, other in zip(pictures, [*pictures[1:], pictures[0]], strict=True))


@pytest.fixture(scope="module")
def carded(site: Path) -> Path:
    """The same room with an end card of three seconds, into and out of which it fades."""
    path = site.with_name("carded.toml")
    card = 'crossfade_seconds = 0.5\nend_card_seconds = 3\nend_card = ["one", "@two", "three"]'
    path.write_text(f"{site.read_text()}[programme]\n{card}\n")
    return path


def test_the_end_card_follows_the_film_in_silence(carded: Path, tmp_path: Path) -> None:
    write_voice(carded.parent / "long.wav", tone(4.0))
    change(carded, "voice.wav", "long.wav")
    movie = bake(carded, tmp_path / "wall.mp4")
    info, sound = probe(movie), np.abs(heard(movie)).max(axis=1)
    assert info.frames == FRAMES + 3 * FPS
    over = FRAMES * RATE // FPS
    assert len(sound) >= over + 3 * RATE
    assert sound[: over - RATE // 10].max() > 0.1
    assert sound[over + RATE // 10 :].max() < 0.001


def test_a_movie_that_loops_fades_from_the_card_to_the_film(carded: Path, tmp_path: Path) -> None:
    wall = Wall(load_site(carded), State.find(tmp_path / "state"))
    try:
        pictures = [picture.astype(int) for picture in wall.pictures()]
    finally:
        wall.close()
    assert len(pictures) == FRAMES + 3 * FPS
    card = pictures[-1]
    assert np.abs(pictures[0] - card).max() <= 2
    assert [numbers(picture.astype(np.uint8)) for picture in pictures[6:FRAMES]] == [[n] * 3 for n in range(6, FRAMES)]
    assert all(np.array_equal(picture, card) for picture in pictures[FRAMES + 6 :])
    assert numbers(pictures[FRAMES].astype(np.uint8)) == [FRAMES - 1] * 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    long = build_room(tmp_path / "long", frames=600, fps=FPS, output_size=(1280, 800))
    out = tmp_path / "out"
    out.mkdir()
    with running("film", "bake", "--site", long, out / "wall.mp4") as baking:
        wait_until(lambda: any(each.stat().st_size > 0 for each in out.iterdir()), "the movie's beginning")
        baking.process.send_signal(number)
        assert baking.process.wait(20) == 128 + number
        assert "Traceback" not in baking.output
    assert list(out.iterdir()) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(site: Path, tmp_path: Path) -> None:
    script = tmp_path / "limited"
    script.write_text('#!/bin/bash\nulimit -f 16\nexec "$@"\n')
    script.chmod(0o755)
    command = [script, COMMAND, "film", "bake", "--site", site, "--state", tmp_path / "state", tmp_path / "wall.mp4"]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 69
    assert done.stderr.strip() == f"blind-eye: {tmp_path / 'wall.mp4'} cannot be made: File too large"
    assert not list(tmp_path.glob("*wall*"))


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["wall.mov"], 2, "wall.mov must end in .mp4, as H.264 lies in such a file"),
        (["wall.mp4", "--prores"], 2, "wall.mp4 must end in .mov, as ProRes 422 HQ lies in such a file"),
        (["."], 2, "must end in .mp4"),
        (["folder.mp4"], 2, "folder.mp4 is a folder: OUT must name the movie itself"),
        (["nowhere/wall.mp4"], 2, "nowhere is no folder that can be written"),
        (["film.mp4"], 2, "film.mp4 is the site's own film: name another OUT"),
        (["wall.mp4", "--stem", "choir"], 78, '[show.stems] has no "choir" to be heard; there are: "narration"'),
    ],
)
def test_a_mistake_is_one_sentence(site: Path, arguments: list[str], status: int, words: str) -> None:
    (site.parent / "folder.mp4").mkdir(exist_ok=True)
    out, *more = arguments
    done = blind_eye("film", "bake", "--site", site, site.parent / out, *more)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("lengths", ["longest", "own"])
def test_panels_of_other_rates_and_lengths_are_where_they_are_on_the_wall(tmp_path: Path, lengths: str) -> None:
    site = build_room(tmp_path, frames=4, fps=FPS, output_size=SIZE)
    for name, frames, fps in (("a", 12, 12), ("b", 12, 24), ("c", 6, 12)):
        pictures = (numbered(number, 192, 320, panels=1) for number in range(frames))
        write_film(tmp_path / f"{name}.mp4", pictures, fps)
    change(site, 'film = "film.mp4"', f'films = ["a.mp4", "b.mp4", "c.mp4"]\nlengths = "{lengths}"')
    wall = Wall(load_site(site), State.find(tmp_path / "state"))
    try:
        seen = [numbers(picture) for picture in wall.pictures()]
    finally:
        wall.close()
    again = lengths == "own"
    wanted = [(n // 2, n % 12 if again else min(n, 11), n // 2 % 6 if again else min(n // 2, 5)) for n in range(24)]
    assert seen == [list(each) for each in wanted]


def test_a_size_that_a_form_cannot_hold_is_told() -> None:
    problems = [
        Movie(Path("x"), form, fine, 1281, 800, Fraction(FPS)).problem
        for form, fine in (("h264", False), ("h264", True))
    ]
    assert problems == [
        "a picture of 1281x800 does not fit H.264: width must be a multiple of 2 and height of 2; --444 takes any size",
        "",
    ]
    assert "a multiple of 4" in Movie(Path("x"), "hap", False, 1282, 800, Fraction(FPS)).problem
