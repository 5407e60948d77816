"""The draw alone: what more surfaces cost, and what each thing a surface can do costs."""

import time
from dataclasses import replace
from statistics import median

import numpy as np

from calibration.light import Light, Mask, Side
from calibration.mapping import Mapping, Surface, default_mapping
from calibration.mesh import Mesh
from installation.projector import Crop, Look, Projector
from show.films import Frame
from tests.support.footage import noise

SIZE = (1280, 800)
ROUNDS, DRAWS = 15, 20
PANELS = 3
LOOK = Look(1.0, (1.0,) * PANELS, tuple(Crop(n / 3, 0.0, (n + 1) / 3, 1.0) for n in range(PANELS)))
THREE = default_mapping(*SIZE)


def quartered(surface: Surface, panel: int) -> list[Surface]:
    """The same place in four: upper and lower, left and right."""
    middle = [(0.0, 0.5), (0.5, 1.0)]
    boxes = [(x0, y0, x1, y1) for x0, x1 in middle for y0, y1 in middle]
    return [
        replace(
            surface,
            name=f"{surface.name} {box}",
            corners=tuple(map(tuple, corners_of(surface, box))),
            panel=panel,
            crop=box,
        )
        for box in boxes
    ]


def corners_of(surface: Surface, box: tuple[float, float, float, float]) -> np.ndarray:
    x0, y0, x1, y1 = box
    ends = np.array([(x0, y0, 1), (x1, y0, 1), (x1, y1, 1), (x0, y1, 1)]) @ surface.to_output.T
    return ends[:, :2] / ends[:, 2:]


def with_all(**values: object) -> Mapping:
    return replace(THREE, surfaces=tuple(replace(surface, **values) for surface in THREE.surfaces))


TWELVE = replace(
    THREE, surfaces=tuple(part for n, surface in enumerate(THREE.surfaces, 1) for part in quartered(surface, n))
)
BULGE = Mesh(5, 5, ((0.01, 0.01),) * 25)
LIT = Light(brightness=0.9, gamma=1.1, colour=(1.0, 0.9, 0.8))
BLENDED = replace(Light(), sides=(Side(0.2), Side(), Side(), Side()))
MASKED = (Mask(((0.1, 0.05), (0.95, 0.4), (0.2, 0.9))),)
WAYS = {
    "three surfaces": THREE,
    "twelve surfaces on the same place": TWELVE,
    "a mesh on each": with_all(mesh=BULGE),
    "brightness, gamma, colour": with_all(light=LIT),
    "an edge blended": with_all(light=BLENDED),
    "a mask": with_all(masks=MASKED),
}


def test_what_a_draw_costs() -> None:
    projector = Projector(*SIZE, headless=True)
    projector.upload(Frame.of_arrays(*noise(1920, 1080)))
    costs: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, mapping in WAYS.items():
            projector.set_mapping(mapping)
            costs[name].append(cost(projector))
    first = costs["three surfaces"]
    print("\n| draw at 1280x800 | ms of CPU, median | against three surfaces |\n|---|---|---|")
    for name, found in costs.items():
        ratio = median(one / other for one, other in zip(found, first, strict=True))
        print(f"| {name} | {median(found):.1f} | {ratio:.2f} |")
    projector.close()


def cost(projector: Projector) -> float:
    """CPU milliseconds of a draw, all threads of the renderer together."""
    projector.draw(LOOK)
    projector.flip()
    began = time.process_time()
    for _ in range(DRAWS):
        projector.draw(LOOK)
        projector.flip()
    return (time.process_time() - began) / DRAWS * 1000
