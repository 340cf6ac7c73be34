"""A bundle under examination, and how its tree is joined to what the verifier saw before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import VerificationError
from ledger.merkle import check_consistency
from ledger.note import Ed25519Verifier
from ledger.verify.anchors import Anchors
from ledger.verify.archive import Archive, BundleError
from ledger.verify.entry_file import EntryFile
from ledger.verify.manifest import Joined, Manifest
from ledger.verify.registry import Registry
from ledger.verify.report import Check, Fault
from ledger.verify.subject import Subject
from ledger.verify.tree import remembered_by


@dataclass(frozen=True, slots=True)
class Opened:
    """note, said: the checkpoint, and what it says."""

    archive: Archive
    file: EntryFile
    note: str
    said: Checkpoint

    @property
    def end(self) -> int:
        """No entry is here at or beyond it: the checkpoint may speak of any number."""
        return min(self.said.size, self.file.bounds()[1])

    @property
    def manifest(self) -> Manifest:
        return self.archive.manifest

    @property
    def subject(self) -> Subject:
        return self.archive.manifest.subject


def check_remembered(check: Check, bundle: Opened, registry: Registry, anchors: Anchors | None) -> int | None:
    """The bundle's tree and each that was seen before have one past.

    Gives the size of a seen tree that the trusted key signed and that goes on from the bundle's, if any.
    Raises BundleError.
    """
    given = bundle.archive.consistency()  # read also where nothing is remembered: it has one shape
    if given is not None and bundle.said.size not in (given.old, given.new):
        raise BundleError("consistency.json joins other trees than the bundle's")
    kept = remembered_by(anchors, check, registry.root)
    if not kept:
        check.skip("nothing-remembered")
        return None
    joined = []
    for one in kept:
        check.count += 1
        try:
            if _joined(one, bundle.said, given):
                joined.append(one)
            else:
                check.warn("not-compared", remembered=one.size, size=bundle.said.size)
        except VerificationError as error:
            words = (
                f"remembered: size {one.size}, root {one.root.hex()}; the bundle: size {bundle.said.size},"
                f" root {bundle.said.root.hex()}: {error}"
            )
            check.fail(Fault("forked", None, "remembered", words))
    after = [one.size for one in _by_trusted(anchors) if one in joined and one.size >= bundle.said.size]
    return max(after, default=None)


def _by_trusted(anchors: Anchors | None) -> Iterator[Checkpoint]:
    """What of the remembered the trusted key itself signed."""
    if anchors is None:
        return
    key = Ed25519Verifier.parse(anchors.log_key)
    for note in anchors.remembered:
        try:
            yield open_checkpoint(note, [key])[0]
        except VerificationError:
            continue


def _joined(one: Checkpoint, said: Checkpoint, given: Joined | None) -> bool:
    """Is one tree shown to be the other's beginning? False if there is nothing to show it by."""
    old, new = sorted((one, said), key=lambda each: each.size)
    if old.size != new.size and (given is None or (given.old, given.new) != (old.size, new.size)):
        return False
    check_consistency(
        old_size=old.size,
        new_size=new.size,
        old_root=old.root,
        new_root=new.root,
        proof=given.proof if given is not None and old.size != new.size else (),
    )
    return True
