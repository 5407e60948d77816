"""The PIN of the staff's page, from a file that only the desk reads."""

import os
from pathlib import Path

from installation.desk.trouble import Busy
from installation.site import Site

SHORTEST = 6
LONGEST_BYTES = 200


def find_pin(site: Site) -> str:
    """The PIN in $CREDENTIALS_DIRECTORY/staff-pin, else in the file the site names; Busy says what is missing."""
    path = _file(site)
    if path is None:
        raise Busy(f"staff page: no PIN: {site.path} names none at [staff] pin_file, and systemd brings no staff-pin")
    try:
        with path.open("rb") as file:
            pin = file.read(LONGEST_BYTES).decode("utf-8").strip()
    except OSError as error:
        raise Busy(f"staff page: no PIN: {path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Busy(f"staff page: no PIN: {path} is not a text file") from error
    if not (pin.isascii() and pin.isdigit() and len(pin) >= SHORTEST):
        raise Busy(f"staff page: no PIN: {path} must hold {SHORTEST} digits or more, and nothing else")
    return pin


def _file(site: Site) -> Path | None:
    brought = os.environ.get("CREDENTIALS_DIRECTORY")
    if brought and (Path(brought) / "staff-pin").exists():
        return Path(brought) / "staff-pin"
    return site.staff.pin_file
