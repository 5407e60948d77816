"""A copy of a site for rehearsing: same film, sound and room, but its own folders and X: nothing real is touched."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from installation.site import Site, load_site

ACCOUNT = "blind_eye"
FILES = {"show": ("film", "captions"), "mapping": ("file",), "making": ("vqgan", "critic")}


def copy_site(site: Site, folder: Path, x_base: str, credentials: Mapping[str, str]) -> Site:
    """Write the copy into `folder` and read it back; inbox and outbox lie beside it."""
    values = tomllib.loads(site.path.read_text(encoding="utf-8"))
    _make_absolute(values, site.path.parent)
    values["folder"] = {"inbox": str(folder / "inbox"), "outbox": str(folder / "outbox")}
    values["x"] = {"enabled": True, "account": site.x.account or ACCOUNT, "api": x_base, "poll_seconds": 3.0}
    values["x"] |= {"since_hours": 1.0, "credentials": str(folder / "x.toml")}
    for name in ("inbox", "outbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "x.toml").write_text(tomli_w.dumps(dict(credentials)), encoding="utf-8")
    (folder / "site.toml").write_text(tomli_w.dumps(values), encoding="utf-8")
    return load_site(folder / "site.toml")


def _make_absolute(values: dict[str, Any], folder: Path) -> None:
    values.setdefault("mapping", {}).setdefault("file", "mapping.json")
    for table, keys in FILES.items():
        for key in keys:
            if values.get(table, {}).get(key):
                values[table][key] = str((folder / values[table][key]).resolve())
    stems = values["show"].get("stems", {})
    values["show"]["stems"] = {name: str((folder / path).resolve()) for name, path in stems.items()}
