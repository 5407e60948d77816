"""Mappings on disk: versioned JSON that outlives a pulled plug, with the last twenty kept and dated.

A save writes a numbered copy into the backups folder first, then a temporary file beside the mapping, and renames it
over the old one; every step is flushed to the disk, so that at any moment the mapping is the old or the new one.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from calibration import layout
from calibration.errors import MappingError
from calibration.mapping import Mapping

KEEP = 20
_LARGEST_BYTES = 1_000_000


def load(path: Path, backups: Path | None = None) -> Mapping:
    """Read a mapping; MappingError names file, key, value and range, and where backups are when there are any."""
    try:
        return layout.read(_text(path))
    except MappingError as wrong:
        raise MappingError(f"{path}: {wrong}{_way_back(backups)}") from None


def save(mapping: Mapping, path: Path, backups: Path, *, at: datetime, keep: int = KEEP) -> Path:
    """Keep the mapping under a new number in `backups`, then at `path`, and give the backup.

    `at` dates the backup; more than `keep` are thinned out. A full or read-only disk is a MappingError.
    """
    content = layout.write(mapping).encode()
    try:
        backups.mkdir(parents=True, exist_ok=True)
        _keep_what_stands(path, backups, at)
        kept = backups / _next_name(backups, at)
        _write(kept, content)
        _write(path, content)
        _thin_out(backups, keep)
    except OSError as wrong:
        raise MappingError(f"{path} could not be saved: {wrong.strerror or wrong}") from wrong
    return kept


def restore(path: Path, backups: Path, name: str | None = None, *, at: datetime) -> Path:
    """Put a backup in place of the mapping, and give it: the named or numbered one, else the newest valid other one."""
    chosen = _named(backups, name) if name else _newest_other(path, backups)
    content = layout.write(load(chosen)).encode()
    try:
        _keep_what_stands(path, backups, at)
        _write(path, content)
    except OSError as wrong:
        raise MappingError(f"{path} could not be restored: {wrong.strerror or wrong}") from wrong
    return chosen


def put_away(path: Path, backups: Path, *, at: datetime) -> None:
    """Take the mapping away, so that the site's own counts again; it is kept as a backup. Absent, it is no mistake."""
    try:
        backups.mkdir(parents=True, exist_ok=True)
        _keep_what_stands(path, backups, at)
        path.unlink(missing_ok=True)
        _flush(path.parent)
    except OSError as wrong:
        raise MappingError(f"{path} could not be put away: {wrong.strerror or wrong}") from wrong


def kept(backups: Path) -> list[Path]:
    """All backups, newest first; by number, since a gallery PC may not know the date."""
    return sorted(backups.glob("mapping-*.json"), key=_number, reverse=True)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_BYTES).decode()
    except UnicodeDecodeError:
        raise MappingError("the file is damaged: it is not UTF-8 text") from None
    except OSError as wrong:
        raise MappingError(f"the file cannot be read: {wrong.strerror or wrong}") from None


def _way_back(backups: Path | None) -> str:
    if backups is None or not kept(backups):
        return ""
    return f" (earlier mappings are kept in {backups}; `blind-eye calibrate restore` brings the newest back)"


def _write(path: Path, content: bytes) -> None:
    """Replace a file so that a power cut leaves the old or the new one."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _flush(path.parent)


def _flush(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _keep_what_stands(path: Path, backups: Path, at: datetime) -> None:
    """A mapping that came from elsewhere, by hand or from another PC, is kept before it is written over."""
    if not path.is_file():
        return
    content = path.read_bytes()
    if not any(backup.read_bytes() == content for backup in kept(backups)):
        _write(backups / _next_name(backups, at), content)


def _next_name(backups: Path, at: datetime) -> str:
    number = max((_number(backup) for backup in kept(backups)), default=0) + 1
    return f"mapping-{number:04d}-{at:%Y-%m-%dT%H-%M-%S}.json"


def _number(backup: Path) -> int:
    digits = backup.name.split("-")[1]
    return int(digits) if digits.isdecimal() else 0


def _thin_out(backups: Path, keep: int) -> None:
    for backup in kept(backups)[keep:]:
        backup.unlink(missing_ok=True)


def _named(backups: Path, name: str) -> Path:
    for backup in kept(backups):
        if name in (backup.name, backup.stem) or (name.isdecimal() and int(name) == _number(backup)):
            return backup
    choice = ", ".join(backup.name for backup in kept(backups)) or "none"
    raise MappingError(f'no backup is called "{name}"; kept in {backups}: {choice}')


def _newest_other(path: Path, backups: Path) -> Path:
    """The newest valid backup that says something else than the mapping does now."""
    standing = _readable(path)
    for backup, mapping in _valid(backups):
        if mapping != standing:
            return backup
    raise MappingError(
        f"{backups} holds no other valid mapping; `restore site` brings back the one that the site names"
    )


def _valid(backups: Path) -> Iterator[tuple[Path, Mapping]]:
    for backup in kept(backups):
        if mapping := _readable(backup):
            yield backup, mapping


def _readable(path: Path) -> Mapping | None:
    try:
        return load(path)
    except MappingError:
        return None
