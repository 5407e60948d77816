"""What has to be done to a movie, as FFmpeg's filters and in words."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from show.house_form.given import Given

Progress = Callable[[int], None]  # so many pictures more
Form = Literal["h264", "hap", "hap_q"]
NAMES: dict[Form, str] = {"h264": "H.264", "hap": "HAP", "hap_q": "HAP Q"}
COLOURS = {"bt601": "BT.601", "bt709": "BT.709", "bt2020": "BT.2020", "rgb": "RGB"}
TURNS = {90: ("transpose=cclock",), 180: ("hflip", "vflip"), 270: ("transpose=clock",)}
KEPT_SOUND = {"aac", "alac", "mp3", "ac3"}  # that an MP4 holds for every player
CAREFULLY = "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"


@dataclass(frozen=True)
class Wish:
    """What is asked for: the form; rate and width x height only where they are to change."""

    form: Form = "h264"
    fps: Fraction | None = None
    size: tuple[int, int] | None = None

    def rate(self, given: Given) -> Fraction:
        """Pictures a second of the house form."""
        return self.fps or given.fps

    def seen_size(self, given: Given) -> tuple[int, int]:
        """Width and height of the house form: upright, of square pixels, a whole number of the coder's blocks."""
        if self.size:
            return self.size
        block = 2 if self.form == "h264" else 4
        width, height = _upright(given)
        return max(block, round(width / block) * block), max(block, round(height / block) * block)


def _upright(given: Given) -> tuple[int, int]:
    width, height = round(given.width * given.pixel_aspect), given.height
    return (height, width) if given.rotation in (90, 270) else (width, height)


def filters(given: Given, wish: Wish) -> str:
    """The way from the movie to house form, for FFmpeg."""
    width, height = wish.seen_size(given)
    matrix = "" if given.matrix == "rgb" else f":in_color_matrix={given.matrix}"
    colours = f"in_range={'full' if given.full_range else 'limited'}{matrix}"
    meant = "out_color_matrix=bt709:out_range=limited" if wish.form == "h264" else "out_range=full"
    steps = [
        "setpts=PTS-STARTPTS",
        "bwdif=mode=send_frame:deint=interlaced" if given.fields else "",
        *TURNS.get(given.rotation, ()),
        f"format={'gbrap' if given.matrix == 'rgb' else 'yuva444p'},premultiply=inplace=1" if given.alpha else "",
        f"scale={width}:{height}:flags={CAREFULLY}:{colours}:{meant}",
        "setsar=1",
        f"fps={wish.rate(given)}",
        "format=yuv420p" if wish.form == "h264" else "format=rgba",
    ]
    return ",".join(filter(None, steps))


def changes(given: Given, wish: Wish) -> list[str]:
    """What becomes different, a sentence each."""
    return [*_changes_in_time(given, wish), *_changes_in_shape(given, wish), *_changes_in_colour(given, wish)]


def _changes_in_time(given: Given, wish: Wish) -> list[str]:
    rate, was = wish.rate(given), float(given.fps)
    said = []
    if given.untimed:
        said.append(f"its pictures bore no times: they come at {float(rate):.5g} a second")
    elif given.varying:
        said.append(f"its rate varied: it is {float(rate):.5g} pictures a second throughout")
    elif rate != given.fps:
        said.append(f"{was:.5g} pictures a second became {float(rate):.5g}")
    if given.fields:
        said.append("its fields were woven into whole pictures")
    return said


def _changes_in_shape(given: Given, wish: Wish) -> list[str]:
    said = []
    if given.rotation:
        said.append(
            "it stood on its head and was turned" if given.rotation == 180 else "it lay on its side and was raised"
        )
    if given.pixel_aspect != 1:
        said.append(f"its pixels were {given.pixel_aspect.numerator}:{given.pixel_aspect.denominator} and are square")
    upright, size = _upright(given), wish.seen_size(given)
    if size != upright:
        said.append(f"{upright[0]}x{upright[1]} became {size[0]}x{size[1]}{_stretched(upright, size)}")
    return said


def _stretched(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Words where the shape changes by more than the rounding to blocks."""
    return ", which stretches it" if abs(before[0] / before[1] * after[1] / after[0] - 1) > 0.02 else ""


def _changes_in_colour(given: Given, wish: Wish) -> list[str]:
    said = []
    if wish.form == "h264" and given.matrix != "bt709":
        said.append(f"its colours were {COLOURS[given.matrix]} and are BT.709")
    if wish.form == "h264" and given.full_range:
        said.append("its range was full and is limited")
    if given.bits > 8:
        said.append(f"{given.bits} bits a colour became 8")
    if given.alpha:
        said.append("what was transparent lies over black")
    return said


def sound(given: Given) -> str:
    """What becomes of its sound, in a sentence."""
    if not given.sound:
        return "it has no sound"
    how = "as it is" if given.sound in KEPT_SOUND else f"without loss: {given.sound} became ALAC"
    return f"its sound is kept {how}; [show.stems] may name the film to play it"
