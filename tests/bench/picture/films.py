"""What the players are given: one moving, grainy picture of 1920x1080 at 60 a second, in the forms they like."""

import subprocess
from pathlib import Path

SIZE = (1920, 1080)
FPS = 60
GRAINY = "testsrc2=size={}x{}:rate={}:duration={},noise=alls=14:allf=t+u,format=yuv420p"
FORMS = {
    "ordinary": ("film.mp4", "-c:v libx264 -preset veryfast -crf {}"),
    "fastdecode": ("fast.mp4", "-c:v libx264 -preset veryfast -crf {} -tune fastdecode"),
    "hap": ("film.mov", "-c:v hap -format hap -compressor snappy -chunks 2 -pix_fmt rgba"),
}


def make(folder: Path, seconds: float, fps: int = FPS, crf: int = 20) -> dict[str, Path]:
    """The same film by form, every form made of the same source; `crf` says how much of the grain H.264 keeps."""
    source = folder / "source.nut"
    _ffmpeg("-f", "lavfi", "-i", GRAINY.format(*SIZE, fps, seconds), "-c:v", "rawvideo", source)
    made = {form: folder / name for form, (name, _) in FORMS.items()}
    for form, path in made.items():
        _ffmpeg("-i", source, *FORMS[form][1].format(crf).split(), "-colorspace", "bt709", path)
    source.unlink()
    return made


def megabits(path: Path, seconds: float) -> float:
    """The film's rate in Mb/s."""
    return path.stat().st_size * 8e-6 / seconds


def _ffmpeg(*arguments: object) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)
