"""Verify a bundle: an answer with everything that it rests on, without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.checkpoint import Checkpoint
from ledger.entry import read_entry
from ledger.errors import LedgerError, VerificationError
from ledger.ids import TRUST
from ledger.merkle import check_consistency, check_inclusion, leaf_hash
from ledger.verify.anchors import Anchors
from ledger.verify.archive import Archive, BundleError, hashes
from ledger.verify.bundle_answer import Subject, check_answer, read_subject
from ledger.verify.bundle_files import check_files
from ledger.verify.completeness import Head, check_needed, check_rows, check_whole, read_rows
from ledger.verify.entry_file import EntryFile, Row
from ledger.verify.evidence import HEADS, StampOf, check_stamps, check_witnesses, of_kind
from ledger.verify.programmes import Judged, judge_programme
from ledger.verify.registry import Registry, replay_registry
from ledger.verify.report import Check, Fault, Report
from ledger.verify.spool import spooled
from ledger.verify.sweep import sweep
from ledger.verify.tree import remembered_by
from ledger.verify.whole import (
    Progress,
    check_log_key,
    finish,
    note_judged,
    quiet,
    read_genesis,
    read_signed,
    registry_as_judged,
    tell,
)

WHOLE_TYPES = ("programme", "diff", "cell")


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle under examination. end: one more than the largest leaf index that may be here."""

    archive: Archive
    file: EntryFile
    note: str
    said: Checkpoint
    subject: Subject

    @property
    def end(self) -> int:
        """No entry is here at or beyond it: the checkpoint may speak of any number."""
        return min(self.said.size, self.file.bounds()[1])

    @property
    def manifest(self) -> Mapping[str, Any]:
        return self.archive.manifest


def verify_bundle(path: Path, anchors: Anchors | None, progress: Progress = quiet) -> Report:
    """Raises BundleError for what is no bundle, OSError for what cannot be read."""
    report = Report("bundle")
    with Archive.open(path) as archive:
        subject = read_subject(archive.manifest)
        report.check("format").count = len(archive.indexes)
        note = archive.checkpoint()
        said = read_signed(report, note)
        if said is None:
            return report
        with spooled(archive.entries()) as file:
            _verify(report, Opened(archive, file, note, said, subject), anchors, progress)
    return report


def _verify(report: Report, bundle: Opened, anchors: Anchors | None, progress: Progress) -> None:
    genesis = read_genesis(report.check("genesis"), bundle.file, anchors)
    if genesis is None:
        return
    report.genesis = genesis
    _check_names(report.check("format"), bundle, genesis)
    progress("registry", 0, bundle.said.size)
    singles = _singles(report.check("format"), bundle)
    registry = replay_registry(bundle.file, genesis, bundle.end, without=singles)
    check_log_key(report.check("checkpoint"), bundle.note, registry, anchors)
    _check_tree(report.check("tree"), bundle)
    _check_remembered(report.check("remembered"), bundle, registry, anchors)
    found = sweep(
        bundle.file,
        registry.keys,
        bundle.end,
        gaps=True,
        unsigned=singles,
        progress=lambda done, of: progress("signatures", done, of),
    )
    tell(report.check("entries"), found.order_faults, found.count)
    tell(report.check("signatures"), found.signature_faults, found.signatures)
    note_judged(report, registry_as_judged(registry))
    judged = _judge_programmes(report, bundle, registry, singles)
    _check_complete(report, bundle, registry, judged, singles)
    check_witnesses(report.check("witnesses"), bundle.note, registry.last.root, anchors)
    stamps = [StampOf(bundle.note, response, None, name) for name, response in bundle.archive.stamps()]
    check_stamps(report.check("stamps"), stamps, bundle.file, anchors)
    check_files(report.check("files"), bundle.archive, bundle.file)
    check_answer(report, bundle.archive.answer(), bundle.subject, bundle.file, registry)
    report.cover = {
        "subject": dict(bundle.manifest["subject"]),
        "complete": bundle.manifest.get("complete") is True,
        "made_at": str(bundle.manifest.get("made_at")),
        "heads": bundle.manifest.get("heads"),
        "witnessed": report.checks["witnesses"].status == "ok",
    }
    finish(report, anchors)


def _check_names(check: Check, bundle: Opened, genesis: str) -> None:
    """The manifest is of the ledger that its entries are of; nothing lies beyond the checkpoint."""
    named = bundle.manifest.get("ledger")
    if named != {"origin": bundle.said.origin, "genesis": genesis}:
        check.fail(Fault("other-ledger", None, "bundle.json", str(named)))
    beyond = [index for index in bundle.archive.indexes if index >= bundle.said.size]
    if beyond:
        check.fail(Fault("beyond-checkpoint", beyond[0], "entries", f"{len(beyond)} entries"))


def _check_tree(check: Check, bundle: Opened) -> None:
    """Each entry's audit path leads to the checkpoint's root."""
    proofs = bundle.archive.proofs()
    listed = proofs.get("proofs")
    if proofs.get("tree_size") != bundle.said.size or not isinstance(listed, dict):
        check.fail(Fault("proofs-malformed", None, "proofs.json"))
        return
    if {str(index) for index in bundle.archive.indexes} != set(listed):
        check.fail(Fault("proofs-differ", None, "proofs.json", "proofs are not of the entries that are here"))
    for row in bundle.file.rows(0, bundle.said.size):
        check.count += 1
        try:
            check_inclusion(
                leaf_hash=leaf_hash(row.raw),
                leaf_index=row.leaf,
                tree_size=bundle.said.size,
                proof=hashes(listed.get(str(row.leaf), [])),
                root_hash=bundle.said.root,
            )
        except VerificationError as error:
            check.fail(Fault("not-in-tree", row.leaf, row.stream, str(error)))


