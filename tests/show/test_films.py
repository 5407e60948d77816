"""Films on disk and the reel that decodes them: exact to the frame, and telling when something is wrong."""

import os
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from show.errors import FilmError
from show.films import FilmInfo, Frame, Reel, probe
from tests.support.footage import flat, numbered, numbered_film, read_number, write_film
from tests.support.waiting import wait_until

FRAMES = 40


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> FilmInfo:
    return probe(numbered_film(tmp_path_factory.mktemp("film") / "film.mp4", FRAMES))


def number(frame: Frame) -> int | None:
    return read_number(frame.planes[0].samples(), lambda u, v: (u * frame.width / 3, v * frame.height))


def exact(reel: Reel, index: int) -> Frame | None:
    frame = reel.at(index)
    return frame if frame and frame.index == index else None


def played(reel: Reel, first: int, last: int) -> list[int | None]:
    """The numbers seen on the frames from first to just before last."""
    return [number(wait_until(lambda: exact(reel, i), f"frame {i}")) for i in range(first, last)]  # noqa: B023


def test_probe_tells_size_rate_and_true_length(film: FilmInfo) -> None:
    assert (film.width, film.height, film.fps, film.frames) == (576, 320, Fraction(12), FRAMES)
    assert film.duration == pytest.approx(FRAMES / 12)


def test_every_frame_comes_once_in_order_and_the_last_is_held(film: FilmInfo) -> None:
    reel = Reel(film)
    assert played(reel, 0, FRAMES) == list(range(FRAMES))
    wait_until(lambda: reel.ended)
    last = reel.at(FRAMES + 100)
    assert last
    assert last.index == FRAMES - 1
    assert reel.error is None
    reel.close()


@pytest.mark.parametrize("target", [0, 1, 11, 23, 24, FRAMES - 1])
def test_seek_and_start_are_exact_to_the_frame(film: FilmInfo, target: int) -> None:
    sought, started = Reel(film), Reel(film, start_frame=target)
    wait_until(lambda: sought.ready)
    sought.seek(target)
    for reel in (sought, started):
        assert reel.wait_ready(10)
        assert reel.at(target - 1) is None
        assert played(reel, target, target + 1) == [target]
        reel.close()


def test_seek_back_after_the_end_plays_on(film: FilmInfo) -> None:
    reel = Reel(film, start_frame=FRAMES - 2)
    wait_until(lambda: reel.ended)
    reel.seek(3)
    assert played(reel, 3, 20) == list(range(3, 20))
    reel.close()


def test_no_more_than_depth_frames_wait_and_skipped_ones_are_let_go(film: FilmInfo) -> None:
    reel = Reel(film, depth=4)
    wait_until(lambda: len(reel._queue) == 4)
    late = wait_until(lambda: exact(reel, 30), "frame 30")
    assert number(late) == 30
    assert all(frame.index > 30 for frame in reel._queue)
    reel.close()


@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".ts"])
@pytest.mark.parametrize("fps", [12, Fraction(30000, 1001)])
def test_other_containers_and_rates_are_counted_and_sought_alike(tmp_path: Path, suffix: str, fps: Fraction) -> None:
    info = probe(numbered_film(tmp_path / f"film{suffix}", FRAMES, fps=fps))
    assert (info.frames, round(float(info.fps), 3)) == (FRAMES, round(float(fps), 3))
    reel = Reel(info, start_frame=17)
    assert played(reel, 17, FRAMES) == list(range(17, FRAMES))
    reel.close()


def test_a_longer_sound_track_does_not_lengthen_the_film(tmp_path: Path, film: FilmInfo) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(film.path)) as source, av.open(str(path), "w") as target:
        picture = target.add_stream_from_template(source.streams.video[0])
        sound = target.add_stream("aac", rate=48000)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = picture
                target.mux(packet)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 48000 * 6), np.float32), "fltp", "mono")
        silence.sample_rate = 48000
        target.mux(sound.encode(silence) + sound.encode(None))
    info = probe(path)
    assert (info.frames, info.duration) == (FRAMES, pytest.approx(FRAMES / 12))


@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
@pytest.mark.parametrize("full_range", [False, True])
def test_frames_tell_how_their_colours_are_meant(tmp_path: Path, matrix: str, full_range: bool) -> None:
    picture = flat(np.full((64, 96), 90, np.uint8), 70, 200)
    path = write_film(tmp_path / "film.mp4", [picture], matrix=matrix, full_range=full_range)
    reel = Reel(probe(path))
    frame = wait_until(lambda: reel.at(0))
    assert (frame.matrix, frame.full_range) == (matrix, full_range)
    assert [round(plane.samples().mean()) for plane in frame.planes] == [90, 70, 200]
    reel.close()


def test_untagged_films_are_taken_as_usual(tmp_path: Path) -> None:
    for (width, height), matrix in {(576, 320): "bt601", (1728, 1024): "bt709"}.items():
        reel = Reel(probe(write_film(tmp_path / "film.mp4", [numbered(1, width, height)], matrix=None)))
        assert wait_until(lambda: reel.at(0)).matrix == matrix  # noqa: B023
        reel.close()


def test_what_is_no_film_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film " * 999)
    (tmp_path / "empty.mp4").touch()
    for name in ("missing.mp4", "text.mp4", "empty.mp4", "."):
        with pytest.raises(FilmError) as told:
            probe(tmp_path / name)
        assert str(told.value).startswith(str(tmp_path / name))
        assert "\n" not in str(told.value)


def test_a_film_cut_short_plays_what_is_there_and_says_so(tmp_path: Path) -> None:
    whole = numbered_film(tmp_path / "whole.mp4", FRAMES, movflags="faststart")
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    info = probe(path)
    assert 5 < info.frames < FRAMES
    reel = Reel(info)
    assert played(reel, 0, info.frames - 3) == list(range(info.frames - 3))
    wait_until(lambda: reel.at(info.frames) and reel.ended)
    reel.close()


def test_damage_in_the_middle_is_told_and_the_rest_still_plays(tmp_path: Path) -> None:
    path = numbered_film(tmp_path / "film.mp4", FRAMES, g="10")
    data = bytearray(path.read_bytes())
    info = probe(path)
    with av.open(str(path)) as container:
        places = [(entry.pos, entry.size) for entry in container.streams.video[0].index_entries]
    for place, size in places[11:14]:
        data[place : place + size] = bytes(size)
    path.write_bytes(data)
    reel = Reel(info)
    assert played(reel, 0, 10) == list(range(10))
    assert played(reel, 30, FRAMES) == list(range(30, FRAMES))
    assert wait_until(lambda: reel.error)
    reel.close()


def test_a_film_taken_away_is_told_not_raised(tmp_path: Path) -> None:
    path = numbered_film(tmp_path / "film.mp4", 4)
    info = probe(path)
    path.unlink()
    reel = Reel(info)
    assert not reel.wait_ready(10)
    assert reel.ended
    assert reel.error == f"{path}: cannot be read as a film: no such file or directory"
    reel.close()


def resources() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def test_reels_leave_no_thread_file_or_memory_behind(film: FilmInfo) -> None:
    def loops(count: int) -> float:
        for _ in range(count):
            reel = Reel(film)
            reel.wait_ready(10)
            reel.close()
        return resident_mb()

    before, warm = resources(), loops(20)
    assert loops(60) - warm < 20  # one leaked reel of 8 frames would be 2 MB a loop
    assert resources() == before
