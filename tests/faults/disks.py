"""A disk that is full, and a file whose place on it is not kept: real refusals of the kernel.

As root a small file system of its own (tmpfs) is mounted. Where that is not allowed, the server's files are
limited in size (RLIMIT_FSIZE): the kernel refuses to let them grow in the same way.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

BLOCK: Final = 4096
_PUNCH_HOLE, _KEEP_SIZE = 2, 1


class Disk(Protocol):
    """Where a ledger lies that will have no more room."""

    def fill(self, pid: int) -> None:
        """Nothing that process `pid` has may grow from now on."""

    def empty(self, pid: int) -> None:
        """There is room again."""


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self, pid: int = 0) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, BLOCK):
                while _written(file.fileno(), size):
                    pass

    def empty(self, pid: int = 0) -> None:
        self._filler.unlink()


def _written(file: int, size: int) -> bool:
    try:
        return os.write(file, bytes(size)) == size
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


class LimitedFiles:
    """The server's files may not grow beyond what the largest has now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, pid: int) -> None:
        largest = max(file.stat().st_size for file in self._folder.iterdir() if file.is_file())
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, hard))

    def empty(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def mounted(folder: Path, size: str = "24m") -> Iterator[bool]:
    """A small file system at a folder; False, and nothing, where none may be mounted."""
    folder.mkdir(exist_ok=True)
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def punch(path: Path) -> None:
    """Give a file's blocks back to the disk: to write there takes room anew."""
    libc = ctypes.CDLL(None, use_errno=True)
    offset = ctypes.c_longlong
    with path.open("r+b") as file:
        size = path.stat().st_size
        done = libc.fallocate(file.fileno(), _PUNCH_HOLE | _KEEP_SIZE, offset(0), offset(size))
    assert done == 0, os.strerror(ctypes.get_errno())
