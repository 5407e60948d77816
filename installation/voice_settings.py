"""The site's [voices]: what `blind-eye narrate --site` speaks with, where a story names no more than the kind of voice.

The show never needs it, so files that are not there are told by `narrate` and `check`, and keep nothing closed.
"""

from pathlib import Path

from installation.settings import Table, read_toml
from show.house_voices import HouseVoices

DEVICES = ("auto", "cpu", "cuda")


def load_voices(site: Path) -> HouseVoices:
    """The table alone: the site's sounds may be what is about to be made. SiteError when it is wrong."""
    return read_voices(read_toml(site).table("voices"))


def read_voices(table: Table) -> HouseVoices:
    """[voices.resemble] and [voices.trained]."""
    resemble, trained = table.table("resemble"), table.table("trained")
    voices = HouseVoices(
        project=resemble.text("project", ""),
        voice=resemble.text("voice", ""),
        server=resemble.text("server", ""),
        key=resemble.path("key"),
        tacotron=trained.path("tacotron"),
        waveglow=trained.path("waveglow"),
        device=trained.choice("device", "auto", DEVICES),
    )
    for each in (table, resemble, trained):
        each.finish()
    return voices
