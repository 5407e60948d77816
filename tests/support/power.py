"""A disk whose power can be cut: ext4 in a file, mounted through a loop device, shut down without writing its journal.

It needs root and loop devices. What a cut loses is what had not been brought to the disk: the kernel's page cache. It
neither writes blocks in another order nor lies about a flush, as a bad disk does. `noauto_da_alloc` takes away the
mercy by which ext4 brings a renamed file to the disk unasked.
"""

import fcntl
import os
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.support.waiting import wait_until

SHUT_DOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
WITHOUT_JOURNAL = 2
BALLAST_BYTES = 1 << 20


class Disk:
    """`root` is where it is mounted; files of `folder` hold it. Raises OSError where a machine cannot do this."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.root, self._image = folder / "disk", folder / "disk.img"
        self.root.mkdir(parents=True)
        with self._image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0", self._image)
        self._mount()

    def cut(self) -> None:
        """The power goes: every later read and write of it fails."""
        root = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(root, SHUT_DOWN, struct.pack("I", WITHOUT_JOURNAL))
        finally:
            os.close(root)

    def back(self) -> None:
        """The power comes back; whoever had files open must have ended."""
        wait_until(lambda: subprocess.run(["umount", self.root], capture_output=True).returncode == 0, "umount")
        self._mount()

    def remove(self) -> None:
        """Unmount it for good, even from under somebody's hands."""
        _run("umount", "--lazy", self.root)

    def fill(self) -> Path:
        """Leave not a block free; the file that takes them."""
        ballast = self.root / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (BALLAST_BYTES, 4096):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass
        return ballast

    def _mount(self) -> None:
        _run("mount", "-o", "loop,noauto_da_alloc", self._image, self.root)


def _run(*command: object) -> None:
    """OSError with what it said when it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
