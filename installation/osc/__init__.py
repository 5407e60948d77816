"""Open Sound Control, for TouchDesigner and its kin. OSC.md lists every address."""

from installation.osc.line import Line
from installation.osc.server import OscServer

__all__ = ["Line", "OscServer"]
