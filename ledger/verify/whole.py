"""Verify a whole log: a ledger file, or what a folder or a server gave, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import LedgerError, VerificationError
from ledger.ids import TRUST
from ledger.note import Ed25519Verifier, parse_verifier_key
from ledger.verify.anchors import Anchors
from ledger.verify.entry_file import EntryFile
from ledger.verify.evidence import (
    ANCHORED,
    WITNESSED,
    check_heads,
    check_noted,
    check_stamps,
    check_witnesses,
    compare_rotations,
    noted_sizes,
    of_kind,
    stamps_of,
)
from ledger.verify.judging import AUTHORITY, read_placed
from ledger.verify.programmes import Judged
from ledger.verify.regions import council_of, judge_region, plan
from ledger.verify.registry import Registry, replay_registry
from ledger.verify.report import Check, Fault, Report
from ledger.verify.sweep import SMALL, sweep
from ledger.verify.tree import Growing, Stored, compare_roots, open_by_log, opened, read_note, remembered_by
from ledger.verify.workers import cores, run

Progress = Callable[[str, int, int], None]


def quiet(stage: str, done: int, of: int) -> None:
    """No progress to show."""


@dataclass(slots=True)
class Evidence:
    """What is to be verified. note: the checkpoint over the entries; also: a few further notes of this log,
    whose roots must be those of the entries; stored: any number of them as (size, note), the smallest
    first, whose signatures another check looks at. end: how many entries there are, if there are more than
    the checkpoint covers. roots: size → root, once it is computed.
    """

    file: EntryFile
    note: str
    also: Sequence[str] = ()
    stored: Iterable[tuple[int, str]] = ()
    end: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)


def verify_whole(
    report: Report, evidence: Evidence, anchors: Anchors | None, progress: Progress = quiet
) -> Registry | None:
    """Fill a report with every check of a whole log; the registry, if there is one to be read.

    Entries beyond the checkpoint, where evidence.end says that there are some, are judged like all others.
    """
    said = read_signed(report, evidence.note)
    if said is None:
        return None
    genesis = read_genesis(report.check("genesis"), evidence.file, anchors)
    if genesis is None:
        return None
    report.genesis = genesis
    end = max(said.size, evidence.end)
    progress("registry", 0, end)
    registry = replay_registry(evidence.file, genesis, end, keep=False)
    check_log_key(report.check("checkpoint"), evidence.note, registry, anchors)
    _sweep(report, evidence, registry, said, end, anchors, progress)
    note_judged(report, registry_as_judged(registry))
    judge_all(report, evidence.file, registry, end, progress)
    _trust(report, evidence, registry, anchors)
    finish(report, anchors)
    return registry


def read_signed(report: Report, note: str) -> Checkpoint | None:
    """What the note says of the tree; None, and told, if it is no checkpoint of anything."""
    check = report.check("checkpoint")
    check.count += 1
    try:
        said = read_note(note)
    except VerificationError as error:
        check.fail(Fault("note-malformed", None, "checkpoint", str(error)))
        return None
    report.origin, report.size, report.root = said.origin, said.size, said.root.hex()
    if said.size == 0:
        check.fail(Fault("log-empty", None, "checkpoint"))
        return None
    return said


def read_genesis(check: Check, file: EntryFile, anchors: Anchors | None) -> str | None:
    """The ledger's genesis as its first entry gives it; None if that is no opening."""
    check.count += 1
    row = next(file.rows(0, 1), None)
    try:
        if row is None:
            raise VerificationError("there is no first entry")
        data = _opening(row.raw)
        genesis: str = data.genesis()
        read_placed(row, genesis)
    except LedgerError as error:
        check.fail(Fault("no-opening", 0, "", str(error)))
        return None
    check.facts.update(genesis=genesis, origin=data.origin, registrars=len(data.registrars), k=data.k)
    if anchors is None:
        check.warn("no-anchors")
    elif (genesis, data.origin) != (anchors.genesis, anchors.origin):
        words = f"{data.origin} {genesis}; trusted is {anchors.origin} {anchors.genesis}"
        check.fail(Fault("other-ledger", 0, "", words))
    return genesis


def _opening(raw: Any) -> Any:
    from ledger.entry import read_entry  # noqa: PLC0415 -- kept beside its one use

    if not isinstance(raw, bytes):
        raise VerificationError("the first entry is no bytes")
    try:
        event = read_entry(raw).stated().event
    except (ValueError, KeyError, TypeError) as error:
        raise VerificationError(f"the first entry is no event: {error}") from error
    if event.kind != "ledger.opened" or event.data is None:
        raise VerificationError(f"the first entry is {event.kind}, not ledger.opened")
    return event.data


def check_log_key(
    check: Check, note: str, registry: Registry, anchors: Anchors | None, *, vouched: int | None = None
) -> None:
    """The key in force at the checkpoint's place signed it, and it is the trusted one or followed it.

    Only rotations that the checkpoint covers count: what stands behind it, whoever has an earlier key could
    put there. vouched: the size of a tree that the trusted key signed, whose beginning this one is shown to
    be: then it vouches for this one too, though the registry here is too old to know it.
    """
    said = read_note(note)
    try:
        then = registry.root_at(said.size)
        if not then.log_key:
            raise VerificationError("the registry names no log key")
        if said.origin != then.origin:
            raise VerificationError(f"the checkpoint is of {said.origin}, the entries are of {then.origin}")
        open_by_log(note, then)
    except VerificationError as error:
        check.fail(Fault("checkpoint-unsigned", None, "checkpoint", str(error)))
        return
    check.facts.update(key=then.log_key, size=said.size, root=said.root.hex())
    if anchors is None:
        check.warn("no-anchors")
    elif anchors.log_key in then.log_keys:
        if anchors.log_key != then.log_key:
            check.facts["followed"] = anchors.log_key
    elif anchors.genesis != registry.genesis:
        check.fail(
            Fault("other-log-key", None, "checkpoint", f"{then.log_key}; trusted is {anchors.log_key}")
        )
    elif vouched is not None:
        check.facts["vouched"] = vouched
    elif not _is_signed_by(note, anchors.log_key):
        # It may be from before a rotation that the verifier has followed; or by a key that was given up.
        signed = parse_verifier_key(then.log_key).key_id.hex()
        check.warn("older-log-key", trusted=anchors.log_key, id=signed)


