"""The projector: the only part that knows pyglet.

A window where a display answers, else off-screen memory by EGL. Everything must be called from the thread that made the
projector. Drawing happens only when asked: `upload`, `set_mapping`, `set_caption` and `overlay` take effect at the next
`draw`, which `flip` brings onto the wall.
"""

from installation.projector.displays import await_display, list_displays
from installation.projector.look import Crop, KeyPress, Look, side_by_side
from installation.projector.naming import Aim, DisplayInfo
from installation.projector.projector import Projector

__all__ = [
    "Aim",
    "Crop",
    "DisplayInfo",
    "KeyPress",
    "Look",
    "Projector",
    "await_display",
    "list_displays",
    "side_by_side",
]
