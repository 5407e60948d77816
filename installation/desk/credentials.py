"""The four keys of the account on X, from a TOML file that only the desk reads."""

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
    path = _file(site)
    if path is None:
        raise Busy(f"X: no credentials: {site.path} names none at [x] credentials, and systemd brings no x.toml")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Busy(f"X: the credentials in {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Busy(f"X: the credentials in {path} are not a TOML file") from error
    missing = [name for name in NAMES if not isinstance(values.get(name), str) or not values[name].isascii()]
    if missing:
        raise Busy(f"X: the credentials in {path} lack {', '.join(missing)}")
    return Keys(**{name: values[name].strip() for name in NAMES})


def _file(site: Site) -> Path | None:
    brought = os.environ.get("CREDENTIALS_DIRECTORY")
    if brought and (Path(brought) / "x.toml").exists():
        return Path(brought) / "x.toml"
    return site.x.credentials
