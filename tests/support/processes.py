"""Which processes belong to a program."""

from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A process by number and start, since numbers are used again."""

    pid: int
    parent: int
    started: int


def family(pid: int) -> set[Process]:
    """A process and all below it."""
    everyone = [found for path in Path("/proc").glob("[0-9]*") if (found := _look(path))]
    members = {each for each in everyone if each.pid == pid}
    while more := {each for each in everyone if each.parent in {m.pid for m in members}} - members:
        members |= more
    return members


def living(processes: set[Process]) -> set[Process]:
    """Those that still run; one that has ended and was not yet buried by its parent does not count."""
    return {each for each in processes if (found := _look(Path(f"/proc/{each.pid}"))) and found.started == each.started}


def _look(path: Path) -> Process | None:
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else Process(int(path.name), int(fields[1]), int(fields[19]))
