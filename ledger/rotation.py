"""The operator's side of a rotation of the log's key: a next key beside the first, then instead of it.

prepare → restart → log_key.rotated is recorded → stop → retire. Between the restart and `retire`
each checkpoint has both signatures, so that clients of either key can check it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ledger.checkpoint import open_checkpoint
from ledger.directory import Directory
from ledger.errors import Stopped, StorageError, VerificationError
from ledger.log import open_reader
from ledger.note import Ed25519Verifier, parse_verifier_key
from ledger.registry import Root
from ledger.sentence import Sentence
from ledger.service import Ledger
from ledger.signer import generate_key, verifier_key_of


@dataclass(frozen=True, slots=True)
class Retired:
    """old_key, new_key: verifier key texts; old_path: where the old private key lies now."""

    old_key: str
    new_key: str
    old_path: Path


def prepare_log_key(path: Path) -> str:
    """Make the next key of an opened ledger, mode 0600; its verifier key text.

    A server that runs goes on with the first key alone until it is started anew.
    Raises Stopped if there is a next key already, StorageError if there is no opened ledger.
    """
    directory = Directory(path)
    origin = _origin(directory)
    generate_key(directory.next_log_key)
    return verifier_key_of(directory.next_log_key, origin)


def _origin(directory: Directory) -> str:
    """Read beside a server that runs: the signer's memory would be locked."""
    if not directory.holds_ledger:
        raise StorageError(
            Sentence("{path} holds no ledger: run `pledger init` first", "no-ledger", path=directory.path)
        )
    reader = open_reader(directory.place)
    try:
        first = reader.entries(0, 1)
    finally:
        reader.close()
    if not first:
        raise StorageError(
            Sentence(
                "the ledger in {path} is not open yet: nothing is to be rotated",
                "ledger-not-open",
                path=directory.path,
            )
        )
    return str(first[0].stated().event.data.origin)


def retire_log_key(path: Path) -> Retired:
    """Put the next key, which must be in force already, in the place of the first.

    The old key is kept in a file of its own: whoever is responsible destroys it. Raises Stopped
    if it may not go yet, StorageError if a server runs.
    """
    with Ledger(path) as ledger:  # holds the directory's lock until the files are in place
        directory, keys = ledger.directory, ledger.signer.verifier_keys
        root = ledger.world_now().root
        if len(keys) < 2:
            raise Stopped(
                Sentence(
                    "there is no {path}: `pledger logkey prepare` makes it",
                    "no-next-key",
                    path=directory.next_log_key,
                )
            )
        old, new = keys
        if root.log_key != new:
            raise Stopped(
                Sentence(
                    "the log key in force is still {old}: {new} takes its place only when the registrars'"
                    " log_key.rotated has been recorded",
                    "key-still-in-force",
                    old=root.log_key or old,
                    new=new,
                )
            )
        ledger.keep_checkpoint()
        _check_evidence(ledger, root, old)
        return Retired(old, new, _swap(directory, parse_verifier_key(old).key_id.hex()))


def _check_evidence(ledger: Ledger, root: Root, old: str) -> None:
    """Clients of the old key follow by a checkpoint over the rotation that the old key signed."""
    index = next(kept.index for kept in root.kept.values() if kept.about == root.log_key)
    stored = ledger.reader.checkpoint_after(index)
    try:
        assert stored is not None  # keep_checkpoint has seen to it
        open_checkpoint(stored[1], [Ed25519Verifier.parse(old)])
    except VerificationError as error:
        raise Stopped(
            Sentence(
                "no stored checkpoint over № {number}, the rotation, has the signature of {old}: without it"
                " nobody who trusts that key could follow to the new one",
                "no-evidence",
                number=index + 1,
                old=old,
            )
        ) from error


def _swap(directory: Directory, old_id: str) -> Path:
    """Keep the old key under its id, then put the next in its place: a crash leaves both, or it is done."""
    kept = directory.path / f"log-key.old-{old_id}.pem"
    try:
        if not (kept.exists() and kept.samefile(directory.log_key)):
            os.link(directory.log_key, kept, follow_symlinks=False)
        directory.next_log_key.replace(directory.log_key)
        handle = os.open(directory.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise StorageError(
            Sentence(
                "{path} cannot be replaced: {why}", "file-unreplaceable", path=directory.log_key, why=error
            )
        ) from error
    return kept
