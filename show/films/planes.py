"""Decoded pictures as three 8-bit planes: left as they are where they can be, converted with care where not."""

import av
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.reformatter import Interpolation, VideoReformatter

from show.films.frame import Frame, Matrix, Plane

MATRICES: dict[int, Matrix] = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
FULL_RANGE = 2
SHAPES = {(1, 1): "yuv444p", (2, 1): "yuv422p", (2, 2): "yuv420p", (1, 2): "yuv440p", (4, 1): "yuv411p"}
RGB = "gbrp"
TAKEN = {*SHAPES.values(), RGB}  # handed over as they are, as their full-range yuvj twins
CAREFULLY = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


class PlanesMaker:
    """Makes frames of one film's decoded pictures; keeps what converting them needs from picture to picture."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._laying: Graph | None = None
        self._laid: tuple[str, int, int] | None = None

    def frame(self, picture: av.VideoFrame, index: int) -> Frame:
        """The picture as the projector takes it; av.FFmpegError when it cannot be converted."""
        full_range, colours = is_full_range(picture), matrix(picture)
        if has_alpha(picture.format):
            picture = self._over_black(picture)
        elif picture.format.name.replace("yuvj", "yuv") not in TAKEN:
            picture = self._converted(picture, planar(picture.format))
        y, u, v = (Plane(p.buffer_ptr, p.line_size, p.width, p.height) for p in picture.planes[:3])
        return Frame(index, (y, u, v), picture.width, picture.height, colours, full_range, picture)

    def _converted(self, picture: av.VideoFrame, name: str) -> av.VideoFrame:
        kept = {"src_color_range": picture.color_range, "dst_color_range": picture.color_range}
        return self._reformatter.reformat(picture, format=name, interpolation=CAREFULLY, **kept)

    def _over_black(self, picture: av.VideoFrame) -> av.VideoFrame:
        """Colours times alpha, before any filtering: nothing of what was hidden bleeds out at the edges."""
        shape = picture.format.name, picture.width, picture.height
        if self._laying is None or self._laid != shape:
            self._laying, self._laid = _laying(picture), shape
        self._laying.push(picture)
        laid = self._laying.pull()
        assert isinstance(laid, av.VideoFrame)
        return laid


def _laying(picture: av.VideoFrame) -> Graph:
    colours = f"colorspace={picture.colorspace}:range={picture.color_range}"
    size = f"video_size={picture.width}x{picture.height}:pixel_aspect=1/1:time_base=1/1000"
    graph = Graph()
    steps = {
        "buffer": f"{size}:pix_fmt={picture.format.name}:{colours}",
        "format": "gbrap" if is_rgb(picture.format) else "yuva444p",
        "premultiply": "inplace=1",
        "buffersink": "",
    }
    graph.link_nodes(*(graph.add(name, arguments) for name, arguments in steps.items())).configure()
    return graph


def has_alpha(form: VideoFormat) -> bool:
    """Whether pictures of this format can be transparent."""
    return any(component.is_alpha for component in form.components)


def is_rgb(form: VideoFormat) -> bool:
    """Whether a format holds red, green and blue, or a palette of them."""
    return bool(form.is_rgb or form.has_palette or form.name.startswith("xyz"))


def planar(form: VideoFormat) -> str:
    """The planar 8-bit format that keeps what such pictures hold: their colours, and how pixels share them."""
    if is_rgb(form):
        return RGB
    if len(form.components) < 3:
        return "yuv420p"
    sharing = 16 // form.chroma_width(16), 16 // form.chroma_height(16)
    return SHAPES.get(sharing, "yuv444p")


def is_full_range(picture: av.VideoFrame) -> bool:
    """Whether black is 0 and white 255."""
    return picture.color_range == FULL_RANGE or picture.format.name.startswith("yuvj")


def matrix(picture: av.VideoFrame) -> Matrix:
    """How its colours are meant; untagged ones as usual."""
    if is_rgb(picture.format):
        return "rgb"
    return MATRICES.get(picture.colorspace, _usual_matrix(picture))


def _usual_matrix(picture: av.VideoFrame) -> Matrix:
    """What an untagged film was most likely made with: 601 up to PAL size, 709 above."""
    return "bt709" if picture.width >= 1280 or picture.height > 576 else "bt601"
