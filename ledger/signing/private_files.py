"""Files that only their owner can read: the log's keys, the service key, a signer's token."""

from __future__ import annotations

import os
import stat
import struct
import sys
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.errors import Stopped
from ledger.note import Ed25519Signer
from ledger.sentence import Sentence

_FILE_BYTES_MAX = 4096
_OWNER, _NAMED_USER, _MASK = 0x01, 0x02, 0x10  # tags of an access list; the others are groups and all


def generate_key(key_path: Path) -> None:
    """Write a new Ed25519 key, PKCS #8 PEM, mode 0600. Raises Stopped when the file is there."""
    key = Ed25519PrivateKey.generate()
    write_new(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def verifier_key_of(key_path: Path, origin: str) -> str:
    """The verifier key text of a key in a file, for the log of this origin. Raises Stopped."""
    return str(Ed25519Signer(origin, load_key(key_path)).key)


def key_paths(key_path: Path, next_key_path: Path | None) -> list[Path]:
    """The files of the keys that sign: the first, and the next one while its file exists."""
    if next_key_path is None or not next_key_path.exists():
        return [key_path]
    return [key_path, next_key_path]


def load_key(path: Path, what: str = "log key") -> Ed25519PrivateKey:
    """Read the private key of a file that only its owner can read; what: whose it is. Raises Stopped."""
    pem = read_private(path, what)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Stopped(
            Sentence(
                "the {what} {path} is no unencrypted PKCS #8 PEM file", "key-no-pem", what=what, path=path
            )
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Stopped(
            Sentence("the {what} {path} is no PKCS #8 Ed25519 key", "key-no-ed25519", what=what, path=path)
        )
    return key


def read_private(path: Path, what: str) -> bytes:
    """The content of a file that only its owner can read; what: of whom. Raises Stopped."""
    try:
        with path.open("rb") as file:
            # The open file is judged, not its path, which may change in between.
            if not _is_private(file.fileno()):
                raise Stopped(
                    Sentence(
                        "the {what} {path} is open to others: chmod 600, and think who read it",
                        "key-open",
                        what=what,
                        path=path,
                    )
                )
            return file.read(_FILE_BYTES_MAX)
    except OSError as error:
        raise Stopped(
            Sentence(
                "the {what} {path} cannot be read: {why}", "key-unreadable", what=what, path=path, why=error
            )
        ) from error


def _is_private(file: int) -> bool:
    """Can nobody but us and the owner read an open file?"""
    mode = os.fstat(file).st_mode
    if not stat.S_ISREG(mode) or mode & (stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP):
        return False
    # systemd hands a credential to the user of a service by an access list: its mask then looks like
    # the group's right to read (mode 0440).
    return not mode & stat.S_IRGRP or admits_only(_access_list(file), os.geteuid())


def _access_list(file: int) -> bytes:
    """The POSIX access list of an open file as Linux keeps it; empty where there is none."""
    if sys.platform != "linux":
        return b""
    try:
        return os.getxattr(file, "system.posix_acl_access")
    except OSError:
        return b""


def admits_only(access_list: bytes, user: int) -> bool:
    """Does a POSIX access list let nobody in but the file's owner and this user?

    access_list: version 2 as uint32, then (tag uint16, rights uint16, id uint32) each, little-endian.
    Source: Linux, include/uapi/linux/posix_acl_xattr.h.
    """
    if len(access_list) % 8 != 4 or access_list[:4] != b"\x02\x00\x00\x00":
        return False
    return all(
        not rights or tag in (_OWNER, _MASK) or (tag == _NAMED_USER and whose == user)
        for tag, rights, whose in struct.iter_unpack("<HHI", access_list[4:])
    )


def write_new(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that was not there, durably. Raises Stopped."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)  # else a crash can forget the file's name
        finally:
            os.close(directory)
    except OSError as error:
        raise Stopped(
            Sentence("{path} cannot be made: {why}", "file-not-made", path=path, why=error)
        ) from error
