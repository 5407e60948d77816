"""The test pattern of a panel: edge, squares, circle, diagonals, name. Straight and round when the panel hangs well."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

COLUMNS = 6
FINE = 3  # drawn so many times larger and reduced, for smooth lines
TINTS = ((255, 176, 92), (120, 214, 255), (208, 160, 255), (150, 235, 150))
GROUND, SQUARES, EDGE = (16, 17, 20), (74, 78, 86), (255, 255, 255)
GREYS = 11

Colour = tuple[int, int, int]


def pattern(name: str, number: int, width: int, height: int) -> NDArray[np.uint8]:
    """RGB (height, width, 3) for panel `number`, counted from 1; `width` to `height` as the panel truly is."""
    sheet = _Sheet.blank(width, height, TINTS[(number - 1) % len(TINTS)])
    sheet.squares()
    sheet.round_and_straight()
    sheet.greys()
    sheet.name(name, number)
    sheet.edge()
    return np.asarray(sheet.image.resize((width, height), Image.Resampling.BOX))


@dataclass(frozen=True)
class _Sheet:
    image: Image.Image
    draw: ImageDraw.ImageDraw
    width: int
    height: int
    tint: Colour

    @classmethod
    def blank(cls, width: int, height: int, tint: Colour) -> "_Sheet":
        image = Image.new("RGB", (width * FINE, height * FINE), GROUND)
        return cls(image, ImageDraw.Draw(image), *image.size, tint)

    @property
    def side(self) -> float:
        """The side of a square; rows are as many as fit, centred."""
        return self.width / COLUMNS

    def line(self, share: float) -> int:
        """A line's width as a share of the panel's width."""
        return max(FINE, round(self.width * share))

    def font(self, share: float) -> ImageFont.FreeTypeFont:
        font = ImageFont.load_default(self.width * share)
        assert isinstance(font, ImageFont.FreeTypeFont)
        return font

    def squares(self) -> None:
        rows = max(1, round(self.height / self.side))
        width = self.line(0.004)
        for column in range(1, COLUMNS):
            x = column * self.width / COLUMNS
            self.draw.line([(x, 0), (x, self.height)], SQUARES, width)
        for row in range(1, rows):
            y = row * self.height / rows
            self.draw.line([(0, y), (self.width, y)], SQUARES, width)
        self._numbers(rows)

    def _numbers(self, rows: int) -> None:
        grey = (150, 154, 162)
        for column in range(COLUMNS):
            place = ((column + 0.5) * self.width / COLUMNS, 0.5 * self.height / rows)
            self.draw.text(place, chr(ord("A") + column), grey, self.font(0.06), "mm")
        for row in range(1, rows):
            self.draw.text(
                (0.5 * self.side, (row + 0.5) * self.height / rows), str(row + 1), grey, self.font(0.06), "mm"
            )

    def round_and_straight(self) -> None:
        width = self.line(0.005)
        for a, b in (((0, 0), (self.width, self.height)), ((self.width, 0), (0, self.height))):
            self.draw.line([a, b], self.tint, width)
        self._circle(0.5 * min(self.width, self.height) - 2 * self.line(0.012), self.line(0.008))

    def _circle(self, radius: float, width: int) -> None:
        x, y = self.width / 2, self.height / 2
        self.draw.ellipse([x - radius, y - radius, x + radius, y + radius], outline=self.tint, width=width)

    def greys(self) -> None:
        """Black to white in even steps: all must be told apart on the wall."""
        left, right = 1.25 * self.side, 4.75 * self.side
        top, bottom = self.height - 1.75 * self.side, self.height - 1.25 * self.side
        for step in range(GREYS):
            grey = round(255 * step / (GREYS - 1))
            x0, x1 = (left + (right - left) * (step + i) / GREYS for i in (0, 1))
            self.draw.rectangle([x0, top, x1, bottom], (grey, grey, grey))

    def name(self, name: str, number: int) -> None:
        x, y = self.width / 2, self.height / 2
        font = self.font(0.34)
        self.draw.circle((x, y), 0.27 * self.width, GROUND, self.tint, self.line(0.008))
        self.draw.text((x, y - 0.04 * self.width), str(number), EDGE, font, "mm")
        self.draw.text((x, y + 0.16 * self.width), name, self.tint, self._fitting(name, 0.4 * self.width), "mm")

    def _fitting(self, name: str, room: float) -> ImageFont.FreeTypeFont:
        font = self.font(0.085)
        return self.font(0.085 * min(1.0, room / max(1.0, font.getlength(name))))

    def edge(self) -> None:
        """The outermost line is the panel's own edge: it belongs exactly on the rim of the screen."""
        self.draw.rectangle([0, 0, self.width - 1, self.height - 1], outline=EDGE, width=self.line(0.012))
