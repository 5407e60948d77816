"""`film import` as its user calls it: what it makes, what it says, what it refuses."""

import signal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation

from show.films import probe
from show.house_form.given import look
from tests.support.footage import encode, flat, numbered, picture_of, read_number
from tests.support.program import blind_eye, running
from tests.support.waiting import wait_until

SIZE = (576, 320)


def film(path: Path, frames: int = 20, fps: int = 25, **options: object) -> Path:
    pictures = (picture_of(numbered(n, *SIZE)) for n in range(frames))
    return encode(path, pictures, fps, **{"codec": "libvpx-vp9", "cpu-used": "8", **options})  # type: ignore[arg-type]


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)]


def numbers(path: Path) -> list[int | None]:
    return [read_number(each, lambda u, v: (u * SIZE[0] / 3, v * SIZE[1])) for each in pictures(path)]


def test_another_codec_and_rate(tmp_path: Path) -> None:
    done = blind_eye("film", "import", film(tmp_path / "film.webm", 50), tmp_path / "out.mp4", "--fps", "12.5")
    assert done.returncode == 0, done.stderr
    assert "out.mp4: H.264, 576x320, 25 pictures, 12.5 a second, 2.0 s" in done.stdout
    assert "  25 pictures a second became 12.5\n" in done.stdout
    assert "film.webm: 100 %, 25 of 25\n" in done.stdout
    info = probe(tmp_path / "out.mp4")
    assert (info.fps, info.frames, info.times) == (Fraction(25, 2), 25, ())
    assert all(abs(number - 2 * place) <= 1 for place, number in enumerate(numbers(info.path)) if number is not None)
    with av.open(str(info.path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert not any(packet.is_keyframe for packet in list(container.demux(video=0))[1:12])


def test_as_it_comes_no_picture_is_lost_or_doubled(tmp_path: Path) -> None:
    blind_eye("film", "import", film(tmp_path / "film.webm"), tmp_path / "out.mp4")
    assert numbers(tmp_path / "out.mp4") == list(range(20))


def test_several_films_go_into_a_folder(tmp_path: Path) -> None:
    ones = [film(tmp_path / f"{name}.webm", 3) for name in ("left", "right")]
    (tmp_path / "out").mkdir()
    done = blind_eye("film", "import", *ones, tmp_path / "out", "--size", "288x160")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["left.mp4", "right.mp4"]
    assert "  576x320 became 288x160\n" in done.stdout
    assert probe(tmp_path / "out" / "left.mp4").width == 288


def test_a_varying_rate_becomes_even(tmp_path: Path) -> None:
    given = film(tmp_path / "film.mkv", 6, 24, codec="libx264", times=(0, 1, 2, 6, 7, 11), **{"cpu-used": "1"})
    done = blind_eye("film", "import", given, tmp_path / "out.mp4")
    assert "  its rate varied: it is 24 pictures a second throughout\n" in done.stdout
    assert numbers(tmp_path / "out.mp4")[:12] == [0, 1, 2, 2, 2, 2, 3, 4, 4, 4, 4, 5]


def test_a_stream_without_times_can_be_brought(tmp_path: Path) -> None:
    given = film(tmp_path / "film.h264", 12, codec="libx264", **{"cpu-used": "1"})
    done = blind_eye("film", "import", given, tmp_path / "out.mp4", "--fps", "25")
    assert "its pictures bore no times: they come at 25 a second" in done.stdout
    assert numbers(tmp_path / "out.mp4") == list(range(12))


def test_sound_is_kept(tmp_path: Path) -> None:
    silent = film(tmp_path / "film.webm")
    for codec, sentence in (("aac", "is kept as it is"), ("pcm_s16le", "without loss: pcm_s16le became ALAC")):
        done = blind_eye("film", "import", with_sound(silent, codec), tmp_path / "out.mp4")
        assert sentence in done.stdout, done.stderr
        with av.open(str(tmp_path / "out.mp4")) as container:
            heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        assert 0.75 < len(heard) / 48000 < 0.9
        assert np.abs(heard / (32768 if heard.dtype.kind == "i" else 1)).max() == pytest.approx(0.5, abs=0.05)
    assert "it has no sound" in blind_eye("film", "import", silent, tmp_path / "out.mp4").stdout


def with_sound(silent: Path, codec: str) -> Path:
    path = silent.with_name(f"{codec}.mkv")
    with av.open(str(silent)) as given, av.open(str(path), "w") as made:
        picture = made.add_stream_from_template(given.streams.video[0])
        sound = made.add_stream(codec, rate=48000, layout="mono")
        tone = 0.5 * np.sin(np.arange(38400) * 2 * np.pi * 440 / 48000)
        frame = av.AudioFrame.from_ndarray((tone * 32767).astype("<i2")[None], "s16", "mono")
        frame.sample_rate, frame.pts = 48000, 0
        made.mux(sound.encode(frame) + sound.encode(None))
        for packet in given.demux(video=0):
            if packet.size:
                packet.stream = picture
                made.mux(packet)
    return path


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_what_lies_on_its_side_is_raised_as_players_do(tmp_path: Path, rotation: int) -> None:
    y = np.full((160, 288), 40, np.uint8)
    y[:80, :144] = 200  # the top left quarter
    lying = tmp_path / "film.mp4"
    with av.open(str(lying), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 288, 160, "yuv420p"
        stream.set_display_rotation(rotation)
        container.mux(stream.encode(picture_of(flat(y, 128, 128))) + stream.encode(None))
    assert look(lying).rotation == rotation
    done = blind_eye("film", "import", lying, tmp_path / "out.mp4")
    assert ("stood on its head" if rotation == 180 else "lay on its side") in done.stdout
    (seen,) = pictures(tmp_path / "out.mp4")
    assert seen.shape[:2] == ((160, 288) if rotation == 180 else (288, 160))
    half = seen.shape[0] // 2, seen.shape[1] // 2
    bright = [[seen[: half[0], : half[1]].mean() > 120, seen[: half[0], half[1] :].mean() > 120]]
    bright += [[seen[half[0] :, : half[1]].mean() > 120, seen[half[0] :, half[1] :].mean() > 120]]
    assert (np.array(bright) == np.rot90([[True, False], [False, False]], rotation // 90)).all()


def test_fields_are_woven(tmp_path: Path) -> None:
    combed = np.where(np.arange(160)[:, None] % 2, 200, 40).astype(np.uint8).repeat(288, 1)
    moving = [picture_of(flat(np.roll(combed, n, 0), 128, 128)) for n in range(4)]
    given = encode(tmp_path / "film.mp4", moving, 25, flags="+ilme+ildct", **{"x264-params": "tff=1"})
    done = blind_eye("film", "import", given, tmp_path / "out.mp4")
    assert "  its fields were woven into whole pictures\n" in done.stdout
    seen = pictures(tmp_path / "out.mp4")[2][:, 100, 0].astype(int)
    assert np.abs(np.diff(seen[20:-20])).mean() < 30


def test_colours_stay_what_they_were(tmp_path: Path) -> None:
    given = picture_of(flat(np.full((64, 96), 150, np.uint8), 90, 170))
    tags = {"colorspace": 6, "color_range": 2}
    done = blind_eye("film", "import", encode(tmp_path / "film.mp4", [given], tags=tags, qp="1"), tmp_path / "out.mp4")
    assert "  its colours were BT.601 and are BT.709\n  its range was full and is limited\n" in done.stdout
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert (
            container.streams.video[0].codec_context.colorspace,
            container.streams.video[0].codec_context.color_range,
        ) == (1, 1)
        seen = next(container.decode(video=0)).reformat(format="rgb24", src_colorspace=1, src_color_range=1)
    wanted = given.reformat(
        format="rgb24", src_colorspace=5, src_color_range=2, interpolation=Interpolation.ACCURATE_RND
    )
    assert np.abs(seen.to_ndarray()[32, 48].astype(int) - wanted.to_ndarray()[32, 48]).max() <= 3


@pytest.mark.parametrize(("option", "form"), [("--hap", "rgb"), ("--hap-q", "ycocg")])
def test_hap(tmp_path: Path, option: str, form: str) -> None:
    done = blind_eye("film", "import", film(tmp_path / "film.webm", 8, 60), tmp_path / "out.mov", option)
    assert done.returncode == 0, done.stderr
    assert "576x320, 8 pictures, 60 a second, 0.1 s" in done.stdout
    assert numbers(tmp_path / "out.mov") == list(range(8))


def test_without_ffmpeg_there_is_no_hap(tmp_path: Path) -> None:
    given = film(tmp_path / "film.webm", 2)
    done = blind_eye("film", "import", given, tmp_path / "out.mov", "--hap", env={"PATH": str(tmp_path)})
    assert done.returncode == 69
    assert "HAP is made by the ffmpeg program, which is not here: install it (apt-get install ffmpeg)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["film.webm"]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("text.mp4", "out.mp4"), 69, "text.mp4: cannot be read as a film"),
        (("missing.mp4", "out.mp4"), 69, "missing.mp4: cannot be read as a film: no such file"),
        (("film.webm", "film.webm", "out.mp4"), 2, "out.mp4 is no folder: several films need one to come to lie in"),
        (("film.webm", "film.webm", "."), 2, "two of the films would have the same name in"),
        (("film.webm", "out.avi"), 2, "out.avi must end in .mp4, as H.264 lies in such a file"),
        (("film.webm", "nowhere/out.mp4"), 2, "is no folder that can be written"),
        (("text.mp4", "text.mp4"), 2, "text.mp4 would be written over itself: name another OUT"),
        (
            ("film.webm", "out.mov", "--hap", "--size", "30x30"),
            2,
            "--size 30x30 does not fit HAP: both must be multiples",
        ),
        (("film.webm", "out.mp4", "--fps", "0"), 2, "0 is no rate above 0 and up to 240"),
        (("film.webm", "out.mp4", "--fps", "1/0"), 2, "1/0 is no rate above 0"),
        (("film.webm", "out.mp4", "--size", "33x"), 2, "33x is no size such as 1728x1024"),
    ],
)
def test_refusals_are_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], status: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    film(tmp_path / "film.webm", 2)
    (tmp_path / "text.mp4").write_text("no film")
    monkeypatch.chdir(tmp_path)
    done = blind_eye("film", "import", *arguments)
    assert (done.returncode, sentence in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.webm", "text.mp4"]


def test_a_damaged_film_is_brought_as_far_as_it_goes(tmp_path: Path) -> None:
    given = film(tmp_path / "film.mp4", 40, codec="libx264", g="10", **{"cpu-used": "1"})
    with av.open(str(given)) as container:
        places = [(entry.pos, entry.size) for entry in container.streams.video[0].index_entries]
    data = bytearray(given.read_bytes())
    for place, size in places[11:14]:
        data[place : place + size] = bytes(size)
    given.write_bytes(data)
    done = blind_eye("film", "import", given, tmp_path / "out.mp4")
    assert "it is damaged: FFmpeg could not make sense of" in done.stdout
    assert numbers(tmp_path / "out.mp4")[30:] == list(range(30, 40))


@pytest.mark.parametrize(
    ("out", "options", "sent", "status"),
    [("out.mp4", (), signal.SIGINT, 130), ("out.mov", ("--hap",), signal.SIGTERM, 143)],
)
def test_an_import_that_is_broken_off_leaves_nothing_half_made(
    tmp_path: Path, out: str, options: tuple[str, ...], sent: signal.Signals, status: int
) -> None:
    given = film(tmp_path / "film.mp4", 4000, codec="libx264", preset="ultrafast", **{"cpu-used": "1"})
    with running("film", "import", given, tmp_path / out, *options) as program:
        wait_until(lambda: list(tmp_path.glob(f".{out}.new*")), "the beginning")
        program.process.send_signal(sent)
        assert program.process.wait(20) == status
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert not [line for line in command_lines() if str(tmp_path) in line]


def command_lines() -> list[str]:
    return [path.read_text() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
