"""Outlines that other programs can read."""

from dataclasses import replace
from xml.etree import ElementTree

from calibration.mapping import default_mapping
from calibration.outlines import svg

SVG = "{http://www.w3.org/2000/svg}"


def test_every_panel_is_a_polygon_of_its_exact_corners() -> None:
    mapping = default_mapping(1280, 800)
    root = ElementTree.fromstring(svg(mapping))
    polygons = root.findall(f"{SVG}polygon")
    assert root.get("viewBox") == "0 0 1280 800"
    assert [each.get("id") for each in polygons] == ["left", "centre", "right"]
    for each, surface in zip(polygons, mapping.surfaces, strict=True):
        points = [tuple(map(float, point.split(","))) for point in str(each.get("points")).split()]
        assert tuple(points) == surface.corners


def test_any_name_is_written_safely() -> None:
    mapping = default_mapping(1280, 800)
    named = replace(mapping.surfaces[0], name="<\"left\" & 'choir'>")
    root = ElementTree.fromstring(svg(replace(mapping, surfaces=(named,))))
    [polygon] = root.findall(f"{SVG}polygon")
    assert polygon.get("id") == "<\"left\" & 'choir'>"
