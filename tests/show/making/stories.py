"""A story for tests: two phrases, three seeds, models of random weights, everything small."""

from pathlib import Path

STORY = """
[story]
title = "A test"
images_per_phrase = 4
seeds = [5, 6, 7]
[making]
width = 32
height = 64
iterations = 1
cuts = 2
vqgan = "vqgan.safetensors"
critic = "critic.safetensors"
[film]
panel_width = 64
panel_height = 128
[[phrase]]
TEXT = "1:( a lantern: 1 | night: 0.5 ), people: 0"
ANGLE = "ANGLE: 1: (1), 2.5: (1.05)"
ZOOM = "1: (1), 4: (1.02)"
prompt = "a lantern & its < night"
narrative = ["I wrote the word lantern.", "It lit itself."]
[[phrase]]
TEXT = ["4:( the sea: 1 )", "people: 0"]
"""


def write_story(folder: Path, *changes: tuple[str, str]) -> Path:
    """story.toml in a folder, with texts replaced."""
    text = STORY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    return path