def _is_signed_by(note: str, key: str) -> bool:
    """While keys overlap, the coming one signs beside the one in force."""
    try:
        open_checkpoint(note, [Ed25519Verifier.parse(key)])
    except VerificationError:
        return False
    return True


def _sweep(
    report: Report,
    evidence: Evidence,
    registry: Registry,
    said: Checkpoint,
    end: int,
    anchors: Anchors | None,
    progress: Progress,
) -> None:
    tree, remembered = report.check("tree"), report.check("remembered")
    root = registry.root
    notes = list(opened(evidence.also, tree, root, "stored checkpoint"))
    kept = remembered_by(anchors, remembered, root)
    sizes = {said.size, *(one.size for one in (*notes, *kept)), *noted_sizes(registry)}
    stored = Stored(tree, evidence.stored)
    growing = Growing((size for size in sizes if size <= end), stored.sizes(), stored.compare)
    found = sweep(
        evidence.file,
        registry.keys,
        end,
        gaps=False,
        on_leaves=growing.take,
        progress=lambda done, of: progress("signatures", done, of),
    )
    evidence.roots.update(growing.roots)
    compare_roots(tree, [said], growing.roots, "checkpoint")
    compare_roots(tree, [one for one in notes if one.size <= said.size], growing.roots, "stored checkpoint")
    tree.count = found.count
    tree.facts["checkpoints"] = stored.count + len(notes) + 1
    compare_rotations(tree, registry, growing.roots)
    compare_roots(remembered, kept, growing.roots, "remembered checkpoint")
    if not kept and remembered.status == "ok":
        remembered.skip("nothing-remembered")
    tell(report.check("entries"), found.order_faults, found.count)
    tell(report.check("signatures"), found.signature_faults, found.signatures)


def tell(check: Check, faults: Iterable[Fault], count: int) -> None:
    check.count += count
    for fault in faults:
        check.fail(fault)


def registry_as_judged(registry: Registry) -> Judged:
    return Judged("registry", registry.count, registry.form_faults, registry.faults)


def note_judged(report: Report, judged: Judged) -> None:
    """Tell what was found under the checks that it belongs to."""
    authority, rules, entries = (report.check(name) for name in ("authority", "rules", "entries"))
    tell(authority, [one for one in judged.faults if one.code in AUTHORITY], judged.count)
    tell(rules, [one for one in judged.faults if one.code not in AUTHORITY], judged.count)
    tell(entries, judged.form_faults, 0)


def judge_all(report: Report, file: EntryFile, registry: Registry, end: int, progress: Progress) -> None:
    """Every programme below `end`, on all cores; the long ones first."""
    streams = file.programmes(end)
    total = sum(count for _, count in streams)
    processes = cores() if total > SMALL else 1
    tasks = plan(streams, {stream: council_of(file, stream) for stream, _ in streams}, processes)
    done = 0
    for found in run(judge_region, (file, registry, end), tasks, processes=processes):
        for judged in found:
            note_judged(report, judged)
            done += judged.count
        progress("rules", done, total)


def _trust(report: Report, evidence: Evidence, registry: Registry, anchors: Anchors | None) -> None:
    heads = report.check("heads")
    check_heads(heads, evidence.file, registry)
    if not heads.count:
        heads.skip("no-heads")
    witnesses, stamps = report.check("witnesses"), report.check("stamps")
    note = _witnessed(evidence, registry, report.size)
    check_witnesses(witnesses, note, registry.root, anchors)
    seen = read_note(note).size
    witnesses.facts.update(size=seen, tail=max(report.size, evidence.end) - seen)
    if witnesses.status == "ok" and any(
        row.stream != TRUST for row in evidence.file.rows(seen, max(report.size, evidence.end))
    ):
        witnesses.warn("tail-unwitnessed")
    check_noted(witnesses, registry, WITNESSED, evidence.roots)
    check_stamps(stamps, stamps_of(registry), evidence.file, anchors)
    check_noted(stamps, registry, ANCHORED, evidence.roots)


def _witnessed(evidence: Evidence, registry: Registry, size: int) -> str:
    """The largest checkpoint that witnesses may have seen: recorded, or given beside the log."""
    recorded = [one.submission.event.data.checkpoint for one in of_kind(registry, WITNESSED)[-1:]]
    sizes = {note: read_note(note).size for note in (*recorded, *evidence.also) if _is_note(note)}
    among = [note for note in sizes if sizes[note] <= size]
    return max(among, key=sizes.__getitem__, default=evidence.note)


def _is_note(note: str) -> bool:
    """The check of the tree says of one that is none."""
    try:
        read_note(note)
    except VerificationError:
        return False
    return True


def finish(report: Report, anchors: Anchors | None) -> None:
    """Authenticated: there were anchors, and what hangs on them held."""
    needed = ("genesis", "checkpoint")
    report.authenticated = anchors is not None and all(
        report.checks[name].status == "ok" for name in needed if name in report.checks
    )
