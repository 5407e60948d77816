"""Files that are whole or not there: written aside, brought to the disk, then renamed."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_native_id
from typing import Any


def put_text(path: Path, text: str) -> None:
    """Replace a file by this text."""
    put_bytes(path, text.encode())


def put_bytes(path: Path, content: bytes) -> None:
    """Replace a file by these bytes."""
    with _aside(path, f".{path.name}.{get_native_id()}.part") as part, part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_json(path: Path, values: Any) -> None:
    """Replace a file by these values."""
    put_text(path, json.dumps(values, ensure_ascii=False, indent=1) + "\n")


def put_copy(source: Path, path: Path) -> None:
    """Replace a file by a copy of another."""
    with _aside(path, f".{path.name}.part") as part:
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring a folder's new names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _aside(path: Path, name: str) -> Iterator[Path]:
    """Where to write first; then it takes the place of `path`, or goes again when the writing failed."""
    part = path.with_name(name)
    try:
        yield part
        part.replace(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)