def _check_remembered(check: Check, bundle: Opened, registry: Registry, anchors: Anchors | None) -> None:
    kept = remembered_by(anchors, check, registry.last.root)
    if not kept:
        check.skip("nothing-remembered")
        return
    for one in kept:
        check.count += 1
        try:
            if not _joined(one, bundle):
                check.warn("not-compared", remembered=one.size, size=bundle.said.size)
        except VerificationError as error:
            words = (
                f"remembered: size {one.size}, root {one.root.hex()}; the bundle: size {bundle.said.size},"
                f" root {bundle.said.root.hex()}: {error}"
            )
            check.fail(Fault("forked", None, "remembered", words))


def _joined(one: Checkpoint, bundle: Opened) -> bool:
    """Is one tree shown to be the other's beginning? False if there is nothing to show it by."""
    old, new = sorted((one, bundle.said), key=lambda each: each.size)
    given = bundle.archive.consistency()
    proof = hashes(given.get("proof", [])) if given is not None else []
    if old.size != new.size and (
        given is None or (given.get("from"), given.get("to")) != (old.size, new.size)
    ):
        return False
    check_consistency(
        old_size=old.size,
        new_size=new.size,
        old_root=old.root,
        new_root=new.root,
        proof=proof if old.size != new.size else [],
    )
    return True


def _singles(check: Check, bundle: Opened) -> frozenset[int]:
    """The entries that are here for their time alone: none of them may be of a stream that is judged."""
    listed = bundle.manifest.get("singles")
    singles = {one for one in listed if isinstance(one, int)} if isinstance(listed, list) else set[int]()
    judged = {row.stream for row in read_rows(bundle.manifest.get("streams")) if row.whole}
    judged |= {"root", *bundle.subject.streams}
    found = set[int]()
    for row in bundle.file.rows(0, bundle.said.size):
        if row.leaf not in singles:
            continue
        if row.stream in judged or _is_subject(row, bundle.subject):
            check.fail(Fault("single-judged", row.leaf, row.stream))
        else:
            found.add(row.leaf)
    return frozenset(found)


def _is_subject(row: Row, subject: Subject) -> bool:
    """Is it the very event that the bundle is about? That one is judged, wherever it stands."""
    try:
        return subject.type == "event" and read_entry(row.raw).event_id() == subject.name
    except (LedgerError, ValueError, KeyError, TypeError):
        return False


def _judge_programmes(
    report: Report, bundle: Opened, registry: Registry, singles: frozenset[int]
) -> list[Judged]:
    """Whole streams by every rule; of selected entries only who may say them."""
    whole = bundle.subject.type in WHOLE_TYPES
    found = []
    for stream, _ in bundle.file.programmes(bundle.end):
        selected = not (whole and stream in bundle.subject.streams)
        judged = judge_programme(
            bundle.file, registry, stream, bundle.end, without=singles, authority_only=selected
        )
        found.append(judged)
        if not selected:
            note_judged(report, judged)
            continue
        # Whatever is refused before the rules that read the rest of the programme is about who spoke.
        tell(report.check("authority"), judged.faults, judged.count)
        tell(report.check("entries"), judged.form_faults, 0)
    if not whole:
        report.check("rules").warn("selection")
    return found


def _check_complete(
    report: Report, bundle: Opened, registry: Registry, judged: list[Judged], singles: frozenset[int]
) -> None:
    check, heads = report.check("complete"), report.check("heads")
    rows = read_rows(bundle.manifest.get("streams"))
    head = _head(heads, bundle, registry)
    if head is None:
        check.fail(Fault("no-heads", None, "bundle.json"))
        return
    proved = check_rows(heads, rows, head)
    check_whole(check, proved, bundle.file, head.size)
    needed = {stream for stream in registry.last.loaded if stream != "trust"} | {*bundle.subject.streams}
    for one in judged:
        if one.stream in bundle.subject.streams:
            needed |= {stream for stream in one.loaded if stream != "trust"}
    selected = bundle.subject.type not in WHOLE_TYPES
    if selected:
        needed = {stream for stream in needed if not stream.startswith("programme:")}
    check_needed(check, needed, proved, head)
    _check_within(check, bundle, head, singles)
    if selected and bundle.manifest.get("complete"):
        check.fail(Fault("claims-completeness", None, "bundle.json"))
    if selected or not bundle.manifest.get("complete"):
        check.warn("selection", size=head.size)
    check.facts["size"] = head.size


def _check_within(check: Check, bundle: Opened, head: Head, singles: frozenset[int]) -> None:
    """Nothing is answered or judged beyond the heads: a revocation in between could be left out."""
    position = max(bundle.subject.positions)
    if position > head.size:
        check.fail(Fault("beyond-heads", position, "bundle.json", f"{position} of {head.size}"))
    for row in bundle.file.rows(head.size, bundle.end):
        if row.leaf not in singles and row.stream != TRUST:
            check.fail(Fault("beyond-heads", row.leaf, row.stream, f"{row.leaf} of {head.size}"))


def _head(check: Check, bundle: Opened, registry: Registry) -> Head | None:
    """The heads entry that the manifest names, as the log has it."""
    named = bundle.manifest.get("heads")
    for placed in of_kind(registry, HEADS):
        data = placed.submission.event.data
        if isinstance(named, dict) and named == {"index": placed.entry.index, "size": data.size}:
            check.count += 1
            return Head(placed.entry.index, data.size, bytes.fromhex(data.root), data.streams)
    check.fail(Fault("heads-missing", None, "bundle.json", str(named)))
    return None


__all__ = ["BundleError", "verify_bundle"]
