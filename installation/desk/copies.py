"""What lies of a submission outside ledger and state folder: the file it came as, and the files that went out."""

import os
from collections.abc import Iterator
from pathlib import Path

from installation.desk import intake_folder, outbox_folder
from installation.desk.intake_folder import NotAStory, read_story, stored
from installation.desk.outbox_folder import name_in_outbox
from installation.taking_part import FolderSettings
from show.ledger import Submission

TAKEN, REFUSED = "taken", "refused"


def delete_copies(story: Submission, folders: FolderSettings) -> int:
    """Delete the files of one submission in inbox and outbox; how many there were. OSError when one cannot be."""
    found = [*_in_inbox(story, folders.inbox), *in_outbox(story, folders.outbox)]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def delete_old(folder: Path | None, name: str, before: float) -> int:
    """Delete what was laid into the inbox's `taken` or `refused` before a time (seconds since 1970); how many."""
    old = [path for path in _files(folder and folder / name) if path.lstat().st_ctime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _in_inbox(story: Submission, inbox: Path | None) -> list[Path]:
    if story.source != intake_folder.SOURCE:
        return []
    stem, is_named_after_its_file, _ = story.source_id.rpartition("~")
    files = _files(inbox and inbox / TAKEN)
    near = [path for path in files if not is_named_after_its_file or stored(path.name).startswith(stem)]
    return [path for path in near if _is_of(path, story)]


def _is_of(path: Path, story: Submission) -> bool:
    """Whether a taken file is this story: by its id, or by its content, for its name may have been taken already."""
    try:
        name = read_story(path).name
    except NotAStory:
        return False
    content = story.source_id.rpartition("~")[2]
    return name == story.source_id or (len(content) == 12 and name.endswith(f"~{content}"))


def in_outbox(story: Submission, outbox: Path | None) -> list[Path]:
    """The files of one submission that went out."""
    if outbox is None or story.source != outbox_folder.SOURCE:
        return []
    paths = [outbox / f"{name_in_outbox(story)}.{kind}" for kind in ("mp4", "json", "txt")]
    return [path for path in paths if path.exists()]


def _files(folder: Path | None) -> Iterator[Path]:
    """The files in a folder; none when it is not there."""
    if folder is not None and folder.is_dir():
        with os.scandir(folder) as entries:
            yield from [Path(entry.path) for entry in entries if not entry.is_dir(follow_symlinks=False)]
