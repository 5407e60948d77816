import errno
import json
import subprocess

import av
import numpy as np
import pytest
from PIL import Image

from show.errors import FilmError
from show.making.encode import clip_size, encode, enlarge, why_not_x

COLOURS = [(200, 30, 40), (20, 180, 60), (30, 40, 210), (128, 128, 128)]


def flats(count, width=64, height=96):
    for number in range(count):
        yield np.full((height, width, 3), COLOURS[number % len(COLOURS)], np.uint8)


def ffprobe(path, *more):
    command = ["ffprobe", "-v", "error", "-of", "json", "-count_frames", "-show_streams", *more, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize("easy", [True, False])
def test_what_ffprobe_says(tmp_path, easy):
    assert encode(flats(30), tmp_path / "a.mp4", 12, easy=easy) == 30
    stream = ffprobe(tmp_path / "a.mp4")["streams"][0]
    assert (stream["codec_name"], stream["profile"], stream["pix_fmt"]) == ("h264", "High", "yuv420p")
    assert (stream["nb_read_frames"], stream["r_frame_rate"]) == ("30", "12/1")
    assert float(stream["duration"]) == pytest.approx(2.5)
    tags = {stream[key] for key in ("color_space", "color_transfer", "color_primaries")}
    assert (tags, stream["color_range"]) == ({"bt709"}, "tv")


def test_closed_groups_every_second(tmp_path):
    encode(flats(36), tmp_path / "a.mp4", 12)
    frames = ffprobe(tmp_path / "a.mp4", "-show_frames")["frames"]
    assert [number for number, frame in enumerate(frames) if frame["key_frame"]] == [0, 12, 24]


def test_colours_survive(tmp_path):
    encode(flats(4), tmp_path / "a.mp4", 12, crf=8)
    with av.open(str(tmp_path / "a.mp4")) as film:
        means = [frame.to_ndarray(format="rgb24", src_colorspace="ITU709").mean((0, 1)) for frame in film.decode()]
    assert np.abs(np.array(means) - COLOURS).max() < 4


def test_no_picture_leaves_no_file(tmp_path):
    with pytest.raises(FilmError, match="no picture"):
        encode([], tmp_path / "a.mp4", 12)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_source_leaves_the_old_film(tmp_path):
    encode(flats(3), tmp_path / "a.mp4", 12)
    before = (tmp_path / "a.mp4").read_bytes()
    with pytest.raises(ZeroDivisionError):
        encode((1 / 0 for _ in range(3)), tmp_path / "a.mp4", 12)
    assert (tmp_path / "a.mp4").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_an_os_error(tmp_path):
    (tmp_path / ".a.mp4.new.mp4").symlink_to("/dev/full")
    with pytest.raises(OSError, match="space") as caught:
        encode(flats(3), tmp_path / "a.mp4", 12)
    assert caught.value.errno == errno.ENOSPC


def test_enlarging_leaves_the_grey_edge_out():
    picture = np.full((128, 72, 3), 128, np.uint8)
    picture[2:-2, 1:-1] = 230
    large = enlarge(Image.fromarray(picture), 576, 1024)
    assert large.shape == (1024, 576, 3)
    assert large.min() > 220


@pytest.mark.parametrize(
    ("made", "size"), [((72, 128), (576, 1024)), ((480, 854), (960, 1708)), ((576, 1024), (576, 1024))]
)
def test_clip_size(made, size):
    assert clip_size(*made) == size


def test_limits_of_x():
    assert why_not_x(576, 1024, 20) is None
    assert "aspects" in (why_not_x(256, 1024, 20) or "")
    assert "140" in (why_not_x(576, 1024, 141) or "")
