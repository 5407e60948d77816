"""Our own pipeline as fast as it goes: decoded, uploaded, warped onto three panels, brought into a window.

    python -m tests.bench.picture.players.ours FILM WIDTH HEIGHT FRAMES SKIPPED [--still]

With `--still` one picture is drawn again and again: what is left is the draw. Says its figures as JSON.
"""

import sys
import time
from pathlib import Path

from installation.projector import Look, Projector, side_by_side
from show.films import Frame, Reel, probe
from tests.bench.picture.players.figures import Stretch

LOOK = Look(1.0, (1.0,) * 3, side_by_side(3))
WAIT_SECONDS = 0.0002


def main(film: str, width: str, height: str, frames: str, skipped: str, still: str = "") -> None:
    """Play, and print."""
    projector, info = Projector(int(width), int(height), headless=False), probe(Path(film))
    projector.warm([info])
    reel, stretch = Reel(info), Stretch(int(skipped))
    for index in range(int(frames)):
        if index == 0 or not still:
            projector.upload(_frame(reel, index))
        projector.draw(LOOK)
        projector.flip()
        stretch.shown()
    print(stretch.told())
    reel.close()
    projector.close()


def _frame(reel: Reel, index: int) -> Frame:
    while (frame := reel.at(index)) is None or frame.index < index:
        if reel.ended and reel.settled(index):
            raise SystemExit(f"the film ends before frame {index}")
        time.sleep(WAIT_SECONDS)
    return frame


if __name__ == "__main__":
    main(*sys.argv[1:])
