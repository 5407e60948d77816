"""The QR code of the visitors' page, for the wall: black on white, so many whole px for each of its squares."""

import numpy as np
import segno
from PIL import Image

QUIET = 4  # squares left white on every side, as readers want them


def page_code(address: str, side: float) -> Image.Image:
    """The code of an address, RGBA, as large as fits into `side` px, though never less than a px a square."""
    squares = np.array(list(segno.make_qr(address, error="m").matrix_iter(border=QUIET)), np.uint8)
    scale = max(1, int(side / len(squares)))
    dark = np.kron(squares, np.ones((scale, scale), np.uint8))
    return Image.fromarray(np.where(dark, 0, 255).astype(np.uint8)).convert("RGBA")


def spoken_address(address: str) -> str:
    """An address as people write it down."""
    return address.removeprefix("http://").removeprefix("https://").rstrip("/")
