"""The keys of the accounts on X and Mastodon, from TOML files that only the desk reads."""

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from installation.desk.trouble import Busy
from installation.site import Site

NAMES = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


@dataclass(frozen=True)
class Keys:
    """OAuth 1.0a user context; never printed."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_token_secret: str = field(repr=False)


def find_keys(site: Site) -> Keys:
    """The keys in $CREDENTIALS_DIRECTORY/x.toml, else in the file the site names; Busy says what is missing."""
    return Keys(**_values("X", site.x.credentials, site, NAMES))


def find_token(site: Site) -> str:
    """The access token in $CREDENTIALS_DIRECTORY/mastodon.toml, else in the site's file; Busy says what is missing."""
    return _values("Mastodon", site.mastodon.credentials, site, ("access_token",))["access_token"]


def _values(service: str, named: Path | None, site: Site, names: tuple[str, ...]) -> dict[str, str]:
    path = _brought(f"{service.lower()}.toml") or named
    if path is None:
        none = f"{site.path} names none at [{service.lower()}] credentials"
        raise Busy(f"{service}: no credentials: {none}, and systemd brings no {service.lower()}.toml")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Busy(f"{service}: the credentials in {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Busy(f"{service}: the credentials in {path} are not a TOML file") from error
    missing = [name for name in names if not isinstance(values.get(name), str) or not values[name].isascii()]
    if missing:
        raise Busy(f"{service}: the credentials in {path} lack {', '.join(missing)}")
    return {name: values[name].strip() for name in names}


def _brought(name: str) -> Path | None:
    """What systemd brings, if it does."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(folder) / name if folder and (Path(folder) / name).exists() else None
