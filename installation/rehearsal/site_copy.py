"""A copy of a site for rehearsing: its own folders, X and Mastodon, so that nothing real is touched."""

import socket
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from installation.rehearsal.mastodon_stand_in import MastodonStandIn
from installation.rehearsal.x_stand_in import XStandIn
from installation.site import Site, load_site

ACCOUNT = "blind_eye"
PIN = "246810"
FILES = {"show": ("film",), "mapping": ("file",), "making": ("vqgan", "critic")}


def copy_site(site: Site, folder: Path, x: XStandIn, mastodon: MastodonStandIn) -> Site:
    """Write the copy into `folder` and read it back; inbox and outbox lie beside it."""
    values = tomllib.loads(site.path.read_text(encoding="utf-8"))
    _make_absolute(values, site.path.parent)
    values["folder"] = {"inbox": str(folder / "inbox"), "outbox": str(folder / "outbox")}
    often = {"enabled": True, "poll_seconds": 3.0, "since_hours": 1.0}
    values["x"] = often | {"account": x.account, "api": x.base, "credentials": str(folder / "x.toml")}
    values["mastodon"] = often | {"account": mastodon.account, "server": mastodon.base}
    values["mastodon"] |= {"credentials": str(folder / "mastodon.toml")}
    values["page"] = {"enabled": True, "port": _free_port()}
    values["staff"] = {"enabled": True, "port": _free_port(), "pin_file": str(folder / "staff-pin")}
    (folder / "staff-pin").write_text(PIN, encoding="utf-8")
    for name in ("inbox", "outbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "x.toml").write_text(tomli_w.dumps(dict(x.credentials)), encoding="utf-8")
    (folder / "mastodon.toml").write_text(tomli_w.dumps({"access_token": mastodon.token}), encoding="utf-8")
    (folder / "site.toml").write_text(tomli_w.dumps(values), encoding="utf-8")
    return load_site(folder / "site.toml")


def _free_port() -> int:
    """A port of this machine that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_absolute(values: dict[str, Any], folder: Path) -> None:
    values.setdefault("mapping", {}).setdefault("file", "mapping.json")
    for table, keys in FILES.items():
        for key in keys:
            if values.get(table, {}).get(key):
                values[table][key] = str((folder / values[table][key]).resolve())
    if "films" in values["show"]:
        values["show"]["films"] = [str((folder / path).resolve()) for path in values["show"]["films"]]
    show = values["show"]
    if isinstance(show.get("captions"), str):
        show["captions"] = str((folder / show["captions"]).resolve())
    for table in (show.setdefault("stems", {}), show.get("captions")):
        if isinstance(table, dict):
            table.update({name: str((folder / path).resolve()) for name, path in table.items()})
