"""Files that are whole or not there: written aside, brought to the disk, then renamed."""

import json
import os
import shutil
from pathlib import Path
from typing import Any


def put_text(path: Path, text: str) -> None:
    """Replace a file by this text."""
    part = _part(path)
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def put_json(path: Path, values: Any) -> None:
    """Replace a file by these values."""
    put_text(path, json.dumps(values, ensure_ascii=False, indent=1) + "\n")


def put_copy(source: Path, path: Path) -> None:
    """Replace a file by a copy of another."""
    part = _part(path)
    shutil.copyfile(source, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's new names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
