"""A disk that is full: a small one of its own where this machine lets us mount it, else a limit to the size of every file."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import Protocol

MIB = 1024 * 1024


class Disk(Protocol):
    """What a test may do to a disk."""

    def fill(self, pid: int) -> None:
        """There is next to no space left, at least for this process."""

    def clear(self) -> None:
        """There is space again, at least for processes that are started from now on."""


class Mounted:
    """A disk in memory, that a heap of nothing fills."""

    def __init__(self, folder: Path) -> None:
        self._heap = folder / "heap"

    def fill(self, _pid: int) -> None:
        """Leave a quarter of a mebibyte."""
        self._heap.write_bytes(bytes(disk_usage(self._heap.parent).free - MIB // 4))

    def clear(self) -> None:
        """Away with it."""
        self._heap.unlink()


class Limited:
    """The disk as it is; files may not grow beyond what they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, pid: int) -> None:
        """Files end where the largest log of a store ends now."""
        logs = max(file.stat().st_size for file in self._folder.rglob("*.log"))
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (logs + MIB // 8, hard))

    def clear(self) -> None:
        """The limit was the process's, and ended with it."""


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Disk]:
    """A disk of this size at a folder that is made, for this block."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield Limited(folder)
        return
    try:
        yield Mounted(folder)
    finally:
        unmount = ["umount", "--lazy", str(folder)]
        subprocess.run(unmount, capture_output=True, check=True)
