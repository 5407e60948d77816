"""A reel decodes a film ahead in a thread of its own; the frame loop takes frames out by index."""

import logging
from collections import deque
from collections.abc import Iterator
from threading import Condition, Thread

import av

from show.errors import FilmError
from show.films.frame import Frame
from show.films.probe import FilmInfo, file_state, probe
from show.films.source import Picture, Source, opened, reason

logger = logging.getLogger(__name__)

LINGER_SECONDS = 0.1


class Reel:
    """A film being decoded ahead in a thread of its own, at most `depth` frames, from `start_frame` on.

    A loop or the next film is simply a second reel, opened a little before it is due. `error` says in one sentence what
    could not be decoded; the reel goes on with whatever can. A file that was replaced since it was probed is probed
    again: `info` then tells of the new one. Call everything from one thread.
    """

    def __init__(self, info: FilmInfo, start_frame: int = 0, depth: int = 8) -> None:
        self.info = info
        self.error: str | None = None
        self.first: Frame | None = None  # the film's first picture, kept once it has been decoded
        self._depth = depth
        self._queue: deque[Frame] = deque()
        self._current: Frame | None = None
        self._seek: int | None = start_frame
        self._ended = False
        self._failed = False
        self._closed = False
        self._hurried = False  # to be closed
        self._taken = False  # by the last call of `at`
        self._change = Condition()
        self._thread = Thread(target=self._run, name=f"reel {info.path.name}", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the first frame wanted has been decoded."""
        return self._current is not None or bool(self._queue)

    @property
    def ended(self) -> bool:
        """Whether everything that can be decoded has been; what is queued may still be taken."""
        return self._ended or self._failed

    @property
    def failed(self) -> bool:
        """Whether nothing more comes, wherever it is sent."""
        return self._failed

    def settled(self, index: int) -> bool:
        """Whether waiting would not bring a frame nearer to this one than `at` gives by now."""
        with self._change:
            if self._queue:
                return self._queue[0].index > index
            return self.ended or bool(self._current and self._current.index == index)

    def at(self, index: int) -> Frame | None:
        """The frame of that index if decoded, else the newest before it, else None; older frames are let go.

        A frame that is taken will be drawn now: while there are enough others, decoding rests until the next call.
        """
        with self._change:
            before = len(self._queue)
            while self._queue and self._queue[0].index <= index:
                self._current = self._queue.popleft()
            taken = len(self._queue) < before
            hurried = not taken or self._taken or 2 * len(self._queue) <= self._depth
            if hurried and len(self._queue) < self._depth:
                self._change.notify()
            self._taken = taken
        return self._current if self._current and self._current.index <= index else None

    def seek(self, index: int) -> None:
        """Go on from another frame; until it is decoded `ready` is false and `at` gives None."""
        with self._change:
            self._seek = index
            self._forget()
            self._change.notify()

    def wait_ready(self, timeout: float) -> bool:
        """Wait, in seconds at most, for the first frame or the end; whether there is a frame."""
        with self._change:
            self._change.wait_for(lambda: self.ready or self.ended, timeout)
        return self.ready

    def close(self, wait: bool = True) -> None:
        """Stop decoding and let go of the file; without `wait` the thread does so by itself a moment later."""
        with self._change:
            self._closed, self._hurried = True, self._hurried or wait
            self._forget()
            self._change.notify()
        if wait:
            self._thread.join()

    def _forget(self) -> None:
        self._queue.clear()
        self._current = None
        self._ended = False

    def _run(self) -> None:
        try:
            self._look_again()
            with opened(self.info.path) as source:
                while (target := self._next_target()) is not None:
                    self._play(source, target)
                self._linger()
        except FilmError as error:
            self._fail(str(error))
        except av.FFmpegError as error:
            self._fail(f"{self.info.path}: decoding stopped: {reason(error)}")
        except Exception as error:
            logger.exception("reel %s", self.info.path)
            self._fail(f"{self.info.path}: decoding stopped: {error}")

    def _look_again(self) -> None:
        path = self.info.path
        if file_state(path) != self.info.state:
            self.info = probe(path)
            logger.info("%s was replaced: it has %d pictures now", path, self.info.frames)

    def _next_target(self) -> int | None:
        """Wait for the next seek; None when closed."""
        with self._change:
            self._change.wait_for(lambda: self._closed or self._seek is not None)
            target, self._seek = self._seek, None
            return None if self._closed else target

    def _linger(self) -> None:
        """Just now the first frame of what follows is drawn, which letting go of decoder and file would make late."""
        with self._change:
            self._change.wait_for(lambda: self._hurried, LINGER_SECONDS)

    def _play(self, source: Source, target: int) -> None:
        """Queue frames from the target on until the end, or until something else is wanted."""
        source.failures.clear()
        for frame in self._frames(source, target):
            self.error = self._complaint(source.failures) or self.error
            if not self._put(frame):
                return
        self.error = self._complaint(source.failures) or self.error
        with self._change:
            self._ended = self._seek is None  # else it goes on from there
            self._change.notify_all()

    def _frames(self, source: Source, target: int) -> Iterator[Frame]:
        def index(picture: Picture) -> int:
            return self.info.index_of(source.seconds(picture))

        target = min(target, self.info.frames - 1)
        for picture in source.pictures_from(self.info.time_of(target), lambda first: index(first) <= target):
            if index(picture) >= target and (frame := source.frame(picture, index(picture))):
                yield frame

    def _put(self, frame: Frame) -> bool:
        """Queue a frame as soon as there is room; False when something else is wanted by now."""
        with self._change:
            self._change.wait_for(lambda: self._wanted_elsewhere() or len(self._queue) < self._depth)
            if self._wanted_elsewhere():
                return False
            self._queue.append(frame)
            self.first = frame if frame.index == 0 else self.first
            self._change.notify_all()
            return True

    def _wanted_elsewhere(self) -> bool:
        return self._closed or self._seek is not None

    def _complaint(self, failures: list[str]) -> str | None:
        if not failures:
            return None
        return f"{self.info.path}: {len(failures)} part(s) of the film could not be decoded: {failures[0]}"

    def _fail(self, complaint: str) -> None:
        with self._change:
            self.error = complaint
            self._failed = True
            self._change.notify_all()
