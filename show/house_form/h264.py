"""House form for most rates: H.264 that is light to decode, by PyAV."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import BlockingIOError, EOFError
from av.filter import Graph
from av.video.stream import VideoStream

from show.films.source import Source, opened
from show.house_form.given import Given, decode
from show.house_form.plan import Progress, Wish, filters
from show.house_form.sound import Sound
from show.making.encode import BT709, LIMITED, options

CRF = 18  # nothing of the movie is seen to be lost


def write(given: Given, wish: Wish, path: Path, progress: Progress) -> int:
    """Write it; how many parts could not be decoded."""
    with opened(given.path) as source, av.open(str(path), "w", options={"movflags": "+faststart"}) as made:
        picture, sound = _picture_stream(made, given, wish), _sound(made, source, given)
        weaver = Weaver(given, wish)
        heard = [sound.given] if sound else []
        for packet in source.container.demux(source.stream, *heard):
            if sound and packet.stream is sound.given:
                sound.take(packet)
                continue
            for frame in weaver.woven(decode(source, packet), last=not packet.size):
                made.mux(picture.encode(frame))
                progress(1)
        made.mux(picture.encode())
    return len(source.failures)


def _sound(made: OutputContainer, source: Source, given: Given) -> Sound | None:
    if not given.sound:
        return None
    return Sound(made, source.container.streams.audio[0], source.start_seconds)


def _picture_stream(made: OutputContainer, given: Given, wish: Wish) -> VideoStream:
    rate = wish.rate(given)
    stream = made.add_stream("libx264", rate=rate, options=options(CRF, max(1, round(rate)), easy=True))
    stream.width, stream.height = wish.seen_size(given)
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream


class Weaver:
    """Takes a movie's pictures through FFmpeg's filters."""

    def __init__(self, given: Given, wish: Wish) -> None:
        self._given, self._filters = given, filters(given, wish)
        self._graph: Graph | None = None
        self._count = 0

    def woven(self, pictures: Iterable[av.VideoFrame], last: bool) -> Iterator[av.VideoFrame]:
        """The pictures of the house form that have become ready; after the last all that are left."""
        for picture in pictures:
            self._push(picture)
            yield from self._ready()
        if last and self._graph:
            self._graph.push(None)
            yield from self._ready()

    def _push(self, picture: av.VideoFrame) -> None:
        if self._given.untimed:
            picture.pts, picture.duration, picture.time_base = self._count, 1, 1 / self._given.fps
            self._count += 1
        if self._graph is None:
            self._graph = _graph(picture, self._filters)
        self._graph.push(picture)

    def _ready(self) -> Iterator[av.VideoFrame]:
        while self._graph:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            frame.pict_type = 0  # where decoding can begin is the encoder's to choose
            yield frame


def _graph(picture: av.VideoFrame, filters: str) -> Graph:
    graph = Graph()
    size = f"video_size={picture.width}x{picture.height}:pixel_aspect=1/1"
    meant = f"colorspace={picture.colorspace}:range={picture.color_range}"
    source = f"{size}:time_base={picture.time_base}:pix_fmt={picture.format.name}:{meant}"
    steps = [("buffer", source), *(_step(each) for each in filters.split(",")), ("buffersink", "")]
    graph.link_nodes(*(graph.add(name, arguments) for name, arguments in steps)).configure()
    return graph


def _step(text: str) -> tuple[str, str]:
    name, _, arguments = text.partition("=")
    return name, arguments
