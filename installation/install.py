"""`blind-eye install` and `blind-eye remove`: the systemd units of this PC, safe to repeat."""

import argparse
import grp
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from installation.site import Site, load_site

USER = "blind-eye"
UNITS = ("blind-eye-display.service", "blind-eye.service")
GROUPS = ("audio", "video", "render")
HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))
PASSING = tuple(map(Path, ("/tmp", "/var/tmp")))
HERE = Path(__file__).parent
TEMPLATES = next(folder for folder in (HERE.parent / "systemd", HERE / "systemd") if (folder / UNITS[0]).exists())
TARGET = Path("/etc/systemd/system")
STATE = Path("/var/lib/blind-eye")


class CannotInstall(Exception):
    """One sentence why the units cannot be put in place."""


def run_command(options: argparse.Namespace) -> int:
    """The command line's `install --site FILE` and `remove`."""
    try:
        if os.geteuid() != 0:
            raise CannotInstall(f"systemd's folders belong to root: run it as sudo blind-eye {options.action}")
        install(options.site) if options.action == "install" else remove()
    except CannotInstall as error:
        print(f"blind-eye: {error}", file=sys.stderr)
        return 1
    return 0


def install(site_file: Path) -> None:
    """Write the units for this PC, make the user, start the show now and at every power-on."""
    site = load_site(site_file)
    command = Path(sys.prefix) / "bin" / "blind-eye"
    needed = [command, Path(sys.executable).resolve(), HERE, *files_of(site)]
    check_readable(needed)
    check_programs()
    make_user()
    folders = exchange_folders(site)
    for folder in folders:
        make_folder(folder)
    passing = passing_folders([HERE.parent, Path(sys.prefix), *(path.parent for path in needed)])
    changed = write_units(render_units(command, site.path, folders, passing), TARGET)
    start(changed)


def remove() -> None:
    """Stop the show and take the units away; what visitors sent stays where it is."""
    there = [unit for unit in UNITS if (TARGET / unit).exists()]
    if there:
        systemctl("disable", "--now", "--quiet", *reversed(there))
    for unit in there:
        (TARGET / unit).unlink()
    if there:
        systemctl("daemon-reload")
    print(f"The show's units are gone. Its memory stays in {STATE}; with it the user {USER} (deluser {USER}).")


def files_of(site: Site) -> list[Path]:
    """Every file the running show reads."""
    optional = [site.making.vqgan, site.making.critic]
    heard_and_read = [*site.show.stems.values(), *site.show.captions.values()]
    return [site.path, *site.show.films, site.mapping, *heard_and_read, *filter(None, optional)]


def exchange_folders(site: Site) -> list[Path]:
    """The folders the show writes besides its own state."""
    return [folder for folder in (site.folder.inbox, site.folder.outbox) if folder]


def check_readable(paths: list[Path]) -> None:
    """Refuse what the service's ordinary user could not read; units never see a home directory."""
    for path in paths:
        if any(path.is_relative_to(home) for home in HOMES):
            raise CannotInstall(
                f"{path} lies in a home directory, which the show cannot see: move it, for example to /opt"
            )
        for part in (path, *path.parents):
            needed = 0o5 if part.is_dir() else 0o4
            if part.stat().st_mode & needed != needed:
                raise CannotInstall(f"{part} is closed to ordinary users: chmod o+rX it, or move what the show needs")


def passing_folders(folders: list[Path]) -> list[Path]:
    """Those in the folders of passing things, which a service sees only when it is told to."""
    found = sorted({folder for folder in folders if any(folder.is_relative_to(place) for place in PASSING)})
    for folder in found:
        print(f"The show needs {folder}, where files may not stay for long: move it, for example to /opt")
    return found


def check_programs() -> None:
    """The screen's server must be there."""
    if not shutil.which("Xorg"):
        raise CannotInstall("Xorg is not installed: apt-get install --no-install-recommends xserver-xorg")


def make_user() -> None:
    """The ordinary user the show runs as."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        options = ["--system", "--user-group", "--home-dir", str(STATE), "--shell", "/usr/sbin/nologin"]
        subprocess.run(["useradd", *options, USER], check=True)


def make_folder(folder: Path) -> None:
    """A folder of the exchange: the show's own if it was not there, else as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        shutil.chown(folder, USER, USER)
    if subprocess.run(["runuser", "-u", USER, "--", "test", "-w", str(folder)], check=False).returncode:
        print(f"The show cannot write {folder} yet: chown {USER} {folder}")


def known_groups() -> list[str]:
    """The groups that open graphics and sound on this machine."""
    return [name for name in GROUPS if name in {group.gr_name for group in grp.getgrall()}]


def render_units(command: Path, site: Path, folders: list[Path], passing: list[Path]) -> dict[str, str]:
    """The units of this PC by file name."""
    values = {
        "@command@": quoted(command).replace("$", "$$"),
        "@site@": quoted(site).replace("$", "$$"),
        "@folders@": " ".join(quoted(f"-{folder}") for folder in folders),
        "@passing@": " ".join(quoted(folder) for folder in passing),
        "@groups@": " ".join(known_groups()),
    }
    texts = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in UNITS}
    for mark, value in values.items():
        texts = {name: text.replace(mark, value) for name, text in texts.items()}
    return texts


def quoted(path: Path | str) -> str:
    """A path as one word of a unit file."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"' if set(text) & set(" \t'\"\\;") else text


def write_units(units: dict[str, str], folder: Path) -> list[str]:
    """Put the units in place; the names of those that are new or different."""
    changed = []
    for name, text in units.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def start(changed: list[str]) -> None:
    """Enable the units and have them running as they are now written."""
    systemctl("daemon-reload")
    systemctl("enable", "--quiet", *UNITS)
    for unit in UNITS:
        systemctl("restart" if unit in changed else "start", "--no-block", unit)
    print("The show starts now and whenever this PC is switched on. How it does: systemctl status blind-eye")
    if (TARGET / "display-manager.service").exists():
        print(
            "This PC also starts a desktop: systemctl set-default multi-user.target, so that the show has the screen."
        )


def systemctl(*arguments: str) -> None:
    """systemctl, whose refusal becomes one sentence."""
    try:
        subprocess.run(["systemctl", *arguments], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise CannotInstall("this machine has no systemd") from None
    except subprocess.CalledProcessError as error:
        raise CannotInstall(f"systemctl {' '.join(arguments)} failed: {error.stderr.strip()}") from error
