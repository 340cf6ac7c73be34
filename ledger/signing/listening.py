"""The unix socket of a signer: whoever may open its file may have a tree signed."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from ledger.errors import Stopped
from ledger.sentence import Sentence

_OWNER_ONLY, _GROUP_TOO = 0o600, 0o660
_TRY_SECONDS = 1.0


@contextlib.contextmanager
def unix_socket(path: Path, group: int | None = None) -> Iterator[socket.socket]:
    """A bound socket, its file of mode 0600, or 0660 for a group; the file is removed afterwards.

    A file that a killed signer left is replaced. Raises Stopped if somebody listens there, or nobody can.
    """
    try:
        _remove_stale(path)
        made = _bound(path, group)
    except OSError as error:
        raise Stopped(
            Sentence("cannot listen on {address}: {why}", "cannot-listen", address=f"unix:{path}", why=error)
        ) from error
    ours = path.stat().st_ino
    try:
        yield made
    finally:
        made.close()
        with contextlib.suppress(OSError):
            if path.stat().st_ino == ours:  # another one may listen there by now
                path.unlink()


def _bound(path: Path, group: int | None) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o777 & ~_OWNER_ONLY)  # the file is closed to others from its first moment on
    try:
        made.bind(str(path))
        if group is not None:
            if path.stat().st_gid != group:  # a confined service may not even give a file to its own group
                os.chown(path, -1, group)
            path.chmod(_GROUP_TOO)
    except OSError:
        made.close()
        raise
    finally:
        os.umask(old)
    return made


def _remove_stale(path: Path) -> None:
    """Raises Stopped if somebody answers there. What is no socket is left, and nobody can listen there."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(_TRY_SECONDS)
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise Stopped(
        Sentence(
            "another process listens on unix:{path}: stop it first, or name another place",
            "signer-socket-in-use",
            path=path,
        )
    )
