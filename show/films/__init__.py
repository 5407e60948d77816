"""Films: what a file holds, and a reel that decodes it ahead of the projector.

Frames are handed over where the decoder left them, pointer and stride of each plane, no copy; converted only where the
film holds something that the projector cannot take. HAP is not decoded at all: its textures are made for the projector.
"""

from show.films.frame import Blocks, Form, Frame, Kind, Matrix, Plane
from show.films.probe import FilmInfo, probe
from show.films.reel import Reel
from show.films.still import Still, still_film
from show.films.strand import Strand

__all__ = [
    "Blocks",
    "FilmInfo",
    "Form",
    "Frame",
    "Kind",
    "Matrix",
    "Plane",
    "Reel",
    "Still",
    "Strand",
    "probe",
    "still_film",
]
