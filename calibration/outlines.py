"""The panels as outlines for other programs: SVG, one named polygon each, in output px."""

from xml.sax.saxutils import quoteattr

from calibration.mapping import Mapping, Surface


def svg(mapping: Mapping) -> str:
    """An SVG of the size of the output; white panels on black, so that it serves as a mask as it is."""
    size = f'width="{mapping.width}" height="{mapping.height}" viewBox="0 0 {mapping.width} {mapping.height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        '  <rect width="100%" height="100%" fill="black"/>',
        *(_polygon(surface) for surface in mapping.surfaces),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _polygon(surface: Surface) -> str:
    points = " ".join(f"{x!r},{y!r}" for x, y in surface.corners)
    return f'  <polygon id={quoteattr(surface.name)} points="{points}" fill="white"/>'
