"""Verify a bundle: an answer with everything that it rests on, without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.entry import read_entry
from ledger.errors import LedgerError, VerificationError
from ledger.ids import ROOT, TRUST, body_stream
from ledger.merkle import check_inclusion, leaf_hash
from ledger.verify.anchors import Anchors
from ledger.verify.archive import Archive, BundleError
from ledger.verify.bundle_answer import check_answer
from ledger.verify.bundle_files import check_files
from ledger.verify.bundle_print import check_print
from ledger.verify.completeness import Head, check_founded, check_needed, check_rows, check_whole
from ledger.verify.entry_file import Row
from ledger.verify.evidence import HEADS, StampOf, check_stamps, check_witnesses, of_kind
from ledger.verify.judging import Nothing
from ledger.verify.opened import Opened, check_remembered
from ledger.verify.programmes import Judged, judge_programme
from ledger.verify.readme import is_readme
from ledger.verify.registry import Registry, replay_registry
from ledger.verify.report import Check, Fault, Report
from ledger.verify.selection import check_rested
from ledger.verify.spool import spooled
from ledger.verify.subject import Subject
from ledger.verify.sweep import sweep
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
class Judging:
    """What is judged, and what that asked for. singles: leaf indexes that are passed over; unfounded: the
    programmes of which a rule found no adoption below an index."""

    bundle: Opened
    singles: frozenset[int]
    unfounded: list[tuple[str, int]] = field(default_factory=list)

    @property
    def reader_at(self) -> Callable[[int], Nothing]:
        return lambda index: Nothing(
            self.bundle.file, index, lambda stream, below: self.unfounded.append((stream, below))
        )


def verify_bundle(path: Path, anchors: Anchors | None, progress: Progress = quiet) -> Report:
    """Raises BundleError for what is no bundle, OSError for what cannot be read."""
    report = Report("bundle")
    with Archive.open(path) as archive:
        report.check("format").count = len(archive.indexes)
        note = archive.checkpoint()
        said = read_signed(report, note)
        if said is None:
            return report
        with spooled(archive.entries()) as file:
            _verify(report, Opened(archive, file, note, said), anchors, progress)
    return report


def _verify(report: Report, bundle: Opened, anchors: Anchors | None, progress: Progress) -> None:
    genesis = read_genesis(report.check("genesis"), bundle.file, anchors)
    if genesis is None:
        return
    report.genesis = genesis
    _check_names(report.check("format"), bundle, genesis)
    progress("registry", 0, bundle.said.size)
    singles = _singles(report.check("format"), bundle)
    judging = Judging(bundle, singles)
    registry = replay_registry(bundle.file, genesis, bundle.end, reader_at=judging.reader_at, without=singles)
    _check_tree(report.check("tree"), bundle)
    vouched = check_remembered(report.check("remembered"), bundle, registry, anchors)
    check_log_key(report.check("checkpoint"), bundle.note, registry, anchors, vouched=vouched)
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
    judged = _judge_programmes(report, judging, registry)
    _check_complete(report, judging, registry, judged)
    check_witnesses(report.check("witnesses"), bundle.note, registry.root, anchors)
    stamps = [StampOf(bundle.note, response, None, name) for name, response in bundle.archive.responses()]
    check_stamps(report.check("stamps"), stamps, bundle.file, anchors)
    check_files(report.check("files"), bundle.archive, bundle.file)
    check_answer(report, bundle.archive.answer(), bundle.subject, bundle.file, registry)
    if bundle.manifest.prints or any(bundle.archive.prints()):
        check_print(report.check("print"), bundle.archive)
    report.cover = {
        "subject": dict(bundle.manifest.asked),
        "complete": bundle.manifest.complete,
        "made_at": bundle.manifest.made_at,
        "heads": {"index": bundle.manifest.heads[0], "size": bundle.manifest.heads[1]},
        "witnessed": report.checks["witnesses"].status == "ok",
    }
    finish(report, anchors)


def _check_names(check: Check, bundle: Opened, genesis: str) -> None:
    """The manifest is of the ledger that its entries are of; nothing lies beyond the checkpoint; the cover
    says what the manifest says."""
    named = (bundle.manifest.origin, bundle.manifest.genesis)
    if named != (bundle.said.origin, genesis):
        check.fail(Fault("other-ledger", None, "bundle.json", " ".join(named)))
    if not is_readme(bundle.archive.readme(), bundle.manifest, bundle.note, bundle.archive.stamps):
        check.fail(Fault("readme-differs", None, "README.txt"))
    beyond = [index for index in bundle.archive.indexes if index >= bundle.said.size]
    if beyond:
        check.fail(Fault("beyond-checkpoint", beyond[0], "entries", f"{len(beyond)} entries"))


def _check_tree(check: Check, bundle: Opened) -> None:
    """Each entry's audit path leads to the checkpoint's root."""
    size, listed = bundle.archive.proofs()
    if size != bundle.said.size:
        check.fail(Fault("proofs-malformed", None, "proofs.json"))
        return
    if {*bundle.archive.indexes} != listed.keys():
        check.fail(Fault("proofs-differ", None, "proofs.json"))
    for row in bundle.file.rows(0, bundle.said.size):
        check.count += 1
        try:
            check_inclusion(
                leaf_hash=leaf_hash(row.raw),
                leaf_index=row.leaf,
                tree_size=bundle.said.size,
                proof=listed.get(row.leaf, ()),
                root_hash=bundle.said.root,
            )
        except VerificationError as error:
            check.fail(Fault("not-in-tree", row.leaf, row.stream, str(error)))


def _singles(check: Check, bundle: Opened) -> frozenset[int]:
    """The entries that are not judged: here for their time alone, and none of a stream that is; or recorded
    while the heads were stated, which no answer of this bundle reaches."""
    singles, (index, size) = {*bundle.manifest.singles}, bundle.manifest.heads
    judged = {row.stream for row in bundle.manifest.streams if row.whole}
    judged |= {"root", *bundle.subject.streams}
    found = set[int]()
    for row in bundle.file.rows(0, bundle.said.size):
        if row.leaf not in singles:
            continue
        if not size <= row.leaf < index and (row.stream in judged or _is_subject(row, bundle.subject)):
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


def _judge_programmes(report: Report, judging: Judging, registry: Registry) -> list[Judged]:
    """Whole streams by every rule; of selected entries only who may say them, and what they rest on."""
    bundle, singles = judging.bundle, judging.singles
    whole = bundle.subject.type in WHOLE_TYPES
    found = []
    for stream, _ in bundle.file.programmes(bundle.end):
        selected = not (whole and stream in bundle.subject.streams)
        judged = judge_programme(
            bundle.file,
            registry,
            stream,
            bundle.end,
            reader_at=judging.reader_at,
            without=singles,
            authority_only=selected,
        )
        found.append(judged)
        if not selected:
            note_judged(report, judged)
            continue
        # Whatever is refused before the rules that read the rest of the programme is about who spoke.
        tell(report.check("authority"), judged.faults, judged.count)
        tell(report.check("entries"), judged.form_faults, 0)
        check_rested(report.check("complete"), bundle.file, stream, bundle.end, singles)
    if not whole:
        report.check("rules").warn("selection")
    return found


def _check_complete(report: Report, judging: Judging, registry: Registry, judged: list[Judged]) -> None:
    check, heads, bundle = report.check("complete"), report.check("heads"), judging.bundle
    head = _head(heads, bundle, registry)
    if head is None:
        check.fail(Fault("no-heads", None, "bundle.json"))
        return
    proved = check_rows(heads, bundle.manifest.streams, head)
    check_whole(check, proved, bundle.file, head.size)
    needed = {stream for stream in registry.last.loaded if stream != "trust"} | {*bundle.subject.streams}
    # Names are introduced once in a ledger: only all bodies together show that a name is its bearer's.
    needed |= {body_stream(body) for body in registry.root.bodies}
    for one in judged:
        if one.stream in bundle.subject.streams:
            needed |= {stream for stream in one.loaded if stream != "trust"}
    selected = bundle.subject.type not in WHOLE_TYPES
    if selected:
        needed = {stream for stream in needed if not stream.startswith("programme:")}
    check_needed(check, needed, proved, head)
    check_founded(check, judging.unfounded, proved, bundle.file, head)
    _check_within(check, bundle, head, judging.singles)
    _check_between(heads, bundle, head)
    if selected and bundle.manifest.complete:
        check.fail(Fault("claims-completeness", None, "bundle.json"))
    if selected or not bundle.manifest.complete:
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


def _check_between(check: Check, bundle: Opened, head: Head) -> None:
    """Whatever was recorded while the heads were stated is here, and nothing of the root: there the service
    key could have been revoked before it spoke."""
    between = [row.stream for row in bundle.file.rows(head.size, head.index)]
    if len(between) != head.index - head.size or ROOT in between:
        check.fail(Fault("heads-late", head.index, "bundle.json", f"{head.size} … {head.index}"))


def _head(check: Check, bundle: Opened, registry: Registry) -> Head | None:
    """The heads entry that the manifest names, as the log has it."""
    named = bundle.manifest.heads
    for placed in of_kind(registry, HEADS):
        data = placed.submission.event.data
        if named == (placed.entry.index, data.size):
            check.count += 1
            return Head(placed.entry.index, data.size, bytes.fromhex(data.root), data.streams)
    check.fail(Fault("heads-missing", None, "bundle.json", f"№ {named[0] + 1} ({named[1]})"))
    return None


__all__ = ["BundleError", "verify_bundle"]
